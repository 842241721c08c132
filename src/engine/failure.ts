// @hot
// An answer that ends an attempt badly: its words are kept, for the list of the most frequent reasons.

import { countFailureText, OUTCOME_CHALLENGE_UNUSABLE } from '../metrics/index.ts';
import type { SipMessage } from '../sip/index.ts';
import { findHeaderLine } from '../sip/index.ts';
import { finishAttempt } from './attempt.ts';
import { reasonHeader } from './failure-header.ts';
import { closeTold, readTold } from './retry-after.ts';
import { dropServiceRoute } from './service-routes.ts';
import type { Engine } from './state.ts';

/** RFC 3261 §8.1.3.1: any other final answer ends the attempt under its own number. */
export function failAttempt(
  engine: Engine,
  context: number,
  outcome: number,
  receivedAtUs: number,
  bytes: Uint8Array,
): void {
  const { message } = engine.reader;
  const toldSeconds = readTold(engine, message);
  countWords(engine, message, bytes);
  // RFC 3608 §6.1: with a refused registration goes its service route.
  if (engine.serviceRoutes !== null) dropServiceRoute(engine.serviceRoutes, context);
  finishAttempt(engine, context, outcome, receivedAtUs);
  closeTold(engine, toldSeconds);
}

/** A challenge that can't be answered: the algorithm that is not known, if there is one, takes the place of a Warning. */
export function failUnusable(engine: Engine, context: number, receivedAtUs: number, bytes: Uint8Array): void {
  const { message, round } = engine.reader;
  if (round.unknownStart < 0) {
    failAttempt(engine, context, OUTCOME_CHALLENGE_UNUSABLE, receivedAtUs, bytes);
    return;
  }
  const { status, phraseStart, phraseEnd } = message;
  const { unknownStart, unknownEnd } = round;
  countFailureText(engine.metrics, status, bytes, phraseStart, phraseEnd, unknownStart, unknownEnd);
  finishAttempt(engine, context, OUTCOME_CHALLENGE_UNUSABLE, receivedAtUs);
}

/** The phrase, and the header that says most: P-Registrar-Error, Warning, or what belongs to the status. */
function countWords({ metrics, reader }: Engine, message: SipMessage, bytes: Uint8Array): void {
  const { status, phraseStart, phraseEnd } = message;
  const { line } = reader;
  line.start = message.registrarErrorStart >= 0 ? message.registrarErrorStart : message.warningStart;
  line.end = message.registrarErrorStart >= 0 ? message.registrarErrorEnd : message.warningEnd;
  const name = line.start >= 0 ? null : reasonHeader(status);
  if (name !== null) findHeaderLine(message, bytes, name, line);
  countFailureText(metrics, status, bytes, phraseStart, phraseEnd, line.start, line.end);
}
