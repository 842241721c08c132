// @hot
// The non-INVITE client transactions of RFC 3261 §17.1.2: their rows. What happens in them is in client-transaction.ts.
//
//  column         array          unit  meaning                                                valid in
//  state          Uint8Array     -     TX_* below                                             every row
//  generation     Uint32Array    -     raised when the row is freed                           every row
//  context        Int32Array     -     the context whose request this is; the next free row   not TX_FREE; TX_FREE, used before
//  template       Uint16Array    -     which request text it is composed from                 not TX_FREE
//  cseq           Uint32Array    -     its CSeq number                                        not TX_FREE
//  credentials    Uint8Array     -     which kept challenges it answers; see below            not TX_FREE
//  retransmitted  Uint8Array     -     how often Timer E has fired                            not TX_FREE
//  firstSentUs    Float64Array   µs    when the kernel took its first datagram, or NOT_SENT   not TX_FREE
//
// Rows that were never used come last: they need no list, and their memory is not touched.
// A row in TX_COMPLETED waits for Timer K and keeps no bytes. Rows free + rows used = capacity, always.

import type { MemoryPlan } from '../std/index.ts';
import { assert } from '../std/index.ts';

export const TX_FREE = 0;
export const TX_TRYING = 1;
export const TX_PROCEEDING = 2;
export const TX_COMPLETED = 3;

/** The request carries no credentials. */
export const CREDENTIALS_NONE = 0;
const FRESH_SHIFT = 4;
const PLACES = 0xf;

/**
 * The request carries the credentials of these places (challenges.ts, a bit each), of which the `fresh` ones answer challenges
 * of its own attempt; the others were kept from an earlier one.
 */
export const credentialsOf = (places: number, fresh: number): number => places | ((fresh & places) << FRESH_SHIFT);
export const placesCarried = (credentials: number): number => credentials & PLACES;
export const placesFresh = (credentials: number): number => credentials >> FRESH_SHIFT;

export const NOT_SENT = -1;
const NO_ROW = -1;

export interface TransactionTable {
  readonly capacity: number;
  free: number;
  /** The row freed last, or NO_ROW. */
  firstFree: number;
  /** Rows from here on were never used. */
  firstFresh: number;
  readonly state: Uint8Array;
  readonly generation: Uint32Array;
  readonly context: Int32Array;
  readonly template: Uint16Array;
  readonly cseq: Uint32Array;
  readonly credentials: Uint8Array;
  readonly retransmitted: Uint8Array;
  readonly firstSentUs: Float64Array;
}

export function createTransactionTable(memory: MemoryPlan, capacity: number): TransactionTable {
  return {
    capacity,
    free: capacity,
    firstFree: NO_ROW,
    firstFresh: 0,
    state: memory.u8('transactions', capacity),
    generation: memory.u32('transactions', capacity),
    context: memory.i32('transactions', capacity),
    template: memory.u16('transactions', capacity),
    cseq: memory.u32('transactions', capacity),
    credentials: memory.u8('transactions', capacity),
    retransmitted: memory.u8('transactions', capacity),
    firstSentUs: memory.f64('transactions', capacity),
  };
}

/** Takes a free row in TX_TRYING; there must be one. */
export function takeTransaction(table: TransactionTable, context: number, template: number, cseq: number): number {
  assert(table.free > 0, 'a transaction was wanted and none is free');
  let slot = table.firstFree;
  if (slot === NO_ROW) slot = table.firstFresh++;
  else table.firstFree = table.context[slot]!;
  table.free -= 1;
  table.state[slot] = TX_TRYING;
  table.context[slot] = context;
  table.template[slot] = template;
  table.cseq[slot] = cseq;
  table.credentials[slot] = CREDENTIALS_NONE;
  table.retransmitted[slot] = 0;
  table.firstSentUs[slot] = NOT_SENT;
  return slot;
}

export function freeTransaction(table: TransactionTable, slot: number): void {
  assert(table.state[slot] !== TX_FREE, 'a transaction was freed twice');
  table.state[slot] = TX_FREE;
  table.generation[slot] = (table.generation[slot]! + 1) >>> 0;
  table.context[slot] = table.firstFree;
  table.firstFree = slot;
  table.free += 1;
}

/** True when the row is in use and of that generation: an answer for an older one is a stray. */
export function isLive(table: TransactionTable, slot: number, generation: number): boolean {
  return slot < table.capacity && table.generation[slot] === generation && table.state[slot] !== TX_FREE;
}

/** True while the request may still be sent again: RFC 3261 §17.1.2.2, Trying or Proceeding. */
export function isPending(table: TransactionTable, slot: number): boolean {
  const state = table.state[slot];
  return state === TX_TRYING || state === TX_PROCEEDING;
}
