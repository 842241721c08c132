// @hot
// The non-INVITE client transaction over an unreliable transport, RFC 3261 §17.1.2.2, Figure 6:
//
//             send, set E := T1, F := 64*T1
//                      |
//        E: resend  [Trying] --1xx--> [Proceeding]  E: resend, E := T2
//     E := min(2E, T2)  |                 |
//                       +------ final ----+---> [Completed]  K := T4, repeats of the answer are absorbed
//        F or a transport error: the attempt fails, Terminated at once        K: Terminated
//
// Deadlines follow from the turn in which a timer is set, so in a simulation they are exact.
//
// DEVIATION (RFC 3261 §17.1.2.2): when no row is free, the oldest row in Completed ends before its Timer K. A late repeat
// of its answer is then counted as a stray instead of being absorbed.

import { composeRequest } from './compose.ts';
import { NO_TRANSACTION } from './contexts.ts';
import { outboxRoom, queueMessage } from './outbox.ts';
import { isWayOpen } from './redirect-places.ts';
import { keepUri } from './redirect-table.ts';
import type { Engine } from './state.ts';
import { LIST_F, LIST_K } from './state.ts';
import { flowIdOfSlot, keepSocket, keepTarget, routeOf } from './targets.ts';
import { clearTimer, firstSlot, NO_SLOT, setTimer } from './timer-lists.ts';
import { freeTransaction, TX_COMPLETED, TX_PROCEEDING, TX_TRYING, takeTransaction } from './transactions.ts';

const FIRST_SEND = 0;
const RESEND = 1;
const MOST_RETRANSMITTED = 255;

/** True when the context's request can be made now: there is room for its bytes, and a row is free or can be freed. */
export function canSend(engine: Engine, context: number): boolean {
  if (engine.redirects !== null && !isWayOpen(engine.redirects, context)) return false;
  return outboxRoom(routeOf(engine, context).outbox) >= 0 && !isOutOfRows(engine);
}

/** True when every row is pending: an answer or Timer F has to come first. */
export function isOutOfRows(engine: Engine): boolean {
  return engine.transactions.free === 0 && firstSlot(engine.endTimers, LIST_K) === NO_SLOT;
}

/** Takes a row for the context's next request. Only after canSend. */
export function createTransaction(engine: Engine, context: number, template: number): number {
  const { contexts, transactions } = engine;
  if (transactions.free === 0) terminate(engine, firstSlot(engine.endTimers, LIST_K));
  const cseq = contexts.cseq[context]! + 1;
  contexts.cseq[context] = cseq;
  const slot = takeTransaction(transactions, context, template, cseq);
  contexts.transaction[context] = slot;
  if (engine.targets !== null) keepTarget(engine.targets, slot, context);
  if (engine.redirects !== null) keepUri(engine.redirects, slot, context);
  if (engine.rebinds !== null) keepSocket(engine.rebinds, slot, context);
  return slot;
}

/** Sends the row's request for the first time and sets its timers. */
export function startTransaction(engine: Engine, slot: number): void {
  sendRequest(engine, slot, FIRST_SEND);
  setTimer(engine.resendTimers, 0, slot, engine.nowUs);
  setTimer(engine.endTimers, LIST_F, slot, engine.nowUs);
}

/** Timer E fired; there is room in the flow's outbox. */
export function resend(engine: Engine, slot: number): void {
  const { transactions, resendTimers } = engine;
  const lists = resendTimers.running;
  const fired = transactions.retransmitted[slot]!;
  transactions.retransmitted[slot] = fired < MOST_RETRANSMITTED ? fired + 1 : fired;
  sendRequest(engine, slot, RESEND);
  // §17.1.2.2: in Trying E doubles up to T2; in Proceeding it is set to T2.
  const isProceeding = transactions.state[slot] === TX_PROCEEDING;
  setTimer(resendTimers, isProceeding ? lists - 1 : Math.min(fired + 1, lists - 1), slot, engine.nowUs);
}

/** A 1xx: from Trying to Proceeding. A running Timer E is left as it is. */
export function proceed(engine: Engine, slot: number): void {
  if (engine.transactions.state[slot] === TX_TRYING) engine.transactions.state[slot] = TX_PROCEEDING;
}

/** A final response: Completed until Timer K. The context is free for its next transaction. */
export function complete(engine: Engine, slot: number): void {
  const { transactions, contexts } = engine;
  transactions.state[slot] = TX_COMPLETED;
  clearTimer(engine.resendTimers, slot);
  setTimer(engine.endTimers, LIST_K, slot, engine.nowUs);
  contexts.transaction[transactions.context[slot]!] = NO_TRANSACTION;
}

/** Terminated: the row is free, and what it still has in the outbox will be passed over. */
export function terminate(engine: Engine, slot: number): void {
  const { transactions, contexts } = engine;
  clearTimer(engine.resendTimers, slot);
  clearTimer(engine.endTimers, slot);
  const context = transactions.context[slot]!;
  if (contexts.transaction[context] === slot) contexts.transaction[context] = NO_TRANSACTION;
  freeTransaction(transactions, slot);
}

function sendRequest(engine: Engine, slot: number, again: number): void {
  const { transactions } = engine;
  const { outbox } = engine.flows[flowIdOfSlot(engine, slot)]!;
  const start = outboxRoom(outbox);
  const end = composeRequest(engine, slot, outbox.slab, start);
  queueMessage(outbox, start, end, slot, transactions.generation[slot]!, again);
}
