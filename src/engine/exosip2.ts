// @hot
// When a device of libeXosip2 acts by itself: its automatic action, polled by its application. That looks at a clock of whole seconds,
// e of them since the start of the last transaction, and acts at the first e with
//
//   refresh    e > 900   or   e > P - P/10   or   e > P - 6      (whole numbers), P being the period that it believes in
//   retry      e > 120, when the last answer was no 2xx or there was none; and where its refresh would come sooner, then
//   backoff    after a transport failure, or a 503 of one of several targets: 5, 10, 20, 40, 80, 80 … s after it, until a 2xx
//
// and goes on like that for ever. P is what was asked for, unless the answer grants more, or at least 15 s less: 15 s of difference it
// takes for rounding. So a device that asked for 60 s and was granted 50 refreshes after 55, when its binding has expired. What it does
// at once after some answers is in exosip2-answers.ts.

import { OUTCOME_BINDING_MISSING, OUTCOME_SEND_ERROR, OUTCOME_TIMEOUT, OUTCOME_UNREACHABLE } from '../metrics/index.ts';
import { US_PER_SECOND } from '../std/index.ts';
import { dropNonces, EVERY_PLACE } from './challenges.ts';
import type { ExosipTable } from './exosip2-table.ts';
import { askedSeconds } from './intervals.ts';
import type { AttemptInstruction } from './program.ts';
import type { Engine } from './state.ts';

const MOST_SECONDS = 900;
const MARGIN_SECONDS = 6;
const SLACK_SECONDS = 15;
/** The first whole second past 120. */
const RETRY_SECONDS = 121;
const BACKOFF_SECONDS = 5;
/** 5 s, doubled four times: 80 s. */
const MOST_DOUBLINGS = 4;
const UNAVAILABLE = 503;

/** A 200 has granted a binding. When its request was sent is noted by who knows (confirmations.ts). */
export function notePeriod(table: ExosipTable, context: number, asked: number, granted: number): void {
  table.periodSeconds[context] = granted > asked || granted < asked - SLACK_SECONDS ? granted : asked;
}

/** A 2xx ends what failures before it have led to, whatever it says of bindings. */
export function noteAccepted(table: ExosipTable, context: number): void {
  table.backoffs[context] = 0;
  table.resends[context] = 0;
}

/** The context is another device now. */
export function forgetDevice(table: ExosipTable, context: number): void {
  table.periodSeconds[context] = 0;
  noteAccepted(table, context);
}

/** When the context's binding is to be refreshed. */
export function exosipRefreshUs({ requestedUs, periodSeconds }: ExosipTable, context: number): number {
  return requestedUs[context]! + refreshAfterSeconds(periodSeconds[context]!) * US_PER_SECOND;
}

/** The attempt has failed at `endUs`: when its device tries again. */
export function planAgain(
  engine: Engine,
  table: ExosipTable,
  context: number,
  instruction: AttemptInstruction,
  outcome: number,
  endUs: number,
): void {
  const { backoffs, againUs, startedUs } = table;
  // It adds credentials to a request only after an answer: after silence the next one goes without.
  if (table.isFleet && isUnanswered(outcome)) dropNonces(engine.challenges, context, EVERY_PLACE);
  if (isBackedOff(engine, outcome)) {
    const doublings = backoffs[context]!;
    backoffs[context] = Math.min(doublings + 1, MOST_DOUBLINGS);
    againUs[context] = endUs + BACKOFF_SECONDS * 2 ** doublings * US_PER_SECOND;
    return;
  }
  const period = periodOf(engine, table, context, instruction);
  const refreshSeconds = period > 0 ? refreshAfterSeconds(period) : RETRY_SECONDS;
  // A 2xx is a 2xx: that the binding is missing in it is not noticed.
  const seconds = outcome === OUTCOME_BINDING_MISSING ? refreshSeconds : Math.min(RETRY_SECONDS, refreshSeconds);
  // One request at a time: while it waits for its answer nothing is done.
  againUs[context] = Math.max(endUs, startedUs[context]! + seconds * US_PER_SECOND);
}

/** The attempt that failed last is to be made again then. */
export function exosipRetryUs({ againUs }: ExosipTable, context: number): number {
  return againUs[context]!;
}

/** Retry-After is honoured there and nowhere else. */
export function isBackedOff({ targets }: Engine, outcome: number): boolean {
  return (
    outcome === OUTCOME_UNREACHABLE || outcome === OUTCOME_SEND_ERROR || (outcome === UNAVAILABLE && targets !== null)
  );
}

function isUnanswered(outcome: number): boolean {
  return outcome === OUTCOME_TIMEOUT || outcome === OUTCOME_UNREACHABLE || outcome === OUTCOME_SEND_ERROR;
}

/** A refresh of its own goes on with the period of before; a request that the application builds sets it. */
function periodOf(engine: Engine, table: ExosipTable, context: number, instruction: AttemptInstruction): number {
  const known = table.periodSeconds[context]!;
  return instruction.isHeld && known > 0 ? known : askedSeconds(engine.intervals, context, instruction.step);
}

/** The first whole second that is past what the device waits for; brief periods are refreshed each second. */
export function refreshAfterSeconds(period: number): number {
  const waited = Math.min(MOST_SECONDS, period - Math.trunc(period / 10), period - MARGIN_SECONDS);
  return Math.max(0, waited) + 1;
}
