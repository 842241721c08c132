// @hot
// An answer that ends an attempt badly: its words are kept, for the list of the most frequent reasons.

import { countFailureText } from '../metrics/index.ts';
import { finishAttempt } from './attempt.ts';
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
  const hasError = message.registrarErrorStart >= 0;
  countFailureText(
    engine.metrics,
    message.status,
    bytes,
    message.phraseStart,
    message.phraseEnd,
    hasError ? message.registrarErrorStart : message.warningStart,
    hasError ? message.registrarErrorEnd : message.warningEnd,
  );
  finishAttempt(engine, context, outcome, receivedAtUs);
}
