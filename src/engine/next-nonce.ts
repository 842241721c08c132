// @hot
// The nonce for the next request that a 2xx may bring (Authentication-Info with nextnonce, RFC 7616 §3.5): it takes the place of
// the one that the registrar has just accepted, and is counted from 1.
//
// Left out on purpose: nextnonce with a -sess algorithm, whose key is made of the first nonce (RFC 7616 §3.4.2); servers disagree
// on what becomes of it, and the old nonce stays good until it is called stale. A Proxy-Authentication-Info (RFC 7615), which SIP
// has no grammar for.

import { addCounter, COUNTER_NEXT_NONCES } from '../metrics/index.ts';
import { isQuotable, parseAuthenticationInfo } from '../sip/index.ts';
import type { ChallengePlace } from './challenges.ts';
import { keepNonce, keptAt, keptBytes, MOST_NONCE_BYTES, NO_PLACE } from './challenges.ts';
import { isSessionAlgorithm } from './protection-spaces.ts';
import { authenticatorOf } from './speakers.ts';
import type { Engine } from './state.ts';
import { placesCarried } from './transactions.ts';

/** The answer has an Authentication-Info; `credentials` are those of its request. */
export function takeNextNonce(engine: Engine, context: number, credentials: number, bytes: Uint8Array): void {
  const { challenges, metrics, reader } = engine;
  const { message, info } = reader;
  const number = registrarsPlace(engine, context, placesCarried(credentials));
  if (number === NO_PLACE || !authenticatorOf(engine, context).reuseNonce) return;
  if (!parseAuthenticationInfo(bytes, message.authenticationInfoStart, message.authenticationInfoEnd, info)) return;
  const place = challenges.places[number]!;
  const nonceBytes = info.nextNonceEnd - info.nextNonceStart;
  if (nonceBytes + place.opaqueBytes[context]! > MOST_NONCE_BYTES) return;
  if (!isQuotable(bytes, info.nextNonceStart, info.nextNonceEnd)) return;
  replaceNonce(place, context, challenges.work, bytes, info.nextNonceStart, nonceBytes);
  addCounter(metrics, COUNTER_NEXT_NONCES, 1);
}

/** The only place that answers the registrar; with several realms nobody says which one is meant. */
function registrarsPlace({ challenges }: Engine, context: number, places: number): number {
  let found = NO_PLACE;
  for (let number = 0, rest = places; rest !== 0; number++, rest >>>= 1) {
    if ((rest & 1) === 0) continue;
    const { fromProxy, algorithm } = challenges.spaces[challenges.places[number]!.space[context]! - 1]!;
    if (fromProxy) continue;
    if (found !== NO_PLACE || isSessionAlgorithm(algorithm)) return NO_PLACE;
    found = number;
  }
  return found;
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
