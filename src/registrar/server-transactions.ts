// @hot
// Non-INVITE server transactions (RFC 3261 §17.2.2), as far as a server needs them that answers every request at once: they
// are in Completed from the beginning (but for answers that a rule holds back, see held-answers.ts), hold the answer for retransmissions, and end when Timer J fires after 64*T1.
//
//  column       array         unit  meaning                                              valid in
//  keyHigh      Int32Array    -     64-bit keyed hash of what identifies it (§17.2.3)    rows from oldest to newest
//  keyLow       Int32Array    -                                                          "
//  position     Float64Array  byte  where its answer begins in the answer ring           "
//  start, end   Int32Array    byte  the same as offsets in the slab                      "
//  timerJUs     Float64Array  µs    when Timer J fires                                   "
//  state        Uint8Array    -     TRANSACTION_*; only with rules that hold answers back
//
// All of them live equally long, so the rows are a ring in order of age: Timer J, a full table and an answer that was run
// over in the answer ring all take the oldest. An index of twice as many places finds the row of a key.
//
// Instead of the branch and sent-by themselves, 64 bits of their keyed hash are compared: with a million transactions
// alive, one false match is to be expected in ten million million requests.
//
// The challenges (401) are kept like everything else. RFC 3261 §8.2.7 allows to answer them without state, but then a
// retransmission that comes a second later would get another nonce and another Date.

import { NEVER_US } from '../std/index.ts';

export const TRANSACTION_COMPLETED = 0;
/** No answer yet: a retransmission is absorbed (RFC 3261 §17.2.2). */
export const TRANSACTION_TRYING = 1;
/** 100 was sent, and is sent again for a retransmission. */
export const TRANSACTION_PROCEEDING = 2;

export interface TransactionTable {
  readonly capacity: number;
  readonly lifetimeUs: number;
  readonly index: Int32Array;
  readonly indexMask: number;
  readonly keyHigh: Int32Array;
  readonly keyLow: Int32Array;
  readonly position: Float64Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly timerJUs: Float64Array;
  readonly state: Uint8Array | null;
  /** Rows ever opened and ever closed; row = number % capacity. */
  opened: number;
  closed: number;
}

export const createTransactionTable = (capacity: number, t1Us: number, hasStates = false): TransactionTable => {
  let places = 16;
  while (places < capacity * 2) places *= 2;
  return {
    capacity,
    // RFC 3261 §17.2.2: Timer J is 64*T1 on unreliable transports.
    lifetimeUs: 64 * t1Us,
    index: new Int32Array(places),
    indexMask: places - 1,
    keyHigh: new Int32Array(capacity),
    keyLow: new Int32Array(capacity),
    position: new Float64Array(capacity),
    start: new Int32Array(capacity),
    end: new Int32Array(capacity),
    timerJUs: new Float64Array(capacity),
    state: hasStates ? new Uint8Array(capacity) : null,
    opened: 0,
    closed: 0,
  };
};

export const stateOf = (table: TransactionTable, row: number): number =>
  table.state === null ? TRANSACTION_COMPLETED : table.state[row]!;

export const setState = (table: TransactionTable, row: number, state: number): void => {
  if (table.state !== null) table.state[row] = state;
};

/** A transaction by its number, which no other one has: the oldest and the newest; whether it is still there; its row. */
export const oldestNumber = (table: TransactionTable): number => table.closed;
export const newestNumber = (table: TransactionTable): number => table.opened - 1;
export const isOpen = (table: TransactionTable, number: number): boolean => number >= table.closed;
export const rowOfNumber = (table: TransactionTable, number: number): number => number % table.capacity;

export const answerStartOf = (table: TransactionTable, row: number): number => table.start[row]!;
export const answerEndOf = (table: TransactionTable, row: number): number => table.end[row]!;

/** The row of a key, or -1. */
export const findTransaction = (table: TransactionTable, high: number, low: number): number => {
  const { index, indexMask, keyHigh, keyLow } = table;
  for (let place = low & indexMask; index[place] !== 0; place = (place + 1) & indexMask) {
    const row = index[place]! - 1;
    if (keyLow[row] === low && keyHigh[row] === high) return row;
  }
  return -1;
};

export const isTransactionTableFull = (table: TransactionTable): boolean =>
  table.opened - table.closed >= table.capacity;

/** For a key that has none, and only while the table isn't full. Its answer is set by setAnswer. Returns the row. */
export const openTransaction = (table: TransactionTable, nowUs: number, high: number, low: number): number => {
  const row = table.opened % table.capacity;
  table.opened++;
  table.keyHigh[row] = high;
  table.keyLow[row] = low;
  table.timerJUs[row] = nowUs + table.lifetimeUs;
  if (table.state !== null) table.state[row] = TRANSACTION_COMPLETED;
  let place = low & table.indexMask;
  while (table.index[place] !== 0) place = (place + 1) & table.indexMask;
  table.index[place] = row + 1;
  return row;
};

export const setAnswer = (table: TransactionTable, row: number, position: number, start: number, end: number): void => {
  table.position[row] = position;
  table.start[row] = start;
  table.end[row] = end;
};

export const closeOldest = (table: TransactionTable): void => {
  removeFromIndex(table, table.closed % table.capacity);
  table.closed++;
};

/** Closes those whose answers begin below a position; returns how many. */
export const closeBelow = (table: TransactionTable, position: number): number => {
  let count = 0;
  while (table.closed < table.opened && table.position[table.closed % table.capacity]! < position) {
    closeOldest(table);
    count++;
  }
  return count;
};

/** Timer J: Terminated (RFC 3261 §17.2.2). */
export const fireTimersJ = (table: TransactionTable, nowUs: number): void => {
  while (table.closed < table.opened && table.timerJUs[table.closed % table.capacity]! <= nowUs) closeOldest(table);
};

export const nextTimerJUs = (table: TransactionTable): number =>
  table.closed < table.opened ? table.timerJUs[table.closed % table.capacity]! : NEVER_US;

const removeFromIndex = (table: TransactionTable, row: number): void => {
  const { index, indexMask, keyLow } = table;
  let hole = keyLow[row]! & indexMask;
  while (index[hole] !== row + 1) hole = (hole + 1) & indexMask;
  for (let place = (hole + 1) & indexMask; index[place] !== 0; place = (place + 1) & indexMask) {
    const home = keyLow[index[place]! - 1]! & indexMask;
    // A follower may move into the hole only if its home isn't after it, seen along the probing order.
    if (((place - home) & indexMask) < ((place - hole) & indexMask)) continue;
    index[hole] = index[place]!;
    hole = place;
  }
  index[hole] = 0;
};
