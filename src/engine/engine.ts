// @hot
// The engine's contract with whoever drives it, real pump or simulator:
//
//   receiveDatagram(…)     any number of times; the bytes are free after return
//   advance(now)           fires due timers, starts due attempts, fills the outbox; returns the next deadline
//   drain(sink)            offers each flow's queued messages in order; the sink answers false when the flow takes no more
//   reportSent / reportRefused / reportError      what became of what was offered, flow by flow
//
// A flow that takes nothing holds up its own contexts and no others: what waits for it waits in it (transport-flows.ts). Flows
// are served in turn, another one first each time.
//
// Nothing else moves it, and nothing in it waits. Times are microseconds since the run began; `now` never decreases.

import {
  addCounter,
  COUNTER_ACTIVE_FLOWS,
  COUNTER_DATAGRAMS_SENT,
  COUNTER_OVERTAKEN,
  COUNTER_REQUESTS_SENT,
  COUNTER_RETRANSMISSIONS,
  countAnswer,
  countInSecond,
  LANE_REQUESTS,
  OUTCOME_SEND_ERROR,
  OUTCOME_TIMEOUT,
  OUTCOME_TIMEOUT_AFTER_PROVISIONAL,
  OUTCOME_UNREACHABLE,
  recordLag,
  setCounter,
  TARGET_REQUESTS,
} from '../metrics/index.ts';
import { assert, NEVER_US } from '../std/index.ts';
import { answerChallenge, finishAttempt, isFirstRequest, noteDoubt, repeatRequest } from './attempt.ts';
import { countBindings } from './bindings.ts';
import { isOutOfRows, resend, terminate } from './client-transaction.ts';
import { CONTEXT_CHALLENGED, CONTEXT_REPEATING } from './contexts.ts';
import { continueFlow } from './flow.ts';
import { isPingWanted, nextKeepaliveUs, notePingSent, sendKeepalives } from './keepalive.ts';
import type { Outbox } from './outbox.ts';
import { ASIDE_ANSWER, CANCELLED, clearOutbox, outboxRoom, releaseAside } from './outbox.ts';
import { abortRun, endWait, limitDrain, nextPhaseUs, releaseCleanups, releaseWaits, updatePhase } from './phases.ts';
import { dropReady, peekReady, putBackReady } from './ready-queue.ts';
import { makeRebinds, nextRebindUs } from './rebinds.ts';
import { isStartDue, makeHeldStart, makeStart, makeWaitingStart } from './starts.ts';
import type { Engine } from './state.ts';
import { LIST_F, LIST_K, PHASE_CLEANING, PHASE_DRAINING, PHASE_LOADING, PHASE_OVER, PHASE_VERIFYING } from './state.ts';
import type { TargetTable } from './target-table.ts';
import { countPlace, failOver, flowIdOfSlot, isTargetFailure, routeOf } from './targets.ts';
import { tellUnanswered } from './tell-observer.ts';
import { deadlineOf, dueSlot, firstSlot, NO_SLOT, nextTimerUs, setTimer, slotAfter } from './timer-lists.ts';
import { isLive, isPending, NOT_SENT, TX_PROCEEDING } from './transactions.ts';
import type { TransportFlow } from './transport-flows.ts';
import { flowOf } from './transport-flows.ts';
import { releaseQueries } from './verify.ts';
import { nextWaitUs, popWait } from './wait-heap.ts';
import { appendWaiting, isHeld, putBackWaiting, takeWaiting } from './waiting.ts';

/** Offered one queued message; false: no more can be taken now. */
export type Sink = (flow: number, bytes: Uint8Array, start: number, end: number) => boolean;

const FIRST_TIME = 0;

