// The benchmarks of many contexts and of collections at their smallest size, so that they do not rot. Whether a target was
// met is not looked at: that is for a quiet machine.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const script = (name: string): string => fileURLToPath(new URL(`../../bench/million/${name}`, import.meta.url));
const WITHIN_MS = 120_000;

const run = promisify(execFile);
const hasCompiler = await run('cc', ['--version']).then(
  () => true,
  () => false,
);

/** What it printed, whether or not every target was met. */
const printed = async (name: string, ...args: string[]): Promise<string> => {
  const end = run(process.execPath, [script(name), ...args], { timeout: WITHIN_MS });
  return end.then(
    ({ stdout }) => stdout,
    (error: { code: number; stdout: string; stderr: string }) => {
      expect([error.code, error.stderr]).toEqual([1, '']);
      return error.stdout;
    },
  );
};

describe.skipIf(!hasCompiler)(`benchmarks${hasCompiler ? '' : ' [not installed: a C compiler as cc]'}`, () => {
  it(
    'npm run bench:million goes against both responders and judges each target',
    async () => {
      const text = await printed('million.mjs', '--count', '2000', '--rate', '2000', '--wait', '1');
      for (const line of ['Columns for 2000 contexts', 'Against nullreg:', 'Against registrar:'])
        expect(text).toContain(line);
      for (const name of ['nullreg', 'registrar']) {
        expect(text).toMatch(new RegExp(`^${name}: registered at once +wanted +2000 `, 'm'));
        expect(text).toMatch(new RegExp(`^${name}: sums close +wanted +yes +met +yes$`, 'm'));
      }
    },
    WITHIN_MS,
  );

  it(
    'npm run bench:pauses tells the collections of a worker at its start, and what was registered',
    async () => {
      const text = await printed('pauses.mjs', '--rate', '1000', '--seconds', '1', '--auth', 'plain');
      expect(text).toMatch(/^worker, at start +scavenge +\d+/m);
      expect(text).toMatch(/^1000 registrations, 0 failed/m);
    },
    WITHIN_MS,
  );

  it.each(['million.mjs', 'pauses.mjs'])('%s refuses an option it does not know, with its usage', async (name) => {
    await expect(run(process.execPath, [script(name), '--speed', '1'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--rate R'),
    });
  });
});
