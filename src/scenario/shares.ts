// @hot
// Who runs when. The whole load is one sequence of starts; this file says when start k is due, on which context it runs
// and which worker owns that context, in closed form, so that any number of workers together make exactly the same
// starts at exactly the same microseconds as one would.
//
//   start k  ->  context c = k mod count  ->  worker c mod W,  local row r = floor(c / W),  flow r mod F
//   due at   floor(k * periodUs / startsPerPeriod)
//
// Whole contexts are dealt out (not starts), since a context is one phone: its Call-ID, CSeq and nonce live in one
// thread. A worker steps through its starts with a cursor, in the manner of Bresenham's line: whole microseconds and a
// remainder are added for each step, so that nothing is divided per start and no rounding error builds up.
//
// All numbers stay below 2^53: the loader limits startsPerPeriod to MAX_STARTS_PER_PERIOD, the number of starts to
// MAX_STARTS and the length of a run to MAX_RUN_US.
//
// Left out on purpose: phases beyond the measured window, and anything about sockets or threads.

import { assert, NEVER_US } from '../std/index.ts';
import type { PlanLoad } from './plan.ts';

/** Its square stays below 2^53, which makes the divisions below exact. */
export const MAX_STARTS_PER_PERIOD = 90_000_000;
export const MAX_STARTS = 2 ** 40;
/** 400 days. */
export const MAX_RUN_US = 400 * 24 * 3600 * 1_000_000;

/** What decides when starts are due. */
export type StartRate = Pick<PlanLoad, 'startsPerPeriod' | 'periodUs'>;

/**
 * floor(starts * periodUs / startsPerPeriod) without a product that leaves the exact integers: whole periods first, then
 * the rest of the starts with the period split into whole microseconds per start and a remainder.
 */
export const startTimeUs = (rate: StartRate, start: number): number => {
  const perPeriod = rate.startsPerPeriod;
  const wholePeriods = Math.floor(start / perPeriod);
  const rest = start - wholePeriods * perPeriod;
  const wholeUs = Math.floor(rate.periodUs / perPeriod);
  const fraction = rate.periodUs - wholeUs * perPeriod;
  return wholePeriods * rate.periodUs + rest * wholeUs + Math.floor((rest * fraction) / perPeriod);
};

/** The part of a microsecond, in 1/startsPerPeriod, that startTimeUs cuts off. */
const startRemainder = (rate: StartRate, start: number): number => {
  const perPeriod = rate.startsPerPeriod;
  const rest = start % perPeriod;
  const fraction = rate.periodUs % perPeriod;
  return (rest * fraction) % perPeriod;
};

/** How many starts are due before `endUs`: the number of k with startTimeUs(k) < endUs. */
export const startsBefore = (rate: StartRate, endUs: number): number => {
  // k * periodUs / startsPerPeriod < endUs, since endUs is whole: k < endUs * startsPerPeriod / periodUs. Cold: BigInt.
  const product = BigInt(endUs) * BigInt(rate.startsPerPeriod);
  const period = BigInt(rate.periodUs);
  return Number((product + period - 1n) / period);
};

/** When the schedule makes its last starts at the latest; NEVER_US when only `starts` bounds it. */
export const scheduleEndUs = (load: PlanLoad): number =>
  load.durationUs === null ? NEVER_US : load.warmupUs + load.durationUs + load.cooldownUs;

/** How many starts the whole run makes, over all workers. */
export const startCount = (load: PlanLoad): number => {
  const endUs = scheduleEndUs(load);
  const byTime = endUs === NEVER_US ? NEVER_US : startsBefore(load, endUs);
  const byStarts = load.starts === null ? NEVER_US : load.starts;
  const count = Math.min(byTime, byStarts);
  assert(Number.isSafeInteger(count), 'a load is bounded by starts or by time');
  return count;
};

/** The first microsecond of the measured window. */
export const measuredFromUs = (load: PlanLoad): number => load.warmupUs;

/** The first microsecond after the measured window; NEVER_US when the run ends with the last flow. */
export const measuredToUs = (load: PlanLoad): number =>
  load.durationUs === null ? NEVER_US : load.warmupUs + load.durationUs;

/** An attempt belongs to the phase of its intended start, whenever it ends. */
export const isMeasured = (load: PlanLoad, intendedUs: number): boolean =>
  intendedUs >= load.warmupUs && (load.durationUs === null || intendedUs < load.warmupUs + load.durationUs);

