// @hot
// What only some scenarios want to know of a 200 that has granted a binding: when its request was first sent (verify.ts, exosip2.ts),
// and the period that a libeXosip2 device makes of it. An engine without either does not come here.

import { notePeriod } from './exosip2.ts';
import { askedSeconds } from './intervals.ts';
import type { Engine } from './state.ts';
import { NOT_SENT } from './transactions.ts';

/** The 200 to the row's request has granted a binding of so many seconds; the context still stands at its attempt. */
export function noteGrant(engine: Engine, slot: number, granted: number, receivedAtUs: number): void {
  const { contexts, transactions, verification, exosip } = engine;
  const context = transactions.context[slot]!;
  const firstSentUs = transactions.firstSentUs[slot]!;
  // An answer may come before the kernel has told that the request left.
  const requestedUs = firstSentUs === NOT_SENT ? receivedAtUs : firstSentUs;
  if (verification !== null) {
    verification.requestedUs[context] = requestedUs;
    verification.isUnsure[context] = 0;
  }
  if (exosip === null) return;
  const instruction = engine.program.instructions[contexts.position[context]!]!;
  if (instruction.kind !== 'attempt') return;
  exosip.requestedUs[context] = requestedUs;
  notePeriod(exosip, context, askedSeconds(engine.intervals, context, instruction.step), granted);
}
