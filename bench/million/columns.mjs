// How long the tables of one worker take to be allocated and filled, in a process of its own, and what they are: one JSON
// object on standard output. `node columns.mjs SCENARIO`
//
// What the engine fills itself is filled when createEngine returns; the rest is fresh memory, which the kernel gives page by
// page as it is first written. That is done here too, for the columns of contexts, so that its price is in the figure.

import { readFileSync } from 'node:fs';
import { createEngine } from '../../dist/engine/index.js';
import { createMetricsBlock } from '../../dist/metrics/index.js';
import { loadScenario } from '../../dist/scenario/index.js';

const file = process.argv[2];
const plan = loadScenario({ file, text: readFileSync(file, 'utf8') });
const metrics = createMetricsBlock(1);
const options = { plan, workerIndex: 0, workerCount: 1, runId: '00000000', seed: 1, userAgent: 'regstorm', metrics };
const before = process.hrtime.bigint();
const engine = createEngine(options);
const created = process.hrtime.bigint();
const ready = engine.flows.map((flow) => flow.ready);
for (const table of [engine.contexts, engine.challenges, engine.waits, ...ready]) {
  for (const column of Object.values(table)) if (ArrayBuffer.isView(column)) touch(column);
}
const touched = process.hrtime.bigint();

/** One write a page. */
function touch(column) {
  const step = 4096 / column.BYTES_PER_ELEMENT;
  for (let at = 0; at < column.length; at += step) column.fill(column[at], at, at + 1);
}

const seconds = (from, to) => Number(to - from) / 1e9;
process.stdout.write(
  JSON.stringify({
    lines: engine.memory.lines(),
    createdSeconds: seconds(before, created),
    filledSeconds: seconds(before, touched),
    rssBytes: process.memoryUsage.rss(),
  }),
);
