// Whether the tables of our own messages leave a section out. What a table covers is read from the titles of its tests, the
// same way as docs/rfc-coverage.md is made.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { namedTests } from '../unit/docs/test-titles.ts';

const numbered = (section: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${section}.${i + 1}`);

/** Every section of RFC 4475 that shows a message: 49. */
const SECTIONS_4475: readonly string[] = [
  ...numbered('3.1.1', 13),
  ...numbered('3.1.2', 19),
  ...numbered('3.2', 1),
  ...numbered('3.3', 15),
  ...numbered('3.4', 1),
];
/** Those of them that show a response. */
const SHOWN_AS_RESPONSE = new Set(['3.1.1.12', '3.1.1.13', '3.1.2.5', '3.1.2.19', '3.3.10']);

const SECTIONS_5118: readonly string[] = numbered('4', 10);

const sectionsOf = (rfc: number, ...names: readonly string[]): ReadonlySet<string> => {
  const tests = names.flatMap((name) => {
    const path = `test/torture/${name}.test.ts`;
    return namedTests(path, readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
  });
  return new Set(tests.filter((test) => test.rfc === rfc).map(({ section }) => section));
};

const missing = (sections: readonly string[], covered: ReadonlySet<string>): readonly string[] =>
  sections.filter((section) => !covered.has(section));

describe('messages of our own', () => {
  it('RFC 4475 has 49 messages, and each that is a request has its trait in a request', () => {
    expect(SECTIONS_4475).toHaveLength(49);
    const covered = sectionsOf(4475, 'valid-requests', 'invalid-requests', 'meaning-of-requests');
    const requests = SECTIONS_4475.filter((section) => !SHOWN_AS_RESPONSE.has(section));
    expect(missing(requests, covered)).toEqual([]);
  });

  it('every trait of RFC 4475 is in an answer to a client too', () => {
    expect(missing(SECTIONS_4475, sectionsOf(4475, 'responses'))).toEqual([]);
  });

  it('every trait of RFC 5118 is in a request', () => {
    expect(missing(SECTIONS_5118, sectionsOf(5118, 'ipv6'))).toEqual([]);
  });
});
