// The hot modules one by one: time, heap and instructions per operation. See ../README.md for what is measured and how.

import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { endWith } from '../program.mjs';
import { faultOf, loadBenchmarks, selectBenchmarks } from './benchmarks.mjs';
import { countInstructions, hasValgrind } from './instructions.mjs';
import { describeMachine, readOptions, USAGE } from './options.mjs';

const HISTORY = fileURLToPath(new URL('../history.jsonl', import.meta.url));
const MEASURE = fileURLToPath(new URL('measure.mjs', import.meta.url));
const QUICK_SHARE = 10;
/** Room for what a competitor allocates in a heap pass, so that no collection hides it. */
const NODE_FLAGS = ['--expose-gc', '--min-semi-space-size=16'];
const BUSY_LOAD = 0.5;
const UNSTABLE_SHARE = 0.01;

const say = (text) => process.stdout.write(`${text}\n`);
const complain = (text) => process.stderr.write(`${text}\n`);

const smoke = (benchmarks) => {
  const faults = benchmarks.map((benchmark) => ({ name: benchmark.name, fault: faultOf(benchmark) }));
  for (const { name, fault } of faults) say(`${name}: ${fault ?? 'ok'}`);
  return faults.some(({ fault }) => fault !== null) ? 1 : 0;
};

const measure = ({ name, count }, { rounds, quick }) => {
  const args = [...NODE_FLAGS, MEASURE, name, 'time', String(rounds), String(quick ? count / QUICK_SHARE : count)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
};

const TITLE = 'benchmark                        ns/op    least   heap B/op   instructions/op   operations   hash';

const lineOf = ({ name, ns, leastNs, heapBytes, instructions, rounds, count, hash }) => {
  const times = `${ns.toFixed(1).padStart(9)}${leastNs.toFixed(1).padStart(9)}`;
  const counted = instructions === undefined ? '-' : instructions.toFixed(0);
  const done = `${rounds}x${count}`;
  return `${name.padEnd(29)}${times}${heapBytes.toFixed(1).padStart(12)}${counted.padStart(18)}${done.padStart(13)}   ${hash}`;
};

const record = (machine, { rounds }, results) => {
  const line = { kind: 'micro', at: new Date().toISOString(), machine, options: { rounds }, results };
  appendFileSync(HISTORY, `${JSON.stringify(line)}\n`);
};

/** What is kept of a result: enough digits, no more. */
const recorded = ({ ns, leastNs, heapBytes, instructions, hash }) => ({
  ns: Number(ns.toFixed(2)),
  leastNs: Number(leastNs.toFixed(2)),
  heapBytes: Number(heapBytes.toFixed(1)),
  ...(instructions === undefined ? {} : { instructions: Math.round(instructions) }),
  hash,
});

const measureAll = (benchmarks, options) => {
  const results = {};
  for (const benchmark of benchmarks) {
    const counted = options.instructions ? countInstructions(MEASURE, benchmark) : {};
    const result = { ...measure(benchmark, options), ...counted };
    say(lineOf(result));
    if (counted.deviation > UNSTABLE_SHARE) {
      complain(`${benchmark.name}: two counts of instructions differ by ${(counted.deviation * 100).toFixed(1)} %`);
    }
    results[benchmark.name] = recorded(result);
  }
  return results;
};

const main = async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    say(USAGE);
    return 0;
  }
  const benchmarks = selectBenchmarks(await loadBenchmarks(), options.names);
  if (options.list) {
    for (const { name } of benchmarks) say(name);
    return 0;
  }
  if (options.smoke) return smoke(benchmarks);
  if (options.instructions && !hasValgrind())
    throw new Error('--instructions needs valgrind (Debian package valgrind)');
  const machine = describeMachine();
  if (machine.loadAverage > BUSY_LOAD) complain(`the machine is busy (load ${machine.loadAverage}): expect noise`);
  for (const [name, value] of Object.entries(machine)) say(`${name.padEnd(29)}${value}`);
  say(`\n${TITLE}`);
  const results = measureAll(benchmarks, options);
  if (options.record) record(machine, options, results);
  return 0;
};

await endWith(main, USAGE);
