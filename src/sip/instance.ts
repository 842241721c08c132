// @hot
// The instance of a phone (RFC 5626 §4.1): a UUID that follows from its number and a seed, so that the same phone has the
// same one in every run with that seed, as it would across power cycles, and nobody has to keep it.
//
//   xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx       random in form (RFC 4122 §4.4): version 4, y one of 8, 9, a, b
//
// The first eight digits alone differ between any two of 2^32 neighbouring numbers: mixing is one to one.

import { mixBits, writeHex } from '../std/index.ts';

export const UUID_BYTES = 36;
const DASH = 0x2d;
const TWO_TO_32 = 4294967296;
const VERSION = 0x4000;
const VARIANT = 0x8000;

/** Writes it at `at` and returns its end. */
export function writeUuid(out: Uint8Array, at: number, seed: number, index: number): number {
  const first = mixBits(mixBits(seed, index >>> 0), Math.floor(index / TWO_TO_32));
  const second = mixBits(first, 1);
  const third = mixBits(second, 2);
  const fourth = mixBits(third, 3);
  writeHex(out, at, first, 8);
  out[at + 8] = DASH;
  writeHex(out, at + 9, second >>> 16, 4);
  out[at + 13] = DASH;
  writeHex(out, at + 14, VERSION | (second & 0xfff), 4);
  out[at + 18] = DASH;
  writeHex(out, at + 19, VARIANT | (third & 0x3fff), 4);
  out[at + 23] = DASH;
  writeHex(out, at + 24, third >>> 16, 4);
  return writeHex(out, at + 28, fourth, 8);
}
