// All workers' blocks as one set of numbers: the measured window, and the whole run (measured and other added up). Works
// on blocks of workers that have ended, well or badly; what a dead worker counted is in here.

import type { KeepaliveCounts, NatCounts } from './aside-results.ts';
import { incomingResult, keepaliveCounts, mergeAsides, natCounts, reboundCount } from './aside-results.ts';
import type { MetricsBlock } from './block.ts';
import { type CallCounts, mergeCalls } from './calls.ts';
import * as at from './layout.ts';
import { type MergedBindings, mergeBindings } from './merged-bindings.ts';
import { type MergedHistogram, mergeHistograms } from './merged-histogram.ts';
import {
  BANK_MEASURED,
  BANK_OTHER,
  OUTCOME_COUNT,
  OUTCOME_SUCCEEDED,
  outcomeName,
  PROCEDURE_NAMES,
  type ProcedureName,
  UNEXPECTED_SUCCESS,
} from './names.ts';
import type { FailureText, IncomingResult } from './run-result.ts';
import { mergeTargets } from './targets.ts';

export interface MergedProcedure {
  readonly started: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly challenged: number;
  readonly raised: number;
  readonly retries: number;
  readonly retriesDeniedByBudget: number;
  /** By cause; what did not occur is left out. */
  readonly failures: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly latency: MergedHistogram;
  readonly failureLatency: MergedHistogram;
  readonly wire: MergedHistogram;
  readonly lag: MergedHistogram;
}

export type MergedProcedures = Readonly<Record<ProcedureName, MergedProcedure>>;

/** Rows of LANE_COUNT numbers, one row a second from the run's begin. */
export interface MergedSeries {
  readonly seconds: number;
  readonly rows: Float64Array;
}

export interface MergedMetrics {
  readonly workers: number;
  /** By COUNTER_*: sums, but the greatest of those that are a maximum. */
  readonly counters: Float64Array;
  readonly measured: MergedProcedures;
  readonly total: MergedProcedures;
  /** By status. */
  readonly responses: Float64Array;
  readonly sendCalls: CallCounts;
  readonly receiveCalls: CallCounts;
  readonly incoming: IncomingResult;
  /** [target][TARGET_*], of a run with several. */
  readonly targets: Float64Array;
  readonly keepalive: KeepaliveCounts;
  readonly nat: NatCounts;
  readonly rebound: number;
  readonly turns: MergedHistogram;
  readonly bindings: MergedBindings;
  readonly series: MergedSeries;
  /** The most frequent first. */
  readonly failureTexts: readonly FailureText[];
}

export function mergeBlocks(blocks: readonly MetricsBlock[]): MergedMetrics {
  return {
    workers: blocks.length,
    counters: mergeCounters(blocks),
    measured: mergeProcedures(blocks, [BANK_MEASURED]),
    total: mergeProcedures(blocks, [BANK_MEASURED, BANK_OTHER]),
    responses: mergeResponses(blocks),
    sendCalls: mergeCalls(blocks, at.CALLS_SEND),
    receiveCalls: mergeCalls(blocks, at.CALLS_RECEIVE),
    incoming: incomingResult(mergeAsides(blocks)),
    targets: mergeTargets(blocks),
    keepalive: keepaliveCounts(blocks),
    nat: natCounts(blocks),
    rebound: reboundCount(blocks),
    turns: mergeHistograms(blocks, [at.HISTOGRAM_TURNS]),
    bindings: mergeBindings(blocks),
    series: mergeSeries(blocks),
    failureTexts: mergeFailureTexts(blocks),
  };
}

/** Of these the greatest of all workers counts, of all others the sum. */
const GREATEST: ReadonlySet<number> = new Set([at.COUNTER_TURN_US_MAX, at.COUNTER_SEND_WAITED_US_MAX]);

function mergeCounters(blocks: readonly MetricsBlock[]): Float64Array {
  const counters = new Float64Array(at.COUNTER_COUNT);
  for (const block of blocks) {
    for (let counter = 0; counter < at.COUNTER_COUNT; counter++) {
      const value = block.counters[counter]!;
      if (GREATEST.has(counter)) counters[counter] = Math.max(counters[counter]!, value);
      else counters[counter] = counters[counter]! + value;
    }
  }
  return counters;
}

function mergeProcedures(blocks: readonly MetricsBlock[], banks: readonly number[]): MergedProcedures {
  const merged: Partial<Record<ProcedureName, MergedProcedure>> = {};
  for (const [procedure, name] of PROCEDURE_NAMES.entries()) merged[name] = mergeProcedure(blocks, banks, procedure);
  return merged as MergedProcedures;
}

