// When each phase of a run really began and ended, in seconds since the common start: from the plan's schedule, cut short
// where the run was, and from what the workers say about their drain and clean-up.
//
// The measured window of rates is the time in which measured starts were due. For a load bounded by `starts` alone that ends
// with its schedule, although flows begun in it may go on for long: a rate over their time-outs as well would be no rate.

import type { RunResult, Window } from '../metrics/index.ts';
import type { PlanLoad } from '../scenario/index.ts';
import { scheduleEndUs, startCount, startTimeUs } from '../scenario/index.ts';
import { US_PER_SECOND } from '../std/index.ts';
import type { LoadDone } from '../worker/messages.ts';

export interface RunTimes {
  readonly load: PlanLoad;
  /** By worker; null for one that was lost. */
  readonly done: readonly (LoadDone | null)[];
  readonly durationUs: number;
  /** Interrupted, or a worker was lost: the schedule was not followed to its end. */
  readonly cutShort: boolean;
}

const earliest = (times: RunTimes, of: (done: LoadDone) => number | null): number | null => {
  const known = times.done.map((done) => (done === null ? null : of(done))).filter((us) => us !== null);
  return known.length === 0 ? null : Math.min(...known);
};

/** When the measured phase was over: on schedule, or when the workers stopped starting. */
const measuredEndUs = (times: RunTimes): number => {
  const { load } = times;
  const stoppedUs = earliest(times, ({ drainStartedUs }) => drainStartedUs) ?? times.durationUs;
  if (load.durationUs === null) return stoppedUs;
  return times.cutShort ? Math.min(load.warmupUs + load.durationUs, stoppedUs) : load.warmupUs + load.durationUs;
};

export const measuredWindow = (times: RunTimes): Window => {
  const { load } = times;
  const scheduledUs = load.durationUs === null ? startTimeUs(load, startCount(load)) : load.warmupUs + load.durationUs;
  const endUs = times.cutShort ? Math.min(scheduledUs, measuredEndUs(times)) : scheduledUs;
  return { startSeconds: load.warmupUs / US_PER_SECOND, endSeconds: Math.max(load.warmupUs, endUs) / US_PER_SECOND };
};

/** Phases that took no time are left out. */
export const phasesOf = (times: RunTimes): RunResult['phases'] => {
  const { load, durationUs } = times;
  const measuredUs = measuredEndUs(times);
  const cleanupUs = earliest(times, ({ cleanupStartedUs }) => cleanupStartedUs);
  const verifyUs = earliest(times, ({ verifyStartedUs }) => verifyStartedUs);
  const drainUs = earliest(times, ({ drainStartedUs }) => drainStartedUs);
  const startsEndUs = Math.min(scheduleEndUs(load), drainUs ?? durationUs);
  const phases = [
    phase('warmup', 0, Math.min(load.warmupUs, durationUs)),
    phase('measured', load.warmupUs, measuredUs),
    phase('cooldown', measuredUs, load.durationUs === null ? measuredUs : startsEndUs),
    phase('drain', drainUs ?? durationUs, verifyUs ?? cleanupUs ?? durationUs),
    phase('verify', verifyUs ?? durationUs, cleanupUs ?? durationUs),
    phase('cleanup', cleanupUs ?? durationUs, durationUs),
  ];
  return phases.filter(({ durationSeconds }) => durationSeconds > 0);
};

const phase = (name: string, startUs: number, endUs: number): RunResult['phases'][number] => ({
  name,
  startSeconds: startUs / US_PER_SECOND,
  durationSeconds: Math.max(0, endUs - startUs) / US_PER_SECOND,
});
