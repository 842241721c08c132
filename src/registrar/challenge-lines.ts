// @hot
// The lines of a challenge (RFC 7616 §3.3, RFC 8760 §2.3: one for each algorithm, best first, which here is the operator's order).

import { encodeAscii } from '../std/index.ts';
import type { Challenger } from './authenticator.ts';
import { writeNonce } from './nonce.ts';
import { putLineEnd, putText } from './put-bytes.ts';
import type { Registrar } from './state.ts';

const STALE: Uint8Array = encodeAscii(', stale=true');

export const writeChallenges = (registrar: Registrar, start: number, isProxy: boolean, isStale: boolean): number => {
  const { challengers } = registrar.authenticator;
  let at = start;
  for (let i = 0; i < challengers.length; i++) {
    if (challengers[i]!.isProxy === isProxy) at = writeChallengesOf(registrar, at, challengers[i]!, isStale);
  }
  return at;
};

/** RFC 3261 §22.4(8): qop is always offered, unless the operator wants a registrar that is older than that. */
const writeChallengesOf = (registrar: Registrar, start: number, challenger: Challenger, isStale: boolean): number => {
  const { options, slab } = registrar;
  const { beforeNonce, afterNonce } = challenger;
  let at = start;
  for (let i = 0; i < beforeNonce.length; i++) {
    at = putText(slab, at, beforeNonce[i]!);
    at = putNonce(registrar, at, challenger);
    at = putText(slab, at, afterNonce[i]!);
    if (isStale && options.saysStale) at = putText(slab, at, STALE);
    at = putLineEnd(slab, at);
  }
  return at;
};

/** A nonce for the request under way. */
export const putNonce = (registrar: Registrar, start: number, { noncePurpose }: Challenger): number => {
  const { nonceHash, request, slab } = registrar;
  // One more than the time, because 0 means that an address has no nonce.
  return writeNonce(nonceHash, slab, start, request.nowUs + 1, request.user, request.userLength, noncePurpose);
};
