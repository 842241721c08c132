// What ends a transaction from outside: errors, refusals, the operator, the end of the drain, a phone that is forgotten.

import type { Transaction, WorkerBook, World } from './model.ts';
import { timeoutsOf } from './timers.ts';
import { endUnanswered } from './transactions.ts';

/** The engine's own clock in an event of its worker. */
export const clock = (worker: WorkerBook): number => {
  worker.clockUs = Math.max(worker.clockUs, worker.turnUs);
  return worker.clockUs;
};

/** Where Timer F may have fired before, that may have been its end already. */
export function endFromOutside(world: World, transaction: Transaction, by: string, own: readonly string[]): void {
  const { isMaybeOver, worker } = transaction;
  const outcomes = isMaybeOver ? [...timeoutsOf(transaction), ...own] : own;
  endUnanswered(world, transaction, { by, outcomes, atUs: isMaybeOver ? null : clock(worker) });
}
