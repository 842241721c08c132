// The life of a transaction and of the attempt it belongs to, as far as both can be told from outside: begun by an offer, ended
// by an answer, by Timer F, or by what happens to the worker.

import { addDue } from './due-list.ts';
import { countLatency } from './latency.ts';
import type { Outcome } from './ledger.ts';
import { countOutcome } from './ledger.ts';
import type { ContextPage, Transaction, World } from './model.ts';
import type { Pause } from './walk.ts';

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

export interface Ending {
  /** What ended the transaction, in words. */
  readonly by: string;
  readonly outcomes: readonly Outcome[];
  /** Null: not known exactly. */
  readonly atUs: number | null;
}

/** Nothing answered it; its attempt ends with it. */
export function endUnanswered(world: World, transaction: Transaction, { by, outcomes, atUs }: Ending): void {
  const { worker, page } = transaction;
  transaction.state = 'gone';
  transaction.endedBy = by;
  worker.pendingCount--;
  if (page.pending === transaction) page.pending = null;
  endAttempt(world, page, outcomes, atUs);
}

/** The row is free: an answer that comes now is a stray. */
export function forget(transaction: Transaction, endedBy: string): void {
  transaction.state = 'gone';
  transaction.endedBy = endedBy;
  transaction.worker.completedCount--;
}

/** The registrar may have obeyed, and not been heard. */
const LEAVE_DOUBT: ReadonlySet<Outcome> = new Set([
  'timeout',
  'timeout-after-provisional',
  'send-error',
  'unreachable',
  'binding-missing',
  'aborted',
]);

/** The context's attempt ends, and its flow stops unless it succeeded. `endUs` null: not known exactly. */
export function endAttempt(world: World, page: ContextPage, outcomes: readonly Outcome[], endUs: number | null): void {
  const { attempt } = page;
  page.stage = 'idle';
  page.attempt = null;
  page.walk = null;
  page.challenge = null;
  page.otherwise = [];
  page.socket.owing.delete(page);
  if (attempt === null || attempt.step === null) return;
  if (attempt.procedure !== 'query' && outcomes.some((outcome) => LEAVE_DOUBT.has(outcome))) page.isInDoubt = true;
  countOutcome(world.ledger, attempt.procedure, outcomes);
  countLatency(world, attempt, outcomes, endUs);
}

/** The flow has come past these: what a `discard` among them forgets is forgotten. */
export function passPauses(page: ContextPage, pauses: readonly Pause[]): void {
  page.socket.forgetting.delete(page);
  if (!pauses.some(({ kind }) => kind === 'discard')) return;
  page.belief = { grantedSeconds: 0, untilUs: null, certainty: 'known' };
  page.isForgotten = true;
}
