import { describe, expect, it } from 'vitest';
import {
  createKeyedHash,
  hashBegin,
  hashByte,
  hashBytes,
  hashEnd,
  hashReset,
  hashWord,
} from '../../../src/registrar/keyed-hash.ts';

const MASK = 0xffffffffn;
const rotate = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (32n - by))) & MASK;

/** HalfSipHash-2-4-64 by its definition, in big integers. */
const slow = (key0: bigint, key1: bigint, input: number[]): [bigint, bigint] => {
  let [v0, v1, v2, v3] = [key0, key1 ^ 0xeen, 0x6c796765n ^ key0, 0x74656462n ^ key1];
  const round = (): void => {
    v0 = (v0 + v1) & MASK;
    v1 = rotate(v1, 5n) ^ v0;
    v0 = rotate(v0, 16n);
    v2 = (v2 + v3) & MASK;
    v3 = rotate(v3, 8n) ^ v2;
    v0 = (v0 + v3) & MASK;
    v3 = rotate(v3, 7n) ^ v0;
    v2 = (v2 + v1) & MASK;
    v1 = rotate(v1, 13n) ^ v2;
    v2 = rotate(v2, 16n);
  };
  const padded = [...input];
  while (padded.length % 4 !== 3) padded.push(0);
  padded.push(input.length & 0xff);
  for (let i = 0; i < padded.length; i += 4) {
    const word = padded.slice(i, i + 4).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
  v2 ^= 0xeen;
  for (let i = 0; i < 4; i++) round();
  const high = v1 ^ v3;
  v1 ^= 0xddn;
  for (let i = 0; i < 4; i++) round();
  return [high, v1 ^ v3];
};

describe('HalfSipHash-2-4 with 64 bits', () => {
  // The first of the published vectors: key 00 01 … 07, no input, 21 8d 1f 59 b9 b8 3c c8.
  it('gives the published result for no input', () => {
    const hash = createKeyedHash(0x03020100, 0x07060504);
    hashReset(hash);
    hashEnd(hash);
    expect([hash.high >>> 0, hash.low >>> 0]).toEqual([0x591f8d21, 0xc83cb8b9]);
  });

  it('is what the definition says, for every length to 64, however the input is cut', () => {
    const hash = createKeyedHash(0x03020100, 0x07060504);
    const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i * 151) & 0xff);
    for (let length = 0; length <= 64; length++) {
      const expected = slow(0x03020100n, 0x07060504n, [...bytes.subarray(0, length)]);
      for (let cut = 0; cut <= length; cut++) {
        hashReset(hash);
        hashBytes(hash, bytes, 0, cut);
        hashBytes(hash, bytes, cut, length);
        hashEnd(hash);
        expect([BigInt(hash.high >>> 0), BigInt(hash.low >>> 0)]).toEqual(expected);
      }
    }
  });

  it('takes a word as its four bytes, at any place', () => {
    for (let before = 0; before < 4; before++) {
      const word = createKeyedHash(1, 2);
      const single = createKeyedHash(1, 2);
      for (const hash of [word, single]) {
        hashReset(hash);
        for (let i = 0; i < before; i++) hashByte(hash, i);
      }
      hashWord(word, 0xfedcba98);
      for (const byte of [0x98, 0xba, 0xdc, 0xfe]) hashByte(single, byte);
      for (const hash of [word, single]) hashEnd(hash);
      expect([word.high, word.low]).toEqual([single.high, single.low]);
    }
  });

  it('gives other results for other purposes', () => {
    const hash = createKeyedHash(1, 2);
    const results = new Set<number>();
    for (let purpose = 0; purpose < 8; purpose++) {
      hashBegin(hash, purpose);
      hashEnd(hash);
      results.add(hash.low);
    }
    expect(results.size).toBe(8);
  });
});
