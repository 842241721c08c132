// MD5 against node:crypto, which is the obvious way.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createMd5, md5Final, md5Reset, md5Update, md5UpdateByte } from '../../../src/sip/index.ts';
import { encodeAscii } from '../../../src/std/index.ts';
import { expectAnyPieces, expectEveryLength } from '../../support/hash-properties.ts';

const expected = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

const md5 = createMd5();
const hash = (...pieces: readonly Uint8Array[]): string => {
  const out = new Uint8Array(18).fill(0xee);
  md5Reset(md5);
  for (const piece of pieces) md5Update(md5, piece, 0, piece.length);
  md5Final(md5, out, 1);
  expect([out[0], out[17]]).toEqual([0xee, 0xee]);
  return Buffer.from(out.subarray(1, 17)).toString('hex');
};

describe('md5', () => {
  it.each([
    ['', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['abc', '900150983cd24fb0d6963f7d28e17f72'],
    ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
  ])('RFC 1321 §A.5 %j', (text, digest) => {
    expect(hash(encodeAscii(text))).toBe(digest);
  });

  it('every length up to five blocks is what node:crypto says, block borders included', () =>
    expectEveryLength(hash, expected));

  it('does not depend on how the bytes are cut into pieces', () => expectAnyPieces(hash, expected));

  it('takes single bytes too', () => {
    const out = new Uint8Array(16);
    const text = 'x'.repeat(130);
    md5Reset(md5);
    for (const _ of text) md5UpdateByte(md5, 0x78);
    md5Final(md5, out, 0);
    expect(Buffer.from(out).toString('hex')).toBe(expected(encodeAscii(text)));
  });
});