function mergeProcedure(blocks: readonly MetricsBlock[], banks: readonly number[], procedure: number): MergedProcedure {
  const rows = banks.map((bank) => at.rowOf(bank, procedure));
  const attempts = (kind: number): number =>
    sumOver(blocks, rows, (block, row) => block.attempts[row * at.ATTEMPT_COUNT + kind]!);
  const histogram = (kind: number): MergedHistogram =>
    mergeHistograms(
      blocks,
      banks.map((bank) => at.histogramOf(bank, procedure, kind)),
    );
  const outcomes: Record<string, number> = {};
  const failures: Record<string, number> = {};
  let succeeded = 0;
  let failed = 0;
  for (let outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
    const count = sumOver(blocks, rows, (block, row) => block.outcomes[row * OUTCOME_COUNT + outcome]!);
    if (count === 0) continue;
    outcomes[outcomeName(outcome)] = count;
    const turned = sumOver(blocks, rows, (block, row) => block.turned[row * OUTCOME_COUNT + outcome]!);
    const isSuccess = outcome === OUTCOME_SUCCEEDED;
    const bad = isSuccess ? turned : count - turned;
    succeeded += count - bad;
    failed += bad;
    if (bad > 0) failures[isSuccess ? UNEXPECTED_SUCCESS : outcomeName(outcome)] = bad;
  }
  return {
    started: attempts(at.ATTEMPT_STARTED),
    succeeded,
    failed,
    skipped: attempts(at.ATTEMPT_SKIPPED),
    challenged: attempts(at.ATTEMPT_CHALLENGED),
    raised: attempts(at.ATTEMPT_RAISED),
    retries: attempts(at.ATTEMPT_RETRIES),
    retriesDeniedByBudget: attempts(at.ATTEMPT_RETRIES_DENIED),
    failures,
    outcomes,
    latency: histogram(at.KIND_LATENCY),
    failureLatency: histogram(at.KIND_FAILURE_LATENCY),
    wire: histogram(at.KIND_WIRE),
    lag: histogram(at.KIND_LAG),
  };
}

function sumOver(
  blocks: readonly MetricsBlock[],
  rows: readonly number[],
  cellOf: (block: MetricsBlock, row: number) => number,
): number {
  let sum = 0;
  for (const block of blocks) for (const row of rows) sum += cellOf(block, row);
  return sum;
}

function mergeResponses(blocks: readonly MetricsBlock[]): Float64Array {
  const responses = new Float64Array(at.RESPONSE_STATUS_COUNT);
  for (const block of blocks) {
    for (let status = 0; status < responses.length; status++) {
      responses[status] = responses[status]! + block.responses[status]!;
    }
  }
  return responses;
}

/** Sums by second and lane. LANE_REGISTERED becomes the sum of the workers' greatest values, an upper bound. */
function mergeSeries(blocks: readonly MetricsBlock[]): MergedSeries {
  const seconds = blocks.reduce((most, block) => Math.max(most, block.seriesSeconds), 0);
  const rows = new Float64Array(seconds * at.LANE_COUNT);
  for (const block of blocks) {
    for (let cell = 0; cell < block.series.length; cell++) rows[cell] = rows[cell]! + block.series[cell]!;
  }
  return { seconds, rows };
}

function mergeFailureTexts(blocks: readonly MetricsBlock[]): FailureText[] {
  const decoder = new TextDecoder();
  // A view of shared memory cannot be decoded; slice() copies it.
  const textOf = (block: MetricsBlock, start: number, length: number): string =>
    decoder.decode(block.textBytes.slice(start, start + length));
  const merged = new Map<string, FailureText>();
  for (const block of blocks) {
    for (let entry = 0; entry < block.counters[at.COUNTER_FAILURE_TEXTS_USED]!; entry++) {
      const field = entry * at.TEXT_FIELDS;
      const kept = entry * at.FAILURE_TEXT_BYTES;
      const status = block.textFields[field + at.TEXT_STATUS]!;
      const phrase = textOf(block, kept, block.textFields[field + at.TEXT_PHRASE_LENGTH]!);
      const headerStart = kept + at.FAILURE_PHRASE_BYTES_MAX;
      const header = textOf(block, headerStart, block.textFields[field + at.TEXT_HEADER_LENGTH]!);
      const key = `${status}\u0000${phrase}\u0000${header}`;
      const count = block.textCounts[entry]! + (merged.get(key)?.count ?? 0);
      merged.set(key, { status, phrase, header, count });
    }
  }
  return [...merged.values()].sort(byCountThenText);
}

function byCountThenText(a: FailureText, b: FailureText): number {
  if (a.count !== b.count) return b.count - a.count;
  if (a.status !== b.status) return a.status - b.status;
  const left = `${a.phrase}\u0000${a.header}`;
  const right = `${b.phrase}\u0000${b.header}`;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
