// Histograms of one kind from several workers (or procedures) as one, and what people ask of it: percentiles, mean, the
// encoded form. hdr-histogram-js does percentiles and encoding, with 64-bit buckets, so that no sum of 32-bit buckets can
// wrap; count, sum, least and greatest come from the exact numbers beside the buckets.
//
// Of the library only these two files are imported: its index also loads WebAssembly, log files and a number formatter of
// the locale, which cost a third of the time that it takes to load.

import type { JsHistogram } from 'hdr-histogram-js/dist/JsHistogram.js';
import 'hdr-histogram-js/dist/JsHistogram.encoding.js';
import { constructorFromBucketSize } from 'hdr-histogram-js/dist/JsHistogramFactory.js';
import type { MetricsBlock } from './block.ts';
import { hdrLowestValue } from './histogram.ts';
import * as at from './layout.ts';
import type { LatencySummary, TurnSummary } from './run-result.ts';

export interface MergedHistogram {
  readonly count: number;
  readonly sumUs: number;
  /** Infinity and 0 while the count is 0. */
  readonly minUs: number;
  readonly maxUs: number;
  /** Null while the count is 0: most procedures of a run record nothing, and an empty one takes 180 kB. */
  readonly hdr: JsHistogram | null;
}

const NOTHING: MergedHistogram = { count: 0, sumUs: 0, minUs: Number.POSITIVE_INFINITY, maxUs: 0, hdr: null };

/** Adds up the given histograms (numbers of histogramOf) of all blocks. */
export function mergeHistograms(blocks: readonly MetricsBlock[], histograms: readonly number[]): MergedHistogram {
  let counts: Float64Array | null = null;
  let { sumUs, minUs, maxUs } = NOTHING;
  for (const block of blocks) {
    for (const histogram of histograms) {
      const stat = histogram * at.STATS_PER_HISTOGRAM;
      if (block.stats[stat + at.STAT_COUNT] === 0) continue;
      counts ??= new Float64Array(at.HDR_LENGTH);
      sumUs += block.stats[stat + at.STAT_SUM]!;
      minUs = Math.min(minUs, block.stats[stat + at.STAT_MIN]!);
      maxUs = Math.max(maxUs, block.stats[stat + at.STAT_MAX]!);
      addBuckets(counts, block.buckets, histogram * at.HDR_LENGTH);
    }
  }
  if (counts === null) return NOTHING;
  const hdr = emptyHdr();
  for (let index = 0; index < at.HDR_LENGTH; index++) {
    if (counts[index]! > 0) hdr.recordValueWithCount(hdrLowestValue(index), counts[index]!);
  }
  return { count: hdr.totalCount, sumUs, minUs, maxUs, hdr };
}

/** One histogram of several, for a threshold over all procedures. */
export function sumHistograms(parts: readonly MergedHistogram[]): MergedHistogram {
  const recorded = parts.filter(({ count }) => count > 0);
  if (recorded.length <= 1) return recorded[0] ?? NOTHING;
  const hdr = emptyHdr();
  let { sumUs, minUs, maxUs } = NOTHING;
  for (const part of recorded) {
    if (part.hdr !== null) hdr.add(part.hdr);
    sumUs += part.sumUs;
    minUs = Math.min(minUs, part.minUs);
    maxUs = Math.max(maxUs, part.maxUs);
  }
  return { count: hdr.totalCount, sumUs, minUs, maxUs, hdr };
}

/** Samples without which a percentile is not told: 10 / (1 - p). With fewer, single values decide it. */
export function samplesNeeded(percentile: number): number {
  if (percentile >= 100) return 1;
  // The subtraction takes back what dividing by an inexact 100 - 99.9 added.
  return Math.max(1, Math.ceil(1_000 / (100 - percentile) - 1e-6));
}

/** Null with too few samples. Within the bucket's resolution, and never beyond the greatest value seen. */
export function percentileUs(histogram: MergedHistogram, percentile: number): number | null {
  if (histogram.hdr === null || histogram.count < samplesNeeded(percentile)) return null;
  const value = histogram.hdr.getValueAtPercentile(percentile);
  return Math.max(histogram.minUs, Math.min(histogram.maxUs, value));
}

export const meanUs = (histogram: MergedHistogram): number | null =>
  histogram.count === 0 ? null : histogram.sumUs / histogram.count;

export function latencySummary(histogram: MergedHistogram): LatencySummary {
  const mean = meanUs(histogram);
  return {
    count: histogram.count,
    min: histogram.count === 0 ? null : histogram.minUs,
    mean: mean === null ? null : Math.round(mean * 10) / 10,
    p50: percentileUs(histogram, 50),
    p90: percentileUs(histogram, 90),
    p95: percentileUs(histogram, 95),
    p99: percentileUs(histogram, 99),
    p999: percentileUs(histogram, 99.9),
    max: histogram.count === 0 ? null : histogram.maxUs,
    histogram: (histogram.hdr ?? emptyHdr()).encodeIntoCompressedBase64(),
  };
}

export const turnSummary = (turns: MergedHistogram): TurnSummary => ({
  count: turns.count,
  us: {
    p50: percentileUs(turns, 50),
    p99: percentileUs(turns, 99),
    max: turns.count === 0 ? null : turns.maxUs,
  },
});

function addBuckets(counts: Float64Array, buckets: Uint32Array, first: number): void {
  for (let index = 0; index < at.HDR_LENGTH; index++) counts[index] = counts[index]! + buckets[first + index]!;
}

function emptyHdr(): JsHistogram {
  const Histogram64 = constructorFromBucketSize(64);
  const hdr = new Histogram64(1, at.HDR_VALUE_MAX, at.HDR_DIGITS);
  hdr.autoResize = false;
  return hdr;
}
