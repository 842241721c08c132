// The command line, and what the machine is: facts that every number needs beside it.

import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { parseArgs } from 'node:util';

export const USAGE = `node bench/micro/run.mjs [options] [NAME…]
  NAME             benchmarks with this in their names (all)
  --rounds N       timed rounds, at least 8 (12)
  --instructions   count instructions too, with valgrind: half a minute for each benchmark
  --quick          a tenth of the operations in 8 rounds: says little
  --smoke          no measurement: a few operations of each, their hash and result checked
  --list           names only
  --record         append the result to bench/history.jsonl`;

const OPTIONS = {
  rounds: { type: 'string' },
  instructions: { type: 'boolean' },
  quick: { type: 'boolean' },
  smoke: { type: 'boolean' },
  list: { type: 'boolean' },
  record: { type: 'boolean' },
  help: { type: 'boolean' },
};

const ROUNDS = 12;
/** The third-best of fewer says nothing. */
const ROUNDS_LEAST = 8;

/** Throws with a sentence when something is wrong with the command line. */
export const readOptions = (args) => {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const { instructions = false, quick = false, smoke = false, list = false, record = false, help = false } = values;
  const rounds = values.rounds === undefined ? (quick ? ROUNDS_LEAST : ROUNDS) : Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < ROUNDS_LEAST) {
    throw new Error(`--rounds takes a whole number from ${ROUNDS_LEAST} on, not '${values.rounds}'`);
  }
  if (record && (quick || smoke || list)) throw new Error('--record is for measurements of full size');
  return { names: positionals, rounds, instructions, quick, smoke, list, record, help };
};

const commit = () => {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown';
  }
};

export const describeMachine = () => ({
  processor: cpus()[0]?.model ?? 'unknown',
  processors: cpus().length,
  memoryGb: Math.round(totalmem() / 1e9),
  kernel: `${type()} ${release()}`,
  node: process.version,
  commit: commit(),
  loadAverage: Number(loadavg()[0]?.toFixed(2)),
});
