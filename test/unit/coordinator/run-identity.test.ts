import { describe, expect, it } from 'vitest';
import { parseRunId, parseSeed, randomRunId, randomSeed } from '../../../src/coordinator/run-identity.ts';

describe('the name of a run', () => {
  it('is 8 hex digits, and another one each time', () => {
    const ids = Array.from({ length: 50 }, randomRunId);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}$/);
    expect(new Set(ids).size).toBe(50);
  });

  it('may be given in either case', () => {
    expect(parseRunId('ABCDEF01')).toBe('abcdef01');
  });

  it.each(['', 'abc', 'abcdefg1', 'a'.repeat(33), ' abcdef01'])('%j is refused', (text) => {
    expect(() => parseRunId(text)).toThrow('is not a run id');
  });
});

describe('the seed', () => {
  it('is a 32-bit number', () => {
    expect([parseSeed('0'), parseSeed('4294967295')]).toEqual([0, 4_294_967_295]);
    expect(Number.isInteger(randomSeed())).toBe(true);
  });

  it.each(['', '-1', '1.5', '4294967296', '0x10', '99999999999'])('%j is refused', (text) => {
    expect(() => parseSeed(text)).toThrow('is not a seed');
  });
});
