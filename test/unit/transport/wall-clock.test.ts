import { describe, expect, it } from 'vitest';
import { createKernelClocks, readClockUs, readNowUs } from '../../../src/transport/kernel-clocks.ts';
import { CLOCK_REALTIME, loadLibc } from '../../../src/transport/libc.ts';
import { createWallClock, mapStampUs, measureOffset, type WallClock } from '../../../src/transport/wall-clock.ts';

const { libc, reason } = loadLibc();

describe.skipIf(libc === null)(`wall clock${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  const create = (): WallClock => {
    if (libc === null) throw new Error('skipped');
    const clocks = createKernelClocks(libc, 0);
    return createWallClock(createKernelClocks(libc, readNowUs(clocks)));
  };
  /** The stamp of a datagram that arrived `runUs` after the origin. */
  const map = (wall: WallClock, runUs: number, nowUs: number): number => {
    const realUs = runUs + wall.offsetUs;
    return mapStampUs(wall, Math.floor(realUs / 1e6), (realUs % 1e6) * 1_000 + 999, nowUs);
  };

  it('maps a stamp to the run time at which it was taken', () => {
    const wall = create();
    expect(map(wall, 5_000_000, 5_000_400)).toBe(5_000_000);
    expect(wall.steps).toBe(0);
  });

  it('agrees with the clocks to within a millisecond', () => {
    const wall = create();
    const realUs = readClockUs(wall.clocks, CLOCK_REALTIME);
    const runUs = readNowUs(wall.clocks);
    const mapped = mapStampUs(wall, Math.floor(realUs / 1e6), (realUs % 1e6) * 1_000, runUs);
    expect(mapped).toBeLessThanOrEqual(runUs);
    expect(Number.isInteger(mapped)).toBe(true);
  });

  it('measures again without counting a step while nobody sets the clock', () => {
    const wall = create();
    for (let turn = 0; turn < 100; turn++) measureOffset(wall);
    expect(wall.steps).toBe(0);
    expect(wall.trusted).toBe(true);
  });

  it.each([-3_600_000_000, -5_000, 5_000, 3_600_000_000])(
    'counts a jump of %d µs once and gives its turn the time of the turn',
    (jumpUs) => {
      const wall = create();
      wall.offsetUs -= jumpUs;
      measureOffset(wall);
      expect(wall.steps).toBe(1);
      expect(map(wall, 1_000, 2_000)).toBe(2_000);
      expect(wall.steps).toBe(1);
      measureOffset(wall);
      expect(wall.steps).toBe(1);
      expect(map(wall, 1_000, 2_000)).toBe(1_000);
    },
  );

  it('gives a stamp from the future, or of more than ten seconds ago, the time of the turn, and counts once a turn', () => {
    const wall = create();
    const nowUs = 60_000_000;
    expect(map(wall, nowUs + 1_000_000, nowUs)).toBe(nowUs);
    expect(map(wall, nowUs - 10_000_001, nowUs)).toBe(nowUs);
    expect(wall.steps).toBe(1);
    expect(map(wall, nowUs - 9_999_999, nowUs)).toBe(nowUs - 9_999_999);
  });

  it('takes a microsecond of rounding for no step', () => {
    const wall = create();
    expect(map(wall, 1_001, 1_000)).toBe(1_000);
    expect(wall.steps).toBe(0);
  });
});
