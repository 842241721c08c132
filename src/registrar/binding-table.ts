// @hot
// The bindings: rows chained from their address-of-record in the order in which they came, each with one text in the store,
// and each filed in the expiry wheel under the moment it ends.
//
//  column        array          unit  meaning                                             valid in
//  owner         Int32Array     -     row of the address-of-record                        used rows
//  nextOfOwner   Int32Array     -     next binding of the same, or next free row; 0: none used and free rows
//  textAt        Float64Array   byte  where the text lies: contact URI, parameters, Call-ID, one after the other
//  uriLength     Uint16Array    byte                                                      used rows
//  paramsLength  Uint16Array    byte  header parameters with their ';', without expires   used rows
//  callIdLength  Uint16Array    byte                                                      used rows
//  pathLength    Uint16Array    byte  Path of the request, behind the Call-ID; only with RFC 3327 used rows
//  cseq          Uint32Array    -     of the request that last wrote it                   used rows
//  (expiry: expiry-wheel.ts, dueUs)
//
// Rows count from 1. A binding ends exactly when its time is over for whoever asks (purgeExpired goes first), and is
// cleared away by the wheel shortly after.
//
// Left out on purpose: which request may change which binding. That is RFC 3261 §10.3, and lives in update-bindings.ts.

import type { AddressTable } from './address-table.ts';
import { bindingCountOf, firstBindingOf, setBindings } from './address-table.ts';
import type { ExpiryWheel } from './expiry-wheel.ts';
import { createExpiryWheel, dueAt, fileRow, takeDue, unfileRow } from './expiry-wheel.ts';
import type { TextStore } from './text-store.ts';
import { releaseText } from './text-store.ts';

export interface BindingTable {
  readonly capacity: number;
  readonly addresses: AddressTable;
  readonly texts: TextStore;
  readonly wheel: ExpiryWheel;
  readonly owner: Int32Array;
  readonly nextOfOwner: Int32Array;
  readonly textAt: Float64Array;
  readonly uriLength: Uint16Array;
  readonly paramsLength: Uint16Array;
  readonly callIdLength: Uint16Array;
  readonly pathLength: Uint16Array | null;
  readonly cseq: Uint32Array;
  freeRow: number;
  freshRow: number;
  /** Rows in use. */
  count: number;
}

export const createBindingTable = (
  capacity: number,
  addresses: AddressTable,
  texts: TextStore,
  hasPaths = false,
): BindingTable => {
  const rows = capacity + 1;
  return {
    capacity,
    addresses,
    texts,
    wheel: createExpiryWheel(capacity),
    owner: new Int32Array(rows),
    nextOfOwner: new Int32Array(rows),
    textAt: new Float64Array(rows),
    uriLength: new Uint16Array(rows),
    paramsLength: new Uint16Array(rows),
    callIdLength: new Uint16Array(rows),
    pathLength: hasPaths ? new Uint16Array(rows) : null,
    cseq: new Uint32Array(rows),
    freeRow: 0,
    freshRow: 1,
    count: 0,
  };
};

export const nextBindingOf = (table: BindingTable, row: number): number => table.nextOfOwner[row]!;
export const cseqOf = (table: BindingTable, row: number): number => table.cseq[row]!;
export const expiresAtOf = (table: BindingTable, row: number): number => dueAt(table.wheel, row);
export const uriStartOf = (table: BindingTable, row: number): number => table.textAt[row]!;
export const uriEndOf = (table: BindingTable, row: number): number => table.textAt[row]! + table.uriLength[row]!;
export const paramsEndOf = (table: BindingTable, row: number): number =>
  uriEndOf(table, row) + table.paramsLength[row]!;
export const callIdEndOf = (table: BindingTable, row: number): number =>
  paramsEndOf(table, row) + table.callIdLength[row]!;

/** Of everything: URI, parameters, Call-ID, Path. */
export const textEndOf = (table: BindingTable, row: number): number =>
  callIdEndOf(table, row) + (table.pathLength === null ? 0 : table.pathLength[row]!);

