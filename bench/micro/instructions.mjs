// Instructions per operation, counted by valgrind's callgrind. Unlike time they hardly depend on what else the machine does, so
// a change of one percent can be seen. Node runs its own compiler as always, but on one thread and with fixed seeds, so that the
// same code is compiled at the same moment in every run.
//
// One process does N, 2N, N and 2N operations after a warm-up. Callgrind writes down its count before each of them, whenever
// the native function uv_uptime is entered (measure.mjs). 2N less N leaves out what each stretch costs besides its operations.
// The second pair shows whether the count can be trusted.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NODE_FLAGS = ['--single-threaded', '--predictable', '--hash-seed=1', '--random-seed=1'];
/** Compiled code is overwritten while it runs; valgrind must notice. */
const CALLGRIND = ['--tool=callgrind', '--smc-check=all-non-file', '--dump-before=uv_uptime'];
const WITHIN_MS = 600_000;
/** N is this share of a timed round: some ten million instructions. */
const SHARE = 5;

export const hasValgrind = () => spawnSync('valgrind', ['--version']).status === 0;

/** `script` is measure.mjs. Returns {instructions, deviation}: per operation, and the two differences' own difference as a share. */
export const countInstructions = (script, { name, count }) => {
  const folder = mkdtempSync(join(tmpdir(), 'regstorm-callgrind-'));
  try {
    const out = join(folder, 'out');
    const operations = count / SHARE;
    const command = [...CALLGRIND, `--callgrind-out-file=${out}`, process.execPath, ...NODE_FLAGS, script];
    const args = [...command, name, 'instructions', String(operations)];
    const { status, stderr } = spawnSync('valgrind', args, { encoding: 'utf8', timeout: WITHIN_MS });
    if (status !== 0) throw new Error(`${name} under valgrind: exit code ${status}\n${stderr.slice(-2_000)}`);
    // out.1 is everything before the first stretch, out.2 to out.5 are the stretches.
    const [n1, n2, again1, again2] = [2, 3, 4, 5].map((part) => readTotal(`${out}.${part}`));
    const [once, twice] = [(n2 - n1) / operations, (again2 - again1) / operations];
    return { instructions: (once + twice) / 2, deviation: Math.abs(once - twice) / ((once + twice) / 2) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const readTotal = (path) => {
  const total = /^summary: (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1];
  if (total === undefined) throw new Error(`callgrind's file ${path} has no summary`);
  return Number(total);
};
