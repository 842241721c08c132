// @hot
// The hashes of RFC 7616 §3.2, fed piece by piece: MD5 is our own (md5.ts), the two SHA ones are node:crypto's.
//
//   hashReset(hash, algorithm); hashSpan(…), hashByte(…) as often as needed; writeHash(hash, out, at)
//
// A SHA-256 of our own was measured and costs three times as much (bench/README.md, ADR 0012). `crypto.hash` takes one range of
// bytes, so the pieces are put together in a work space, and it gives a string: about 104 bytes of heap for each hash, where
// MD5 leaves none. Views of the work space are kept, one for each length that has come up, or they would double that.
//
// SHA-512-256 is SHA-512/256 of FIPS 180-4 with its own initial values, which OpenSSL calls sha512-256. RFC 7616 §3.9.2 was
// computed with SHA-512 cut short; nobody implements that.

import { hash as hashOnce } from 'node:crypto';
import { writeHexBytes } from '../std/index.ts';
import { ALGORITHM_MD5, ALGORITHM_SHA_512_256 } from './auth-params.ts';
import type { Md5 } from './md5.ts';
import { createMd5, md5Final, md5Reset, md5Update, md5UpdateByte } from './md5.ts';

const MD5_BYTES = 16;
const MD5_HEX_BYTES = 32;
const SHA_HEX_BYTES = 64;
/** More than a response takes: H(A1), a nonce as long as any that is kept, nc, cnonce, qop and H(A2). */
const SPACE_BYTES = 2048;

export interface DigestHash {
  /** ALGORITHM_* without -sess: which hash is under way. */
  algorithm: number;
  readonly md5: Md5;
  readonly sum: Uint8Array;
  /** What a SHA hash is to be made of, so far. */
  space: Uint8Array;
  filled: number;
  /** By their length: the views of `space` that were needed before. */
  views: Uint8Array[];
}

export const createDigestHash = (): DigestHash => ({
  algorithm: ALGORITHM_MD5,
  md5: createMd5(),
  sum: new Uint8Array(MD5_BYTES),
  space: new Uint8Array(SPACE_BYTES),
  filled: 0,
  views: [],
});

/** MD5-sess is hashed with MD5, and so on: each -sess algorithm follows its hash. */
export const hashAlgorithm = (algorithm: number): number => algorithm & ~1;

/** The hex digits of a hash: 32 or 64. */
export const digestHexBytes = (algorithm: number): number =>
  hashAlgorithm(algorithm) === ALGORITHM_MD5 ? MD5_HEX_BYTES : SHA_HEX_BYTES;

export const hashReset = (hash: DigestHash, algorithm: number): void => {
  hash.algorithm = hashAlgorithm(algorithm);
  if (hash.algorithm === ALGORITHM_MD5) md5Reset(hash.md5);
  else hash.filled = 0;
};

export const hashSpan = (hash: DigestHash, bytes: Uint8Array, start: number, end: number): void => {
  if (hash.algorithm === ALGORITHM_MD5) {
    md5Update(hash.md5, bytes, start, end);
    return;
  }
  const filled = makeRoom(hash, end - start);
  const { space } = hash;
  for (let i = start; i < end; i++) space[filled + i - start] = bytes[i]!;
};

export const hashByte = (hash: DigestHash, byte: number): void => {
  if (hash.algorithm === ALGORITHM_MD5) {
    md5UpdateByte(hash.md5, byte);
    return;
  }
  const filled = makeRoom(hash, 1);
  hash.space[filled] = byte;
};

/** Writes the hex digits and returns the index after them. The record must be reset before it is used again. */
export const writeHash = (hash: DigestHash, out: Uint8Array, at: number): number => {
  if (hash.algorithm === ALGORITHM_MD5) {
    md5Final(hash.md5, hash.sum, 0);
    return writeHexBytes(out, at, hash.sum, 0, MD5_BYTES);
  }
  const name = hash.algorithm === ALGORITHM_SHA_512_256 ? 'sha512-256' : 'sha256';
  const digits = hashOnce(name, viewOf(hash), 'hex');
  for (let i = 0; i < SHA_HEX_BYTES; i++) out[at + i] = digits.charCodeAt(i);
  return at + SHA_HEX_BYTES;
};

/** Counts the bytes as filled and returns where they begin. */
const makeRoom = (hash: DigestHash, count: number): number => {
  const { filled } = hash;
  hash.filled = filled + count;
  if (hash.filled > hash.space.length) growSpace(hash);
  return filled;
};

/** For a long body or a long name, once: the space stays as large as it was needed. */
const growSpace = (hash: DigestHash): void => {
  const before = hash.space;
  hash.space = createSpace(2 * hash.filled);
  hash.space.set(before);
  hash.views = createViews();
};

const createSpace = (bytes: number): Uint8Array => new Uint8Array(bytes);
const createViews = (): Uint8Array[] => [];

const viewOf = (hash: DigestHash): Uint8Array => {
  const { filled, views, space } = hash;
  if (filled > SPACE_BYTES) return space.subarray(0, filled);
  let view = views[filled];
  if (view === undefined) {
    view = space.subarray(0, filled);
    views[filled] = view;
  }
  return view;
};
