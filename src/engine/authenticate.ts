// @hot
// A 401 or 407: is it the challenge that comes before the credentials, or the verdict on them? (RFC 3261 §22.1-§22.3.)
//
//   no password                                   -> no-credentials
//   no challenge in it that we can answer         -> challenge-unusable
//   our answer to a challenge of this attempt,
//     and the nonce is not called stale           -> auth-failed: the same credentials are never sent twice
//   a kept nonce refused with the same nonce,
//     and it is not called stale                  -> auth-failed
//   MOST_CHALLENGES answered                      -> auth-failed: a registrar that never stops asking
//   otherwise                                     -> keep the nonce, send again with credentials

import {
  countChallenged,
  OUTCOME_AUTH_FAILED,
  OUTCOME_CHALLENGE_UNUSABLE,
  OUTCOME_NO_CREDENTIALS,
} from '../metrics/index.ts';
import type { Challenge, RowTable } from '../sip/index.ts';
import { ALGORITHM_MD5, CHALLENGE_OK, isQuotable, parseChallenge, rowEnd, rowStart } from '../sip/index.ts';
import {
  createSpace,
  dropNonce,
  findSpace,
  keepNonce,
  MOST_NONCE_BYTES,
  MOST_REALM_BYTES,
  sameNonce,
  traitBits,
} from './challenges.ts';
import { CONTEXT_CHALLENGED } from './contexts.ts';
import { failAttempt } from './failure.ts';
import { pushReady } from './ready-queue.ts';
import type { ResponseReader } from './response-reader.ts';
import { authenticatorOf } from './speakers.ts';
import type { Engine } from './state.ts';
import { CREDENTIALS_FRESH, CREDENTIALS_KEPT } from './transactions.ts';
import { flowOf } from './transport-flows.ts';

/** A first challenge, a stale nonce, and one for a registrar that knows no better. */
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
  const outcome = keepChallenge(engine, context, credentials, bytes);
  if (outcome !== ANSWERABLE) {
    dropNonce(engine.challenges, context);
    failAttempt(engine, context, outcome, receivedAtUs, bytes);
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

/** ANSWERABLE when the challenge is kept and may be answered, else the outcome of the attempt. */
function keepChallenge(engine: Engine, context: number, credentials: number, bytes: Uint8Array): number {
  const { challenges, reader } = engine;
  const { message } = reader;
  if (authenticatorOf(engine, context).password === null) return OUTCOME_NO_CREDENTIALS;
  if (
    !findUsable(engine, message.status === PROXY_STATUS ? message.proxyAuthenticate : message.wwwAuthenticate, bytes)
  ) {
    return OUTCOME_CHALLENGE_UNUSABLE;
  }
  const { challenge } = reader;
  const { stale, nonceStart, nonceEnd } = challenge;
  if (!stale && credentials === CREDENTIALS_FRESH) return OUTCOME_AUTH_FAILED;
  const isKeptRefused = credentials === CREDENTIALS_KEPT && sameNonce(challenges, context, bytes, nonceStart, nonceEnd);
  if (!stale && isKeptRefused) return OUTCOME_AUTH_FAILED;
  if (engine.contexts.challenges[context]! >= MOST_CHALLENGES) return OUTCOME_AUTH_FAILED;
  const space = spaceOf(engine, bytes, message.status === PROXY_STATUS);
  if (space < 0) return OUTCOME_CHALLENGE_UNUSABLE;
  const { opaqueStart, opaqueEnd } = challenge;
  keepNonce(challenges, context, space, bytes, nonceStart, nonceEnd, opaqueStart, opaqueEnd);
  return ANSWERABLE;
}

/** RFC 8760 §2.4: the topmost challenge that we can answer; it is then in the reader's record. */
function findUsable(engine: Engine, rows: RowTable, bytes: Uint8Array): boolean {
  const { reader } = engine;
  for (let row = 0; row < rows.count; row++) {
    if (readChallenge(reader, rows, row, bytes) !== CHALLENGE_OK) continue;
    const { challenge } = reader;
    if (challenge.algorithm !== ALGORITHM_MD5 || (challenge.hasQop && !challenge.qopAuth)) continue;
    if (challenge.realmEnd - challenge.realmStart > MOST_REALM_BYTES) continue;
    const nonceBytes = challenge.nonceEnd - challenge.nonceStart;
    if (nonceBytes + challenge.opaqueEnd - challenge.opaqueStart > MOST_NONCE_BYTES) continue;
    if (mayBeSentBack(challenge, bytes)) return true;
  }
  return false;
}

/** Leaves the row's challenge in the reader; the first one of a known shape was parsed when it was learned. */
function readChallenge(reader: ResponseReader, rows: RowTable, row: number, bytes: Uint8Array): number {
  const { shape } = reader;
  if (shape !== null && row === 0) {
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

/** The number of the challenge's protection space, made when it is new; -1 when there are too many. */
function spaceOf(engine: Engine, bytes: Uint8Array, fromProxy: boolean): number {
  const { challenges, reader } = engine;
  const { realmStart, realmEnd, hasQop, hasAlgorithm, opaqueStart } = reader.challenge;
  const traits = traitBits(fromProxy, hasQop, hasAlgorithm, opaqueStart >= 0);
  const known = findSpace(challenges, bytes, realmStart, realmEnd, traits);
  if (known >= 0) return known;
  return createSpace(challenges, bytes.slice(realmStart, realmEnd), traits);
}
