// docs/rfc-coverage.md is generated: UPDATE_GOLDEN=1 writes it anew (npm run docs:coverage).

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pathInRepository, readPage } from './page.ts';
import { compareSections, coveragePage, departuresIn } from './rfc-coverage.ts';
import { namedTests, sectionsIn } from './test-titles.ts';

/** Files below a folder, as paths in the repository, sorted by code units. */
const filesBelow = (folder: string, ending: string): readonly string[] =>
  (readdirSync(pathInRepository(folder), { recursive: true }) as string[])
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith(ending))
    .sort();

const readText = (path: string): string => readFileSync(pathInRepository(path), 'utf8');
const shown = (title: string, rfc = 3261): string =>
  sectionsIn(title, rfc)
    .map((reference) => `${reference.rfc} ${reference.section}`)
    .join(', ');

describe('the generator', () => {
  it.each([
    ['17.1.2.2 a timer', '3261 17.1.2.2'],
    ['10.3(1) comes first', '3261 10.3'],
    ['8.2.1, 8.2.2 both', '3261 8.2.1, 3261 8.2.2'],
    ['DEVIATION 18.2.2: no', '3261 18.2.2'],
    ['RFC 7616 §3.3, §3.4: nonces', '7616 3.3, 7616 3.4'],
    ['RFC 3261 §18.2, RFC 3581 §4 where', '3261 18.2, 3581 4'],
    ['RFC 4475 §3.3.12-14 contacts', '4475 3.3.12, 4475 3.3.13, 4475 3.3.14'],
    ['1.5 s later, within 0.1 %', ''],
    ['as RFC 2543 compared', ''],
    ['127.0.0.1 answers', ''],
  ])('finds in "%s" the sections "%s"', (title, expected) => {
    expect(shown(title)).toBe(expected);
  });

  it('gives a group’s section to the titles in it that name none, and rows of a table theirs', () => {
    const text = `
      const ROWS = [['3.1', 'one'], ['3.2', 'two']] as const;
      describe('RFC 3581 §4', () => { it('a', f); it('18.2 b', f); });
      describe.each([1])('group', () => { it.each(ROWS)('§%s is %s', f); it('c', f); });
      // it('17.1 in a comment', f)
    `;
    const found = namedTests('test/unit/a.test.ts', text).map(
      ({ rfc, section, title }) => `${rfc} ${section} ${title}`,
    );
    expect(found).toEqual([
      '3581 4 RFC 3581 §4 › a',
      '3261 18.2 18.2 b',
      '3261 3.1 §3.1 is one',
      '3261 3.2 §3.2 is two',
    ]);
  });

  it('reads a departure to the end of its paragraph', () => {
    const text = '// Head.\n//\n// DEVIATION (RFC 3261 §1): one\n// two.\n//\n// Not this.\n';
    expect(departuresIn('src/a.ts', text)).toEqual([{ section: 'RFC 3261 §1', reason: 'one two', path: 'src/a.ts' }]);
  });

  it('orders sections by their numbers', () => {
    expect(['10.2', '7.3.1', '10', '7.3', '10.2.1'].sort(compareSections)).toEqual([
      '7.3',
      '7.3.1',
      '10',
      '10.2',
      '10.2.1',
    ]);
  });
});

it('docs/rfc-coverage.md is what tests and sources say (UPDATE_GOLDEN=1 writes it)', () => {
  const tests = filesBelow('test', '.test.ts')
    .filter((path) => !path.startsWith('test/unit/docs/'))
    .flatMap((path) => namedTests(path, readText(path)));
  const departures = filesBelow('src', '.ts').flatMap((path) => departuresIn(path, readText(path)));
  const page = coveragePage(tests, departures);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(pathInRepository('docs/rfc-coverage.md'), page);
  expect(readPage('rfc-coverage.md')).toBe(page);
});
