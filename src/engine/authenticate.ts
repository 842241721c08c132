// @hot
// A 401 or 407: is it the challenge that comes before the credentials, or the verdict on them? (RFC 3261 §22.1-§22.3.)
//
//   no credentials in the scenario, or none for
//     any realm that asks                         -> no-credentials
//   no challenge in it that we can answer         -> challenge-unusable
//   our answer to a challenge of this attempt,
//     and the nonce is not called stale           -> auth-failed: the same credentials are never sent twice
//   a kept nonce refused with the same nonce,
//     and it is not called stale                  -> auth-failed
//   MOST_CHALLENGES answered for each server      -> auth-failed: a registrar that never stops asking
//   otherwise                                     -> keep the nonces, send again with credentials
//
// RFC 8760 §2.4: of the challenges of one realm the topmost that we can answer counts. Several realms are all answered (RFC 3261
// §22.3), and so are those of the other kind that a forking proxy adds to a 401 or 407 (RFC 8760 §2.5).

import {
  addCounter,
  COUNTER_ANSWERED_MD5,
  COUNTER_STALE_NONCES,
  countChallenged,
  OUTCOME_AUTH_FAILED,
  OUTCOME_CHALLENGE_UNUSABLE,
  OUTCOME_NO_CREDENTIALS,
} from '../metrics/index.ts';
import type { Challenge, RowTable } from '../sip/index.ts';
import { ALGORITHM_UNKNOWN, CHALLENGE_OK, isQuotable, parseChallenge, rowEnd, rowStart } from '../sip/index.ts';
import { findCredential, NO_CREDENTIAL } from './authenticator.ts';
import type { ChallengePlace } from './challenges.ts';
import {
  choosePlace,
  dropNonces,
  dropSession,
  EVERY_PLACE,
  keepNonce,
  keptLength,
  MOST_KEPT_BYTES,
  MOST_NONCE_BYTES,
  MOST_REALM_BYTES,
  NO_PLACE,
  sameNonce,
} from './challenges.ts';
import { CONTEXT_CHALLENGED } from './contexts.ts';
import { isFleetAlgorithm, mayResend, sendAgain } from './exosip2-answers.ts';
import { failAttempt, failUnusable } from './failure.ts';
import { createSpace, findSpace, NO_SPACE, QOP_UNUSABLE, qopOf, traitsOf } from './protection-spaces.ts';
import { pushReady } from './ready-queue.ts';
import type { ResponseReader } from './response-reader.ts';
import { authenticatorOf, credentialFor } from './speakers.ts';
import type { Engine } from './state.ts';
import { triesOf } from './targets.ts';
import { placesCarried, placesFresh } from './transactions.ts';
import { flowOf } from './transport-flows.ts';

/** For each server that asks: a first challenge, a stale nonce, and one for a registrar that knows no better. */
export const MOST_CHALLENGES = 3;
const PROXY_STATUS = 407;
const ANSWERABLE = 0;

/** Ends the attempt, or puts the context into the ready queue to send its request again. */
export function meetChallenge(
  engine: Engine,
  context: number,
  credentials: number,
  receivedAtUs: number,
  bytes: Uint8Array,
): void {
  const outcome = keepChallenges(engine, context, credentials, bytes);
  if (outcome !== ANSWERABLE) {
    if (outcome !== OUTCOME_AUTH_FAILED && sendAgain(engine, context)) return;
    // A device that sends refused credentials again has them in its next request too.
    if (!mayRepeat(engine)) dropNonces(engine.challenges, context, EVERY_PLACE);
    if (outcome === OUTCOME_CHALLENGE_UNUSABLE) failUnusable(engine, context, receivedAtUs, bytes);
    else failAttempt(engine, context, outcome, receivedAtUs, bytes);
    return;
  }
  const { contexts } = engine;
  const instruction = engine.program.instructions[contexts.position[context]!]!;
  if (instruction.kind === 'attempt' && contexts.challenges[context] === 0) {
    countChallenged(engine.metrics, contexts.bank[context]!, instruction.procedure);
  }
  contexts.challenges[context] = contexts.challenges[context]! + 1;
  contexts.state[context] = CONTEXT_CHALLENGED;
  pushReady(flowOf(engine, context).ready, context);
}

