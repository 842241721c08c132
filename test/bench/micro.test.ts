// The micro benchmarks at their smallest size: that each does the work whose hash is committed, and does it right. It says
// nothing about speed.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../bench/micro/run.mjs', import.meta.url));
const HISTORY = fileURLToPath(new URL('../../bench/history.jsonl', import.meta.url));

const run = (...args: readonly string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8', timeout: 60_000 });

const names = run('--list').stdout.trim().split('\n');

describe('npm run bench:micro', () => {
  it('has benchmarks of every hot module', () => {
    const families = new Set(names.map((name) => name.split('/')[0]));
    expect([...families]).toEqual(['measures', 'parse', 'digest', 'tables', 'engine']);
    expect(new Set(names).size).toBe(names.length);
  });

  const smoke = run('--smoke');

  it.each(names)('%s does the work that its hash stands for, and its results are right', (name) => {
    expect(smoke.stdout.split('\n')).toContain(`${name}: ok`);
  });

  it('measures what is asked for and prints time, heap and the hash of the work', () => {
    const { status, stdout } = run('--quick', 'measures/loop');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^measures\/loop +[\d.]+ +[\d.]+ +[\d.]+ +- +8x20000 +[0-9a-f]{8}$/m);
  });

  it.each([
    ['an option that it does not know', ['--speed', '1'], "'--speed'"],
    ['too few rounds', ['--rounds', '3'], '--rounds takes a whole number from 8 on'],
    ['a name that no benchmark has', ['compile'], "no benchmark has 'compile' in its name"],
    ['to record what says little', ['--quick', '--record'], '--record is for measurements of full size'],
  ])('refuses %s, with its usage', (_what, args, complaint) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(complaint);
    expect(stderr).toContain('--rounds N');
  });

  it('history has a kind in every line but those from before there were kinds, which are of bench/macro', () => {
    const lines = readFileSync(HISTORY, 'utf8').trim().split('\n');
    for (const line of lines.map((text): Readonly<Record<string, unknown>> => JSON.parse(text))) {
      const results = (line.kind ?? 'macro') === 'micro' ? line.results : line.costUs;
      expect(Object.keys(results as object).length).toBeGreaterThan(0);
      expect(line).toMatchObject({ at: expect.any(String), machine: expect.any(Object), options: expect.any(Object) });
    }
  });
});