const textLengthOf = (table: BindingTable, row: number): number => textEndOf(table, row) - uriStartOf(table, row);

/** How many more bindings fit. */
export const roomForBindings = (table: BindingTable): number => table.capacity - table.count;

/** A row at the end of the owner's list, its text and expiry not yet set. Only with roomForBindings() above 0. */
export const appendBinding = (table: BindingTable, owner: number): number => {
  let row = table.freeRow;
  if (row !== 0) table.freeRow = table.nextOfOwner[row]!;
  else row = table.freshRow++;
  table.count++;
  table.owner[row] = owner;
  table.nextOfOwner[row] = 0;
  const { addresses } = table;
  const first = firstBindingOf(addresses, owner);
  let last = first;
  while (last !== 0 && table.nextOfOwner[last] !== 0) last = table.nextOfOwner[last]!;
  if (last !== 0) table.nextOfOwner[last] = row;
  setBindings(addresses, owner, first === 0 ? row : first, bindingCountOf(addresses, owner) + 1);
  return row;
};

export const setBindingText = (
  table: BindingTable,
  row: number,
  textAt: number,
  uriLength: number,
  paramsLength: number,
  callIdLength: number,
  pathLength: number,
): void => {
  table.textAt[row] = textAt;
  table.uriLength[row] = uriLength;
  table.paramsLength[row] = paramsLength;
  table.callIdLength[row] = callIdLength;
  if (table.pathLength !== null) table.pathLength[row] = pathLength;
};

/** The first half of a refresh: the row keeps its text and waits for a new expiry. */
export const unscheduleBinding = (table: BindingTable, row: number): void => unfileRow(table.wheel, row);

/** The first half of a change: what the row held is given back, and it waits for a new text and expiry. */
export const clearBinding = (table: BindingTable, row: number): void => {
  unfileRow(table.wheel, row);
  releaseText(table.texts, table.textAt[row]!, textLengthOf(table, row));
};

export const setBindingExpiry = (table: BindingTable, row: number, cseq: number, expiresAtUs: number): void => {
  table.cseq[row] = cseq;
  fileRow(table.wheel, row, expiresAtUs);
};

export const removeBinding = (table: BindingTable, row: number): void => {
  clearBinding(table, row);
  freeBindingRow(table, row);
};

const freeBindingRow = (table: BindingTable, row: number): void => {
  const { addresses, nextOfOwner } = table;
  const owner = table.owner[row]!;
  let first = firstBindingOf(addresses, owner);
  if (first === row) {
    first = nextOfOwner[row]!;
  } else {
    let before = first;
    while (nextOfOwner[before] !== row) before = nextOfOwner[before]!;
    nextOfOwner[before] = nextOfOwner[row]!;
  }
  setBindings(addresses, owner, first, bindingCountOf(addresses, owner) - 1);
  nextOfOwner[row] = table.freeRow;
  table.freeRow = row;
  table.count--;
};

/** Removes those bindings of one address-of-record whose time is over; returns how many. */
export const purgeExpired = (table: BindingTable, owner: number, nowUs: number): number => {
  let removed = 0;
  let row = firstBindingOf(table.addresses, owner);
  while (row !== 0) {
    const next = table.nextOfOwner[row]!;
    if (expiresAtOf(table, row) <= nowUs) {
      removeBinding(table, row);
      removed++;
    }
    row = next;
  }
  return removed;
};

/** Removes what the wheel finds due among all bindings; returns how many. */
export const expireBindings = (table: BindingTable, nowUs: number): number => {
  let removed = 0;
  for (let row = takeDue(table.wheel, nowUs); row !== 0; row = takeDue(table.wheel, nowUs)) {
    releaseText(table.texts, table.textAt[row]!, textLengthOf(table, row));
    freeBindingRow(table, row);
    removed++;
  }
  return removed;
};
