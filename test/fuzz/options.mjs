// The fuzzer's command line.

import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { TARGETS } from './targets.mjs';

const NAMES = TARGETS.map(({ name }) => name);
const count = (number) => number.toLocaleString('en-US');

export const USAGE = `npm run fuzz -- [options]
  --target NAME      ${NAMES.join(', ')}; may be repeated (all)
  --executions N     of each target (${TARGETS.map(({ name, executions }) => `${name} ${count(executions)}`).join(', ')})
  --jobs N           threads at the same time (2, or 1 on a single processor)
  --seed N           which changes are tried, 0 to 4294967295 (random, printed)
  --resume           go on with the run that was interrupted, with its targets, counts and seed
  --keep             at the end put the inputs that reached something new into test/fuzz/corpus
  --input FILE       execute only this input, with one --target
Exit code 0: nothing was found. 1: something was, and the input lies in test/fuzz/.found. 2: the options are wrong.`;

const OPTIONS = {
  target: { type: 'string', multiple: true },
  executions: { type: 'string' },
  jobs: { type: 'string' },
  seed: { type: 'string' },
  resume: { type: 'boolean' },
  keep: { type: 'boolean' },
  input: { type: 'string' },
  help: { type: 'boolean' },
};

const whole = (values, name, least, most) => {
  const text = values[name];
  if (text === undefined) return null;
  const value = /^\d+$/.test(text) ? Number(text) : -1;
  if (value < least || value > most)
    throw new Error(`--${name} takes a whole number from ${least} to ${most}, not '${text}'`);
  return value;
};

/** Throws with a sentence when something is wrong with the command line. */
export const readOptions = (args) => {
  const { values } = parseArgs({ args, options: OPTIONS });
  const executions = whole(values, 'executions', 1, 1_000_000_000);
  const seed = whole(values, 'seed', 0, 0xffffffff);
  const names = values.target ?? NAMES;
  for (const name of names) {
    if (!NAMES.includes(name)) throw new Error(`--target is ${NAMES.join(', ')}, not '${name}'`);
  }
  if (values.resume && (values.target ?? values.executions ?? values.seed) !== undefined) {
    throw new Error('--resume takes targets, executions and seed from the run it goes on with');
  }
  if (values.input !== undefined && values.target?.length !== 1) throw new Error('--input needs one --target');
  return {
    help: values.help === true,
    resume: values.resume === true,
    keep: values.keep === true,
    input: values.input ?? null,
    jobs: whole(values, 'jobs', 1, 64) ?? Math.min(2, availableParallelism()),
    seed: seed ?? randomInt(2 ** 32),
    targets: TARGETS.filter(({ name }) => names.includes(name)).map((target) => ({
      ...target,
      executions: executions ?? target.executions,
    })),
  };
};
