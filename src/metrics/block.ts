// @hot
// A worker's block of numbers: created or attached once, then written for every event of the run. The functions take
// numbers, add to a cell and return; none allocates or fails. Tables and their layout: layout.ts. Histograms and failure
// texts have files of their own, with the same rules.
//
// Left out on purpose: checks of bank, procedure and counter numbers. They come from our own code, and a wrong one would
// fall outside a typed array, which ignores the write.

import { assert, US_PER_SECOND } from '../std/index.ts';
import * as at from './layout.ts';
import { OUTCOME_COUNT } from './names.ts';

export interface MetricsBlock {
  readonly buffer: SharedArrayBuffer;
  readonly seriesSeconds: number;
  readonly counters: Float64Array;
  readonly attempts: Float64Array;
  readonly outcomes: Float64Array;
  readonly turned: Float64Array;
  readonly responses: Float64Array;
  readonly stats: Float64Array;
  readonly buckets: Uint32Array;
  readonly series: Uint32Array;
  readonly textCounts: Float64Array;
  readonly calls: Float64Array;
  readonly asides: Float64Array;
  readonly targets: Float64Array;
  readonly bindings: Float64Array;
  readonly toldLengths: Int32Array;
  readonly toldBytes: Uint8Array;
  readonly textFields: Int32Array;
  readonly textBytes: Uint8Array;
}

/** Size of a block with one row for each of `seriesSeconds` seconds. */
export const metricsBlockBytes = (seriesSeconds: number): number => at.SERIES_OFFSET + at.seriesBytes(seriesSeconds);

export function createMetricsBlock(seriesSeconds: number): MetricsBlock {
  assert(Number.isInteger(seriesSeconds), 'the length of a series is a whole number of seconds');
  assert(seriesSeconds >= 1, 'a series has at least one second');
  assert(seriesSeconds <= at.SERIES_SECONDS_MAX, 'a series is no longer than SERIES_SECONDS_MAX');
  const buffer = new SharedArrayBuffer(metricsBlockBytes(seriesSeconds));
  const header = new Int32Array(buffer, 0, at.HEADER_LANES);
  header[at.HEADER_MAGIC] = at.BLOCK_MAGIC;
  header[at.HEADER_VERSION] = at.BLOCK_VERSION;
  header[at.HEADER_SERIES_SECONDS] = seriesSeconds;
  const block = createViews(buffer, seriesSeconds);
  for (let histogram = 0; histogram < at.HISTOGRAM_COUNT; histogram++) {
    block.stats[histogram * at.STATS_PER_HISTOGRAM + at.STAT_MIN] = Number.POSITIVE_INFINITY;
  }
  return block;
}

/** A second view of a block, in another thread. */
export function attachMetricsBlock(buffer: SharedArrayBuffer): MetricsBlock {
  assert(buffer.byteLength >= at.SERIES_OFFSET, 'a metrics block has all its tables');
  const header = new Int32Array(buffer, 0, at.HEADER_LANES);
  assert(header[at.HEADER_MAGIC] === at.BLOCK_MAGIC, 'the buffer is a metrics block');
  assert(header[at.HEADER_VERSION] === at.BLOCK_VERSION, 'the metrics block has our version');
  const seriesSeconds = header[at.HEADER_SERIES_SECONDS]!;
  assert(buffer.byteLength === metricsBlockBytes(seriesSeconds), 'the metrics block has the length of its series');
  return createViews(buffer, seriesSeconds);
}

function createViews(buffer: SharedArrayBuffer, seriesSeconds: number): MetricsBlock {
  return {
    buffer,
    seriesSeconds,
    counters: new Float64Array(buffer, at.COUNTERS_OFFSET, at.COUNTER_COUNT),
    attempts: new Float64Array(buffer, at.ATTEMPTS_OFFSET, at.ATTEMPTS_LENGTH),
    outcomes: new Float64Array(buffer, at.OUTCOMES_OFFSET, at.OUTCOMES_LENGTH),
    turned: new Float64Array(buffer, at.TURNED_OFFSET, at.OUTCOMES_LENGTH),
    responses: new Float64Array(buffer, at.RESPONSES_OFFSET, at.RESPONSE_STATUS_COUNT),
    stats: new Float64Array(buffer, at.STATS_OFFSET, at.STATS_LENGTH),
    buckets: new Uint32Array(buffer, at.BUCKETS_OFFSET, at.BUCKETS_LENGTH),
    series: new Uint32Array(buffer, at.SERIES_OFFSET, seriesSeconds * at.LANE_COUNT),
    textCounts: new Float64Array(buffer, at.TEXT_COUNTS_OFFSET, at.FAILURE_TEXTS_MAX),
    bindings: new Float64Array(buffer, at.BINDINGS_OFFSET, at.BINDINGS_COUNT),
    toldLengths: new Int32Array(buffer, at.TOLD_LENGTHS_OFFSET, at.TOLD_COUNT),
    toldBytes: new Uint8Array(buffer, at.TOLD_BYTES_OFFSET, at.TOLD_COUNT * at.TOLD_TEXT_BYTES),
    calls: new Float64Array(buffer, at.CALLS_OFFSET, at.CALLS_LENGTH),
    asides: new Float64Array(buffer, at.ASIDES_OFFSET, at.ASIDE_COUNT),
    targets: new Float64Array(buffer, at.TARGETS_OFFSET, at.TARGETS_LENGTH),
    textFields: new Int32Array(buffer, at.TEXT_FIELDS_OFFSET, at.FAILURE_TEXTS_MAX * at.TEXT_FIELDS),
    textBytes: new Uint8Array(buffer, at.TEXT_BYTES_OFFSET, at.FAILURE_TEXTS_MAX * at.FAILURE_TEXT_BYTES),
  };
}

