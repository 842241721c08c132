// Pages that explain the sources by name: each file and each function they name must be there, so that a page that has
// fallen behind fails instead of misleading.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ACHIEVED_SHARE_MIN, LAG_P99_MAX_US, MISSED_SHARE_MAX, STANDSTILL_US } from '../../../src/gate/validity.ts';
import { samplesNeeded } from '../../../src/metrics/index.ts';
import { codeSpans, pathInRepository, readPage, sectionOf, tableIn } from './page.ts';

const PAGES = ['ARCHITECTURE.md', 'METHOD.md', 'errors.md'] as const;

const sourceFiles = (readdirSync(pathInRepository('src'), { recursive: true }) as string[])
  .filter((path) => path.endsWith('.ts'))
  .map((path) => path.replaceAll('\\', '/'))
  .sort();
const sourceText = sourceFiles.map((path) => readFileSync(pathInRepository(`src/${path}`), 'utf8')).join('\n');
const words = new Set(sourceText.match(/[A-Za-z_$][\w$]*/g));

/** `pump.ts`: a file somewhere in src. */
const hasFile = (name: string): boolean => sourceFiles.some((path) => path === name || path.endsWith(`/${name}`));

describe.each(PAGES)('docs/%s', (name) => {
  const page = readPage(name);
  const spans = codeSpans(page);

  it('names only files and folders that are there', () => {
    const paths = spans.filter((span) => /^(src|test|docs)\/[\w./-]+$/.test(span));
    expect(paths.filter((path) => !existsSync(pathInRepository(path)))).toEqual([]);
    const files = spans.filter((span) => /^[a-z-]+\.ts$/.test(span));
    expect(files.filter((file) => !hasFile(file))).toEqual([]);
  });

  it('names only functions, types and constants that are there', () => {
    const names = spans.map((span) => /^([A-Za-z]\w*)(?:\(\))?$/.exec(span)?.[1] ?? '');
    const ours = names.filter((word) => /[a-z][A-Z]|^[A-Z]{2,}_/.test(word));
    expect(ours.filter((word) => !words.has(word))).toEqual([]);
  });

  it('links only to pages that are there', () => {
    const links = [...page.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !existsSync(pathInRepository(`docs/${link}`)))).toEqual([]);
  });
});

it('docs/ARCHITECTURE.md has a section for every folder of src', () => {
  const headings = [...readPage('ARCHITECTURE.md').matchAll(/^### `src\/(\w+)`/gm)].map((match) => match[1]);
  const folders = new Set(sourceFiles.filter((path) => path.includes('/')).map((path) => path.split('/')[0]));
  expect(headings.sort()).toEqual([...folders].sort());
});

describe('docs/METHOD.md', () => {
  const page = readPage('METHOD.md');

  it('tells how many samples each percentile needs', () => {
    const [needed] = tableIn(sectionOf(page, 'Histograms and percentiles'));
    const expected = [50, 90, 95, 99, 99.9].map((percentile) => samplesNeeded(percentile).toLocaleString('en-US'));
    expect(needed?.slice(1)).toEqual(expected);
  });

  it('tells the limits of the validity rules', () => {
    const limits = new Map(tableIn(sectionOf(page, 'Was it the registrar?')).map((row) => [row[0], row[3]]));
    expect(limits.get('achieved load')).toContain(`below ${ACHIEVED_SHARE_MIN * 100} %`);
    expect(limits.get('lag')).toBe(`above ${LAG_P99_MAX_US / 1_000} ms`);
    expect(limits.get('missed starts')).toBe(`above ${MISSED_SHARE_MAX * 100} %`);
    expect(limits.get('standstill')).toBe(`${STANDSTILL_US / 1_000_000} s or more`);
  });
});
