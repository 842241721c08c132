// @hot
// Recording into HDR histograms in shared memory. The index is HdrHistogram's own for 3 significant digits and a lowest
// value of 1, in integer steps:
//
//   value      0 .. 2047   index = value                                (full resolution)
//   value  2^(11+b-1) ..   index = b * 1024 + (value >>> b)             (1024 steps for each power of two)
//
// so that any HDR library reads what we encode, while a record costs a handful of instructions instead of the 0.1 us of
// hdr-histogram-js (2 ns against 100 ns, Node 20, two shared cores, November 2026). A test holds the two indices equal.
// Count, sum, least and greatest are kept exactly beside the buckets.
//
// Values are whole microseconds. Below 0 and above 2^31 - 1 (36 minutes) they are recorded at that end and counted.

import type { MetricsBlock } from './block.ts';
import * as at from './layout.ts';

/** Index of a whole value from 0 to HDR_VALUE_MAX. */
export function hdrIndex(value: number): number {
  const bucket = 31 - at.HDR_HALF_BITS - Math.clz32(value | at.HDR_MASK);
  return (bucket << at.HDR_HALF_BITS) + (value >>> bucket);
}

/** The lowest value that is recorded at this index. */
export function hdrLowestValue(index: number): number {
  const half = index >>> at.HDR_HALF_BITS;
  const bucket = half > 0 ? half - 1 : 0;
  return (index - (bucket << at.HDR_HALF_BITS)) * 2 ** bucket;
}

/** The highest value that is recorded at this index. */
export function hdrHighestValue(index: number): number {
  return hdrLowestValue(index + 1) - 1;
}

/** From the intended start to the final answer: succeeded attempts, and timeouts at their value. */
export function recordLatency(block: MetricsBlock, bank: number, procedure: number, us: number): void {
  record(block, at.histogramOf(bank, procedure, at.KIND_LATENCY), us);
}

/** The same, for attempts that failed otherwise than by a timeout. */
export function recordFailureLatency(block: MetricsBlock, bank: number, procedure: number, us: number): void {
  record(block, at.histogramOf(bank, procedure, at.KIND_FAILURE_LATENCY), us);
}

/** Sum over an attempt's transactions of first send to final answer. */
export function recordWire(block: MetricsBlock, bank: number, procedure: number, us: number): void {
  record(block, at.histogramOf(bank, procedure, at.KIND_WIRE), us);
}

/** Actual minus intended start. */
export function recordLag(block: MetricsBlock, bank: number, procedure: number, us: number): void {
  record(block, at.histogramOf(bank, procedure, at.KIND_LAG), us);
}

/** How long a turn of the pump was busy. */
export function recordTurn(block: MetricsBlock, us: number): void {
  record(block, at.HISTOGRAM_TURNS, us);
}

/** From a keepalive to its answer. */
export function recordPing(block: MetricsBlock, us: number): void {
  record(block, at.HISTOGRAM_PINGS, us);
}

function record(block: MetricsBlock, histogram: number, us: number): void {
  let value = us;
  if (value < 0) {
    value = 0;
    countClamped(block);
  } else if (value > at.HDR_VALUE_MAX) {
    value = at.HDR_VALUE_MAX;
    countClamped(block);
  }
  const bucket = histogram * at.HDR_LENGTH + hdrIndex(value);
  block.buckets[bucket] = block.buckets[bucket]! + 1;
  const stats = block.stats;
  const stat = histogram * at.STATS_PER_HISTOGRAM;
  stats[stat + at.STAT_COUNT] = stats[stat + at.STAT_COUNT]! + 1;
  stats[stat + at.STAT_SUM] = stats[stat + at.STAT_SUM]! + value;
  if (value < stats[stat + at.STAT_MIN]!) stats[stat + at.STAT_MIN] = value;
  if (value > stats[stat + at.STAT_MAX]!) stats[stat + at.STAT_MAX] = value;
}

function countClamped(block: MetricsBlock): void {
  block.counters[at.COUNTER_LATENCY_CLAMPED] = block.counters[at.COUNTER_LATENCY_CLAMPED]! + 1;
}
