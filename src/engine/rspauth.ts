// @hot
// Whether a server proves that it knows the secret (rspauth, RFC 7616 §3.5): a response over the request's own nonce, nc and cnonce,
// with an H(A2) that has no method in it, and for auth-int the hash of the answer's body. It is made of what the request was made of,
// and nothing of that is kept: cnonce and nc follow from the row and the place as they did when the request was composed.
//
// nc and cnonce that the server gives back must be the request's, where it gives them.

import { contextOfRow } from '../scenario/shares.ts';
import type { ByteSpan, Digest } from '../sip/index.ts';
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
import { encodeAscii, equalBytes, equalsIgnoreCase } from '../std/index.ts';
import { spaceIn } from './challenges.ts';
import { prepareDigest } from './credentials.ts';
import { useOwnUri } from './own-uri.ts';
import { QOP_AUTH_INT, QOP_NONE } from './protection-spaces.ts';
import { digestUriOf } from './request-uris.ts';
import type { Engine } from './state.ts';

const AUTH_INT = encodeAscii('auth-int');
const NO_METHOD = new Uint8Array(0);

/** The reader's info has an rspauth, for this place of the row's context. */
export function provesSecret(engine: Engine, slot: number, number: number, bytes: Uint8Array): boolean {
  const { challenges, reader, transactions } = engine;
  const { info, proof } = reader;
  const context = transactions.context[slot]!;
  const place = challenges.places[number]!;
  const space = spaceIn(challenges, place, context);
  useRequest(engine, slot);
  const { digest, nc, cnonce, ownUri } = prepareDigest(engine, context, place, space);
  if (info.ncStart >= 0 && !equalBytes(nc, 0, nc.length, bytes, info.ncStart, info.ncEnd)) return false;
  if (info.cnonceStart >= 0 && !equalBytes(cnonce, 0, cnonce.length, bytes, info.cnonceStart, info.cnonceEnd))
    return false;
  const { requestUri } = digestUriOf(engine, context);
  if (ownUri === null) setSpan(digest.uri, requestUri, 0, requestUri.length);
  else useOwnUri(engine, digest, ownUri);
  const isWithBody = isAuthInt(engine, space.qop, bytes);
  setAll(digest.ha2, proof.ha2, writeHa2(engine, digest, isWithBody, bytes));
  setAll(digest.nc, nc, nc.length);
  setAll(digest.cnonce, cnonce, cnonce.length);
  const { expected } = proof;
  if (space.qop === QOP_NONE) digestResponse(digest, expected, 0);
  else if (isWithBody) digestResponseAuthInt(digest, expected, 0);
  else digestResponseAuth(digest, expected, 0);
  const digits = digestHexBytes(digest.algorithm);
  return equalsIgnoreCase(bytes, info.rspauthStart, info.rspauthEnd, expected, 0, digits);
}

/** The fields are those of the row's request again, as far as its credentials are made of them. */
export function useRequest({ fields, options, transactions }: Engine, slot: number): void {
  const identity = contextOfRow(transactions.context[slot]!, options.workerIndex, options.workerCount);
  fields.index = options.plan.identities.first + identity;
  fields.cseq = transactions.cseq[slot]!;
}

/** The answer may say which; else it is that of the request. */
function isAuthInt({ reader }: Engine, requestsQop: number, bytes: Uint8Array): boolean {
  const { qopStart, qopEnd } = reader.info;
  if (qopStart < 0) return requestsQop === QOP_AUTH_INT;
  return equalsIgnoreCase(bytes, qopStart, qopEnd, AUTH_INT, 0, AUTH_INT.length);
}

/** H(":" uri) or H(":" uri ":" H(body)); the digest's method is put back, which requests count on. Returns how long it is. */
function writeHa2({ reader }: Engine, digest: Digest, isWithBody: boolean, bytes: Uint8Array): number {
  const { message, proof } = reader;
  const { method } = digest;
  setSpan(proof.method, method.bytes, method.start, method.end);
  setSpan(method, NO_METHOD, 0, 0);
  let end = 0;
  if (isWithBody) {
    setSpan(digest.body, bytes, message.bodyStart, message.bodyEnd);
    setAll(digest.bodyHash, proof.bodyHash, digestBodyHash(digest, proof.bodyHash, 0));
    end = digestHa2Int(digest, proof.ha2, 0);
  } else end = digestHa2(digest, proof.ha2, 0);
  setSpan(method, proof.method.bytes, proof.method.start, proof.method.end);
  return end;
}

function setAll(span: ByteSpan, bytes: Uint8Array, end: number): void {
  setSpan(span, bytes, 0, end);
}
