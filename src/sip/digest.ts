// @hot
// The digest of RFC 2617 §3.2.2 and RFC 7616 §3.4 with MD5, as hex bytes:
//
//   HA1       MD5(username:realm:password)                     once for each identity and realm
//   HA2       MD5(method:digest-uri)                           once for a run: every REGISTER has the same Request-URI
//   response  MD5(HA1:nonce:HA2)                               without qop
//             MD5(HA1:nonce:nc:cnonce:auth:HA2)                with qop=auth
//
// Client and registrar compute it from the bytes as they stand between the quotes, so a backslash counts (RFC 7616 §3.3
// unq() takes off the quotes and nothing else).
//
// Left out on purpose: auth-int and the -sess algorithms, which no registrar asks for alone; the SHA algorithms.

import { encodeAscii, writeHexBytes } from '../std/index.ts';
import { createMd5, type Md5, md5Final, md5Reset, md5Update, md5UpdateByte } from './md5.ts';

const COLON = 0x3a;

/** HA1, HA2 and the response are 32 hex digits. */
export const DIGEST_HEX_BYTES = 32;

const QOP_AUTH: Uint8Array = encodeAscii(':auth:');
const HASH_BYTES = 16;

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

/** A hash and the inputs of one computation: fill the spans that it names with setSpan, then call it. */
export interface Digest {
  readonly md5: Md5;
  readonly hash: Uint8Array;
  /** For HA1. */
  readonly username: ByteSpan;
  readonly realm: ByteSpan;
  readonly password: ByteSpan;
  /** For HA2. */
  readonly method: ByteSpan;
  readonly uri: ByteSpan;
  /** For the response. HA1 and HA2 are the 32 hex digits; nc and cnonce count only with qop, nc being 8 hex digits. */
  readonly ha1: ByteSpan;
  readonly ha2: ByteSpan;
  readonly nonce: ByteSpan;
  readonly nc: ByteSpan;
  readonly cnonce: ByteSpan;
}

export const createDigest = (): Digest => ({
  md5: createMd5(),
  hash: new Uint8Array(HASH_BYTES),
  username: createByteSpan(),
  realm: createByteSpan(),
  password: createByteSpan(),
  method: createByteSpan(),
  uri: createByteSpan(),
  ha1: createByteSpan(),
  ha2: createByteSpan(),
  nonce: createByteSpan(),
  nc: createByteSpan(),
  cnonce: createByteSpan(),
});

/** Writes HA1 from username, realm and password; returns the index after its 32 digits. */
export const digestHa1 = (digest: Digest, out: Uint8Array, at: number): number => {
  const md5 = digest.md5;
  md5Reset(md5);
  feed(md5, digest.username);
  md5UpdateByte(md5, COLON);
  feed(md5, digest.realm);
  md5UpdateByte(md5, COLON);
  feed(md5, digest.password);
  return writeHash(digest, out, at);
};

/** Writes HA2 from method and uri. */
export const digestHa2 = (digest: Digest, out: Uint8Array, at: number): number => {
  const md5 = digest.md5;
  md5Reset(md5);
  feed(md5, digest.method);
  md5UpdateByte(md5, COLON);
  feed(md5, digest.uri);
  return writeHash(digest, out, at);
};

/** Writes the response for a challenge without qop, from ha1, nonce and ha2 (RFC 2617 §3.2.2.1). */
export const digestResponse = (digest: Digest, out: Uint8Array, at: number): number => {
  const md5 = digest.md5;
  md5Reset(md5);
  feed(md5, digest.ha1);
  md5UpdateByte(md5, COLON);
  feed(md5, digest.nonce);
  md5UpdateByte(md5, COLON);
  feed(md5, digest.ha2);
  return writeHash(digest, out, at);
};

/** Writes the response for qop=auth, from ha1, nonce, nc, cnonce and ha2 (RFC 7616 §3.4.1). */
export const digestResponseAuth = (digest: Digest, out: Uint8Array, at: number): number => {
  const md5 = digest.md5;
  md5Reset(md5);
  feed(md5, digest.ha1);
  md5UpdateByte(md5, COLON);
  feed(md5, digest.nonce);
  md5UpdateByte(md5, COLON);
  feed(md5, digest.nc);
  md5UpdateByte(md5, COLON);
  feed(md5, digest.cnonce);
  md5Update(md5, QOP_AUTH, 0, QOP_AUTH.length);
  feed(md5, digest.ha2);
  return writeHash(digest, out, at);
};

const feed = (md5: Md5, span: ByteSpan): void => md5Update(md5, span.bytes, span.start, span.end);

const writeHash = (digest: Digest, out: Uint8Array, at: number): number => {
  md5Final(digest.md5, digest.hash, 0);
  return writeHexBytes(out, at, digest.hash, 0, HASH_BYTES);
};
