// A worker's turn from its first event to its last, and what ends flows from outside: errors, refusals, the operator, the end
// of the drain.

import { countsApart, freeRowsOf, isLoading, isOver } from '../../engine/index.ts';
import { NEVER_US } from '../../std/index.ts';
import { leftOf } from './due-list.ts';
import { isFleet } from './fleet.ts';
import { isSameBytes } from './messages.ts';
import type { ContextPage, Offered, SocketBook, WorkerBook, World } from './model.ts';
import { clock, endFromOutside } from './outside.ts';
import { UNSEEN_ENDS } from './requests.ts';
import { checkForgottenRetries, checkLateRetries } from './retries.ts';
import { checkRows } from './rows.ts';
import { isFull } from './targets.ts';
import { checkMissing, fireEnds } from './timers.ts';
import { endAttempt, passPauses } from './transactions.ts';
import { wrong } from './wrong.ts';

/** First thing in every event of a worker. */
export function enterTurn(world: World, worker: WorkerBook, nowUs: number): void {
  if (worker.isInTurn) return;
  worker.isInTurn = true;
  worker.turns++;
  worker.freedLate = 0;
  worker.hasAdvanced = false;
  worker.turnUs = nowUs;
  for (const socket of worker.sockets) {
    const { owing, owingNext } = socket;
    socket.offered = 0;
    for (const page of owingNext) owing.add(page);
    owingNext.clear();
  }
  if (nowUs === worker.lastTurnUs) return;
  for (const socket of worker.sockets) {
    socket.freeTurnUs = socket.lastFreeTurnUs;
    checkMissing(world, socket);
  }
}

/** First thing in every event that comes after the engine has advanced. */
export function passAdvance(world: World, worker: WorkerBook): void {
  if (worker.hasAdvanced) return;
  worker.hasAdvanced = true;
  worker.clockUs = worker.turnUs;
  fireEnds(world, worker, worker.turnUs);
  checkForgottenRetries(world, worker);
  // What left the engine before, and leaves the socket now, belongs to nobody any more.
  const isEnd = isOver(worker.engine);
  if (!worker.areFlowsOver && (isEnd || countsApart(worker.engine))) cutFlows(world, worker);
  if (!worker.areQueriesOver && worker.turnUs >= worker.verifyEndUs) cutQueries(world, worker);
  if (!worker.isRunOver && isEnd) endRun(world, worker);
}

/** `blocked`: the numbers of those of its sockets that are. */
export function endTurn(world: World, worker: WorkerBook, blocked: readonly number[]): void {
  checkRows(world, worker);
  if (areRowsFree(worker)) checkLateRetries(world, worker);
  for (const socket of worker.sockets) endSocketTurn(world, socket, blocked.includes(socket.number));
  worker.lastTurnUs = worker.turnUs;
  worker.couldStart = isLoading(worker.engine);
  worker.isInTurn = false;
}

/** A socket that is blocked excuses its own contexts and no others. */
function endSocketTurn(world: World, socket: SocketBook, isBlocked: boolean): void {
  const { heldSinceUs } = socket;
  const { turnUs } = socket.worker;
  if (heldSinceUs !== null) socket.longestHeldUs = Math.max(socket.longestHeldUs, turnUs - heldSinceUs);
  if (isBlocked) {
    socket.heldSinceUs ??= turnUs;
    socket.disturbances++;
    return;
  }
  if (!isLoading(socket.worker.engine) && areRowsFree(socket.worker)) socket.isDraining = true;
  settleOwing(world, socket);
  socket.heldSinceUs = null;
  if (heldSinceUs !== null) socket.reopened = { turnUs, freeBeforeUs: socket.lastFreeTurnUs };
  socket.lastFreeTurnUs = turnUs;
}

