// Calls to the kernel by how many datagrams they moved, as exact counts instead of buckets: all workers' together, and
// what people ask of them. A call that moved nothing is no call here: it says how often somebody looked, which depends on
// how the pump waits, and would pull every percentile towards 0.

import { assert } from '../std/index.ts';
import type { MetricsBlock } from './block.ts';
import * as at from './layout.ts';
import { samplesNeeded } from './merged-histogram.ts';
import type { CallSummary } from './run-result.ts';

/** Element n: the number of calls that moved n datagrams. */
export type CallCounts = Float64Array;

/** The calls of one direction (CALLS_*) of all blocks. */
export function mergeCalls(blocks: readonly MetricsBlock[], direction: number): CallCounts {
  const merged = new Float64Array(at.CALLS_PER_DIRECTION);
  const first = direction * at.CALLS_PER_DIRECTION;
  for (const { calls } of blocks) {
    for (let datagrams = 0; datagrams < merged.length; datagrams++) {
      merged[datagrams] = merged[datagrams]! + calls[first + datagrams]!;
    }
  }
  return merged;
}

export function callSummary(counts: CallCounts): CallSummary {
  let count = 0;
  let total = 0;
  let most = 0;
  for (let datagrams = 1; datagrams < counts.length; datagrams++) {
    const calls = counts[datagrams]!;
    if (calls === 0) continue;
    count += calls;
    total += calls * datagrams;
    most = datagrams;
  }
  const percentile = (percent: number): number | null =>
    count < samplesNeeded(percent) ? null : datagramsAtPercentile(counts, count, percent);
  return {
    count,
    datagrams: {
      total,
      mean: count === 0 ? null : Math.round((total / count) * 100) / 100,
      p50: percentile(50),
      p99: percentile(99),
      max: count === 0 ? null : most,
    },
  };
}

/** The least number that so many percent of the calls did not exceed. */
function datagramsAtPercentile(counts: CallCounts, count: number, percent: number): number {
  const rank = Math.ceil((percent * count) / 100);
  let calls = 0;
  for (let datagrams = 1; datagrams < counts.length; datagrams++) {
    calls += counts[datagrams]!;
    if (calls >= rank) return datagrams;
  }
  assert(false, 'the calls that are counted one by one are those that were added up');
}
