// @hot
// The engine's contract with whoever drives it, real pump or simulator:
//
//   receiveDatagram(…)     any number of times; the bytes are free after return
//   advance(now)           fires due timers, starts due attempts, fills the outbox; returns the next deadline
//   drain(sink)            offers queued messages in order; the sink answers false when the kernel takes no more
//   reportSent / reportRefused / reportError      what became of what was offered
//
// Nothing else moves it, and nothing in it waits. Times are microseconds since the run began; `now` never decreases.

import {
  addCounter,
  COUNTER_ACTIVE_FLOWS,
  COUNTER_DATAGRAMS_SENT,
  COUNTER_OVERTAKEN,
  COUNTER_REQUESTS_SENT,
  COUNTER_RETRANSMISSIONS,
  countInSecond,
  LANE_REQUESTS,
  OUTCOME_SEND_ERROR,
  OUTCOME_TIMEOUT,
  OUTCOME_TIMEOUT_AFTER_PROVISIONAL,
  OUTCOME_UNREACHABLE,
  recordLag,
  setCounter,
} from '../metrics/index.ts';
import { assert } from '../std/index.ts';
import { answerChallenge, finishAttempt } from './attempt.ts';
import { countBindings } from './bindings.ts';
import { isOutOfRows, resend, terminate } from './client-transaction.ts';
import { CONTEXT_CHALLENGED, CONTEXT_READY } from './contexts.ts';
import { continueFlow } from './flow.ts';
import { CANCELLED, clearOutbox, outboxRoom } from './outbox.ts';
import { abortRun, limitDrain, nextPhaseUs, releaseCleanups, releaseWaits, updatePhase } from './phases.ts';
import { dropReady, peekReady, pushReady, putBackReady } from './ready-queue.ts';
import { isStartDue, makeStart } from './starts.ts';
import type { Engine } from './state.ts';
import { LIST_F, LIST_K, PHASE_CLEANING, PHASE_DRAINING, PHASE_LOADING, PHASE_OVER } from './state.ts';
import { deadlineOf, dueSlot, firstSlot, NO_SLOT, nextTimerUs } from './timer-lists.ts';
import { isLive, isPending, NOT_SENT, TX_PROCEEDING } from './transactions.ts';
import { nextWaitUs, popWait } from './wait-heap.ts';

/** Offered one queued message; false: no more can be taken now. */
export type Sink = (flow: number, bytes: Uint8Array, start: number, end: number) => boolean;

/** The one flow of a worker. */
export const ONLY_FLOW = 0;
const FIRST_TIME = 0;

/** Fires what is due and returns when to come back: the next deadline, or `nowUs` when the outbox was full. */
export function advance(engine: Engine, nowUs: number): number {
  assert(nowUs >= engine.nowUs, 'time never runs backwards');
  engine.nowUs = nowUs;
  fireEndTimers(engine);
  const isRoomLeft = fireResendTimers(engine) && runFlows(engine);
  updatePhase(engine);
  // The last phase change may have made work for this very moment: a run without a drain, a cleanup's first request.
  if (isRoomLeft && engine.ready.size > 0) runReady(engine);
  countBindings(engine, engine.phase === PHASE_OVER);
  setCounter(engine.options.metrics, COUNTER_ACTIVE_FLOWS, engine.activeFlows);
  return nextDeadline(engine);
}

/** True when the run is over and every message has left. */
export function isOver(engine: Engine): boolean {
  return engine.phase === PHASE_OVER;
}

/** The operator wants the end: no further start, at most `drainUs` for what is under way. Saying it again changes nothing. */
export function stopStarting(engine: Engine, nowUs: number, drainUs: number): void {
  engine.nowUs = Math.max(engine.nowUs, nowUs);
  limitDrain(engine, drainUs);
}

/** The operator wants the end at once: nothing more is sent, and what was under way is aborted. */
export function abort(engine: Engine, nowUs: number): void {
  engine.nowUs = Math.max(engine.nowUs, nowUs);
  abortRun(engine);
  setCounter(engine.options.metrics, COUNTER_ACTIVE_FLOWS, engine.activeFlows);
}

