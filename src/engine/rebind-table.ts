// Which contexts are rebound, and when (rebinds.ts): drawn from the seed and the identity alone, so that they are the same for any
// number of workers. A scenario without `nat.rebind` has no table.
//
//  column    array          unit  meaning                                                        valid in
//  state     Uint8Array     -     REBIND_* below                                                 every context
//  ofSlot    Uint8Array     -     1: the transaction's requests leave from the spare socket      not TX_FREE
//  rows      Int32Array     -     the contexts to be rebound, soonest first                      every one
//  dueUs     Float64Array   µs    when                                                           every one

import type { RunPlan } from '../scenario/index.ts';
import { contextOfRow } from '../scenario/shares.ts';
import type { MemoryPlan } from '../std/index.ts';
import { mixBits, uniformOf } from '../std/index.ts';

/** It speaks from the socket that it has always had. */
export const REBIND_NOT = 0;
/** Its moment came in the middle of an attempt, whose end it waits for. */
export const REBIND_WAITS = 1;
/** It speaks from the spare one. */
export const REBIND_DONE = 2;

const REBIND_SALT = 0x4e;

export interface RebindTable {
  readonly state: Uint8Array;
  readonly ofSlot: Uint8Array;
  readonly rows: Int32Array;
  readonly dueUs: Float64Array;
  /** Of rows: the next to come. */
  next: number;
  /** Spare flows have the numbers of those that they stand in for, plus this. */
  readonly firstFlow: number;
}

/** Of whose contexts. */
interface Drawing {
  readonly plan: RunPlan;
  readonly workerIndex: number;
  readonly workerCount: number;
  readonly seed: number;
}

export interface RebindSizes {
  readonly contexts: number;
  readonly slots: number;
  /** Flows without the spare ones. */
  readonly flows: number;
}

/** Null where none is asked for. */
export function createRebinds(memory: MemoryPlan, drawing: Drawing, sizes: RebindSizes): RebindTable | null {
  const { contexts, slots, flows } = sizes;
  if (drawing.plan.local.rebind == null) return null;
  const drawn = drawRebinds(drawing, contexts);
  const table: RebindTable = {
    state: memory.u8('rebinds', contexts),
    ofSlot: memory.u8('rebinds', slots),
    rows: memory.i32('rebinds', drawn.length),
    dueUs: memory.f64('rebinds', drawn.length),
    next: 0,
    firstFlow: flows,
  };
  for (const [at, { row, dueUs }] of drawn.entries()) {
    table.rows[at] = row;
    table.dueUs[at] = dueUs;
  }
  return table;
}

interface Rebind {
  readonly row: number;
  readonly dueUs: number;
}

/** Soonest first, and of one moment the lowest row. */
function drawRebinds({ plan, workerIndex, workerCount, seed }: Drawing, contexts: number): readonly Rebind[] {
  const { share, fromUs, toUs } = plan.local.rebind!;
  const rebindSeed = mixBits(seed, REBIND_SALT);
  const drawn: Rebind[] = [];
  for (let row = 0; row < contexts; row++) {
    const identity = contextOfRow(row, workerIndex, workerCount);
    if (uniformOf(rebindSeed, identity, 0, 0) >= share) continue;
    drawn.push({ row, dueUs: fromUs + Math.floor(uniformOf(rebindSeed, identity, 1, 0) * (toUs - fromUs)) });
  }
  return drawn.sort((one, other) => one.dueUs - other.dueUs || one.row - other.row);
}
