import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../src/metrics/index.ts';
import { eraseLines, liveBlock, progressLine } from '../../../src/report/index.ts';

const PROGRESS: Progress = {
  atUs: 65_400_000,
  phase: 'measured',
  starts: 325_000,
  succeeded: 324_100,
  failed: 12,
  missed: 3,
  activeFlows: 10_400,
  registered: 9_950,
  startsPerSecond: 5_000.2,
  succeededPerSecond: 4_987,
  failedPerSecond: 0.25,
  latencyP99Us: 1_234,
  lagP99Us: 59,
};
const QUIET: Progress = { ...PROGRESS, failed: 0, missed: 0, latencyP99Us: null, lagP99Us: null, atUs: 3_725_000_000 };

describe('progress in a log', () => {
  it('is one line with the rates since the last one', () => {
    expect(progressLine(PROGRESS)).toBe(
      '01:05 measured  5,000/s starts  4,987/s ok  0.25/s failed  10,400 in flight  p99 1.23 ms  lag p99 59 µs  12 failed so far  3 starts missed',
    );
  });

  it('leaves out what has not happened, and shows what is not known yet as a dash', () => {
    expect(progressLine(QUIET)).toBe(
      '1:02:05 measured  5,000/s starts  4,987/s ok  0.25/s failed  10,400 in flight  p99 –  lag p99 –',
    );
  });
});

describe('progress on a terminal', () => {
  const options = { colour: false, columns: 80, name: 'sample', plannedSeconds: 130 };

  it('is a block with a bar over the planned time', () => {
    expect(liveBlock(PROGRESS, options)).toEqual([
      'sample  measured  ████████████░░░░░░░░░░░░  01:05 of 02:10',
      '  starts     5,000/s       325,000 made',
      '  succeeded  4,987/s       324,100 so far',
      '  failed     0.25/s        12 so far',
      '  in flight  10,400        3 starts missed',
      '  p99        1.23 ms       lag 59 µs',
      '  registered 9,950',
    ]);
  });

  it('has no bar when nobody knows how long the run lasts, and a full one when it lasts longer than planned', () => {
    expect(liveBlock(QUIET, { ...options, plannedSeconds: null })[0]).toBe('sample  measured  1:02:05');
    expect(liveBlock(QUIET, options)[0]).toContain('█'.repeat(24));
  });

  it('always has the same number of lines, none wider than the terminal', () => {
    for (const columns of [1, 20, 200]) {
      const lines = liveBlock(PROGRESS, { ...options, columns });
      expect(lines).toHaveLength(liveBlock(QUIET, options).length);
      for (const line of lines) expect([...line].length).toBeLessThanOrEqual(Math.max(1, columns - 1));
    }
  });

  it('is coloured and erased only with the sequences for it', () => {
    expect(liveBlock(PROGRESS, options).join('')).not.toContain('\u001b');
    expect(liveBlock(PROGRESS, { ...options, colour: true }).join('')).toContain('\u001b[31m');
    expect(eraseLines(7)).toBe('\u001b[7A\u001b[0J');
    expect(eraseLines(0)).toBe('');
  });
});