/** An attempt began. Each one ends with exactly one countOutcome in the same bank. */
export function countStarted(block: MetricsBlock, bank: number, procedure: number): void {
  const index = at.rowOf(bank, procedure) * at.ATTEMPT_COUNT + at.ATTEMPT_STARTED;
  block.attempts[index] = block.attempts[index]! + 1;
}

export function countOutcome(block: MetricsBlock, bank: number, procedure: number, outcome: number): void {
  const index = at.rowOf(bank, procedure) * OUTCOME_COUNT + outcome;
  block.outcomes[index] = block.outcomes[index]! + 1;
}

/** The outcome counted last was judged otherwise than usual: a success that failed, or another end that was expected. */
export function countTurned(block: MetricsBlock, bank: number, procedure: number, outcome: number): void {
  const index = at.rowOf(bank, procedure) * OUTCOME_COUNT + outcome;
  block.turned[index] = block.turned[index]! + 1;
}

/** Steps that were not reached because an earlier one failed. They are not started, and have no outcome. */
export function countSkipped(block: MetricsBlock, bank: number, procedure: number, count: number): void {
  const index = at.rowOf(bank, procedure) * at.ATTEMPT_COUNT + at.ATTEMPT_SKIPPED;
  block.attempts[index] = block.attempts[index]! + count;
}

/** An attempt was challenged (401 or 407); once per attempt. */
export function countChallenged(block: MetricsBlock, bank: number, procedure: number): void {
  const index = at.rowOf(bank, procedure) * at.ATTEMPT_COUNT + at.ATTEMPT_CHALLENGED;
  block.attempts[index] = block.attempts[index]! + 1;
}

/** An attempt asked for a longer interval after a 423; once per attempt. */
export function countRaised(block: MetricsBlock, bank: number, procedure: number): void {
  const index = at.rowOf(bank, procedure) * at.ATTEMPT_COUNT + at.ATTEMPT_RAISED;
  block.attempts[index] = block.attempts[index]! + 1;
}

/** An attempt began that repeats a failed one. It is counted as started like any other. */
export function countRetry(block: MetricsBlock, bank: number, procedure: number): void {
  const index = at.rowOf(bank, procedure) * at.ATTEMPT_COUNT + at.ATTEMPT_RETRIES;
  block.attempts[index] = block.attempts[index]! + 1;
}

/** A failed attempt was not repeated because the run's budget had no retry left. */
export function countRetryDenied(block: MetricsBlock, bank: number, procedure: number): void {
  const index = at.rowOf(bank, procedure) * at.ATTEMPT_COUNT + at.ATTEMPT_RETRIES_DENIED;
  block.attempts[index] = block.attempts[index]! + 1;
}

export function addCounter(block: MetricsBlock, counter: number, amount: number): void {
  block.counters[counter] = block.counters[counter]! + amount;
}

export function setCounter(block: MetricsBlock, counter: number, value: number): void {
  block.counters[counter] = value;
}

export function counterOf(block: MetricsBlock, counter: number): number {
  return block.counters[counter]!;
}

/** One of TARGET_*, in a run with several targets. */
export function countTarget(block: MetricsBlock, target: number, what: number): void {
  const index = target * at.TARGET_COUNTS + what;
  block.targets[index] = block.targets[index]! + 1;
}

/** What a transport has counted so far, in one direction (CALLS_*): element n is the number of calls that moved n datagrams. */
export function setCalls(block: MetricsBlock, direction: number, counts: Float64Array): void {
  block.calls.set(counts, direction * at.CALLS_PER_DIRECTION);
}

/** A response with this status arrived, provisional ones included. */
export function countResponse(block: MetricsBlock, status: number): void {
  if (status < 100 || status >= at.RESPONSE_STATUS_COUNT) return;
  block.responses[status] = block.responses[status]! + 1;
}

export function countInSecond(block: MetricsBlock, nowUs: number, lane: number, amount: number): void {
  const index = seriesIndex(block, nowUs, lane);
  block.series[index] = block.series[index]! + amount;
}

export function maxInSecond(block: MetricsBlock, nowUs: number, lane: number, value: number): void {
  const index = seriesIndex(block, nowUs, lane);
  if (value > block.series[index]!) block.series[index] = value;
}

function seriesIndex(block: MetricsBlock, nowUs: number, lane: number): number {
  let second = Math.floor(nowUs / US_PER_SECOND);
  if (second >= block.seriesSeconds) {
    second = block.seriesSeconds - 1;
    block.counters[at.COUNTER_SERIES_CLAMPED] = block.counters[at.COUNTER_SERIES_CLAMPED]! + 1;
  }
  return second * at.LANE_COUNT + lane;
}
