// One thread of the fuzzer: executes a target a given number of times, in the same process and without a message for each
// execution, which is what makes millions possible. Before each execution the input and its number go to shared memory,
// where the watching thread finds them when this one hangs or dies.
//
//   shared: Int32 executions | Int32 length of the input | the input

import { createRequire } from 'node:module';
import { sep } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { builtFile } from './build.mjs';
import { createCoverage, instrumentRequired, takeCounters } from './coverage.mjs';
import { SHARED_HEAD_BYTES, SIZE_BYTES_MOST } from './targets.mjs';

/** An execution that takes longer each time is a find: nothing here may take long. */
const SLOW_MS = 500;
/** A thread that was not given a processor for a while looks slow, so what looks slower than all before is tried again. */
const AGAIN_MOST = 3;
const NEW_INPUTS_MOST = 20_000;

const { target, seed, executions, known, shared } = workerData;
const require = createRequire(import.meta.url);
const folders = target.watched.map((folder) => `${sep}.build${sep}src${sep}${folder}${sep}`);
const isWatched = (file) => folders.some((folder) => file.includes(folder));

// What makes the inputs uses src/std, too. It keeps its own copy, which counts nothing.
const { createInputs } = require(builtFile('test/fuzz/inputs'));
for (const file of Object.keys(require.cache).filter(isWatched)) delete require.cache[file];
instrumentRequired(isWatched);
const { fuzz, DICTIONARY } = require(builtFile(`test/fuzz/targets/${target.name}`));
const { coverage, sweep, forget } = createCoverage(takeCounters());

const head = new Int32Array(shared, 0, 2);
const place = new Uint8Array(shared, SHARED_HEAD_BYTES);
let done = 0;
let slowestMs = 0;

const timeOf = (input) => {
  const before = performance.now();
  fuzz(input);
  return performance.now() - before;
};

/** False: a find, which has been reported. */
const execute = (input) => {
  place.set(input);
  head[1] = input.length;
  Atomics.store(head, 0, ++done);
  try {
    let ms = timeOf(input);
    for (let again = 0; ms > slowestMs && again < AGAIN_MOST; again++) {
      forget();
      ms = Math.min(ms, timeOf(input));
    }
    slowestMs = Math.max(slowestMs, ms);
    if (ms <= SLOW_MS) return true;
    parentPort.postMessage({ kind: 'find', input, what: `took ${Math.round(ms)} ms` });
  } catch (error) {
    parentPort.postMessage({ kind: 'find', input, what: error?.stack ?? String(error) });
  }
  return false;
};

/** Those of the known inputs that reach something, the shortest first. Null: one of them is a find. */
const replay = () => {
  const useful = [];
  for (const input of known.slice().sort((a, b) => a.length - b.length)) {
    if (done >= executions) break;
    if (!execute(input)) return null;
    if (sweep()) useful.push(input);
  }
  return useful;
};

const search = (useful) => {
  const inputs = createInputs({ seed, dictionary: DICTIONARY, known: useful, sizeBytesMost: SIZE_BYTES_MOST });
  for (let found = 0; done < executions; ) {
    const input = inputs.next();
    if (!execute(input)) return;
    if (!sweep() || found >= NEW_INPUTS_MOST) continue;
    found++;
    inputs.keep(input);
    parentPort.postMessage({ kind: 'new', input });
  }
};

const useful = replay();
if (useful !== null) {
  parentPort.postMessage({ kind: 'useful', inputs: useful });
  search(useful);
}
parentPort.postMessage({ kind: 'done', executions: done, slowestMs, ...coverage });