/** Fires what is due and returns when to come back: the next deadline, or `nowUs` when the outbox was full. */
export function advance(engine: Engine, nowUs: number): number {
  assert(nowUs >= engine.nowUs, 'time never runs backwards');
  engine.nowUs = nowUs;
  if (engine.rebinds !== null) makeRebinds(engine, engine.rebinds);
  fireEndTimers(engine);
  fireResendTimers(engine);
  runFlows(engine);
  updatePhase(engine);
  // The last phase change may have made work for this very moment: a run without a drain, a cleanup's first request.
  runReady(engine);
  if (engine.keepalive !== null) sendKeepalives(engine, engine.keepalive);
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

/** True while a message is queued or offered that has not left: its flow would not take it yet. */
export function isBacklogged(engine: Engine): boolean {
  for (let at = 0; at < engine.flows.length; at++) {
    const { outbox } = engine.flows[at]!;
    if (outbox.first < outbox.end) return true;
  }
  return false;
}

/** Offers what is queued, oldest first in each flow; returns how many messages the sink took. */
export function drain(engine: Engine, sink: Sink): number {
  const { flows } = engine;
  let count = 0;
  for (let turn = 0; turn < flows.length; turn++) count += drainFlow(engine, nthFlow(engine, turn), sink);
  engine.firstFlow = engine.firstFlow + 1 < flows.length ? engine.firstFlow + 1 : 0;
  return count;
}

function drainFlow(engine: Engine, flow: TransportFlow, sink: Sink): number {
  const { transactions } = engine;
  const { outbox, id } = flow;
  const { mask } = outbox;
  let count = 0;
  while (outbox.offered < outbox.end) {
    const index = outbox.offered & mask;
    const slot = outbox.slot[index]!;
    // §17.1.2.2: nothing is sent once the transaction has its final answer or has ended. An aside has none.
    const isWanted =
      slot >= 0
        ? isLive(transactions, slot, outbox.generation[index]!) && isPending(transactions, slot)
        : isAsideWanted(engine, outbox, index);
    if (!isWanted) {
      if (slot < CANCELLED) releaseAside(outbox, index);
      outbox.slot[index] = CANCELLED;
      outbox.offered++;
      continue;
    }
    if (!sink(id, outbox.slab, outbox.start[index]!, outbox.stop[index]!)) break;
    outbox.offered++;
    count++;
  }
  dropCancelled(outbox);
  return count;
}

/** The flow's `count` oldest offered messages went to the kernel at `sentAtUs`. */
export function reportSent(engine: Engine, flow: number, count: number, sentAtUs: number): void {
  const { options } = engine;
  const { outbox, runEntriesEnd } = engine.flows[flow]!;
  for (let i = 0; i < count; i++) {
    dropCancelled(outbox);
    assert(outbox.first < outbox.offered, 'more messages were sent than offered');
    const index = outbox.first & outbox.mask;
    if (outbox.slot[index]! < CANCELLED) {
      reportAsideSent(engine, outbox, index, sentAtUs);
      continue;
    }
    const metrics = outbox.first < runEntriesEnd ? options.metrics : engine.metrics;
    addCounter(metrics, COUNTER_DATAGRAMS_SENT, 1);
    if (outbox.again[index] === FIRST_TIME) {
      addCounter(metrics, COUNTER_REQUESTS_SENT, 1);
      countInSecond(metrics, sentAtUs, LANE_REQUESTS, 1);
      if (engine.targets !== null || engine.redirects !== null) countPlace(engine, metrics, flow, TARGET_REQUESTS);
      noteFirstSend(engine, outbox.slot[index]!, outbox.generation[index]!, sentAtUs);
    } else addCounter(metrics, COUNTER_RETRANSMISSIONS, 1);
    outbox.first++;
  }
  dropCancelled(outbox);
}

/** An aside was handed to the kernel. */
function reportAsideSent(engine: Engine, outbox: Outbox, index: number, sentAtUs: number): void {
  const { options, keepalive } = engine;
  releaseAside(outbox, index);
  outbox.first++;
  if (outbox.slot[index] === ASIDE_ANSWER) countAnswer(options.metrics, outbox.generation[index]!);
  else if (keepalive !== null) notePingSent(engine, keepalive, outbox, index, sentAtUs);
}

/** An answer is; a keepalive, unless the next one of its row stands behind it. */
function isAsideWanted({ keepalive }: Engine, outbox: Outbox, index: number): boolean {
  if (keepalive === null || outbox.slot[index] === ASIDE_ANSWER) return true;
  return isPingWanted(keepalive, outbox.generation[index]!, outbox.again[index]!);
}

/**
 * The flow's oldest offered message can never be sent: its attempt fails. `isPeerGone` when the kernel refused it because of what it
 * had heard of the peer (RFC 3261 §18.4), not for its own sake (too long for the socket, forbidden).
 */
export function reportRefused(engine: Engine, nowUs: number, flow: number, isPeerGone = false): void {
  engine.nowUs = Math.max(engine.nowUs, nowUs);
  const { transactions } = engine;
  const { outbox } = engine.flows[flow]!;
  dropCancelled(outbox);
  assert(outbox.first < outbox.offered, 'a message was refused that was not offered');
  const index = outbox.first & outbox.mask;
  const slot = outbox.slot[index]!;
  if (slot < CANCELLED) releaseAside(outbox, index);
  outbox.first++;
  if (slot < 0) return;
  if (!isLive(transactions, slot, outbox.generation[index]!) || !isPending(transactions, slot)) return;
  endTransaction(engine, slot, isPeerGone ? OUTCOME_UNREACHABLE : OUTCOME_SEND_ERROR, engine.nowUs);
}

/**
 * RFC 3261 §17.1.4, §18.4: the peer cannot be reached from this flow. Its transactions under way end, and nothing that it has
 * queued is sent. The other flows go on, although their peer is the same: an ICMP error speaks of the one address and port whose
 * datagram it quotes, it may come from a router or filter on the way that treats another source differently, and phones of
 * their own hear nothing of each other's. Where the peer is really gone, each flow that sends is told so in its turn.
 */
export function reportError(engine: Engine, nowUs: number, flow: number): void {
  engine.nowUs = Math.max(engine.nowUs, nowUs);
  const { endTimers, flows } = engine;
  clearOutbox(flows[flow]!.outbox);
  // Ending one takes it, and no other, out of the list.
  let next = NO_SLOT;
  for (let slot = firstSlot(endTimers, LIST_F); slot !== NO_SLOT; slot = next) {
    next = slotAfter(endTimers, slot);
    if (flowIdOfSlot(engine, slot) !== flow) continue;
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

/** Timer E. Where the flow's outbox is full it stays due, in the flow's line; those who stand there go first. */
function fireResendTimers(engine: Engine): void {
  const { resendTimers, flows, nowUs } = engine;
  for (let at = 0; at < flows.length; at++) {
    const { resendLine, outbox } = flows[at]!;
    for (let slot = firstSlot(resendTimers, resendLine); slot !== NO_SLOT; slot = firstSlot(resendTimers, resendLine)) {
      if (outboxRoom(outbox) < 0) break;
      countOvertaken(engine, slot);
      resend(engine, slot);
    }
  }
  for (let list = 0; list < resendTimers.running; list++) {
    for (let slot = dueSlot(resendTimers, list, nowUs); slot !== NO_SLOT; slot = dueSlot(resendTimers, list, nowUs)) {
      const { outbox, resendLine } = flows[flowIdOfSlot(engine, slot)]!;
      if (outboxRoom(outbox) < 0) {
        setTimer(resendTimers, resendLine, slot, nowUs);
        continue;
      }
      countOvertaken(engine, slot);
      resend(engine, slot);
    }
  }
}

/** A timer fired although the request has not left yet: it waits in our own queues, and nobody else is to blame. */
function countOvertaken(engine: Engine, slot: number): void {
  if (engine.transactions.firstSentUs[slot] === NOT_SENT) addCounter(engine.metrics, COUNTER_OVERTAKEN, 1);
}

/** What was under way goes first, then what is due to begin. */
function runFlows(engine: Engine): void {
  const { waits, nowUs } = engine;
  while (nextWaitUs(waits) <= nowUs) {
    endWait(engine, popWait(waits));
  }
  if (engine.phase === PHASE_DRAINING) releaseWaits(engine);
  if (engine.phase === PHASE_VERIFYING) releaseQueries(engine, engine.verification!);
  if (engine.phase === PHASE_CLEANING) releaseCleanups(engine);
  // Without a row those who are ready wait for one, but starts don't: they are counted as not made.
  runReady(engine);
  if (engine.phase !== PHASE_LOADING) return;
  for (let turn = 0; turn < engine.flows.length && engine.heldStarts > 0; turn++) {
    const flow = nthFlow(engine, turn);
    while (makeHeldStart(engine, flow)) runReadyOf(engine, flow);
  }
  // A start that falls due at the very end of the schedule belongs to nobody: the schedule's end is exclusive.
  while (isStartDue(engine)) runReadyOf(engine, makeStart(engine));
}

function runReady(engine: Engine): void {
  const { targets } = engine;
  for (let turn = 0; turn < engine.flows.length; turn++) {
    const flow = nthFlow(engine, turn);
    if (targets !== null && targets.waiting[flow.id]! > 0) runWaitingOf(engine, targets, flow);
    runReadyOf(engine, flow);
  }
}

/** Those who wait for this flow alone, in their order (waiting.ts). */
function runWaitingOf(engine: Engine, targets: TargetTable, flow: TransportFlow): void {
  const { contexts } = engine;
  const { id, outbox } = flow;
  for (let left = targets.waiting[id]!; left > 0; left--) {
    const first = targets.firstWaiting[id]!;
    // Where targets have been looked up again, it may have another one now.
    if (outboxRoom(outbox) < 0 && targets.choice[first] === targets.choiceNow) return;
    const context = takeWaiting(targets, id);
    const isStart = isHeld(targets, context);
    const isDone = isStart
      ? makeWaitingStart(engine, targets, context)
      : goOn(engine, context, contexts.state[context]!);
    if (isDone) {
      if (isStart) runReadyOf(engine, flowOf(engine, context));
      continue;
    }
    const route = routeOf(engine, context);
    if (route === flow) {
      putBackWaiting(targets, id, context);
      return;
    }
    appendWaiting(targets, route.id, context);
  }
}

/** True when the context's target is what holds it up: it waits for that one from now on, and the line goes on. */
function stepsAside(engine: Engine, context: number): boolean {
  const { targets } = engine;
  if (targets === null) return false;
  const { outbox, id } = routeOf(engine, context);
  if (outboxRoom(outbox) >= 0) return false;
  appendWaiting(targets, id, context);
  return true;
}

/** Flow number 0, 1, 2 … counted from the one whose turn it is to be first. */
function nthFlow({ flows, firstFlow }: Engine, turn: number): TransportFlow {
  const at = firstFlow + turn;
  return flows[at < flows.length ? at : at - flows.length]!;
}

/** Serves those contexts that stood in the flow's queue; what they add is served in the next turn only if it came back to it. */
function runReadyOf(engine: Engine, { ready }: TransportFlow): void {
  const { contexts } = engine;
  for (let left = ready.size; left > 0; left--) {
    const context = peekReady(ready);
    const state = contexts.state[context]!;
    // Out of the queue first: a context may be put into it anew by what it does.
    dropReady(ready);
    if (goOn(engine, context, state) || stepsAside(engine, context)) continue;
    // Nothing was done for it: it keeps its place before those that became ready later.
    putBackReady(ready);
    return;
  }
}

/** What a context in the queue is there for. False when nothing can be sent now. */
function goOn(engine: Engine, context: number, state: number): boolean {
  if (state === CONTEXT_CHALLENGED) return answerChallenge(engine, context);
  return state === CONTEXT_REPEATING ? repeatRequest(engine, context) : continueFlow(engine, context);
}

/** Now, when something is due already: a flow had no room for it, or it takes more than one turn. */
function nextDeadline(engine: Engine): number {
  const isRowLeft = !isOutOfRows(engine);
  for (let at = 0; at < engine.flows.length; at++) {
    const { ready, heldStartCount, resendLine } = engine.flows[at]!;
    const isReady = ready.size > 0 && isRowLeft;
    if (
      isReady ||
      heldStartCount > 0 ||
      isAnyWaiting(engine, at) ||
      firstSlot(engine.resendTimers, resendLine) !== NO_SLOT
    )
      return engine.nowUs;
  }
  return nextDueUs(engine);
}

function isAnyWaiting({ targets }: Engine, flow: number): boolean {
  return targets !== null && targets.waiting[flow]! > 0;
}

/** When there is something to do again, but for what waits for a flow to have room. */
export function nextDueUs(engine: Engine): number {
  const isRowLeft = !isOutOfRows(engine);
  for (let at = 0; at < engine.flows.length; at++) {
    const { ready, outbox } = engine.flows[at]!;
    if (isRowLeft && isAnyWaiting(engine, at) && outboxRoom(outbox) >= 0) return engine.nowUs;
    if (isRowLeft && ready.size > 0 && outboxRoom(routeOf(engine, peekReady(ready)).outbox) >= 0) return engine.nowUs;
  }
  const { keepalive } = engine;
  const pingUs = keepalive === null ? NEVER_US : nextKeepaliveUs(engine, keepalive);
  const rebindUs = engine.rebinds === null ? NEVER_US : nextRebindUs(engine, engine.rebinds);
  const timerUs = Math.min(nextTimerUs(engine.resendTimers), nextTimerUs(engine.endTimers), pingUs, rebindUs);
  return Math.max(engine.nowUs, Math.min(timerUs, nextWaitUs(engine.waits), nextPhaseUs(engine)));
}

function endTransaction(engine: Engine, slot: number, outcome: number, endUs: number): void {
  const context = engine.transactions.context[slot]!;
  if (engine.observer !== null) tellUnanswered(engine, slot, outcome, endUs);
  terminate(engine, slot);
  const { targets } = engine;
  if (targets !== null && isTargetFailure(outcome)) {
    // The target may have obeyed and not been heard, and what the next one says is no word on that.
    noteDoubt(engine, context);
    if (failOver(engine, targets, context)) return;
  }
  finishAttempt(engine, context, outcome, endUs);
}

/** Lag is how late an attempt's first datagram left; wire time begins with a transaction's first datagram. */
function noteFirstSend(engine: Engine, slot: number, generation: number, sentAtUs: number): void {
  const { transactions, contexts, metrics } = engine;
  if (slot === CANCELLED || !isLive(transactions, slot, generation)) return;
  if (transactions.firstSentUs[slot] !== NOT_SENT) return;
  transactions.firstSentUs[slot] = sentAtUs;
  const context = transactions.context[slot]!;
  if (contexts.transaction[context] !== slot || !isFirstRequest(engine, context)) return;
  const instruction = engine.program.instructions[contexts.position[context]!]!;
  if (instruction.kind !== 'attempt') return;
  const lagUs = Math.max(0, sentAtUs - contexts.dueUs[context]!);
  recordLag(metrics, contexts.bank[context]!, instruction.procedure, lagUs);
}

/** Cancelled entries at the front are gone without having been sent. */
function dropCancelled(outbox: Outbox): void {
  while (outbox.first < outbox.offered && outbox.slot[outbox.first & outbox.mask] === CANCELLED) outbox.first++;
}