/** It left for the network, or never will: in the order in which messages were offered to that socket. */
export function takeOut({ worker, queue }: SocketBook, bytes: Uint8Array): Offered {
  const next = queue.shift();
  if (next === undefined || !isSameBytes(next.bytes, bytes)) {
    throw wrong('books', worker, 'a datagram left that is not the oldest of those offered');
  }
  return next;
}

/** The kernel refuses a message: its attempt fails, if it still goes on. */
export function takeRefused(world: World, socket: SocketBook, bytes: Uint8Array, isPeerGone: boolean): void {
  const { transaction } = takeOut(socket, bytes);
  if (transaction?.state !== 'pending') return;
  const { worker } = socket;
  worker.freedLate++;
  worker.couldStart = isLoading(worker.engine);
  endFromOutside(world, transaction, 'a refusal', [isPeerGone ? 'unreachable' : 'send-error']);
  const { page } = transaction;
  if (page.socket.owing.delete(page)) page.socket.owingNext.add(page);
}

/** RFC 3261 §17.1.4, §18.4: every transaction of the socket ends, and none of another one. */
export function takeError(world: World, socket: SocketBook): void {
  const { worker } = socket;
  socket.queue.length = 0;
  // Where no socket is ever shut, nothing was composed that an error could hide.
  if (world.targets === null && world.redirects === null) socket.disturbances++;
  socket.lastErrorUs = worker.turnUs;
  // Oldest first, in which order the budget of retries goes to them.
  for (const transaction of leftOf(worker.ends)) {
    if (transaction.socket === socket && transaction.state === 'pending')
      endFromOutside(world, transaction, 'a transport error', ['unreachable']);
  }
}

/** It begins the drain, or shortens it; or the verification, which is then over as soon. */
export function takeStop(world: World, worker: WorkerBook, drainUs: number): void {
  const endUs = worker.turnUs + drainUs;
  worker.couldStart = false;
  worker.stoppedUs = Math.min(worker.stoppedUs, worker.turnUs);
  if (worker.areFlowsOver) worker.verifyEndUs = Math.min(worker.verifyEndUs, endUs);
  worker.drainEndUs = isLoading(worker.engine) ? endUs : Math.min(drainEndUs(world, worker), endUs);
}

export function takeAbort(world: World, worker: WorkerBook): void {
  worker.drainEndUs = Math.min(worker.drainEndUs, worker.turnUs);
  if (!worker.areFlowsOver) cutFlows(world, worker);
  if (!worker.isRunOver) endRun(world, worker);
}

/** The drain is over: what is under way is aborted. */
function cutFlows(world: World, worker: WorkerBook): void {
  worker.areFlowsOver = true;
  const earliestUs = drainEndUs(world, worker);
  const isDue = clock(worker) >= earliestUs;
  // What was composed in this very turn has been cut off unseen.
  if (isDue) for (const socket of worker.sockets) socket.disturbances++;
  let cut = 0;
  for (const page of worker.pages) cut += cutFlow(world, page, isDue);
  for (const { owing, forgetting } of worker.sockets) {
    owing.clear();
    forgetting.clear();
  }
  world.ledger.checks++;
  if (cut > 0 && !isDue) {
    throw wrong('drain-end', worker, `${cut} flows were cut off, where the drain lasts until ${earliestUs}`);
  }
}

function drainEndUs(world: World, worker: WorkerBook): number {
  const { load, drainUs } = world.facts.plan;
  if (worker.drainEndUs < NEVER_US || load.durationUs === null) return worker.drainEndUs;
  return load.warmupUs + load.durationUs + load.cooldownUs + drainUs;
}

