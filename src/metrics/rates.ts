// What was offered, achieved and reached at most, per second of the measured window.
//
//                 offered                          achieved                          peak (best second)
//   starts        due in the window                made in it, by actual time        LANE_STARTS_MADE
//   registrations register and refresh attempts    those of them that succeeded      LANE_REGISTRATIONS
//                 begun by starts of the window
//   requests      as achieved: requests have no    REGISTER requests sent in it,     LANE_REQUESTS
//                 schedule of their own            retransmissions left out
//
// Seconds of the series that the window covers in part count in proportion; peaks come from whole seconds where there
// are any, since a part of a second may catch a burst.

import * as at from './layout.ts';
import type { MergedMetrics, MergedProcedure, MergedSeries } from './merge.ts';
import { OUTCOME_SUCCEEDED, outcomeName } from './names.ts';
import type { RateResult, RunResult } from './run-result.ts';

/** The measured window, in seconds since the run's begin. Empty when it was never reached. */
export interface Window {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

export const windowSeconds = (window: Window): number => Math.max(0, window.endSeconds - window.startSeconds);

export function measureRates(merged: MergedMetrics, window: Window): RunResult['rates'] {
  const { counters, measured, series } = merged;
  const begun = measured.register.started + measured.refresh.started;
  const registered = successes(measured.register) + successes(measured.refresh);
  const requests = sumInWindow(series, at.LANE_REQUESTS, window);
  const rate = (offered: number, achieved: number, lane: number): RateResult => ({
    offeredPerSecond: perSecond(offered, window),
    achievedPerSecond: perSecond(achieved, window),
    peakPerSecond: peakInWindow(series, lane, window),
  });
  return {
    starts: rate(
      counters[at.COUNTER_STARTS_DUE_MEASURED]!,
      counters[at.COUNTER_STARTS_MADE_MEASURED]!,
      at.LANE_STARTS_MADE,
    ),
    registrations: rate(begun, registered, at.LANE_REGISTRATIONS),
    requests: rate(requests, requests, at.LANE_REQUESTS),
  };
}

/** What succeeded by its answer: an expected refusal counts as succeeded too, and registers nobody. */
const successes = ({ outcomes }: MergedProcedure): number => outcomes[outcomeName(OUTCOME_SUCCEEDED)] ?? 0;

/** The most contexts registered in any second of the run: an upper bound, as the workers' peaks within it are added. */
export function registeredPeak(series: MergedSeries): number {
  let peak = 0;
  for (let second = 0; second < series.seconds; second++) {
    peak = Math.max(peak, series.rows[second * at.LANE_COUNT + at.LANE_REGISTERED]!);
  }
  return peak;
}

function perSecond(count: number, window: Window): number {
  const seconds = windowSeconds(window);
  return seconds === 0 ? 0 : Math.round((count / seconds) * 1_000) / 1_000;
}

function sumInWindow(series: MergedSeries, lane: number, window: Window): number {
  let sum = 0;
  for (let second = 0; second < series.seconds; second++) {
    const overlap = Math.min(second + 1, window.endSeconds) - Math.max(second, window.startSeconds);
    if (overlap > 0) sum += overlap * series.rows[second * at.LANE_COUNT + lane]!;
  }
  return sum;
}

function peakInWindow(series: MergedSeries, lane: number, window: Window): number {
  let peakWhole = 0;
  let peakAny = 0;
  let wholeSeconds = 0;
  for (let second = 0; second < series.seconds; second++) {
    if (second + 1 <= window.startSeconds || second >= window.endSeconds) continue;
    const count = series.rows[second * at.LANE_COUNT + lane]!;
    peakAny = Math.max(peakAny, count);
    if (second < window.startSeconds || second + 1 > window.endSeconds) continue;
    wholeSeconds++;
    peakWhole = Math.max(peakWhole, count);
  }
  return wholeSeconds > 0 ? peakWhole : peakAny;
}
