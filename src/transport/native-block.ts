// Memory that the kernel reads and writes by address: one ArrayBuffer, the views on it, and where it lies. An address keeps
// nothing alive, so whoever stores `address` must store the block too, for as long as the kernel may use it.
//
// A whole ArrayBuffer is taken, never a small typed array: the engine may keep those inside its moving heap.

import type { Libc } from './libc.ts';

export interface NativeBlock {
  readonly buffer: ArrayBuffer;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly address: number;
}

const WORD_RANGE = 0x1_0000_0000;

export const createNativeBlock = (libc: Libc, sizeBytes: number): NativeBlock => {
  const buffer = new ArrayBuffer(Math.ceil(sizeBytes / 8) * 8);
  return {
    buffer,
    bytes: new Uint8Array(buffer),
    words: new Uint32Array(buffer),
    address: libc.addressOf(buffer),
  };
};

/** Stores a 64-bit value (an address, a length) as two words, low one first. */
export const writeWide = (words: Uint32Array, at: number, value: number): void => {
  words[at] = value % WORD_RANGE;
  words[at + 1] = Math.floor(value / WORD_RANGE);
};