/** How many of `count` contexts the worker owns: worker, worker + W, worker + 2W … */
export const contextsOfWorker = (count: number, workerIndex: number, workerCount: number): number =>
  workerIndex >= count ? 0 : Math.floor((count - 1 - workerIndex) / workerCount) + 1;

/** The worker's row of a context. */
export const rowOfContext = (context: number, workerCount: number): number => Math.floor(context / workerCount);

/** The context in a worker's row. */
export const contextOfRow = (row: number, workerIndex: number, workerCount: number): number =>
  row * workerCount + workerIndex;

/** The flow (socket) of a worker's row, for good. With W workers of F flows each, context c is on socket c mod (W * F). */
export const flowOfRow = (row: number, flowCount: number): number => (flowCount === 1 ? 0 : row % flowCount);

/** One worker's place in the sequence of starts. `timeUs` is NEVER_US when none is left. */
export interface StartCursor {
  /** The number of the start in the whole load. */
  start: number;
  /** When it is due. */
  timeUs: number;
  /** The context that runs it, and the worker's row of that context. */
  context: number;
  row: number;
  /** What startTimeUs cuts off, in 1/startsPerPeriod of a microsecond. */
  remainder: number;
  readonly workerIndex: number;
  readonly workerCount: number;
  readonly contextCount: number;
  readonly startCount: number;
  readonly startsPerPeriod: number;
  /** From one of the worker's contexts to its next. */
  readonly stepUs: number;
  readonly stepRemainder: number;
  /** From the worker's last context to its first, one cycle on. */
  readonly wrapStarts: number;
  readonly wrapUs: number;
  readonly wrapRemainder: number;
}

export interface Share {
  readonly load: PlanLoad;
  readonly contextCount: number;
  readonly workerIndex: number;
  readonly workerCount: number;
}

/** Stands on the worker's first start. */
export const createStartCursor = (share: Share): StartCursor => {
  const { load, contextCount, workerIndex, workerCount } = share;
  assert(workerIndex >= 0 && workerIndex < workerCount, 'a worker index lies below the worker count');
  const rows = contextsOfWorker(contextCount, workerIndex, workerCount);
  const total = startCount(load);
  const lastContext = contextOfRow(Math.max(0, rows - 1), workerIndex, workerCount);
  const wrapStarts = contextCount - lastContext + workerIndex;
  const has = rows > 0 && workerIndex < total;
  const cursor: StartCursor = {
    start: workerIndex,
    // A double from the start, as NEVER_US at its end is one: no other kind of record then, and no code compiled anew.
    timeUs: NEVER_US,
    context: workerIndex,
    row: 0,
    remainder: startRemainder(load, workerIndex),
    workerIndex,
    workerCount,
    contextCount,
    startCount: total,
    startsPerPeriod: load.startsPerPeriod,
    stepUs: startTimeUs(load, workerCount),
    stepRemainder: startRemainder(load, workerCount),
    wrapStarts,
    wrapUs: startTimeUs(load, wrapStarts),
    wrapRemainder: startRemainder(load, wrapStarts),
  };
  if (has) cursor.timeUs = startTimeUs(load, workerIndex);
  return cursor;
};

/**
 * Puts the cursor of a part of the worker's contexts (a flow's: number f * W + w of F * W) on the start at which the worker's
 * own cursor stands; the start must be one of that part.
 */
export const moveToStart = (part: StartCursor, whole: StartCursor): void => {
  part.start = whole.start;
  part.timeUs = whole.timeUs;
  part.context = whole.context;
  part.row = rowOfContext(whole.context, part.workerCount);
  part.remainder = whole.remainder;
};

/** Moves to the worker's next start; beyond the last one timeUs is NEVER_US. Must not be called after that. */
export const advanceStart = (cursor: StartCursor): void => {
  let context = cursor.context + cursor.workerCount;
  let timeUs = cursor.timeUs;
  let remainder = cursor.remainder;
  if (context < cursor.contextCount) {
    cursor.start += cursor.workerCount;
    cursor.row += 1;
    timeUs += cursor.stepUs;
    remainder += cursor.stepRemainder;
  } else {
    context = cursor.workerIndex;
    cursor.start += cursor.wrapStarts;
    cursor.row = 0;
    timeUs += cursor.wrapUs;
    remainder += cursor.wrapRemainder;
  }
  if (remainder >= cursor.startsPerPeriod) {
    remainder -= cursor.startsPerPeriod;
    timeUs += 1;
  }
  cursor.context = context;
  cursor.remainder = remainder;
  cursor.timeUs = cursor.start < cursor.startCount ? timeUs : NEVER_US;
};