/** How many flows were certainly under way: 1 or 0. */
function cutFlow(world: World, page: ContextPage, isDue: boolean): number {
  const { pending, worker } = page;
  if (pending !== null) {
    worker.freedLate++;
    const { isMaybeOver } = pending;
    endFromOutside(world, pending, 'the end of the drain', isMaybeOver && !isDue ? [] : ['aborted']);
    return isMaybeOver ? 0 : 1;
  }
  const isChallenged = page.stage === 'challenged';
  const isKnown = page.otherwise.length === 0 && !mayHaveEnded(world, page);
  const isOwing = page.stage === 'walking' && page.socket.owing.has(page);
  // Its request may have been composed in this turn: then it has left its row, for which one of before made room.
  if (isDue && (isChallenged || isOwing)) worker.freedLate++;
  const isSure = isKnown && (isOwing || (isChallenged && page.challenge?.leadsOn === 'yes'));
  // A flow that nothing has cut off has come to its end.
  if (!isDue && page.otherwise.length === 0) passPauses(page, page.pauses);
  if (isChallenged) endAttempt(world, page, endsOf(world, page, isDue || isSure ? 'aborted' : null), null);
  page.stage = 'idle';
  return isSure ? 1 : 0;
}

/** The operator has ended the verification: whoever waits to be told what is bound waits no more. */
function cutQueries(world: World, worker: WorkerBook): void {
  worker.areQueriesOver = true;
  // What was composed in this very turn has been cut off unseen.
  for (const socket of worker.sockets) socket.disturbances++;
  for (const page of worker.pages) {
    if (page.attempt?.step !== null || page.attempt.procedure !== 'query') continue;
    if (page.pending !== null) endFromOutside(world, page.pending, 'the end of the verification', ['aborted']);
    else endAttempt(world, page, ['aborted'], null);
  }
}

/** The cleanup is over too, and what it had under way. */
function endRun(world: World, worker: WorkerBook): void {
  worker.isRunOver = true;
  for (const { owing } of worker.sockets) owing.clear();
  for (const page of worker.pages) {
    if (page.pending !== null) endFromOutside(world, page.pending, 'the end of the run', ['aborted']);
    page.stage = 'idle';
  }
}

const areRowsFree = (worker: WorkerBook): boolean => freeRowsOf(worker.engine).free > 0 || worker.completedCount > 0;

/** Nothing waits for the socket, and rows are to be had: who owes a request must have sent it, or has failed unseen. */
function settleOwing(world: World, { worker, owing, forgetting }: SocketBook): void {
  if (owing.size + forgetting.size === 0) return;
  if (!areRowsFree(worker) || worker.sockets.some((socket) => isFull(world, socket))) return;
  for (const page of forgetting) passPauses(page, page.pauses);
  for (const page of owing) {
    world.ledger.checks++;
    const isSure = page.otherwise.length === 0 && !mayHaveEnded(world, page);
    if (page.stage === 'walking') {
      if (isSure) throw wrong('next-step', worker, `${page.user} owes its next step, and nothing stands in its way`);
      page.stage = 'idle';
    } else {
      if (isSure && page.challenge?.leadsOn === 'yes') {
        throw wrong('challenge', worker, `${page.user} owes an answer to a challenge, and nothing stands in its way`);
      }
      if (page.challenge?.leadsOn === 'unclear' && isSure && !isFleet(world)) {
        page.kept.clear();
        page.spare.clear();
      }
      endAttempt(world, page, endsOf(world, page, null), isSure ? page.readyUs : null);
    }
  }
  owing.clear();
}

/** How an attempt that owes an answer to a challenge may have ended; `cause` when something has just ended it. */
function endsOf(world: World, page: ContextPage, cause: string | null): string[] {
  const ends = new Set<string>(page.otherwise);
  if (cause !== null) ends.add(cause);
  if (page.challenge?.leadsOn !== 'yes') ends.add('auth');
  if (mayHaveEnded(world, page)) for (const end of UNSEEN_ENDS) ends.add(end);
  return [...ends];
}

/** Its request may have been composed while the socket was blocked, and ended before it was offered. */
function mayHaveEnded(world: World, page: ContextPage): boolean {
  const { worker, socket } = page;
  if (socket.lastErrorUs >= page.challengedUs) return true;
  return socket.heldSinceUs !== null && worker.turnUs - page.challengedUs >= 64 * world.facts.plan.timers.t1Us;
}
