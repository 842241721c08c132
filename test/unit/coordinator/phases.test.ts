import { describe, expect, it } from 'vitest';
import { measuredWindow, phasesOf, type RunTimes } from '../../../src/coordinator/phases.ts';
import type { PlanLoad } from '../../../src/scenario/index.ts';
import type { LoadDone } from '../../../src/worker/messages.ts';

const LOAD: PlanLoad = {
  model: 'constant-rate',
  startsPerPeriod: 100,
  periodUs: 1_000_000,
  starts: null,
  durationUs: 10_000_000,
  warmupUs: 2_000_000,
  cooldownUs: 1_000_000,
};

const doneAt = (drainStartedUs: number | null, cleanupStartedUs: number | null = null): LoadDone => ({
  kind: 'load-done',
  transport: 'udp-batch',
  wireClock: 'kernel',
  cpuUs: 0,
  warnings: [],
  drainStartedUs,
  verifyStartedUs: null,
  cleanupStartedUs,
  endedUs: 0,
  cleanup: { attempted: 0, succeeded: 0, failed: 0 },
  seen: [],
});

const times = (parts: Partial<RunTimes>): RunTimes => ({
  load: LOAD,
  done: [doneAt(13_000_000)],
  durationUs: 13_500_000,
  cutShort: false,
  ...parts,
});

const brief = (parts: Partial<RunTimes>): string[] =>
  phasesOf(times(parts)).map(({ name, startSeconds, durationSeconds }) => `${name} ${startSeconds}+${durationSeconds}`);

const STARTS_ONLY: PlanLoad = { ...LOAD, starts: 300, durationUs: null, warmupUs: 0, cooldownUs: 0 };

describe('the phases of a run', () => {
  it('on schedule', () => {
    expect(brief({})).toEqual(['warmup 0+2', 'measured 2+10', 'cooldown 12+1', 'drain 13+0.5']);
  });

  it('with a clean-up, which begins when the first worker begins it', () => {
    const done = [doneAt(13_000_000, 14_000_000), doneAt(13_000_000, 13_200_000)];
    expect(brief({ done, durationUs: 20_000_000 }).slice(3)).toEqual(['drain 13+0.2', 'cleanup 13.2+6.8']);
  });

  it('with a verification between drain and clean-up', () => {
    const done = [{ ...doneAt(13_000_000, 15_000_000), verifyStartedUs: 14_000_000 }];
    expect(brief({ done, durationUs: 20_000_000 }).slice(3)).toEqual(['drain 13+1', 'verify 14+1', 'cleanup 15+5']);
  });

  it('cut short in the measured phase', () => {
    expect(brief({ done: [doneAt(5_000_000)], durationUs: 6_000_000, cutShort: true })).toEqual([
      'warmup 0+2',
      'measured 2+3',
      'drain 5+1',
    ]);
  });

  it('cut short in the warm-up, by a lost worker', () => {
    expect(brief({ done: [null], durationUs: 1_000_000, cutShort: true })).toEqual(['warmup 0+1']);
  });

  it('a load bounded by starts is measured until its last flow', () => {
    expect(brief({ load: STARTS_ONLY, done: [doneAt(null)], durationUs: 5_000_000 })).toEqual(['measured 0+5']);
  });
});

describe('the window of rates', () => {
  it('is the time in which measured starts were due', () => {
    expect(measuredWindow(times({}))).toEqual({ startSeconds: 2, endSeconds: 12 });
    expect(measuredWindow(times({ load: STARTS_ONLY, durationUs: 40_000_000 }))).toEqual({
      startSeconds: 0,
      endSeconds: 3,
    });
  });

  it('ends with the starts of a run that was cut short, and is never negative', () => {
    const cut = { cutShort: true, durationUs: 6_000_000 };
    expect(measuredWindow(times({ ...cut, done: [doneAt(5_000_000)] }))).toEqual({ startSeconds: 2, endSeconds: 5 });
    expect(measuredWindow(times({ ...cut, done: [doneAt(1_000_000)] }))).toEqual({ startSeconds: 2, endSeconds: 2 });
  });
});