/** Offers what is queued, oldest first; returns how many messages the sink took. */
export function drain(engine: Engine, sink: Sink): number {
  const { outbox, transactions } = engine;
  const { mask } = outbox;
  let count = 0;
  while (outbox.offered < outbox.end) {
    const index = outbox.offered & mask;
    const slot = outbox.slot[index]!;
    // §17.1.2.2: nothing is sent once the transaction has its final answer or has ended.
    if (!isLive(transactions, slot, outbox.generation[index]!) || !isPending(transactions, slot)) {
      outbox.slot[index] = CANCELLED;
      outbox.offered++;
      continue;
    }
    if (!sink(ONLY_FLOW, outbox.slab, outbox.start[index]!, outbox.stop[index]!)) break;
    outbox.offered++;
    count++;
  }
  dropCancelled(engine);
  return count;
}

/** The `count` oldest offered messages went to the kernel at `sentAtUs`. */
export function reportSent(engine: Engine, count: number, sentAtUs: number): void {
  const { outbox, options, flowEntriesEnd } = engine;
  for (let i = 0; i < count; i++) {
    dropCancelled(engine);
    assert(outbox.first < outbox.offered, 'more messages were sent than offered');
    const index = outbox.first & outbox.mask;
    const metrics = outbox.first < flowEntriesEnd ? options.metrics : engine.metrics;
    addCounter(metrics, COUNTER_DATAGRAMS_SENT, 1);
    if (outbox.again[index] === FIRST_TIME) {
      addCounter(metrics, COUNTER_REQUESTS_SENT, 1);
      countInSecond(metrics, sentAtUs, LANE_REQUESTS, 1);
      noteFirstSend(engine, outbox.slot[index]!, outbox.generation[index]!, sentAtUs);
    } else addCounter(metrics, COUNTER_RETRANSMISSIONS, 1);
    outbox.first++;
  }
  dropCancelled(engine);
}

/**
 * The oldest offered message can never be sent: its attempt fails. `isPeerGone` when the kernel refused it because of what it
 * had heard of the peer (RFC 3261 §18.4), not for its own sake (too long for the socket, forbidden).
 */
export function reportRefused(engine: Engine, nowUs: number, isPeerGone = false): void {
  engine.nowUs = Math.max(engine.nowUs, nowUs);
  const { outbox, transactions } = engine;
  dropCancelled(engine);
  assert(outbox.first < outbox.offered, 'a message was refused that was not offered');
  const index = outbox.first & outbox.mask;
  const slot = outbox.slot[index]!;
  outbox.first++;
  if (!isLive(transactions, slot, outbox.generation[index]!) || !isPending(transactions, slot)) return;
  endTransaction(engine, slot, isPeerGone ? OUTCOME_UNREACHABLE : OUTCOME_SEND_ERROR, engine.nowUs);
}

/** RFC 3261 §17.1.4, §18.4: the peer cannot be reached. Every transaction under way ends, and nothing queued is sent. */
export function reportError(engine: Engine, nowUs: number): void {
  engine.nowUs = Math.max(engine.nowUs, nowUs);
  clearOutbox(engine.outbox);
  for (let slot = firstSlot(engine.endTimers, LIST_F); slot !== NO_SLOT; slot = firstSlot(engine.endTimers, LIST_F)) {
    endTransaction(engine, slot, OUTCOME_UNREACHABLE, engine.nowUs);
  }
}

/** Timer F: the attempt fails at its deadline. Timer K: the row is free again. */
function fireEndTimers(engine: Engine): void {
  const { endTimers, transactions, nowUs } = engine;
  for (let slot = dueSlot(endTimers, LIST_F, nowUs); slot !== NO_SLOT; slot = dueSlot(endTimers, LIST_F, nowUs)) {
    countOvertaken(engine, slot);
    const wasHeard = transactions.state[slot] === TX_PROCEEDING;
    const outcome = wasHeard ? OUTCOME_TIMEOUT_AFTER_PROVISIONAL : OUTCOME_TIMEOUT;
    endTransaction(engine, slot, outcome, deadlineOf(endTimers, slot));
  }
  for (let slot = dueSlot(endTimers, LIST_K, nowUs); slot !== NO_SLOT; slot = dueSlot(endTimers, LIST_K, nowUs)) {
    terminate(engine, slot);
  }
}