/** ANSWERABLE when what can be answered is kept, else the outcome of the attempt. */
function keepChallenges(engine: Engine, context: number, credentials: number, bytes: Uint8Array): number {
  const { challenges, contexts, reader } = engine;
  const { message, round } = reader;
  round.filled = 0;
  round.isRefused = false;
  round.lacksCredential = false;
  round.unknownStart = -1;
  round.unknownEnd = -1;
  if (authenticatorOf(engine, context).credentials.length === 0) return OUTCOME_NO_CREDENTIALS;
  const isProxy = message.status === PROXY_STATUS;
  takeRows(engine, context, credentials, isProxy, bytes);
  if (round.isRefused) return OUTCOME_AUTH_FAILED;
  if (round.filled === 0) return round.lacksCredential ? OUTCOME_NO_CREDENTIALS : OUTCOME_CHALLENGE_UNUSABLE;
  if (!isProxy) restOthers(engine, context, round.filled);
  takeRows(engine, context, credentials, !isProxy, bytes);
  if (round.isRefused) return OUTCOME_AUTH_FAILED;
  const active = challenges.active[context]! | round.filled;
  if (mayRepeat(engine)) {
    challenges.active[context] = active;
    if (!mayResend(engine.exosip!, context)) return OUTCOME_AUTH_FAILED;
  } else if (contexts.challenges[context]! >= MOST_CHALLENGES * triesOf(engine, context) * countBits(active))
    return OUTCOME_AUTH_FAILED;
  challenges.active[context] = active;
  challenges.fresh[context] = challenges.fresh[context]! | round.filled;
  return ANSWERABLE;
}

/** The challenges of one kind, those for us or those for a proxy, in their order. */
function takeRows(engine: Engine, context: number, credentials: number, isProxy: boolean, bytes: Uint8Array): void {
  const { message, round } = engine.reader;
  const rows = isProxy ? message.proxyAuthenticate : message.wwwAuthenticate;
  for (let row = 0; row < rows.count && !round.isRefused; row++) {
    if (!readUsable(engine, rows, row, bytes)) continue;
    const space = spaceOf(engine, bytes, isProxy);
    if (space === NO_SPACE) continue;
    if (credentialFor(engine, context, engine.challenges.spaces[space]!) === NO_CREDENTIAL)
      round.lacksCredential = true;
    else takeChallenge(engine, context, credentials, space, bytes);
  }
}

/** The challenge in the reader: keeps its nonce in a place, unless one of its realm was taken already, or it is a refusal. */
function takeChallenge(engine: Engine, context: number, credentials: number, space: number, bytes: Uint8Array): void {
  const { challenges, metrics, reader } = engine;
  const { round } = reader;
  const { stale, algorithm, nonceStart, nonceEnd, opaqueStart, opaqueEnd } = reader.challenge;
  const number = choosePlace(challenges, context, space, challenges.fresh[context]! | round.filled);
  if (number === NO_PLACE || (round.filled & (1 << number)) !== 0) return;
  if (!hasRoom(engine, context, number)) return;
  const place = challenges.places[number]!;
  if (!isSameServer(engine, place, context, space)) forget(place, context);
  else if (!stale && !mayRepeat(engine) && isRefusal(place, context, credentials, 1 << number, reader, bytes)) {
    round.isRefused = true;
    return;
  }
  round.filled |= 1 << number;
  place.space[context] = space + 1;
  dropSession(place, context);
  keepNonce(place, context, bytes, nonceStart, nonceEnd, opaqueStart, opaqueEnd);
  // A fleet's devices count from 1 after each challenge, also where the nonce is the one that they had.
  if (mayRepeat(engine)) place.nonceCount[context] = 0;
  addCounter(metrics, COUNTER_ANSWERED_MD5 + algorithm, 1);
  if (stale) addCounter(metrics, COUNTER_STALE_NONCES, 1);
}

/** Whether the challenge in the reader fits a request beside those of the other places. */
function hasRoom({ challenges, reader }: Engine, context: number, number: number): boolean {
  const { realmStart, realmEnd, nonceStart, nonceEnd, opaqueStart, opaqueEnd } = reader.challenge;
  const others = (challenges.active[context]! | reader.round.filled) & ~(1 << number);
  const own = realmEnd - realmStart + (nonceEnd - nonceStart) + (opaqueEnd - opaqueStart);
  return own + keptLength(challenges, context, others) <= MOST_KEPT_BYTES;
}

/**
 * DEVIATION (RFC 3261 §22.1, RFC 7616 §3.5) under `profile: exosip2`: its devices answer each challenge anew, whatever they have
 * answered before, as often as exosip2-answers.ts lets them.
 */
const mayRepeat = ({ exosip }: Engine): boolean => exosip?.isFleet === true;

/** Whether the refused request carried this place's credentials already, and nothing but they can be wrong. */
function isRefusal(
  place: ChallengePlace,
  context: number,
  credentials: number,
  bit: number,
  { challenge }: ResponseReader,
  bytes: Uint8Array,
): boolean {
  if ((placesFresh(credentials) & bit) !== 0) return true;
  const wasKept = (placesCarried(credentials) & bit) !== 0;
  return wasKept && sameNonce(place, context, bytes, challenge.nonceStart, challenge.nonceEnd);
}

