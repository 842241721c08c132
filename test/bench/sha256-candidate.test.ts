// The SHA-256 that was measured and not taken (bench/README.md), against node:crypto: a figure counts only for a right answer.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { expectAnyPieces, expectEveryLength } from '../support/hash-properties.ts';

interface Candidate {
  readonly createSha256: () => object;
  readonly sha256Reset: (sha: object) => void;
  readonly sha256Update: (sha: object, bytes: Uint8Array, start: number, end: number) => void;
  readonly sha256UpdateByte: (sha: object, byte: number) => void;
  readonly sha256Final: (sha: object, out: Uint8Array, at: number) => void;
}

const candidate: Candidate = await import(new URL('../../bench/micro/sha256-candidate.mjs', import.meta.url).href);
const sha = candidate.createSha256();

const expected = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const hash = (...pieces: readonly Uint8Array[]): string => {
  const out = new Uint8Array(34).fill(0xee);
  candidate.sha256Reset(sha);
  for (const piece of pieces) candidate.sha256Update(sha, piece, 0, piece.length);
  candidate.sha256Final(sha, out, 1);
  expect([out[0], out[33]]).toEqual([0xee, 0xee]);
  return Buffer.from(out.subarray(1, 33)).toString('hex');
};

describe('the SHA-256 candidate', () => {
  // The test vectors of RFC 6234 §8.5. Not in the titles: what regstorm proves of RFCs is in docs/rfc-coverage.md, and this is no
  // part of regstorm.
  it.each([
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('gives the published hash of %j', (text, digest) => {
    expect(hash(Buffer.from(text))).toBe(digest);
  });

  it('gives what node:crypto does for every length up to five blocks, block borders included', () =>
    expectEveryLength(hash, expected));

  it('does not depend on how the bytes are cut into pieces', () => expectAnyPieces(hash, expected));

  it('takes single bytes too', () => {
    const bytes = new Uint8Array(130).fill(0x78);
    const out = new Uint8Array(32);
    candidate.sha256Reset(sha);
    for (const byte of bytes) candidate.sha256UpdateByte(sha, byte);
    candidate.sha256Final(sha, out, 0);
    expect(Buffer.from(out).toString('hex')).toBe(expected(bytes));
  });
});
