// The life of a transaction and of the attempt it belongs to, as far as both can be told from outside: begun by an offer, ended
// by an answer, by Timer F, or by what happens to the worker.

import { noteDeviceEnd } from './devices.ts';
import { addDue } from './due-list.ts';
import type { Told } from './endings.ts';
import { isMet } from './endings.ts';
import { turnsToNext } from './failovers.ts';
import { follow } from './follow.ts';
import { countLatency } from './latency.ts';
import type { Outcome } from './ledger.ts';
import { countIn, countOutcome } from './ledger.ts';
import type { ContextPage, Transaction, World } from './model.ts';
import { noteOrderEnded } from './order-ends.ts';
import { moveTo } from './targets.ts';
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
  if (turnsToNext(world, transaction, outcomes, atUs)) return;
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

/** The context's attempt ends. `endUs` null: not known exactly; `told`: what its answer says in Retry-After. */
export function endAttempt(
  world: World,
  page: ContextPage,
  outcomes: readonly Outcome[],
  endUs: number | null,
  told: Told = null,
): void {
  const { attempt, walk } = page;
  page.stage = 'idle';
  page.attempt = null;
  page.walk = null;
  page.challenge = null;
  page.retrying = null;
  page.otherwise = [];
  page.socket.owing.delete(page);
  // The next attempt begins at the target again, wherever redirects have led this one.
  if (attempt?.led !== undefined) moveTo(page, page.home);
  if (attempt === null || attempt.step === null) return;
  if (attempt.procedure !== 'query' && outcomes.some((outcome) => LEAVE_DOUBT.has(outcome))) page.isInDoubt = true;
  countOutcome(world.ledger, attempt.procedure, outcomes);
  const met = outcomes.filter((outcome) => isMet(attempt.step, outcome));
  if (met.length > 0) countIn(world.ledger.met, attempt.procedure, met.length === outcomes.length);
  countLatency(world, attempt, outcomes, endUs);
  noteOrderEnded(world, attempt, outcomes, endUs);
  follow(world, page, { attempt, walk, outcomes, endUs, told });
  noteDeviceEnd(page, outcomes);
}

/** The flow has come past these: what a `discard` among them forgets is forgotten. */
export function passPauses(page: ContextPage, pauses: readonly Pause[]): void {
  page.socket.forgetting.delete(page);
  if (!pauses.some(({ kind }) => kind === 'discard')) return;
  page.belief = { grantedSeconds: 0, untilUs: null, certainty: 'known' };
  page.isForgotten = true;
}
