// docs/exosip2.md names tests and programs; this holds them to exist.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pathInRepository, readPage, sectionOf, tableIn } from './page.ts';

const PAGE = readPage('exosip2.md');
const ROWS = tableIn(sectionOf(PAGE, 'The sixty requirements'));
const STATES = ['done', 'differently', 'open', 'later'];
/** RFC 3261 streams and TLS: whatever becomes of the rest, these wait for them. */
const OF_STREAMS = [36, 48, 49, 50, 51, 52];
const NAMED_TEST = /`(test\/[^`]+\.test\.ts)` "([^"]+)"/g;

describe('docs/exosip2.md', () => {
  it('has a row for each of the sixty requirements, in order, each with a state', () => {
    expect(ROWS.map(([number]) => Number(number))).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    for (const [number, , state] of ROWS) expect(STATES, `row ${number}`).toContain(state);
    const later = ROWS.filter(([, , state]) => state === 'later').map(([number]) => Number(number));
    expect(later).toEqual(OF_STREAMS);
  });

  it('names a test for whatever is done, and a reason for whatever is not', () => {
    for (const [number, , state, here, shownBy = ''] of ROWS) {
      const named = [...shownBy.matchAll(NAMED_TEST)].length;
      if (state === 'done' || state === 'differently') expect(named, `row ${number}`).toBeGreaterThan(0);
      if (state === 'differently') expect(here, `row ${number}`).not.toBe('');
    }
  });

  it('names only tests that there are', () => {
    const named = [...PAGE.matchAll(NAMED_TEST)];
    expect(named.length).toBeGreaterThan(50);
    for (const [, path = '', title = ''] of named) {
      expect(existsSync(pathInRepository(path)), path).toBe(true);
      // A title may be given by its beginning, where that is enough to find it.
      const text = readFileSync(pathInRepository(path), 'utf8');
      expect(title.length, title).toBeGreaterThan(12);
      expect(
        ["'", '"', '`'].some((quote) => text.includes(quote + title)),
        `${path}: ${title}`,
      ).toBe(true);
    }
  });

  it('names only programs that there are', () => {
    const programs = [...PAGE.matchAll(/`(examples\/[^`]+)`/g)].map(([, path = '']) => path);
    expect(programs.length).toBeGreaterThan(0);
    for (const path of programs) expect(existsSync(pathInRepository(path)), path).toBe(true);
  });
});
