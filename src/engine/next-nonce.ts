// @hot
// The nonce for the next request that a 2xx may bring (nextnonce, RFC 7616 §3.5): it takes the place of the one that the server has just
// accepted, and is counted from 1.
//
// With a -sess algorithm the session goes on: its key was made of the first nonce after the challenge and the cnonce sent with it, and
// stays until the next challenge (RFC 7616 §3.4.2). So it is kept when the first nonce goes (session-keys.ts). A server that makes it anew
// for each nonce refuses the next request with a challenge, which begins another session; nothing fails for that.

import { addCounter, COUNTER_NEXT_NONCES } from '../metrics/index.ts';
import { isQuotable } from '../sip/index.ts';
import type { ChallengePlace } from './challenges.ts';
import { keepNonce, keptAt, keptBytes, MOST_NONCE_BYTES, spaceIn } from './challenges.ts';
import { prepareDigest } from './credentials.ts';
import { keepSessionKey } from './ha1.ts';
import { isSessionAlgorithm } from './protection-spaces.ts';
import { useRequest } from './rspauth.ts';
import { authenticatorOf } from './speakers.ts';
import type { Engine } from './state.ts';

/** The reader's info, which belongs to this place, has a nextnonce in the answer to the row's request. */
export function takeNextNonce(engine: Engine, slot: number, number: number, bytes: Uint8Array): void {
  const { challenges, metrics, reader, transactions } = engine;
  const { info } = reader;
  const context = transactions.context[slot]!;
  if (!authenticatorOf(engine, context).reuseNonce) return;
  const place = challenges.places[number]!;
  const nonceBytes = info.nextNonceEnd - info.nextNonceStart;
  if (nonceBytes + place.opaqueBytes[context]! > MOST_NONCE_BYTES) return;
  if (!isQuotable(bytes, info.nextNonceStart, info.nextNonceEnd)) return;
  const space = spaceIn(challenges, place, context);
  if (isSessionAlgorithm(space.algorithm)) {
    useRequest(engine, slot);
    const authenticator = prepareDigest(engine, context, place, space);
    keepSessionKey(authenticator, challenges.contexts, place, context, space);
  }
  replaceNonce(place, context, challenges.work, bytes, info.nextNonceStart, nonceBytes);
  addCounter(metrics, COUNTER_NEXT_NONCES, 1);
}

/** The opaque stays: nonce and opaque are put together in the work space and kept from there. */
function replaceNonce(
  place: ChallengePlace,
  context: number,
  work: Uint8Array,
  bytes: Uint8Array,
  start: number,
  nonceBytes: number,
): void {
  const opaqueAt = keptAt(place, context) + place.nonceBytes[context]!;
  const opaqueBytes = place.opaqueBytes[context]!;
  const kept = keptBytes(place, context);
  for (let i = 0; i < nonceBytes; i++) work[i] = bytes[start + i]!;
  for (let i = 0; i < opaqueBytes; i++) work[nonceBytes + i] = kept[opaqueAt + i]!;
  keepNonce(place, context, work, 0, nonceBytes, nonceBytes, nonceBytes + opaqueBytes);
}
