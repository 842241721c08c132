// @hot
// The simulated user agents of one worker, a row each. A row outlives its flow: coming back, it is the same phone, with
// its Call-ID, From tag, CSeq and nonce.
//
//  column           array          unit  meaning                                                     valid in
//  state            Uint8Array     -     CONTEXT_* below                                             every row
//  position         Uint16Array    -     the instruction it stands at                                not CONTEXT_IDLE
//  rounds           Uint32Array    -     rounds done of each open loop, depth after depth            not CONTEXT_IDLE
//  starts           Uint32Array    -     how many flows it has begun                                 every row
//  cseq             Uint32Array    -     CSeq of its last request, 0 before the first                every row
//  transaction      Int32Array     -     the row of its pending transaction, or NO_TRANSACTION       every row
//  dueUs            Float64Array   µs    when its present attempt was due; else when its next one    not CONTEXT_IDLE
//                                        is, or its last one ended
//  wireUs           Uint32Array    µs    first send to final answer, summed over its transactions    in an attempt
//  challenges       Uint8Array     -     challenges answered in the present attempt                  in an attempt
//  bank             Uint8Array     -     which bank its numbers go to                                in an attempt
//  grantedSeconds   Uint32Array    s     expires of its binding as granted                           bound
//  boundUntilUs     Float64Array   µs    when its binding expires, or NOT_BOUND                      every row
//  mayBeBound       Uint8Array     -     1: the registrar may hold a binding of it (cleanup asks)    every row

import type { MemoryPlan } from '../std/index.ts';

export const CONTEXT_IDLE = 0;
/** In the wait heap. */
export const CONTEXT_WAITING = 1;
/** In the ready queue: its next attempt, or its next instruction, is due. */
export const CONTEXT_READY = 2;
/** In the ready queue: its request is to be sent again with credentials. */
export const CONTEXT_CHALLENGED = 3;
/** Its transaction is pending. */
export const CONTEXT_TALKING = 4;
/** In the ready queue: its request is to be sent again, changed as the last answer asked for, or to another target. */
export const CONTEXT_REPEATING = 5;

export const NO_TRANSACTION = -1;
export const NOT_BOUND = -1;
/** More than an hour, and more than a histogram records. */
const MOST_WIRE_US = 0xffffffff;

export interface ContextTable {
  readonly count: number;
  readonly loopDepth: number;
  readonly state: Uint8Array;
  readonly position: Uint16Array;
  readonly rounds: Uint32Array;
  readonly starts: Uint32Array;
  readonly cseq: Uint32Array;
  readonly transaction: Int32Array;
  readonly dueUs: Float64Array;
  readonly wireUs: Uint32Array;
  readonly challenges: Uint8Array;
  readonly bank: Uint8Array;
  readonly grantedSeconds: Uint32Array;
  readonly boundUntilUs: Float64Array;
  readonly mayBeBound: Uint8Array;
}

export function createContextTable(memory: MemoryPlan, count: number, loopDepth: number): ContextTable {
  const table: ContextTable = {
    count,
    loopDepth,
    state: memory.u8('contexts', count),
    position: memory.u16('contexts', count),
    rounds: memory.u32('contexts', count * loopDepth),
    starts: memory.u32('contexts', count),
    cseq: memory.u32('contexts', count),
    transaction: memory.i32('contexts', count),
    dueUs: memory.f64('contexts', count),
    wireUs: memory.u32('contexts', count),
    challenges: memory.u8('contexts', count),
    bank: memory.u8('contexts', count),
    grantedSeconds: memory.u32('contexts', count),
    boundUntilUs: memory.f64('contexts', count),
    mayBeBound: memory.u8('contexts', count),
  };
  table.transaction.fill(NO_TRANSACTION);
  table.boundUntilUs.fill(NOT_BOUND);
  return table;
}

/** An attempt has begun and not ended: it waits for an answer, or to send its request again. */
export function isInAttempt(state: number): boolean {
  return state === CONTEXT_TALKING || state === CONTEXT_CHALLENGED || state === CONTEXT_REPEATING;
}

/** A transaction of the context's attempt took so long on the wire. */
export function addWire(table: ContextTable, context: number, lengthUs: number): void {
  table.wireUs[context] = Math.min(table.wireUs[context]! + lengthUs, MOST_WIRE_US);
}

/** Contexts whose binding has not expired at `nowUs`; a whole-table loop. */
export function countBound(table: ContextTable, nowUs: number): number {
  const { boundUntilUs, count } = table;
  let bound = 0;
  for (let context = 0; context < count; context++) if (boundUntilUs[context]! > nowUs) bound++;
  return bound;
}
