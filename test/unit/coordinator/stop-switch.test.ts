import { describe, expect, it } from 'vitest';
import { createStopSwitch, pauseUnlessStopped } from '../../../src/coordinator/stop-switch.ts';

describe('the stop switch', () => {
  it('goes up to the second press, and the first signal decides the exit code', () => {
    const stop = createStopSwitch();
    const levels: number[] = [];
    stop.onPress((level) => levels.push(level));
    stop.press('SIGTERM');
    stop.press('SIGINT');
    stop.press('SIGINT');
    expect([levels, stop.level(), stop.signal()]).toEqual([[1, 2], 2, 'SIGTERM']);
  });

  it('tells a listener that comes later at once, and one that left nothing', () => {
    const stop = createStopSwitch();
    const levels: number[] = [];
    stop.onPress((level) => levels.push(level))();
    stop.press('SIGINT');
    stop.onPress((level) => levels.push(level * 10));
    expect(levels).toEqual([10]);
  });

  it('ends a pause early', async () => {
    const stop = createStopSwitch();
    const pause = pauseUnlessStopped(stop, 3_600_000);
    stop.press('SIGINT');
    await pause;
    await pauseUnlessStopped(stop, 3_600_000);
    expect(stop.level()).toBe(1);
  });
});