/** Timer E. False when the outbox filled up: what is due stays due. */
function fireResendTimers(engine: Engine): boolean {
  const { resendTimers, nowUs } = engine;
  for (let list = 0; list < resendTimers.head.length; list++) {
    for (let slot = dueSlot(resendTimers, list, nowUs); slot !== NO_SLOT; slot = dueSlot(resendTimers, list, nowUs)) {
      if (outboxRoom(engine.outbox) < 0) return false;
      countOvertaken(engine, slot);
      resend(engine, slot);
    }
  }
  return true;
}

/** A timer fired although the request has not left yet: it waits in our own queues, and nobody else is to blame. */
function countOvertaken(engine: Engine, slot: number): void {
  if (engine.transactions.firstSentUs[slot] === NOT_SENT) addCounter(engine.metrics, COUNTER_OVERTAKEN, 1);
}

/** What was under way goes first, then what is due to begin. False when the outbox filled up. */
function runFlows(engine: Engine): boolean {
  const { waits, contexts, nowUs } = engine;
  while (nextWaitUs(waits) <= nowUs) {
    const context = popWait(waits);
    contexts.state[context] = CONTEXT_READY;
    pushReady(engine.ready, context);
  }
  if (engine.phase === PHASE_DRAINING) releaseWaits(engine);
  if (engine.phase === PHASE_CLEANING) releaseCleanups(engine);
  // Without a row those who are ready wait for one, but starts don't: they are counted as not made.
  if (!runReady(engine) && !isOutOfRows(engine)) return false;
  if (engine.phase !== PHASE_LOADING) return true;
  // A start that falls due at the very end of the schedule belongs to nobody: the schedule's end is exclusive.
  while (isStartDue(engine)) {
    if (!makeStart(engine)) return false;
    if (!runReady(engine) && !isOutOfRows(engine)) return false;
  }
  return true;
}

/** Serves those contexts that stood in the queue; what they add is served in the next turn only if it came back to it. */
function runReady(engine: Engine): boolean {
  const { ready, contexts } = engine;
  for (let left = ready.size; left > 0; left--) {
    const context = peekReady(ready);
    const isChallenged = contexts.state[context] === CONTEXT_CHALLENGED;
    // Out of the queue first: a context may be put into it anew by what it does.
    dropReady(ready);
    const isServed = isChallenged ? answerChallenge(engine, context) : continueFlow(engine, context);
    if (isServed) continue;
    // Nothing was done for it: it keeps its place before those that became ready later.
    putBackReady(ready);
    return false;
  }
  return true;
}

function nextDeadline(engine: Engine): number {
  if (engine.ready.size > 0 && !isOutOfRows(engine)) return engine.nowUs;
  const timerUs = Math.min(nextTimerUs(engine.resendTimers), nextTimerUs(engine.endTimers));
  return Math.max(engine.nowUs, Math.min(timerUs, nextWaitUs(engine.waits), nextPhaseUs(engine)));
}

function endTransaction(engine: Engine, slot: number, outcome: number, endUs: number): void {
  const context = engine.transactions.context[slot]!;
  terminate(engine, slot);
  finishAttempt(engine, context, outcome, endUs);
}

/** Lag is how late an attempt's first datagram left; wire time begins with a transaction's first datagram. */
function noteFirstSend(engine: Engine, slot: number, generation: number, sentAtUs: number): void {
  const { transactions, contexts, metrics } = engine;
  if (slot === CANCELLED || !isLive(transactions, slot, generation)) return;
  if (transactions.firstSentUs[slot] !== NOT_SENT) return;
  transactions.firstSentUs[slot] = sentAtUs;
  const context = transactions.context[slot]!;
  if (contexts.transaction[context] !== slot || contexts.challenges[context] !== 0) return;
  const instruction = engine.program.instructions[contexts.position[context]!]!;
  if (instruction.kind !== 'attempt') return;
  const lagUs = Math.max(0, sentAtUs - contexts.dueUs[context]!);
  recordLag(metrics, contexts.bank[context]!, instruction.procedure, lagUs);
}

/** Cancelled entries at the front are gone without having been sent. */
function dropCancelled(engine: Engine): void {
  const { outbox } = engine;
  while (outbox.first < outbox.offered && outbox.slot[outbox.first & outbox.mask] === CANCELLED) outbox.first++;
}
