// Counting instructions with valgrind takes half a minute even for a loop, so it is not in `npm test`.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../bench/micro/run.mjs', import.meta.url));
const WITHIN_MS = 300_000;
const hasValgrind = spawnSync('valgrind', ['--version']).status === 0;

describe.skipIf(!hasValgrind)(`bench:micro --instructions${hasValgrind ? '' : ' [not installed: valgrind]'}`, () => {
  it(
    'counts the same instructions twice, a handful for an empty loop',
    () => {
      const args = [SCRIPT, '--quick', '--instructions', 'measures/loop'];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: WITHIN_MS });
      expect(status).toBe(0);
      expect(stderr).not.toContain('two counts of instructions differ');
      const counted = Number(/^measures\/loop +[\d.]+ +[\d.]+ +[\d.]+ +(\d+) /m.exec(stdout)?.[1]);
      expect(counted).toBeGreaterThan(2);
      expect(counted).toBeLessThan(50);
    },
    WITHIN_MS,
  );
});
