// @hot
// The addresses-of-record: a hash table from the canonical user part (the domain is the same for all) to a row. A row lives
// as long as it has bindings; without any it goes on as long as nobody needs its place, because it remembers the newest
// nonce and how far it was counted, which is what makes a replayed request fail (see authenticate.ts).
//
//  column         array          unit  meaning                                            valid in
//  userHash       Int32Array     -     hash of the user part, tells its home in the index used rows
//  userAt         Float64Array   byte  where the user part lies in the text store         used rows
//  userLength     Uint16Array    byte  its length                                         used rows
//  firstBinding   Int32Array     -     first binding, 0 for none                          used rows
//  bindingCount   Uint16Array    -     how many it has                                    used rows
//  nonceIssuedUs  Float64Array   µs    when its newest honoured nonce was issued, 0: none used rows
//  nonceCount     Uint32Array    -     the highest nc seen with it                        used rows
//  idleNext       Int32Array     -     next row without bindings, or next free row        idle and free rows
//  idlePrevious   Int32Array     -     row before it                                      idle rows
//
// Rows count from 1. The index has twice as many places as rows, holds row numbers (0 for empty), and is probed in
// order; taking one out moves the followers up, so there are no tombstones to slow it down.

import { equalBytes } from '../std/index.ts';
import type { TextStore } from './text-store.ts';
import { keepText, releaseText } from './text-store.ts';

export interface AddressTable {
  readonly capacity: number;
  readonly texts: TextStore;
  readonly index: Int32Array;
  readonly indexMask: number;
  readonly userHash: Int32Array;
  readonly userAt: Float64Array;
  readonly userLength: Uint16Array;
  readonly firstBinding: Int32Array;
  readonly bindingCount: Uint16Array;
  readonly nonceIssuedUs: Float64Array;
  readonly nonceCount: Uint32Array;
  readonly idleNext: Int32Array;
  readonly idlePrevious: Int32Array;
  freeRow: number;
  freshRow: number;
  /** Rows without bindings, the one that has been so for longest first. */
  idleFirst: number;
  idleLast: number;
  /** Rows with bindings. */
  boundCount: number;
}

export const createAddressTable = (capacity: number, texts: TextStore): AddressTable => {
  let places = 16;
  while (places < capacity * 2) places *= 2;
  const rows = capacity + 1;
  return {
    capacity,
    texts,
    index: new Int32Array(places),
    indexMask: places - 1,
    userHash: new Int32Array(rows),
    userAt: new Float64Array(rows),
    userLength: new Uint16Array(rows),
    firstBinding: new Int32Array(rows),
    bindingCount: new Uint16Array(rows),
    nonceIssuedUs: new Float64Array(rows),
    nonceCount: new Uint32Array(rows),
    idleNext: new Int32Array(rows),
    idlePrevious: new Int32Array(rows),
    freeRow: 0,
    freshRow: 1,
    idleFirst: 0,
    idleLast: 0,
    boundCount: 0,
  };
};

export const firstBindingOf = (table: AddressTable, row: number): number => table.firstBinding[row]!;
export const bindingCountOf = (table: AddressTable, row: number): number => table.bindingCount[row]!;
export const nonceIssuedOf = (table: AddressTable, row: number): number => table.nonceIssuedUs[row]!;
export const nonceCountOf = (table: AddressTable, row: number): number => table.nonceCount[row]!;

export const setNonce = (table: AddressTable, row: number, issuedUs: number, count: number): void => {
  table.nonceIssuedUs[row] = issuedUs;
  table.nonceCount[row] = count;
};

/** The row of the user part user[0, length), or 0. */
export const findAddress = (table: AddressTable, hash: number, user: Uint8Array, length: number): number => {
  const { index, indexMask, texts } = table;
  for (let place = hash & indexMask; index[place] !== 0; place = (place + 1) & indexMask) {
    const row = index[place]!;
    if (table.userHash[row] !== hash) continue;
    const at = table.userAt[row]!;
    if (equalBytes(texts.bytes, at, at + table.userLength[row]!, user, 0, length)) return row;
  }
  return 0;
};

/** A row, without bindings, for a user part that has none; 0 when the table or the text store is full. */
export const addAddress = (table: AddressTable, hash: number, user: Uint8Array, length: number): number => {
  const row = takeRow(table);
  if (row === 0) return 0;
  const at = keepText(table.texts, user, length);
  if (at === 0) {
    giveBackRow(table, row);
    return 0;
  }
  table.userHash[row] = hash;
  table.userAt[row] = at;
  table.userLength[row] = length;
  table.firstBinding[row] = 0;
  table.bindingCount[row] = 0;
  table.nonceIssuedUs[row] = 0;
  table.nonceCount[row] = 0;
  let place = hash & table.indexMask;
  while (table.index[place] !== 0) place = (place + 1) & table.indexMask;
  table.index[place] = row;
  appendIdle(table, row);
  return row;
};

/** Called by bindings.ts alone: the row's list of bindings changed. */
export const setBindings = (table: AddressTable, row: number, firstBinding: number, count: number): void => {
  const before = table.bindingCount[row]!;
  table.firstBinding[row] = firstBinding;
  table.bindingCount[row] = count;
  if (before === 0 && count > 0) {
    unlinkIdle(table, row);
    table.boundCount++;
  } else if (before > 0 && count === 0) {
    appendIdle(table, row);
    table.boundCount--;
  }
};

/** A free row, a fresh one, or that of the address which has been without bindings for longest. */
const takeRow = (table: AddressTable): number => {
  const free = table.freeRow;
  if (free !== 0) {
    table.freeRow = table.idleNext[free]!;
    return free;
  }
  if (table.freshRow <= table.capacity) return table.freshRow++;
  const oldest = table.idleFirst;
  if (oldest !== 0) removeIdleRow(table, oldest);
  return oldest;
};

const giveBackRow = (table: AddressTable, row: number): void => {
  table.idleNext[row] = table.freeRow;
  table.freeRow = row;
};

const removeIdleRow = (table: AddressTable, row: number): void => {
  unlinkIdle(table, row);
  removeFromIndex(table, row);
  releaseText(table.texts, table.userAt[row]!, table.userLength[row]!);
};

const removeFromIndex = (table: AddressTable, row: number): void => {
  const { index, indexMask, userHash } = table;
  let hole = userHash[row]! & indexMask;
  while (index[hole] !== row) hole = (hole + 1) & indexMask;
  for (let place = (hole + 1) & indexMask; index[place] !== 0; place = (place + 1) & indexMask) {
    const home = userHash[index[place]!]! & indexMask;
    // A follower may move into the hole only if its home isn't after it, seen along the probing order.
    if (((place - home) & indexMask) < ((place - hole) & indexMask)) continue;
    index[hole] = index[place]!;
    hole = place;
  }
  index[hole] = 0;
};

const appendIdle = (table: AddressTable, row: number): void => {
  const last = table.idleLast;
  table.idleNext[row] = 0;
  table.idlePrevious[row] = last;
  if (last === 0) table.idleFirst = row;
  else table.idleNext[last] = row;
  table.idleLast = row;
};

const unlinkIdle = (table: AddressTable, row: number): void => {
  const next = table.idleNext[row]!;
  const previous = table.idlePrevious[row]!;
  if (previous === 0) table.idleFirst = next;
  else table.idleNext[previous] = next;
  if (next === 0) table.idleLast = previous;
  else table.idlePrevious[next] = previous;
};
