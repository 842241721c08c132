// @hot
// The digest of RFC 7616 §3.4 (and RFC 2617 §3.2.2, RFC 8760 §2), as hex digits, with H the hash of `digest.algorithm`:
//
//   HA1       H(username:realm:password)                       once for each identity, realm and hash
//   session   H(HA1:nonce:cnonce)                              takes the place of HA1 with a -sess algorithm
//   HA2       H(method:digest-uri)                             no qop, or qop=auth
//             H(method:digest-uri:H(body))                     qop=auth-int
//   response  H(HA1:nonce:HA2)                                 without qop
//             H(HA1:nonce:nc:cnonce:qop:HA2)                   with qop
//   userhash  H(username:realm)                                sent instead of the user name
//
// The rspauth of an Authentication-Info is a response whose HA2 has an empty method (RFC 7616 §3.5).
//
// Client and registrar compute it from the bytes as they stand between the quotes, so a backslash counts (RFC 7616 §3.3
// unq() takes off the quotes and nothing else).

import { encodeAscii } from '../std/index.ts';
import { ALGORITHM_MD5 } from './auth-params.ts';
import type { DigestHash } from './digest-hash.ts';
import { createDigestHash, hashByte, hashReset, hashSpan, writeHash } from './digest-hash.ts';

const COLON = 0x3a;

/** With MD5, HA1, HA2 and the response are 32 hex digits; digestHexBytes tells it for every algorithm. */
export const DIGEST_HEX_BYTES = 32;
/** The most of any algorithm. */
export const MOST_DIGEST_HEX_BYTES = 64;

const QOP_AUTH: Uint8Array = encodeAscii(':auth:');
const QOP_AUTH_INT: Uint8Array = encodeAscii(':auth-int:');

/** A reusable place in some bytes. */
export interface ByteSpan {
  bytes: Uint8Array;
  start: number;
  end: number;
}

const NO_BYTES = new Uint8Array(0);

export const createByteSpan = (): ByteSpan => ({ bytes: NO_BYTES, start: 0, end: 0 });

export const setSpan = (span: ByteSpan, bytes: Uint8Array, start: number, end: number): void => {
  span.bytes = bytes;
  span.start = start;
  span.end = end;
};

/** A hash and the inputs of one computation: choose the algorithm, fill the spans that it names with setSpan, then call it. */
export interface Digest {
  readonly hash: DigestHash;
  /** ALGORITHM_*, but not ALGORITHM_UNKNOWN; MD5 until another one is set. A -sess algorithm hashes as the one without. */
  algorithm: number;
  /** For HA1 and the userhash. */
  readonly username: ByteSpan;
  readonly realm: ByteSpan;
  readonly password: ByteSpan;
  /** For HA2. */
  readonly method: ByteSpan;
  readonly uri: ByteSpan;
  /** The message's body for its hash, and that hash, as hex digits, for HA2 with auth-int. */
  readonly body: ByteSpan;
  readonly bodyHash: ByteSpan;
  /** For the response. HA1 and HA2 are hex digits; nc and cnonce count only with qop, nc being 8 hex digits. */
  readonly ha1: ByteSpan;
  readonly ha2: ByteSpan;
  readonly nonce: ByteSpan;
  readonly nc: ByteSpan;
  readonly cnonce: ByteSpan;
}

export const createDigest = (): Digest => ({
  hash: createDigestHash(),
  algorithm: ALGORITHM_MD5,
  username: createByteSpan(),
  realm: createByteSpan(),
  password: createByteSpan(),
  method: createByteSpan(),
  uri: createByteSpan(),
  body: createByteSpan(),
  bodyHash: createByteSpan(),
  ha1: createByteSpan(),
  ha2: createByteSpan(),
  nonce: createByteSpan(),
  nc: createByteSpan(),
  cnonce: createByteSpan(),
});

/** Writes HA1 from username, realm and password; returns the index after its digits, as all of these do. */
export const digestHa1 = (digest: Digest, out: Uint8Array, at: number): number => {
  const hash = begin(digest);
  feed(hash, digest.username);
  hashByte(hash, COLON);
  feed(hash, digest.realm);
  hashByte(hash, COLON);
  feed(hash, digest.password);
  return writeHash(hash, out, at);
};

