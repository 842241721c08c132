// What checkers and diagnosis may look at inside an engine: plain reads of its tables, none of which the engine itself uses.
// They decide nothing and change nothing, so whoever watches an engine through them doesn't follow its reasoning.
//
// Left out on purpose: whatever can be seen from outside, in messages and in the metrics block.

import { CONTEXT_IDLE, NOT_BOUND } from './contexts.ts';
import type { Engine } from './state.ts';
import { PHASE_LOADING } from './state.ts';
import { TX_COMPLETED, TX_FREE } from './transactions.ts';

/** Rows of the transaction table, counted one by one, beside what the table believes. */
export interface RowCounts {
  readonly capacity: number;
  /** As the table keeps count. */
  readonly free: number;
  readonly used: number;
  /** Of those used: waiting for Timer K. */
  readonly completed: number;
}

/** What the table itself believes: no loop. */
export interface RowBelief {
  readonly capacity: number;
  readonly free: number;
}

/** What a context believes of its binding, which may have expired meanwhile. */
export interface Belief {
  readonly grantedSeconds: number;
  readonly untilUs: number;
}

/** A whole-table loop. */
export function rowsOf({ transactions }: Engine): RowCounts {
  const { capacity, free, state } = transactions;
  let used = 0;
  let completed = 0;
  for (let row = 0; row < capacity; row++) {
    if (state[row] === TX_FREE) continue;
    used++;
    if (state[row] === TX_COMPLETED) completed++;
  }
  return { capacity, free, used, completed };
}

export function freeRowsOf({ transactions }: Engine): RowBelief {
  return { capacity: transactions.capacity, free: transactions.free };
}

/** Messages composed and not yet offered to the socket; those of transactions that have ended are among them. */
export function queuedCount({ flows }: Engine): number {
  return flows.reduce((count, { outbox }) => count + outbox.end - outbox.offered, 0);
}

/** Flows that have begun and not ended, as the engine keeps count. */
export function activeFlowCount(engine: Engine): number {
  return engine.activeFlows;
}

/** The same, context by context. */
export function busyContextCount({ contexts }: Engine): number {
  let busy = 0;
  for (let context = 0; context < contexts.count; context++) if (contexts.state[context] !== CONTEXT_IDLE) busy++;
  return busy;
}

/** `context` is the worker's row of it. */
export function beliefOf({ contexts }: Engine, context: number): Belief | null {
  const untilUs = contexts.boundUntilUs[context]!;
  return untilUs === NOT_BOUND ? null : { grantedSeconds: contexts.grantedSeconds[context]!, untilUs };
}

/** Whether the cleanup would unregister the context. */
export function mayBeBound({ contexts }: Engine, context: number): boolean {
  return contexts.mayBeBound[context] === 1;
}

/** Starts are still made. */
export function isLoading(engine: Engine): boolean {
  return engine.phase === PHASE_LOADING;
}

/** The cleanup goes on, or has been: what happens from then on is outside the run's numbers. */
export function countsApart(engine: Engine): boolean {
  return engine.metrics !== engine.options.metrics;
}
