// The engine's tables after each turn: rows free and used are all rows, as many as the transactions that were seen, and a flow
// is under way for each context that is busy.

import { activeFlowCount, busyContextCount, freeRowsOf, queuedCount, rowsOf } from '../../engine/index.ts';
import { leftOf } from './due-list.ts';
import type { WorkerBook, World } from './model.ts';
import { giveAway } from './timers.ts';
import { wrong } from './wrong.ts';

/** Larger tables are counted only now and then: that is a loop over all of it. */
const MOST_COUNTED_ALWAYS = 256;
const NOW_AND_THEN = 64;

export function checkRows(world: World, worker: WorkerBook): void {
  const { engine } = worker;
  const { capacity, free } = freeRowsOf(engine);
  matchRows(world, worker, capacity, free);
  world.ledger.checks++;
  const isLarge = capacity > MOST_COUNTED_ALWAYS || worker.pages.length > MOST_COUNTED_ALWAYS;
  if (isLarge && worker.turns % NOW_AND_THEN !== 0) return;
  const { used } = rowsOf(engine);
  if (free + used !== capacity) throw wrong('rows', worker, `${free} free and ${used} used are not ${capacity}`);
  const busy = busyContextCount(engine);
  const active = activeFlowCount(engine);
  if (busy !== active) throw wrong('rows', worker, `${active} flows, and ${busy} contexts busy`);
}

/** Where no row is free, the oldest that only wait for Timer K make room (see client-transaction.ts). */
function matchRows(world: World, worker: WorkerBook, capacity: number, free: number): void {
  const used = capacity - free;
  const known = worker.pendingCount + worker.completedCount;
  const completed = worker.completed;
  if (queuedCount(worker.engine) > 0) {
    if (free === 0) for (const transaction of leftOf(completed)) transaction.isMaybeGone = true;
    return;
  }
  world.ledger.checks++;
  const isUnsure = hasUnsure(worker);
  if (used > known && !isUnsure) throw wrong('rows', worker, `${used} rows are used, for ${known} transactions`);
  if (used >= known || isUnsure) return;
  const mayGive = free <= worker.freedLate || leftOf(completed).some(({ isMaybeGone }) => isMaybeGone);
  if (!mayGive) throw wrong('rows', worker, `${used} rows are used, for ${known} transactions, and ${free} are free`);
  giveAway(worker, known - used);
  for (const transaction of leftOf(completed)) transaction.isMaybeGone = false;
}

/** Timer F of some may have fired or not, or an answer may have come too late for it. */
const hasUnsure = ({ turnUs, unsureUntilUs }: WorkerBook): boolean => turnUs <= unsureUntilUs;

/** At the end no row is pending and no flow goes on. */
export function checkRowsAtEnd(world: World, worker: WorkerBook): void {
  const { capacity, free, used, completed } = rowsOf(worker.engine);
  const active = activeFlowCount(worker.engine);
  world.ledger.checks += 3;
  if (free + used !== capacity) throw wrong('rows', worker, `${free} free and ${used} used are not ${capacity}`);
  if (used !== completed) throw wrong('rows', worker, `${used - completed} transactions are pending after the end`);
  if (active !== 0) throw wrong('rows', worker, `${active} flows go on after the end`);
}
