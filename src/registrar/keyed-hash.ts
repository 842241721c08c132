// @hot
// HalfSipHash-2-4 with 64 bits of output: one keyed hash for everything the registrar hashes. It finds addresses-of-record
// and server transactions (a peer that doesn't know the key can't make colliding ones), it seals nonces, and it gives
// To tags. 32-bit words, because those are what JavaScript computes fast; the output has two halves, high and low.
//
//   hashBegin(hash, purpose)  hashByte/hashBytes/hashWord …  hashEnd(hash)  -> hash.high, hash.low
//
// The purpose is hashed first, so that the same bytes hashed for two uses have nothing in common.
//
// Left out on purpose: any claim to be cryptography. Its 64 bits are plenty against an unlucky or a playful peer on a test
// network, which is where this registrar lives.

export const PURPOSE_ADDRESS_OF_RECORD = 1;
export const PURPOSE_TRANSACTION = 2;
export const PURPOSE_NONCE = 3;
export const PURPOSE_TO_TAG = 4;
export const PURPOSE_PROXY_NONCE = 5;
export const PURPOSE_TEMPORARY_GRUU = 6;

const INIT_2 = 0x6c796765;
const INIT_3 = 0x74656462;
const WIDE_INIT = 0xee;
const WIDE_SECOND = 0xdd;

export interface KeyedHash {
  readonly key0: number;
  readonly key1: number;
  v0: number;
  v1: number;
  v2: number;
  v3: number;
  /** Bytes of the word under way, little-endian, and how many bytes came in all. */
  word: number;
  length: number;
  high: number;
  low: number;
}

export const createKeyedHash = (key0: number, key1: number): KeyedHash => ({
  key0: key0 | 0,
  key1: key1 | 0,
  v0: 0,
  v1: 0,
  v2: 0,
  v3: 0,
  word: 0,
  length: 0,
  high: 0,
  low: 0,
});

export const hashBegin = (hash: KeyedHash, purpose: number): void => {
  hashReset(hash);
  hashWord(hash, purpose);
};

/** The plain function, without a purpose. */
export const hashReset = (hash: KeyedHash): void => {
  hash.v0 = hash.key0;
  hash.v1 = hash.key1 ^ WIDE_INIT;
  hash.v2 = INIT_2 ^ hash.key0;
  hash.v3 = INIT_3 ^ hash.key1;
  hash.word = 0;
  hash.length = 0;
};

const rounds = (hash: KeyedHash, count: number): void => {
  let v0 = hash.v0;
  let v1 = hash.v1;
  let v2 = hash.v2;
  let v3 = hash.v3;
  for (let round = 0; round < count; round++) {
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
  }
  hash.v0 = v0;
  hash.v1 = v1;
  hash.v2 = v2;
  hash.v3 = v3;
};

const compress = (hash: KeyedHash, word: number): void => {
  hash.v3 ^= word;
  rounds(hash, 2);
  hash.v0 ^= word;
};

export const hashByte = (hash: KeyedHash, byte: number): void => {
  const lane = hash.length & 3;
  hash.word |= byte << (lane << 3);
  hash.length = (hash.length + 1) | 0;
  if (lane === 3) {
    compress(hash, hash.word);
    hash.word = 0;
  }
};

export const hashBytes = (hash: KeyedHash, bytes: Uint8Array, start: number, end: number): void => {
  let at = start;
  while (at < end && (hash.length & 3) !== 0) hashByte(hash, bytes[at++]!);
  for (; at + 4 <= end; at += 4) {
    compress(hash, bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    hash.length = (hash.length + 4) | 0;
  }
  while (at < end) hashByte(hash, bytes[at++]!);
};

/** Four bytes at once, little-endian. */
export const hashWord = (hash: KeyedHash, word: number): void => {
  if ((hash.length & 3) === 0) {
    compress(hash, word | 0);
    hash.length = (hash.length + 4) | 0;
    return;
  }
  hashByte(hash, word & 0xff);
  hashByte(hash, (word >>> 8) & 0xff);
  hashByte(hash, (word >>> 16) & 0xff);
  hashByte(hash, word >>> 24);
};

/** Leaves the output in high (its first four bytes) and low. */
export const hashEnd = (hash: KeyedHash): void => {
  compress(hash, (hash.length << 24) | hash.word);
  hash.v2 ^= WIDE_INIT;
  rounds(hash, 4);
  hash.high = hash.v1 ^ hash.v3;
  hash.v1 ^= WIDE_SECOND;
  rounds(hash, 4);
  hash.low = hash.v1 ^ hash.v3;
};
