// RFC 3261 §17.1.2.2, seen from outside. Timer E: a request is sent again after T1, and then at doubling intervals up to T2;
// once a 1xx has come, at T2. Timer F: nothing at or after 64*T1. Timer K: the row is remembered for T4.
//
// Exactly means: in the first turn of the worker at or after the due time. Timers count from the turn in which the engine
// composed the message. That is the turn in which it was offered, unless the socket was blocked: then it was composed at
// some time between the due time (or the beginning of the blockade) and the offer, and what follows is due between two times.

import { addDue, createDueList, leftOf, takeDue } from './due-list.ts';
import type { SocketBook, Transaction, WorkerBook, World } from './model.ts';
import { wantsRetry } from './retries.ts';
import type { Span } from './span.ts';
import { endUnanswered, forget } from './transactions.ts';
import { wrong } from './wrong.ts';

/** A request is offered for the first time. */
export function startTimers(world: World, transaction: Transaction): void {
  const { worker, page } = transaction;
  const { t1Us } = world.facts.plan.timers;
  const composed: Span = { lowUs: page.socket.heldSinceUs ?? worker.turnUs, highUs: worker.turnUs };
  transaction.end = later(composed, 64 * t1Us, 64 * t1Us);
  const { lowUs, highUs } = transaction.end;
  if (lowUs < highUs) worker.spannedUntilUs = Math.max(worker.spannedUntilUs, highUs);
  addDue(worker.ends, transaction.end.highUs, transaction);
  setResend(transaction, composed, t1Us, t1Us);
}

/** A copy is offered: not before Timer E fired, and that sets it anew. */
export function checkResend(world: World, transaction: Transaction): void {
  const { worker, page, resend, end } = transaction;
  const { turnUs } = worker;
  const { heldSinceUs } = page.socket;
  world.ledger.checks += 2;
  if (turnUs >= end.highUs) {
    throw wrong('timer-f', worker, `sent again at or after 64*T1, which was ${tell(end)}`, transaction.text);
  }
  if (turnUs < resend.lowUs) {
    throw wrong('timer-e', worker, `sent again before it was due, ${tell(resend)}`, transaction.text);
  }
  const composed: Span =
    heldSinceUs === null
      ? { lowUs: turnUs, highUs: turnUs }
      : { lowUs: Math.max(resend.lowUs, heldSinceUs), highUs: turnUs };
  transaction.copies++;
  const { t1Us, t2Us } = world.facts.plan.timers;
  const doubled = Math.min(t1Us * 2 ** (transaction.copies - 1), t2Us);
  const [least, most] = intervals(transaction, composed, doubled, t2Us);
  setResend(transaction, composed, least, most);
}

/** §17.1.2.2: E is T2 if it fires in Proceeding. */
function intervals(
  { heardUs, isMaybeHeard }: Transaction,
  composed: Span,
  doubled: number,
  t2Us: number,
): readonly [number, number] {
  if (heardUs === null) return isMaybeHeard ? [doubled, t2Us] : [doubled, doubled];
  const wasHeard = composed.lowUs === composed.highUs ? heardUs <= composed.lowUs : heardUs < composed.lowUs;
  return wasHeard ? [t2Us, t2Us] : [doubled, t2Us];
}

function setResend(transaction: Transaction, composed: Span, least: number, most: number): void {
  transaction.resend = later(composed, least, most);
  const { resends } = transaction.page.socket;
  const list = resends.get(most) ?? createDueList();
  resends.set(most, list);
  addDue(list, transaction.resend.highUs, { transaction, copies: transaction.copies });
}

/** What was due in an earlier turn, after which nothing was waiting for the socket, must have gone. */
export function checkMissing(world: World, { worker, resends, freeTurnUs }: SocketBook): void {
  for (const list of resends.values()) {
    for (let due = takeDue(list, freeTurnUs); due !== null; due = takeDue(list, freeTurnUs)) {
      const { transaction, copies } = due;
      world.ledger.checks++;
      if (transaction.state !== 'pending' || transaction.copies !== copies || transaction.isMaybeOver) continue;
      const facts = `copy ${copies + 1} was due ${tell(transaction.resend)} and did not go`;
      throw wrong('timer-e', worker, facts, transaction.text);
    }
  }
}

/** The engine advances to `nowUs`: Timers F and K fire. */
export function fireEnds(world: World, worker: WorkerBook, nowUs: number): void {
  const over = takeOver(worker, nowUs);
  for (const [at, transaction] of over.entries()) {
    if (worker.retries !== null) worker.retries.rivals = rivalsOf(transaction, over.slice(at + 1));
    endUnanswered(world, transaction, { by: 'Timer F', outcomes: timeoutsOf(transaction), atUs: endOf(transaction) });
  }
  if (worker.retries !== null) worker.retries.rivals = 0;
  markMaybeOver(world, worker, nowUs);
  for (let done = takeDue(worker.completed, nowUs); done !== null; done = takeDue(worker.completed, nowUs)) {
    if (done.state === 'completed') forget(done, 'Timer K');
  }
}

/** Those whose time is over for sure, oldest first. */
function takeOver({ ends }: WorkerBook, nowUs: number): readonly Transaction[] {
  const over: Transaction[] = [];
  for (let next = takeDue(ends, nowUs); next !== null; next = takeDue(ends, nowUs)) {
    if (next.state === 'pending') over.push(next);
  }
  return over;
}

/** Of those composed in one turn for several sockets nobody saw which was first, and so is the first to be given a retry. */
const rivalsOf = ({ socket, end }: Transaction, later: readonly Transaction[]): number =>
  later.filter((other) => {
    const isTied = other.end.lowUs <= end.highUs && end.lowUs <= other.end.highUs;
    return isTied && other.socket !== socket && wantsRetry(other.attempt, timeoutsOf(other));
  }).length;

function markMaybeOver(world: World, worker: WorkerBook, nowUs: number): void {
  if (nowUs > worker.spannedUntilUs) return;
  const { items, first } = worker.ends;
  // They stand in the order of when they are over for sure. When they may be over follows no order: each socket has blockades of its own.
  for (let at = first; at < items.length; at++) {
    const { item } = items[at]!;
    if (item.state !== 'pending' || item.end.lowUs > nowUs) continue;
    item.isMaybeOver = true;
    worker.unsureUntilUs = Math.max(worker.unsureUntilUs, item.end.highUs + world.facts.plan.timers.t4Us);
  }
}

/** Rows that had to be given away for new ones, oldest first. */
export function giveAway(worker: WorkerBook, count: number): void {
  let left = count;
  for (const transaction of leftOf(worker.completed)) {
    if (left === 0) return;
    if (transaction.state !== 'completed') continue;
    forget(transaction, 'a newer request');
    left--;
  }
}

/** What its attempt ends with when Timer F fires. */
export function timeoutsOf({ heardUs, isMaybeHeard }: Transaction): readonly string[] {
  if (heardUs !== null) return ['timeout-after-provisional'];
  return isMaybeHeard ? ['timeout', 'timeout-after-provisional'] : ['timeout'];
}

const endOf = ({ end }: Transaction): number | null => (end.lowUs === end.highUs ? end.lowUs : null);

const later = ({ lowUs, highUs }: Span, least: number, most: number): Span => ({
  lowUs: lowUs + least,
  highUs: highUs + most,
});

export const tell = ({ lowUs, highUs }: Span): string =>
  lowUs === highUs ? `at ${lowUs}` : `between ${lowUs} and ${highUs}`;
