// The checkers are checked: for each deliberate bug a copy of the build is patched, and simulations of it have to be caught
// by the rule that is there for it. The same worlds pass on the build as it is.

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MUTANTS, type Mutant } from '../sim/mutants.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORLDS = 100;
/** The compiler's modules, one for each source; dist/main.js is a bundle of them, in which a patch would not be found. */
const PROGRAM =
  "import { runProgram } from './dist/cli/index.js'; process.exitCode = await runProgram(process.argv.slice(1));";
const LONGEST_MS = 480_000;

/** A build that finds the same packages; only the mutant's file differs. */
const copyOfBuild = (): string => {
  const copy = mkdtempSync(join(tmpdir(), 'regstorm-mutant-'));
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

const simulatePatched = (copy: string, mutant: Mutant): Promise<Ended> => {
  patch(copy, mutant);
  return simulateIn(copy, mutant.firstSeed);
};

interface Ended {
  readonly code: number;
  readonly errors: string;
}

const simulateIn = (folder: string, firstSeed = 1): Promise<Ended> =>
  new Promise((resolve) => {
    const worlds = ['--seed', String(firstSeed), '--seeds', String(WORLDS)];
    const argv = ['--input-type=module', '--eval', PROGRAM, '--', 'simulate', ...worlds];
    execFile(process.execPath, argv, { timeout: LONGEST_MS, cwd: folder }, (error, _out, errors) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, errors });
    });
  });

describe('Deliberate bugs', () => {
  it('are at least twenty, each with a name of its own', () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(20);
    expect(new Set(MUTANTS.map(({ bug }) => bug)).size).toBe(MUTANTS.length);
  });

  it(
    'are not seen where there are none',
    async () => {
      expect(await simulateIn(ROOT)).toEqual({ code: 0, errors: '' });
    },
    LONGEST_MS,
  );

  it.concurrent.each(MUTANTS)(
    'are caught: $bug',
    async (mutant) => {
      const copy = copyOfBuild();
      const { code, errors } = await simulatePatched(copy, mutant).finally(() =>
        rmSync(copy, { recursive: true, force: true }),
      );
      expect({ code, first: errors.split('\n')[0] }).toEqual({
        code: 1,
        first: expect.stringMatching(mutant.caughtBy),
      });
      expect(errors).toMatch(/^reproduce: regstorm simulate --seed \d+$/m);
    },
    LONGEST_MS,
  );
});