/**
 * Writes what a -sess algorithm uses in HA1's place, from ha1, nonce and cnonce. RFC 7616 §3.4.2: those of the first request
 * after the challenge; a client that keeps its cnonce as long as the nonce means the same to every registrar.
 */
export const digestSessionHa1 = (digest: Digest, out: Uint8Array, at: number): number => {
  const hash = begin(digest);
  feed(hash, digest.ha1);
  hashByte(hash, COLON);
  feed(hash, digest.nonce);
  hashByte(hash, COLON);
  feed(hash, digest.cnonce);
  return writeHash(hash, out, at);
};

/** Writes HA2 from method and uri: for no qop, and for qop=auth. */
export const digestHa2 = (digest: Digest, out: Uint8Array, at: number): number => {
  const hash = begin(digest);
  feed(hash, digest.method);
  hashByte(hash, COLON);
  feed(hash, digest.uri);
  return writeHash(hash, out, at);
};

/** Writes HA2 from method, uri and bodyHash: for qop=auth-int (RFC 7616 §3.4.3). */
export const digestHa2Int = (digest: Digest, out: Uint8Array, at: number): number => {
  const hash = begin(digest);
  feed(hash, digest.method);
  hashByte(hash, COLON);
  feed(hash, digest.uri);
  hashByte(hash, COLON);
  feed(hash, digest.bodyHash);
  return writeHash(hash, out, at);
};

/** Writes the hash of the body; an empty one has a hash like any other (RFC 3261 §22.4 (7), RFC 8760 §2.6 (7)). */
export const digestBodyHash = (digest: Digest, out: Uint8Array, at: number): number => {
  const hash = begin(digest);
  feed(hash, digest.body);
  return writeHash(hash, out, at);
};

/** Writes the response for a challenge without qop, from ha1, nonce and ha2 (RFC 2617 §3.2.2.1). */
export const digestResponse = (digest: Digest, out: Uint8Array, at: number): number => {
  const hash = begin(digest);
  feed(hash, digest.ha1);
  hashByte(hash, COLON);
  feed(hash, digest.nonce);
  hashByte(hash, COLON);
  feed(hash, digest.ha2);
  return writeHash(hash, out, at);
};

/** Writes the response for qop=auth, from ha1, nonce, nc, cnonce and ha2 (RFC 7616 §3.4.1). */
export const digestResponseAuth = (digest: Digest, out: Uint8Array, at: number): number =>
  respondWithQop(digest, QOP_AUTH, out, at);

/** The same for qop=auth-int: ha2 is then that of digestHa2Int. */
export const digestResponseAuthInt = (digest: Digest, out: Uint8Array, at: number): number =>
  respondWithQop(digest, QOP_AUTH_INT, out, at);

/** Writes what stands for the user name when the challenge says userhash=true, from username and realm (RFC 7616 §3.4.4). */
export const digestUserhash = (digest: Digest, out: Uint8Array, at: number): number => {
  const hash = begin(digest);
  feed(hash, digest.username);
  hashByte(hash, COLON);
  feed(hash, digest.realm);
  return writeHash(hash, out, at);
};

const respondWithQop = (digest: Digest, qop: Uint8Array, out: Uint8Array, at: number): number => {
  const hash = begin(digest);
  feed(hash, digest.ha1);
  hashByte(hash, COLON);
  feed(hash, digest.nonce);
  hashByte(hash, COLON);
  feed(hash, digest.nc);
  hashByte(hash, COLON);
  feed(hash, digest.cnonce);
  hashSpan(hash, qop, 0, qop.length);
  feed(hash, digest.ha2);
  return writeHash(hash, out, at);
};

const begin = ({ hash, algorithm }: Digest): DigestHash => {
  hashReset(hash, algorithm);
  return hash;
};

const feed = (hash: DigestHash, span: ByteSpan): void => hashSpan(hash, span.bytes, span.start, span.end);
