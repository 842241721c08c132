// @hot
// Nonces that need no table: when it was issued, and a keyed hash over that and the address-of-record it was issued for.
//
//   00000000 0016e360 5b1c9e2f 80d4a7c3        issued, µs + 1 (16 hex digits) · seal (16 hex digits)
//
// Whoever doesn't know the key can't make one, and one for another user, or of another registrar, is recognised. That a
// nonce is counted upwards (nc) is the address table's business: it remembers the newest of each address.

import { writeHex } from '../std/index.ts';
import { readHex8 } from './hex.ts';
import type { KeyedHash } from './keyed-hash.ts';
import { hashBegin, hashBytes, hashEnd, hashWord } from './keyed-hash.ts';

export const NONCE_BYTES = 32;
export const NONCE_FOREIGN = -1;

const WORD = 4_294_967_296;

const seal = (
  hash: KeyedHash,
  high: number,
  low: number,
  user: Uint8Array,
  userLength: number,
  purpose: number,
): void => {
  hashBegin(hash, purpose);
  hashWord(hash, high);
  hashWord(hash, low);
  hashBytes(hash, user, 0, userLength);
  hashEnd(hash);
};

/** Writes NONCE_BYTES at `at`. `issuedUs` is above 0; `purpose` keeps the nonces of two that challenge apart. */
export const writeNonce = (
  hash: KeyedHash,
  out: Uint8Array,
  at: number,
  issuedUs: number,
  user: Uint8Array,
  userLength: number,
  purpose: number,
): number => {
  const high = Math.floor(issuedUs / WORD);
  const low = issuedUs - high * WORD;
  seal(hash, high, low, user, userLength, purpose);
  let end = writeHex(out, at, high, 8);
  end = writeHex(out, end, low, 8);
  end = writeHex(out, end, hash.high, 8);
  return writeHex(out, end, hash.low, 8);
};

/** When the nonce in [start, end) was issued for this user, or NONCE_FOREIGN. */
export const readNonce = (
  hash: KeyedHash,
  bytes: Uint8Array,
  start: number,
  end: number,
  user: Uint8Array,
  userLength: number,
  purpose: number,
): number => {
  if (end - start !== NONCE_BYTES) return NONCE_FOREIGN;
  const high = readHex8(bytes, start);
  const low = readHex8(bytes, start + 8);
  const sealHigh = readHex8(bytes, start + 16);
  const sealLow = readHex8(bytes, start + 24);
  if (high < 0 || low < 0 || sealHigh < 0 || sealLow < 0) return NONCE_FOREIGN;
  seal(hash, high, low, user, userLength, purpose);
  if (hash.high >>> 0 !== sealHigh || hash.low >>> 0 !== sealLow) return NONCE_FOREIGN;
  return high * WORD + low;
};
