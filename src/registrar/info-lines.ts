// @hot
// Authentication-Info (RFC 7616 §3.5), or Proxy-Authentication-Info where a proxy alone asks (RFC 7615 §4): a nonce for the next
// request, and the proof that the server knows the password, as far as the operator wants them. Of two that ask it is the registrar's,
// whose credentials were checked last: the digest is still as they left it.
//
//   rspauth = response, but H(A2) without a method: H(":" uri), or H(":" uri ":" H(body)); an answer of ours has no body

import {
  digestBodyHash,
  digestHa2,
  digestHa2Int,
  digestHexBytes,
  digestResponse,
  digestResponseAuth,
  digestResponseAuthInt,
  setSpan,
} from '../sip/index.ts';
import { encodeAscii } from '../std/index.ts';
import { isAuthInt, isQopUsed } from './authenticate.ts';
import { putNonce } from './challenge-lines.ts';
import { MOST_CNONCE_BYTES } from './info-bytes.ts';
import { put, putLineEnd, putText } from './put-bytes.ts';
import type { Registrar } from './state.ts';

const INFO: Uint8Array = encodeAscii('Authentication-Info: ');
const PROXY_INFO: Uint8Array = encodeAscii('Proxy-Authentication-Info: ');
const NEXTNONCE: Uint8Array = encodeAscii('nextnonce="');
const COMMA: Uint8Array = encodeAscii(', ');
const QUOTE: Uint8Array = encodeAscii('"');
const RSPAUTH: Uint8Array = encodeAscii('rspauth="');
const QOP_AUTH: Uint8Array = encodeAscii(', qop=auth');
const QOP_AUTH_INT: Uint8Array = encodeAscii(', qop=auth-int');
const CNONCE: Uint8Array = encodeAscii(', cnonce="');
const NC: Uint8Array = encodeAscii('", nc=');
const NOTHING = new Uint8Array(0);

export const writeInfo = (registrar: Registrar, start: number): number => {
  const { authenticator, options, slab } = registrar;
  const { cnonceStart, cnonceEnd } = authenticator.credentials;
  const challenger = authenticator.challengers[authenticator.challengers.length - 1]!;
  const isProof = options.rspauth !== 'none' && cnonceEnd - cnonceStart <= MOST_CNONCE_BYTES;
  if (!isProof && !options.nextNonce) return start;
  let at = putText(slab, start, challenger.isProxy ? PROXY_INFO : INFO);
  if (options.nextNonce) {
    at = putNonce(registrar, putText(slab, at, NEXTNONCE), challenger);
    at = putText(slab, at, QUOTE);
    if (isProof) at = putText(slab, at, COMMA);
  }
  return putLineEnd(slab, isProof ? writeProof(registrar, at) : at);
};

const writeProof = (registrar: Registrar, start: number): number => {
  const { authenticator, request, slab } = registrar;
  const { credentials } = authenticator;
  const isInt = isQopUsed(credentials) && isAuthInt(request.bytes, credentials);
  let at = putText(slab, start, RSPAUTH);
  at = put(slab, at, authenticator.expected, 0, prove(registrar, isInt));
  at = putText(slab, at, QUOTE);
  if (!isQopUsed(credentials)) return at;
  at = putText(slab, putText(slab, at, isInt ? QOP_AUTH_INT : QOP_AUTH), CNONCE);
  at = put(slab, at, request.bytes, credentials.cnonceStart, credentials.cnonceEnd);
  return put(slab, putText(slab, at, NC), request.bytes, credentials.ncStart, credentials.ncEnd);
};

/** Leaves the proof in `expected`, in hex digits; returns how many. */
const prove = (registrar: Registrar, isInt: boolean): number => {
  const { authenticator, options } = registrar;
  const { bodyHash, credentials, digest, expected, ha2 } = authenticator;
  const digits = digestHexBytes(digest.algorithm);
  // Whoever does not know the password gets to another hash; here one over a method, as in the request.
  if (options.rspauth === 'right') setSpan(digest.method, NOTHING, 0, 0);
  if (isInt) {
    setSpan(digest.body, NOTHING, 0, 0);
    digestBodyHash(digest, bodyHash, 0);
    setSpan(digest.bodyHash, bodyHash, 0, digits);
    digestHa2Int(digest, ha2, 0);
  } else digestHa2(digest, ha2, 0);
  setSpan(digest.ha2, ha2, 0, digits);
  if (isInt) digestResponseAuthInt(digest, expected, 0);
  else if (isQopUsed(credentials)) digestResponseAuth(digest, expected, 0);
  else digestResponse(digest, expected, 0);
  return digits;
};
