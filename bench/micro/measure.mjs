// One benchmark in this process, which has run no other: what the compiler has seen of others would decide how this one's
// code comes out. run.mjs starts a process for each.
//
//   node --expose-gc measure.mjs NAME time ROUNDS COUNT     time and heap
//   node measure.mjs NAME instructions COUNT                runs for instructions.mjs, which counts from outside
//
// Prints a line of JSON.

import { uptime } from 'node:os';
import { faultOf, loadBenchmark } from './benchmarks.mjs';
import { fold, hexOf, SEED } from './fold.mjs';

const WARM_UP_ROUNDS = 3;
/** Of the times of all rounds, ascending: two may be luck, and what lies above was disturbed. */
const THIRD = 2;
const HEAP_PASSES = 5;
const HEAP_COUNT = 20_000;

const collect = () => globalThis.gc?.();

const timeRounds = (subject, rounds, count) => {
  const times = [];
  let hash = SEED;
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    collect();
    const before = process.hrtime.bigint();
    const result = subject.run(count);
    const passed = Number(process.hrtime.bigint() - before) / count;
    hash = fold(hash, result);
    if (round >= 0) times.push(passed);
  }
  times.sort((a, b) => a - b);
  return { ns: times[THIRD], leastNs: times[0], hash: hexOf(hash) };
};

/** What is on the heap after `count` operations and was not before: the middle of some passes. */
const heapGrowth = (subject, count) => {
  const sizes = [];
  for (let pass = 0; pass < HEAP_PASSES; pass++) {
    collect();
    const before = process.memoryUsage().heapUsed;
    if (count > 0) subject.run(count);
    sizes.push(process.memoryUsage().heapUsed - before);
  }
  return sizes.sort((a, b) => a - b)[HEAP_PASSES >> 1];
};

const time = (benchmark, rounds, count) => {
  const fault = faultOf(benchmark);
  if (fault !== null) throw new Error(`${benchmark.name}: ${fault}`);
  const subject = benchmark.create();
  const times = timeRounds(subject, rounds, count);
  // Looking costs something too.
  const heapBytes = Math.max(0, heapGrowth(subject, HEAP_COUNT) - heapGrowth(subject, 0)) / HEAP_COUNT;
  return { name: benchmark.name, rounds, count, ...times, heapBytes };
};

/**
 * Warm-up, then N, 2N, N and 2N operations. os.uptime() calls uv_uptime in the program's native part, at which callgrind
 * writes down what it has counted since the last time.
 */
const repeat = (benchmark, count) => {
  const subject = benchmark.create();
  let hash = SEED;
  const run = (operations) => {
    hash = fold(hash, subject.run(operations));
  };
  const warmUp = Math.max(WARM_UP_ROUNDS * 2 * count, benchmark.warmUp ?? 0);
  for (let done = 0; done < warmUp; done += 2 * count) run(2 * count);
  for (const operations of [count, 2 * count, count, 2 * count]) {
    uptime();
    run(operations);
  }
  uptime();
  return { name: benchmark.name, count, hash: hexOf(hash) };
};

const [name, what, ...numbers] = process.argv.slice(2);
const benchmark = await loadBenchmark(name);
const result = (what === 'time' ? time : repeat)(benchmark, ...numbers.map(Number));
process.stdout.write(`${JSON.stringify(result)}\n`);
