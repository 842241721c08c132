import { describe, expect, it } from 'vitest';
import { fnv1a64Hex } from '../../../src/std/index.ts';

describe('fnv1a64Hex', () => {
  it.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
  ])('agrees with the published value for "%s"', (text, hex) => expect(fnv1a64Hex(text)).toBe(hex));

  it('hashes UTF-8 bytes, not UTF-16 units', () => {
    expect(fnv1a64Hex('é')).not.toBe(fnv1a64Hex('e'));
    expect(fnv1a64Hex('é')).toMatch(/^[0-9a-f]{16}$/);
  });
});
