// @hot
// With several targets: who waits for room in the flow that it would leave through. A context belongs to a line, whose queue is served
// in order; where its own target's socket takes nothing, it steps out of that queue and waits here, so that a blocked target holds up
// nobody who speaks to another one. So does a start that is due, with its intended time.
//
// A list of contexts for each flow, by the number of the next one. Columns are in target-table.ts; a context is in one list at most.

import type { TargetTable } from './target-table.ts';
import { NOT_HELD } from './target-table.ts';

const NOBODY = -1;

export function appendWaiting(targets: TargetTable, flow: number, context: number): void {
  const { firstWaiting, lastWaiting, nextWaiting, waiting } = targets;
  nextWaiting[context] = NOBODY;
  if (waiting[flow] === 0) firstWaiting[flow] = context;
  else nextWaiting[lastWaiting[flow]!] = context;
  lastWaiting[flow] = context;
  waiting[flow] = waiting[flow]! + 1;
}

/** Takes the first one out, of at least one. */
export function takeWaiting({ firstWaiting, nextWaiting, waiting }: TargetTable, flow: number): number {
  const context = firstWaiting[flow]!;
  firstWaiting[flow] = nextWaiting[context]!;
  waiting[flow] = waiting[flow]! - 1;
  return context;
}

/** Undoes takeWaiting. */
export function putBackWaiting(targets: TargetTable, flow: number, context: number): void {
  const { firstWaiting, lastWaiting, nextWaiting, waiting } = targets;
  if (waiting[flow] === 0) lastWaiting[flow] = context;
  nextWaiting[context] = waiting[flow] === 0 ? NOBODY : firstWaiting[flow]!;
  firstWaiting[flow] = context;
  waiting[flow] = waiting[flow]! + 1;
}

/** A start of the context is due and waits. */
export function isHeld({ heldUs }: TargetTable, context: number): boolean {
  return heldUs[context] !== NOT_HELD;
}
