// The checkers are checked: for each deliberate bug a copy of the build is patched, and simulations of it have to be caught
// by the rule that is there for it. The same worlds pass on the build as it is.

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { MUTANTS, type Mutant } from '../sim/mutants.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORLDS = ['--seed', '1', '--seeds', '60'];
const LONGEST_MS = 240_000;

const copies: string[] = [];
afterAll(() => {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
});

/** A build that finds the same packages; only the mutant's file differs. */
const copyOfBuild = (): string => {
  const copy = mkdtempSync(join(tmpdir(), 'regstorm-mutant-'));
  copies.push(copy);
  cpSync(join(ROOT, 'dist'), join(copy, 'dist'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
};

const patch = (copy: string, { file, find, replace }: Mutant): void => {
  const path = join(copy, 'dist', file);
  const before = readFileSync(path, 'utf8');
  expect(before.split(find).length - 1, `${file} has the text to be patched exactly once:\n${find}`).toBe(1);
  writeFileSync(
    path,
    before.replace(find, () => replace),
  );
};

interface Ended {
  readonly code: number;
  readonly errors: string;
}

const simulateIn = (folder: string): Promise<Ended> =>
  new Promise((resolve) => {
    const argv = [join(folder, 'dist/main.js'), 'simulate', ...WORLDS];
    execFile(process.execPath, argv, { timeout: LONGEST_MS, cwd: folder }, (error, _out, errors) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, errors });
    });
  });

describe('Deliberate bugs', () => {
  it('are at least twenty, each with a name of its own', () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(20);
    expect(new Set(MUTANTS.map(({ bug }) => bug)).size).toBe(MUTANTS.length);
  });

  it('are not seen where there are none', async () => {
    expect(await simulateIn(ROOT)).toEqual({ code: 0, errors: '' });
  }, LONGEST_MS);

  it.each(MUTANTS)('are caught: $bug', async (mutant) => {
    const copy = copyOfBuild();
    patch(copy, mutant);
    const { code, errors } = await simulateIn(copy);
    expect({ code, first: errors.split('\n')[0] }).toEqual({ code: 1, first: expect.stringMatching(mutant.caughtBy) });
    expect(errors).toMatch(/^reproduce: regstorm simulate --seed \d+$/m);
  }, LONGEST_MS);
});
