// The benchmark's options and what the machine is: facts that every number needs beside it.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { parseArgs } from 'node:util';
import { positive } from '../program.mjs';
import { canPin } from './programs.mjs';

export const USAGE = `node bench/macro/run.mjs [options]
  --rounds N         interleaved rounds (5)
  --count N          registrations of each of the floor's and regstorm's steps (2000000)
  --rate R           starts per second of regstorm's plain steps (100000); its digest steps get two fifths
  --sipp-count N     registrations of SIPp's steps (300000), whose start-up is next to nothing
  --sipp-rate R      starts per second of SIPp's plain steps (30000); its digest steps get two thirds
  --auth MODE        plain, digest or both (both)
  --no-peak          leave out the search for the highest rate
  --no-extras        leave out two workers against one, and Kamailio
  --quick            one round, 30000 registrations a step, at most 3 rungs of the rate ladder
  --record           append the result to bench/history.jsonl`;

const OPTIONS = {
  rounds: { type: 'string' },
  count: { type: 'string' },
  rate: { type: 'string' },
  'sipp-count': { type: 'string' },
  'sipp-rate': { type: 'string' },
  auth: { type: 'string' },
  'no-peak': { type: 'boolean' },
  'no-extras': { type: 'boolean' },
  quick: { type: 'boolean' },
  record: { type: 'boolean' },
  help: { type: 'boolean' },
};

/** Throws with a sentence when something is wrong with the command line. */
export const readOptions = (args) => {
  const { values } = parseArgs({ args, options: OPTIONS });
  const quick = values.quick === true;
  const auth = values.auth ?? 'both';
  if (!['plain', 'digest', 'both'].includes(auth)) throw new Error(`--auth is plain, digest or both, not '${auth}'`);
  return {
    help: values.help === true,
    rounds: positive(values, 'rounds', quick ? 1 : 5),
    count: positive(values, 'count', quick ? 30_000 : 2_000_000),
    rate: positive(values, 'rate', 100_000),
    sippCount: positive(values, 'sipp-count', quick ? 30_000 : 300_000),
    sippRate: positive(values, 'sipp-rate', 30_000),
    modes: auth === 'both' ? [false, true] : [auth === 'digest'],
    rungsMost: values['no-peak'] === true ? 0 : quick ? 3 : 16,
    extras: values['no-extras'] !== true,
    record: values.record === true,
  };
};

const firstLine = (command, args, pattern) => {
  try {
    const text = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return pattern.exec(text)?.[0] ?? 'unknown';
  } catch {
    return 'unknown';
  }
};

/** SIPp prints its version with exit code 99. */
const sippVersion = () => {
  try {
    execFileSync('sipp', ['-v'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return 'unknown';
  } catch (error) {
    return /v\d[\w.-]*/.exec(String(error.stdout))?.[0] ?? 'not installed';
  }
};

export const describeMachine = () => ({
  processor: cpus()[0]?.model ?? 'unknown',
  processors: cpus().length,
  pinned: canPin(),
  memoryGb: Math.round(totalmem() / 1e9),
  kernel: `${type()} ${release()}`,
  node: process.version,
  sipp: sippVersion(),
  compiler: firstLine('cc', ['--version'], /^.*$/m),
  receiveBufferMost: readFileSync('/proc/sys/net/core/rmem_max', 'utf8').trim(),
  commit: firstLine('git', ['describe', '--always', '--dirty'], /^.*$/m),
  loadAverage: Number(loadavg()[0]?.toFixed(2)),
});
