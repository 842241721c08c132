// Simulated worlds, watched by every checker, by the program as it is built: a fixed set, those that once showed a bug, and for
// two seconds new ones from a random seed. What does not hold is told with the line that plays the world again.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { SimulationReport } from '../../src/sim/index.ts';
import { FOUND_SEEDS } from './found-seeds.ts';
import { type Ended, expectRandomWorldsToHold, LONGEST_MS, simulate } from './simulate-program.ts';

/** The same and many more: test/long/simulated-effects.test.ts. */
const FIXED_WORLDS = 8;
/** Longer in test/long/worlds.test.ts. */
const RANDOM_MS = 2_000;
const README = fileURLToPath(new URL('../../README.md', import.meta.url));

const reportsOf = ({ out }: Ended): readonly SimulationReport[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SimulationReport);

describe('Simulated worlds', () => {
  it(
    'hold, a fixed set of them, and something happens in each',
    async () => {
      const ended = await simulate(['--seed', '1', '--seeds', String(FIXED_WORLDS), '--format', 'json']);
      expect({ code: ended.code, errors: ended.errors }).toEqual({ code: 0, errors: '' });
      const reports = reportsOf(ended);
      expect(reports.length).toBe(FIXED_WORLDS);
      for (const { end, seed } of reports) {
        expect(end?.tally.checks, `checks made in seed ${seed}`).toBeGreaterThan(0);
        expect(end?.world.datagrams, `datagrams in seed ${seed}`).toBeGreaterThan(0);
      }
      expect(reports.some(({ end }) => (end?.tally.settled ?? 0) > 50)).toBe(true);
      expect(new Set(reports.map(({ end }) => end?.world.hash)).size).toBe(FIXED_WORLDS);
    },
    LONGEST_MS,
  );

  it('hold from a random seed on, for two seconds', () => expectRandomWorldsToHold(RANDOM_MS), LONGEST_MS);

  it(
    'are the same when played again, to the last byte of what is said about them',
    async () => {
      const [once, again, other] = await Promise.all([
        simulate(['--seed', '55']),
        simulate(['--seed', '55']),
        simulate(['--seed', '13']),
      ]);
      expect(once.out).toMatch(/^seed 55 hash [0-9a-f]{16}$/m);
      expect(again).toEqual(once);
      expect(other.out).not.toBe(once.out);
      expect(readFileSync(README, 'utf8'), 'the README shows this world').toContain(once.out);
    },
    LONGEST_MS,
  );

  it.each(FOUND_SEEDS)(
    'seed $seed, which once showed: $bug',
    async ({ seed, hours }) => {
      const length = hours === null ? [] : ['--hours', String(hours)];
      const { code, errors } = await simulate(['--seed', String(seed), ...length]);
      expect({ code, errors }).toEqual({ code: 0, errors: '' });
    },
    LONGEST_MS,
  );
});
