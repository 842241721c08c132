// @hot
// The Authorization and Proxy-Authorization lines that answer kept challenges (RFC 7616 §3.4, RFC 3261 §22.4), one for each place
// (challenges.ts): username, realm, nonce, uri, response, cnonce and opaque in quotes; algorithm, qop, nc and userhash without.

import type { ByteSpan } from '../sip/index.ts';
import {
  composeText,
  digestResponse,
  digestResponseAuth,
  digestResponseAuthInt,
  digestUserhash,
  setSpan,
} from '../sip/index.ts';
import { encodeUtf8, mixBits, writeHex } from '../std/index.ts';
import type { Authenticator } from './authenticator.ts';
import { useBodyHa2 } from './body-digest.ts';
import type { ChallengePlace } from './challenges.ts';
import { keptAt, keptBytes, spaceIn } from './challenges.ts';
import { useHa1 } from './ha1.ts';
import { writeNonceCount } from './nonce-count.ts';
import { useOwnHa2, writeOwnUri } from './own-uri.ts';
import type { ProtectionSpace } from './protection-spaces.ts';
import { isSessionAlgorithm, QOP_AUTH_INT, QOP_NONE } from './protection-spaces.ts';
import { digestUriOf } from './request-uris.ts';
import { authenticatorOf, credentialFor } from './speakers.ts';
import type { Engine } from './state.ts';

const TO_REGISTRAR = encodeUtf8('Authorization: Digest username="');
const TO_PROXY = encodeUtf8('Proxy-Authorization: Digest username="');
const REALM = encodeUtf8('", realm="');
const NONCE = encodeUtf8('", nonce="');
const URI = encodeUtf8('", uri="');
const RESPONSE = encodeUtf8('", response="');
const QUOTE = encodeUtf8('"');
/** By ALGORITHM_*. */
const ALGORITHMS = [
  ', algorithm=MD5',
  ', algorithm=MD5-sess',
  ', algorithm=SHA-256',
  ', algorithm=SHA-256-sess',
  ', algorithm=SHA-512-256',
  ', algorithm=SHA-512-256-sess',
].map(encodeUtf8);
const CNONCE = encodeUtf8(', cnonce="');
const AUTH_NC = encodeUtf8('", qop=auth, nc=');
const AUTH_INT_NC = encodeUtf8('", qop=auth-int, nc=');
const OPAQUE = encodeUtf8(', opaque="');
const USERHASH = encodeUtf8(', userhash=true');
const LINE_END = encodeUtf8('\r\n');

/** Writes a line for each of the context's places in `places`, a bit each. Returns its end. */
export function writeCredentials(engine: Engine, context: number, places: number, out: Uint8Array, at: number): number {
  const { challenges } = engine;
  let end = at;
  for (let number = 0, rest = places; rest !== 0; number++, rest >>>= 1) {
    if ((rest & 1) === 0) continue;
    const place = challenges.places[number]!;
    end = writeLine(engine, context, place, spaceIn(challenges, place, context), out, end);
  }
  return end;
}

/** Username, realm, nonce, uri, response, and what else the challenge asked for. */
function writeLine(
  engine: Engine,
  context: number,
  place: ChallengePlace,
  space: ProtectionSpace,
  out: Uint8Array,
  at: number,
): number {
  const authenticator = prepareDigest(engine, context, place, space);
  const { bytes: kept, start: nonceAt, end: nonceEnd } = authenticator.digest.nonce;
  let end = copy(space.fromProxy ? TO_PROXY : TO_REGISTRAR, out, at);
  end = writeUser(engine, context, space, out, end);
  end = copy(REALM, out, end);
  end = copy(space.realm, out, end);
  end = copy(NONCE, out, end);
  end = copyPart(kept, nonceAt, nonceEnd, out, end);
  end = copy(URI, out, end);
  const { ownUri, digest } = authenticator;
  if (ownUri !== null) end = writeOwnUri(engine, digest, ownUri, out, end);
  else end = copy(digestUriOf(engine, context).requestUri, out, end);
  end = copy(RESPONSE, out, end);
  end = writeResponse(engine, context, space, out, end);
  end = copy(QUOTE, out, end);
  return writeRest(engine, context, place, space, out, end);
}

/**
 * Nonce, nc, cnonce and H(A1) of the context's request, and the algorithm, so that a response can be made of them; the engine's fields
 * are that request's.
 */
