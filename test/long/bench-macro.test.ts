// The benchmark at its smallest size, so that it does not rot between the days somebody needs it. It says nothing about
// speed.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../bench/macro/run.mjs', import.meta.url));
const SMALLEST = [
  '--rounds',
  '1',
  '--count',
  '2000',
  '--sipp-count',
  '2000',
  '--rate',
  '4000',
  '--sipp-rate',
  '3000',
  '--no-peak',
];
const WITHIN_MS = 120_000;

const run = promisify(execFile);
const hasCompiler = await run('cc', ['--version']).then(
  () => true,
  () => false,
);

describe.skipIf(!hasCompiler)(`npm run bench${hasCompiler ? '' : ' [not installed: a C compiler as cc]'}`, () => {
  it(
    'does its smallest round without a failed step and prints the ratios',
    async () => {
      const { stdout } = await run(process.execPath, [SCRIPT, ...SMALLEST], { timeout: WITHIN_MS });
      for (const line of [
        'C floor',
        'regstorm plain',
        'regstorm digest',
        'regstorm start-up',
        'regstorm plain / C floor',
      ]) {
        expect(stdout).toContain(line);
      }
    },
    WITHIN_MS,
  );

  it('refuses an option it does not know, with its usage', async () => {
    await expect(run(process.execPath, [SCRIPT, '--speed', '1'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--rounds N'),
    });
  });
});