/** False also for a place that was never used. */
function isSameServer({ challenges }: Engine, place: ChallengePlace, context: number, space: number): boolean {
  const known = place.space[context]!;
  return known !== 0 && challenges.spaces[known - 1]!.group === challenges.spaces[space]!.group;
}

/** Another server's nonce with the same bytes would be counted from its own beginning. */
function forget(place: ChallengePlace, context: number): void {
  place.nonceBytes[context] = 0;
  place.opaqueBytes[context] = 0;
  place.nonceCount[context] = 0;
}

/**
 * There is one registrar, and a path of proxies. When it asks in another realm than before, nonces kept for it from earlier
 * attempts are of no use any more; a proxy that did not ask now may need its own again.
 */
function restOthers({ challenges }: Engine, context: number, filled: number): void {
  const candidates = challenges.active[context]! & ~challenges.fresh[context]! & ~filled;
  for (let number = 0, rest = candidates; rest !== 0; number++, rest >>>= 1) {
    if ((rest & 1) === 0) continue;
    const { fromProxy } = challenges.spaces[challenges.places[number]!.space[context]! - 1]!;
    if (!fromProxy) dropNonces(challenges, context, 1 << number);
  }
}

/** Whether the row's challenge, then in the reader, can be answered; an algorithm that is not known is noted. */
function readUsable(engine: Engine, rows: RowTable, row: number, bytes: Uint8Array): boolean {
  const { reader } = engine;
  if (readChallenge(reader, rows, row, bytes) !== CHALLENGE_OK) return false;
  const { challenge, round } = reader;
  if (challenge.algorithm === ALGORITHM_UNKNOWN || (mayRepeat(engine) && !isFleetAlgorithm(challenge.algorithm))) {
    if (round.unknownStart < 0) {
      round.unknownStart = challenge.algorithmStart;
      round.unknownEnd = challenge.algorithmEnd;
    }
    return false;
  }
  if (qopOf(challenge) === QOP_UNUSABLE) return false;
  if (challenge.realmEnd - challenge.realmStart > MOST_REALM_BYTES) return false;
  const nonceBytes = challenge.nonceEnd - challenge.nonceStart;
  if (nonceBytes + challenge.opaqueEnd - challenge.opaqueStart > MOST_NONCE_BYTES) return false;
  return mayBeSentBack(challenge, bytes);
}

/** Leaves the row's challenge in the reader; the first one of a known shape was parsed when it was learned. */
function readChallenge(reader: ResponseReader, rows: RowTable, row: number, bytes: Uint8Array): number {
  const { shape, message } = reader;
  const isOwnKind = rows === (message.status === PROXY_STATUS ? message.proxyAuthenticate : message.wwwAuthenticate);
  if (shape !== null && row === 0 && isOwnKind) {
    reader.challenge = shape.challenge;
    return shape.challengeResult;
  }
  reader.challenge = reader.parsedChallenge;
  return parseChallenge(bytes, rowStart(rows, row), rowEnd(rows, row), reader.challenge);
}

/**
 * DEVIATION (RFC 3261 §25.1): a realm, nonce or opaque that is folded over lines or has control characters in it makes the
 * challenge unusable. It would stand in a line of our own, and the peer must not be able to begin another one there.
 */
function mayBeSentBack(challenge: Challenge, bytes: Uint8Array): boolean {
  return (
    isQuotable(bytes, challenge.realmStart, challenge.realmEnd) &&
    isQuotable(bytes, challenge.nonceStart, challenge.nonceEnd) &&
    isQuotable(bytes, challenge.opaqueStart, challenge.opaqueEnd)
  );
}

/** The number of the challenge's protection space, made when it is new; NO_SPACE when there are too many. */
function spaceOf({ authenticator, challenges, reader }: Engine, bytes: Uint8Array, fromProxy: boolean): number {
  const { realmStart, realmEnd, algorithm } = reader.challenge;
  const traits = traitsOf(reader.challenge, fromProxy);
  const known = findSpace(challenges.spaces, bytes, realmStart, realmEnd, traits);
  if (known !== NO_SPACE) return known;
  const realm = bytes.slice(realmStart, realmEnd);
  return createSpace(challenges.spaces, realm, traits, findCredential(authenticator, realm, algorithm));
}

const countBits = (bits: number): number => {
  let count = 0;
  for (let rest = bits; rest !== 0; rest >>>= 1) count += rest & 1;
  return count;
};
