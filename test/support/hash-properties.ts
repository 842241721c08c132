// A hash of our own against one that is obviously right: at every block border, and however the bytes come in pieces.

import fc from 'fast-check';
import { expect } from 'vitest';

type Hash = (...pieces: readonly Uint8Array[]) => string;
type Obvious = (bytes: Uint8Array) => string;

const LENGTH_MOST = 320;

export const expectEveryLength = (hash: Hash, obvious: Obvious): void => {
  const bytes = Uint8Array.from({ length: LENGTH_MOST }, (_, i) => (i * 167 + 13) & 0xff);
  for (let length = 0; length <= bytes.length; length++) {
    const part = bytes.subarray(0, length);
    expect(hash(part), `length ${length}`).toBe(obvious(part));
  }
};

export const expectAnyPieces = (hash: Hash, obvious: Obvious): void => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 6 }), (pieces) => {
      expect(hash(...pieces)).toBe(obvious(Buffer.concat(pieces)));
    }),
  );
};
