// @hot
// The Authorization or Proxy-Authorization line that answers a kept challenge (RFC 7616 §3.4, RFC 3261 §22.4): username,
// realm, nonce, uri, response, cnonce and opaque in quotes; algorithm, qop and nc without.

import type { ByteSpan } from '../sip/index.ts';
import { composeText, digestHa1, digestResponse, digestResponseAuth, setSpan } from '../sip/index.ts';
import { encodeUtf8, writeHex } from '../std/index.ts';
import type { ProtectionSpace } from './challenges.ts';
import { HA1_BYTES, keptAt, keptBytes } from './challenges.ts';
import { authenticatorOf, userOf } from './speakers.ts';
import type { Engine } from './state.ts';

const TO_REGISTRAR = encodeUtf8('Authorization: Digest username="');
const TO_PROXY = encodeUtf8('Proxy-Authorization: Digest username="');
const REALM = encodeUtf8('", realm="');
const NONCE = encodeUtf8('", nonce="');
const URI = encodeUtf8('", uri="');
const RESPONSE = encodeUtf8('", response="');
const QUOTE = encodeUtf8('"');
const ALGORITHM = encodeUtf8(', algorithm=MD5');
const CNONCE = encodeUtf8(', cnonce="');
const QOP_NC = encodeUtf8('", qop=auth, nc=');
const OPAQUE = encodeUtf8(', opaque="');
const LINE_END = encodeUtf8('\r\n');

/** Writes the line for the context's kept challenge at `at`; the cnonce is the two words in hex. Returns its end. */
export function writeCredentials(
  engine: Engine,
  context: number,
  cnonceHigh: number,
  cnonceLow: number,
  out: Uint8Array,
  at: number,
): number {
  const { challenges } = engine;
  const authenticator = authenticatorOf(engine, context);
  const space = challenges.spaces[challenges.space[context]!]!;
  const kept = keptBytes(challenges, context);
  const nonceAt = keptAt(challenges, context);
  const nonceEnd = nonceAt + challenges.nonceBytes[context]!;
  const userEnd = composeText(userOf(engine, context), engine.fields, engine.branch, authenticator.user, 0);
  writeHex(authenticator.cnonce, 0, cnonceHigh, 8);
  writeHex(authenticator.cnonce, 8, cnonceLow, 8);
  writeHex(authenticator.nc, 0, challenges.nonceCount[context]!, 8);
  at = copy(space.fromProxy ? TO_PROXY : TO_REGISTRAR, out, at);
  at = copyPart(authenticator.user, 0, userEnd, out, at);
  at = copy(REALM, out, at);
  at = copy(space.realm, out, at);
  at = copy(NONCE, out, at);
  at = copyPart(kept, nonceAt, nonceEnd, out, at);
  at = copy(URI, out, at);
  at = copy(authenticator.requestUri, out, at);
  at = copy(RESPONSE, out, at);
  setSpan(authenticator.digest.nonce, kept, nonceAt, nonceEnd);
  at = writeResponse(engine, context, space, userEnd, out, at);
  at = copy(QUOTE, out, at);
  return writeRest(engine, context, space, out, at);
}

/** The 32 hex digits of the response; H(A1) is made once for a context and realm. */
function writeResponse(
  engine: Engine,
  context: number,
  space: ProtectionSpace,
  userEnd: number,
  out: Uint8Array,
  at: number,
): number {
  const { challenges } = engine;
  const authenticator = authenticatorOf(engine, context);
  const { digest } = authenticator;
  const ha1At = context * HA1_BYTES;
  if (challenges.ha1Space[context] !== challenges.space[context]) {
    setSpan(digest.username, authenticator.user, 0, userEnd);
    setAll(digest.realm, space.realm);
    setAll(digest.password, authenticator.password!);
    digestHa1(digest, challenges.ha1, ha1At);
    challenges.ha1Space[context] = challenges.space[context]!;
  }
  setSpan(digest.ha1, challenges.ha1, ha1At, ha1At + HA1_BYTES);
  setAll(digest.ha2, authenticator.ha2);
  if (!space.withQop) return digestResponse(digest, out, at);
  setAll(digest.nc, authenticator.nc);
  setAll(digest.cnonce, authenticator.cnonce);
  return digestResponseAuth(digest, out, at);
}

function writeRest(engine: Engine, context: number, space: ProtectionSpace, out: Uint8Array, at: number): number {
  const { challenges } = engine;
  const authenticator = authenticatorOf(engine, context);
  if (space.namesAlgorithm) at = copy(ALGORITHM, out, at);
  if (space.withQop) {
    at = copy(CNONCE, out, at);
    at = copy(authenticator.cnonce, out, at);
    at = copy(QOP_NC, out, at);
    at = copy(authenticator.nc, out, at);
  }
  if (space.hasOpaque) {
    const opaqueAt = keptAt(challenges, context) + challenges.nonceBytes[context]!;
    at = copy(OPAQUE, out, at);
    at = copyPart(keptBytes(challenges, context), opaqueAt, opaqueAt + challenges.opaqueBytes[context]!, out, at);
    at = copy(QUOTE, out, at);
  }
  return copy(LINE_END, out, at);
}

function setAll(span: ByteSpan, bytes: Uint8Array): void {
  setSpan(span, bytes, 0, bytes.length);
}

function copy(from: Uint8Array, out: Uint8Array, at: number): number {
  out.set(from, at);
  return at + from.length;
}

function copyPart(from: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  for (let i = start; i < end; i++) out[at++] = from[i]!;
  return at;
}
