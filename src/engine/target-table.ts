// Several targets: which one each context and each transaction speaks to. What happens with them is in targets.ts.
//
//  column      array        unit  meaning                                                      valid in
//  ofContext   Uint8Array   -     the target that the context speaks to                        every row
//  rank        Uint8Array   -     the place of that target in the context's own order          every row
//  failed      Uint8Array   -     targets that have failed in the present attempt              in an attempt
//  choice      Uint8Array   -     for which list of targets it has chosen; 0: for none yet     every row
//  ofSlot      Uint8Array   -     the target of the transaction, whatever its context does     not TX_FREE
//  nextWaiting Int32Array   -     who waits behind it for the same flow (waiting.ts)           waiting
//  heldUs      Float64Array µs    intended time of a start that waits; NOT_HELD: none does     every row
//
// and by flow
//
//  firstWaiting, lastWaiting      Int32Array   the ends of its list                            waiting is not 0
//  waiting                        Int32Array   how many stand in it                            every row
//
// A run with one target has no such table. One with several has a slot for each that it began with, and the slot's number is what the
// columns hold; which targets there are now, and in which slots, is in `weights` and `slotOf`, and changes when they are looked up again.

import { TARGETS_MAX } from '../metrics/index.ts';
import type { TargetWeights } from '../scenario/target-order.ts';
import { MOST_TARGETS } from '../scenario/target-order.ts';
import type { MemoryPlan } from '../std/index.ts';
import { assert, mixBits } from '../std/index.ts';
import type { RebindTable } from './rebind-table.ts';

assert(TARGETS_MAX === MOST_TARGETS, 'a metrics block has a row for every target');

const ORDER_SEED = 5;
/** In `heldUs`. */
export const NOT_HELD = -1;

export interface TargetTable {
  /** The targets that are to be had now, most preferred first; `slotOf` says whose sockets lead to each. */
  readonly weights: TargetWeights & { readonly priority: Float64Array; readonly weight: Float64Array };
  readonly slotOf: Uint8Array;
  readonly seed: number;
  /** Raised when contexts are to choose anew; never 0. */
  choiceNow: number;
  readonly ofContext: Uint8Array;
  readonly rank: Uint8Array;
  readonly failed: Uint8Array;
  readonly choice: Uint8Array;
  readonly ofSlot: Uint8Array;
  readonly nextWaiting: Int32Array;
  readonly heldUs: Float64Array;
  readonly firstWaiting: Int32Array;
  readonly lastWaiting: Int32Array;
  readonly waiting: Int32Array;
  /** The order of the context at hand. */
  readonly order: Uint8Array;
}

export interface TargetTableSizes {
  readonly contexts: number;
  readonly slots: number;
  readonly flows: number;
}

/** Null for a single target. */
export function createTargetTable(
  memory: MemoryPlan,
  weights: TargetWeights | null,
  seed: number,
  { contexts, slots, flows }: TargetTableSizes,
): TargetTable | null {
  if (weights === null || weights.count < 2) return null;
  assert(weights.count <= MOST_TARGETS, 'there are no more targets than a run can have');
  const { count } = weights;
  const table = {
    weights: { count, priority: memory.f64('targets', count), weight: memory.f64('targets', count) },
    slotOf: memory.u8('targets', count),
    seed: mixBits(seed, ORDER_SEED),
    choiceNow: 1,
    ofContext: memory.u8('contexts', contexts),
    rank: memory.u8('contexts', contexts),
    failed: memory.u8('contexts', contexts),
    choice: memory.u8('contexts', contexts),
    ofSlot: memory.u8('transactions', slots),
    nextWaiting: memory.i32('ready queue', contexts),
    heldUs: memory.f64('ready queue', contexts).fill(NOT_HELD),
    firstWaiting: memory.i32('targets', flows),
    lastWaiting: memory.i32('targets', flows),
    waiting: memory.i32('targets', flows),
    order: memory.u8('targets', count),
  };
  for (let slot = 0; slot < count; slot++) {
    table.weights.priority[slot] = weights.priority[slot]!;
    table.weights.weight[slot] = weights.weight[slot]!;
    table.slotOf[slot] = slot;
  }
  return table;
}

/** What a slot leads to, of a new look-up. */
export interface RenewedTarget {
  readonly priority: number;
  readonly weight: number;
}

const MOST_CHOICES = 255;

/**
 * The targets have been looked up again: contexts choose anew at their next attempt, also those whose target had failed them, and also
 * when nothing has changed. What is under way goes on where it is. A slot that is null leads nowhere and is chosen by nobody.
 */
export function renewTargets(
  { targets }: { readonly targets: TargetTable | null },
  slots: readonly (RenewedTarget | null)[],
): void {
  if (targets === null) return;
  const { weights, slotOf } = targets;
  let count = 0;
  for (const [slot, target] of slots.entries()) {
    if (target === null) continue;
    // Insertion keeps them sorted by priority, and slots of one priority in order.
    let at = count++;
    for (; at > 0 && weights.priority[at - 1]! > target.priority; at--) {
      weights.priority[at] = weights.priority[at - 1]!;
      weights.weight[at] = weights.weight[at - 1]!;
      slotOf[at] = slotOf[at - 1]!;
    }
    weights.priority[at] = target.priority;
    weights.weight[at] = target.weight;
    slotOf[at] = slot;
  }
  assert(count > 0, 'a look-up that finds nothing changes nothing');
  weights.count = count;
  targets.choiceNow = targets.choiceNow < MOST_CHOICES ? targets.choiceNow + 1 : 1;
}

interface Flows {
  readonly lines: number;
  readonly rebinds: RebindTable | null;
}

/** The numbers of all flows that lead to a target. */
export function flowsOfTarget({ lines, rebinds }: Flows, target: number): readonly number[] {
  const own = Array.from({ length: lines }, (_, line) => target * lines + line);
  return rebinds === null ? own : [...own, ...own.map((flow) => flow + rebinds.firstFlow)];
}
