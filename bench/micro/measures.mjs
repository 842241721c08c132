// What is counted for every attempt: a value into a histogram in shared memory, and when the next start is due.

import assert from 'node:assert/strict';
import { build } from 'hdr-histogram-js';
import { hdrIndex, recordLatency } from '../../dist/metrics/histogram.js';
import { createMetricsBlock } from '../../dist/metrics/index.js';
import {
  HDR_LENGTH,
  histogramOf,
  KIND_LATENCY,
  STAT_COUNT,
  STAT_SUM,
  STATS_PER_HISTOGRAM,
} from '../../dist/metrics/layout.js';
import { advanceStart, createStartCursor, startTimeUs } from '../../dist/scenario/shares.js';
import { mix32 } from '../../dist/std/index.js';
import { fold, SEED } from './fold.mjs';

const VALUES = 1 << 12;
const BANK = 0;
const PROCEDURE = 0;

/** Latencies of 100 µs to 50 ms, most of them short. */
const LATENCIES_US = Int32Array.from({ length: VALUES }, (_, n) =>
  Math.floor(100 * 500 ** ((mix32(11, n) / 2 ** 32) ** 3)),
);

const createRecording = () => {
  const block = createMetricsBlock(1);
  const from = histogramOf(BANK, PROCEDURE, KIND_LATENCY) * HDR_LENGTH;
  const run = (count) => {
    let hash = SEED;
    for (let i = 0; i < count; i++) {
      const valueUs = LATENCIES_US[i & (VALUES - 1)];
      recordLatency(block, BANK, PROCEDURE, valueUs);
      hash = fold(hash, block.buckets[from + hdrIndex(valueUs)]);
    }
    return hash;
  };
  const check = () => {
    const stat = histogramOf(BANK, PROCEDURE, KIND_LATENCY) * STATS_PER_HISTOGRAM;
    const totals = () => [block.stats[stat + STAT_COUNT], block.stats[stat + STAT_SUM]];
    const [countBefore, sumBefore] = totals();
    run(VALUES);
    const sum = LATENCIES_US.reduce((total, valueUs) => total + valueUs, 0);
    assert.deepEqual(totals(), [countBefore + VALUES, sumBefore + sum]);
    const buckets = block.buckets.subarray(from, from + HDR_LENGTH);
    assert.equal(
      buckets.reduce((total, count) => total + count, 0),
      countBefore + VALUES,
    );
  };
  return { run, check };
};

const createLibraryHistogram = () =>
  build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2 ** 31 - 1,
    numberOfSignificantValueDigits: 3,
  });

const createLibraryRecording = () => {
  const histogram = createLibraryHistogram();
  const run = (count) => {
    let hash = SEED;
    for (let i = 0; i < count; i++) {
      histogram.recordValue(LATENCIES_US[i & (VALUES - 1)]);
      hash = fold(hash, histogram.totalCount);
    }
    return hash;
  };
  const check = () => {
    const before = histogram.totalCount;
    run(VALUES);
    assert.equal(histogram.totalCount - before, VALUES);
  };
  return { run, check };
};

/** A rate that leaves a remainder, four workers, contexts that come round again. */
const LOAD = {
  model: 'constant-rate',
  startsPerPeriod: 49_999,
  periodUs: 1_000_000,
  starts: 2 ** 40,
  durationUs: null,
  warmupUs: 0,
  cooldownUs: 0,
};

const createArrivals = () => {
  const cursor = createStartCursor({ load: LOAD, contextCount: 100_001, workerIndex: 1, workerCount: 4 });
  const run = (count) => {
    let hash = SEED;
    for (let i = 0; i < count; i++) {
      hash = fold(fold(hash, cursor.timeUs), cursor.row);
      advanceStart(cursor);
    }
    return hash;
  };
  const check = () => {
    run(100_000);
    assert.equal(cursor.timeUs, startTimeUs(LOAD, cursor.start));
    assert.equal(cursor.context, cursor.start % 100_001);
  };
  return { run, check };
};

/** What every figure contains: the loop, one look at an array and one fold. */
const createLoop = () => {
  const values = Int32Array.from({ length: 64 }, (_, n) => n * n);
  const run = (count) => {
    let hash = SEED;
    for (let i = 0; i < count; i++) hash = fold(hash, values[i & 63]);
    return hash;
  };
  const check = () => assert.equal(run(2), fold(fold(SEED, 0), 1));
  return { run, check };
};

export const BENCHMARKS = [
  { name: 'measures/loop', count: 200_000, hash: '3bdc10e9', create: createLoop },
  { name: 'measures/histogram', count: 200_000, hash: '04190143', create: createRecording },
  { name: 'measures/histogram-hdr-js', count: 100_000, hash: '4d3f198d', create: createLibraryRecording },
  { name: 'measures/arrivals', count: 200_000, hash: 'c64f5bad', create: createArrivals },
];
