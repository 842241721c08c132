// @hot
// H(A2) for qop=auth-int where the request has a body (RFC 7616 §3.4.3): the body may name its phone, so it is hashed for each
// request. What stands behind the credentials is composed beforehand, into a space of its own, and what follows its empty line is
// the body. A scenario without bodies never comes here.

import { composeText, digestBodyHash, digestHa2Int, digestHexBytes, setSpan } from '../sip/index.ts';
import type { Authenticator } from './authenticator.ts';
import type { BodyDigest } from './body-space.ts';
import { digestUriOf } from './request-uris.ts';
import { templateOf } from './request-variants.ts';
import type { Engine } from './state.ts';

const CR = 0x0d;
const CRLF_BYTES = 2;

/** Writes the H(A2) of the request in the engine's fields, and sets it as the digest's. */
export function useBodyHa2(
  engine: Engine,
  context: number,
  { digest, ownUri }: Authenticator,
  bodies: BodyDigest,
): void {
  const { fields, transactions } = engine;
  const { space, hash, ha2 } = bodies;
  const { tail, branch } = templateOf(engine, context, transactions.template[fields.slot]!);
  const end = composeText(tail, fields, branch, space, 0);
  setSpan(digest.body, space, bodyStart(space, end), end);
  setSpan(digest.bodyHash, hash, 0, digestBodyHash(digest, hash, 0));
  const { requestUri } = digestUriOf(engine, context);
  // One of the user's own is the digest's already (own-uri.ts).
  if (ownUri === null) setSpan(digest.uri, requestUri, 0, requestUri.length);
  digestHa2Int(digest, ha2, 0);
  setSpan(digest.ha2, ha2, 0, digestHexBytes(digest.algorithm));
}

/** Behind the first empty line; a header is never empty. */
function bodyStart(bytes: Uint8Array, end: number): number {
  for (let at = 0; at < end; at++) {
    if (bytes[at] === CR && bytes[at + CRLF_BYTES] === CR) return at + 2 * CRLF_BYTES;
  }
  return end;
}
