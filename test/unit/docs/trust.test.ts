// docs/TRUST.md says what is tested; this holds what it names against what there is.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FOUND_SEEDS } from '../../sim/found-seeds.ts';
import { MUTANTS } from '../../sim/mutants.ts';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const PAGE = read('docs/TRUST.md');

const sourcesIn = (folder: string): readonly string[] =>
  readdirSync(new URL(folder, ROOT))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(`${folder}${name}`));

/** The first cells of the table that begins with this heading. */
const firstCells = (heading: string): readonly string[] => {
  const rows = PAGE.slice(PAGE.indexOf(heading)).split('\n\n')[0]!.split('\n').slice(2);
  return rows.map((row) => row.split('|')[1]!);
};

describe('docs/TRUST.md', () => {
  it('names every rule by which a violation can begin, and no other', () => {
    const sources = [...sourcesIn('src/sim/'), ...sourcesIn('src/sim/checkers/')].join('\n');
    const quoted = /(?:wrong\(|rule = |\? |: |must(?:Equal|LieWithin)\(world, |Violation\(\s*[`'])'?([a-z]+(?:-[a-z]+)*)(?=['`:])/g;
    const named = firstCells('| rule |').flatMap((cell) => [...cell.matchAll(/`([a-z-]+)`/g)].map((match) => match[1]!));
    for (const rule of named) expect(sources, `${rule} is a rule of the checkers`).toMatch(new RegExp(`['\`]${rule}['\`:]`));
    const thrown = new Set([...sources.matchAll(/(?:wrong\(|rule = [^;]*?|\(world, )'([a-z]+(?:-[a-z]+)*)'/g)].map((match) => match[1]!));
    expect(quoted.source.length).toBeGreaterThan(0);
    for (const rule of thrown) expect(named, 'the rules that the page names').toContain(rule);
  });

  it('counts the deliberate bugs, and lists each', () => {
    expect(PAGE).toContain(`${MUTANTS.length} deliberate bugs`);
    for (const { bug } of MUTANTS) expect(PAGE).toContain(bug);
  });

  it('tells of each seed that once showed a bug', () => {
    for (const { seed } of FOUND_SEEDS) expect(PAGE).toContain(`--seed ${seed}`);
  });

  it('gives commands that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const [, script] of PAGE.matchAll(/npm run ([a-z:]+)/g)) expect(Object.keys(scripts)).toContain(script);
    for (const [, folder] of PAGE.matchAll(/vitest run [^`]*?(test\/[a-z/]+)/g)) {
      expect(readdirSync(new URL(`${folder}/`, ROOT)).length).toBeGreaterThan(0);
    }
  });
});
