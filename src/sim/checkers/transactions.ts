// The life of a transaction and of the attempt it belongs to, as far as both can be told from outside: begun by an offer, ended
// by an answer, by Timer F, or by what happens to the worker.

import { addDue } from './due-list.ts';
import { countLatency } from './latency.ts';
import type { Outcome } from './ledger.ts';
import { countOutcome } from './ledger.ts';
import type { ContextPage, Transaction, World } from './model.ts';

/** The first final answer: Completed until Timer K, which counts from the engine's own clock. */
export function complete(world: World, transaction: Transaction): void {
  const { worker, page } = transaction;
  transaction.state = 'completed';
  transaction.endedBy = 'a final answer';
  transaction.isMaybeOver = false;
  page.pending = null;
  worker.pendingCount--;
  worker.completedCount++;
  addDue(worker.completed, worker.clockUs + world.facts.plan.timers.t4Us, transaction);
}

/** Nothing answered it; its attempt ends with it. */
export function endUnanswered(
  world: World,
  transaction: Transaction,
  endedBy: string,
  outcome: Outcome,
  endUs: number | null,
): void {
  const { worker, page } = transaction;
  transaction.state = 'gone';
  transaction.endedBy = endedBy;
  worker.pendingCount--;
  if (page.pending === transaction) page.pending = null;
  endAttempt(world, page, [outcome], endUs);
}

/** The row is free: an answer that comes now is a stray. */
export function forget(transaction: Transaction, endedBy: string): void {
  transaction.state = 'gone';
  transaction.endedBy = endedBy;
  transaction.worker.completedCount--;
}

/** The context's attempt ends, and its flow stops unless it succeeded. `endUs` null: not known exactly. */
export function endAttempt(world: World, page: ContextPage, outcomes: readonly Outcome[], endUs: number | null): void {
  const { attempt } = page;
  page.stage = 'idle';
  page.attempt = null;
  page.walk = null;
  page.challenge = null;
  page.otherwise = [];
  page.worker.owing.delete(page);
  if (attempt === null || attempt.step === null) return;
  countOutcome(world.ledger, attempt.procedure, outcomes);
  countLatency(world, attempt, outcomes, endUs);
}
