// @hot
// Answers that a rule holds back: a heap by the moment at which they are due. An entry names the server transaction, which
// keeps the bytes; meanwhile that is in Trying, where retransmissions are absorbed (RFC 3261 §17.2.2), or in Proceeding when
// a 100 was sent.
//
// A transaction that gave way to a newer one (the table was full, or the ring ran over its answer) leaves its entry behind until
// that is due or its place is wanted. What is held by an open transaction always finds room: there are no more of those than
// the table has rows, and the heap has a quarter more, so that looking for entries left behind is rare.
//
//  column    array         unit  meaning
//  dueUs     Float64Array  µs    when it is sent; ties by number, so that the order is always the same
//  number    Float64Array  -     of the server transaction, counted since the beginning
//  address   Uint32Array   -     where it goes
//  port      Uint16Array   -
//  copies    Uint8Array    -     how often it is sent

import { NEVER_US } from '../std/index.ts';

export interface HeldAnswers {
  readonly capacity: number;
  readonly dueUs: Float64Array;
  readonly number: Float64Array;
  readonly address: Uint32Array;
  readonly port: Uint16Array;
  readonly copies: Uint8Array;
  count: number;
}

/** For the answers of a table with so many transactions. */
export const createHeldAnswers = (transactionCapacity: number): HeldAnswers => {
  const capacity = transactionCapacity + Math.ceil(transactionCapacity / 4);
  return {
    capacity,
    dueUs: new Float64Array(capacity),
    number: new Float64Array(capacity),
    address: new Uint32Array(capacity),
    port: new Uint16Array(capacity),
    copies: new Uint8Array(capacity),
    count: 0,
  };
};

export const isHeldFull = (held: HeldAnswers): boolean => held.count === held.capacity;

export const nextHeldUs = (held: HeldAnswers): number => (held.count === 0 ? NEVER_US : held.dueUs[0]!);

const isBefore = (held: HeldAnswers, one: number, other: number): boolean => {
  const dueUs = held.dueUs[one]!;
  const otherUs = held.dueUs[other]!;
  return dueUs < otherUs || (dueUs === otherUs && held.number[one]! < held.number[other]!);
};

const swap = (held: HeldAnswers, one: number, other: number): void => {
  const { dueUs, number, address, port, copies } = held;
  const due = dueUs[one]!;
  dueUs[one] = dueUs[other]!;
  dueUs[other] = due;
  const transaction = number[one]!;
  number[one] = number[other]!;
  number[other] = transaction;
  const to = address[one]!;
  address[one] = address[other]!;
  address[other] = to;
  const toPort = port[one]!;
  port[one] = port[other]!;
  port[other] = toPort;
  const times = copies[one]!;
  copies[one] = copies[other]!;
  copies[other] = times;
};

/** While it isn't full. */
export const holdAnswer = (
  held: HeldAnswers,
  dueUs: number,
  number: number,
  address: number,
  port: number,
  copies: number,
): void => {
  let at = held.count++;
  held.dueUs[at] = dueUs;
  held.number[at] = number;
  held.address[at] = address;
  held.port[at] = port;
  held.copies[at] = copies;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(held, at, parent)) break;
    swap(held, at, parent);
    at = parent;
  }
};

/** Takes the first one out, once it was looked at (at index 0). */
export const dropHeld = (held: HeldAnswers): void => {
  held.count--;
  swap(held, 0, held.count);
  sink(held, 0);
};

/** Takes out those of transactions with smaller numbers; returns how many. */
export const dropHeldBelow = (held: HeldAnswers, number: number): number => {
  const { count } = held;
  let kept = 0;
  for (let at = 0; at < count; at++) if (held.number[at]! >= number) swap(held, at, kept++);
  held.count = kept;
  for (let at = (kept >> 1) - 1; at >= 0; at--) sink(held, at);
  return count - kept;
};

const sink = (held: HeldAnswers, from: number): void => {
  let at = from;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= held.count) return;
    const right = left + 1;
    const child = right < held.count && isBefore(held, right, left) ? right : left;
    if (!isBefore(held, child, at)) return;
    swap(held, child, at);
    at = child;
  }
};
