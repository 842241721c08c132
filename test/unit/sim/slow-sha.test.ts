// The checkers' slow hashes against Node's.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slowSha256, slowSha512256 } from '../../../src/sim/slow-sha.ts';

describe.each([
  ['sha256', slowSha256],
  ['sha512-256', slowSha512256],
] as const)('the slow %s', (name, hash) => {
  const expected = (text: string): string => createHash(name).update(text, 'latin1').digest('hex');

  it('is what Node makes, at every length around a block', () => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 240]) {
      const text = '\xffb'.repeat(length).slice(0, length);
      expect(hash(text), `length ${length}`).toBe(expected(text));
    }
  });

  it('is what Node makes of any bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).toString('latin1'));
    fc.assert(
      fc.property(bytes, (text) => {
        expect(hash(text)).toBe(expected(text));
      }),
      { numRuns: 50 },
    );
  });
});
