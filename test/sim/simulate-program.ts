// `regstorm simulate` as a program, as it is built, and what worlds from a random seed must come to.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const MOST_WORLDS = 1_000_000;
export const LONGEST_MS = 120_000;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/**
 * Runs `regstorm simulate`; after `interruptMs` it is interrupted, and ends after the world that it is in. That is what a suite spends on
 * random worlds: how many they are is not asserted, nor how long one takes.
 */
export const simulate = (argv: readonly string[], interruptMs?: number): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, 'simulate', ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.on('data', (text) => {
      errors += text;
    });
    const timer = interruptMs === undefined ? undefined : setTimeout(() => child.kill('SIGINT'), interruptMs);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, out, errors });
    });
  });

export const expectRandomWorldsToHold = async (forMs: number): Promise<void> => {
  const seed = String(Math.floor(Math.random() * 2 ** 31));
  const { code, out, errors } = await simulate(['--seed', seed, '--seeds', String(MOST_WORLDS)], forMs);
  expect({ code, errors }).toEqual({ code: 130, errors: '' });
  expect(out).toMatch(/^[\d,]+ worlds?, [\d,]+ of them calm, 0 violations$/m);
};
