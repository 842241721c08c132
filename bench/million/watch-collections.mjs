// Preloaded into every thread of a generator (`node --import`): writes each garbage collection as a line of JSON to the file
// that BENCH_COLLECTIONS names. A worker in its pump turns no event loop, so its lines come when the load is over; the times
// in them are those of the collections.

import { appendFileSync } from 'node:fs';
import { constants, PerformanceObserver, performance } from 'node:perf_hooks';
import { threadId } from 'node:worker_threads';

const KINDS = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'scavenge',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'mark-compact',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental marking',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weak callbacks',
};

const file = process.env.BENCH_COLLECTIONS;
const write = (entry) => {
  const atMs = performance.timeOrigin + entry.startTime;
  const line = { thread: threadId, atMs, pauseMs: entry.duration, kind: KINDS[entry.detail.kind] ?? 'other' };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
};
new PerformanceObserver((list) => list.getEntries().forEach(write)).observe({ entryTypes: ['gc'] });