export function prepareDigest(
  engine: Engine,
  context: number,
  place: ChallengePlace,
  space: ProtectionSpace,
): Authenticator {
  const authenticator = authenticatorOf(engine, context);
  const nonceAt = keptAt(place, context);
  setSpan(authenticator.digest.nonce, keptBytes(place, context), nonceAt, nonceAt + place.nonceBytes[context]!);
  writeNonceCount(authenticator.nc, place.nonceCount[context]!, authenticator.countsDecimal);
  writeCnonce(engine, authenticator, space);
  useHa1(engine, context, place, space);
  return authenticator;
}

/**
 * The cnonce is another one for each request; with a -sess algorithm the same one as long as the nonce (RFC 7616 §3.4.2: the
 * session's key is made with the first), so that a server which takes the latest cnonce for it agrees.
 */
function writeCnonce(engine: Engine, authenticator: Authenticator, space: ProtectionSpace): void {
  const { fields } = engine;
  const { cnonce, digest } = authenticator;
  const high = mixBits(engine.cnonceSeed, fields.index);
  const turn = isSessionAlgorithm(space.algorithm) ? hashSpan(digest.nonce) : fields.cseq;
  writeHex(cnonce, 0, high, 8);
  writeHex(cnonce, 8, mixBits(high, turn), 8);
}

function hashSpan({ bytes, start, end }: ByteSpan): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = mixBits(hash, bytes[i]!);
  return hash;
}

/** RFC 7616 §3.4.4: a hash for the name where the server takes one. */
function writeUser(engine: Engine, context: number, space: ProtectionSpace, out: Uint8Array, at: number): number {
  const authenticator = authenticatorOf(engine, context);
  const { digest } = authenticator;
  const { user } = authenticator.credentials[credentialFor(engine, context, space)]!;
  const userEnd = composeText(user, engine.fields, engine.branch, authenticator.user, 0);
  if (!space.withUserhash) return copyPart(authenticator.user, 0, userEnd, out, at);
  setSpan(digest.username, authenticator.user, 0, userEnd);
  setSpan(digest.realm, space.realm, 0, space.realm.length);
  return digestUserhash(digest, out, at);
}

function writeResponse(engine: Engine, context: number, space: ProtectionSpace, out: Uint8Array, at: number): number {
  const authenticator = authenticatorOf(engine, context);
  const { digest, nc, cnonce, bodies, ownUri } = authenticator;
  const { auth, authInt } = digestUriOf(engine, context).ha2[space.algorithm >> 1]!;
  const isWithBody = space.qop === QOP_AUTH_INT;
  if (isWithBody && bodies !== null) useBodyHa2(engine, context, authenticator, bodies);
  else if (ownUri !== null) useOwnHa2(digest, ownUri, isWithBody);
  else setAll(digest.ha2, isWithBody ? authInt : auth);
  if (space.qop === QOP_NONE) return digestResponse(digest, out, at);
  setAll(digest.nc, nc);
  setAll(digest.cnonce, cnonce);
  return isWithBody ? digestResponseAuthInt(digest, out, at) : digestResponseAuth(digest, out, at);
}

function writeRest(
  engine: Engine,
  context: number,
  place: ChallengePlace,
  space: ProtectionSpace,
  out: Uint8Array,
  at: number,
): number {
  const authenticator = authenticatorOf(engine, context);
  let end = at;
  if (space.namesAlgorithm || authenticator.namesAlgorithm) end = copy(ALGORITHMS[space.algorithm]!, out, end);
  if (space.qop !== QOP_NONE) {
    end = copy(CNONCE, out, end);
    end = copy(authenticator.cnonce, out, end);
    end = copy(space.qop === QOP_AUTH_INT ? AUTH_INT_NC : AUTH_NC, out, end);
    end = copy(authenticator.nc, out, end);
  }
  if (space.withUserhash) end = copy(USERHASH, out, end);
  if (space.hasOpaque) {
    const opaqueAt = keptAt(place, context) + place.nonceBytes[context]!;
    end = copy(OPAQUE, out, end);
    end = copyPart(keptBytes(place, context), opaqueAt, opaqueAt + place.opaqueBytes[context]!, out, end);
    end = copy(QUOTE, out, end);
  }
  return copy(LINE_END, out, end);
}

function setAll(span: ByteSpan, bytes: Uint8Array): void {
  setSpan(span, bytes, 0, bytes.length);
}

function copy(from: Uint8Array, out: Uint8Array, at: number): number {
  out.set(from, at);
  return at + from.length;
}

function copyPart(from: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  for (let i = start; i < end; i++) out[at + i - start] = from[i]!;
  return at + end - start;
}
