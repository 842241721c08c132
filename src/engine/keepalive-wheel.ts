// @hot
// When each keepalive is due: a wheel of buckets, one for each tick, through which rows are linked. Setting and firing cost a few
// writes, however many rows there are, and each has its own time. (A heap on a million rows costs twenty cache misses; timer lists
// would want one duration for all.)
//
//   tick      41        42        43    …
//   bucket  row 7 ─> row 3      (none)        next[]        a row is in one bucket or in none
//             ^ cursor: what is due by now has been taken out of the buckets before it
//
// What is due is moved, bucket after bucket, to a list of its own first, and the cursor to the present: after a stall of more than a
// round, a row that is set again while others are taken has the whole wheel ahead of it, and not what the stall left of it.
//
//  column  array       unit  meaning                                                valid in
//  next    Int32Array  -     the row behind it in its list, plus FIRST_ROW;         every row
//                            LAST at the list's end, NOT_SET in none
//  heads   Int32Array  -     the same, for the first row of each bucket; LAST: none
//
// A tick is as long as makes the wheel TICKS_MOST long at most, and no shorter than a millisecond: a keepalive is late by less than that.

import type { MemoryPlan } from '../std/index.ts';

const NOT_SET = 0;
const LAST = 1;
const FIRST_ROW = 2;
const TICKS_MOST = 8_192;
const TICK_US_LEAST = 1_000;
export const NO_ROW = -1;

export interface KeepaliveWheel {
  readonly tickUs: number;
  readonly next: Int32Array;
  readonly heads: Int32Array;
  /** The first tick that has not been taken. */
  cursor: number;
  /** No bucket from the cursor up to this tick has a row. */
  nextTick: number;
  /** In the buckets. */
  rows: number;
  /** First of those that are due and not taken yet, as in `heads`. */
  due: number;
}

/** For rows that are due at most `longestUs` ahead. */
export function createKeepaliveWheel(memory: MemoryPlan, rows: number, longestUs: number): KeepaliveWheel {
  const tickUs = Math.max(TICK_US_LEAST, Math.ceil(longestUs / TICKS_MOST));
  const heads = memory.i32('keepalives', Math.ceil(longestUs / tickUs) + 2);
  heads.fill(LAST);
  return { tickUs, next: memory.i32('keepalives', rows), heads, cursor: 0, nextTick: 0, rows: 0, due: LAST };
}

export function isSet(wheel: KeepaliveWheel, row: number): boolean {
  return wheel.next[row] !== NOT_SET;
}

/** Sets a row that is in no bucket. What would be due beyond the wheel is due at its far end. */
export function setRow(wheel: KeepaliveWheel, row: number, dueUs: number): void {
  const { cursor, heads, tickUs } = wheel;
  const wanted = Math.max(cursor, Math.ceil(dueUs / tickUs));
  const tick = Math.min(wanted, cursor + heads.length - 1);
  const bucket = tick % heads.length;
  wheel.next[row] = heads[bucket]!;
  heads[bucket] = row + FIRST_ROW;
  if (wheel.rows === 0 || tick < wheel.nextTick) wheel.nextTick = tick;
  wheel.rows += 1;
}

/** Takes out a row that is due, or NO_ROW; those of an earlier tick first. Call until NO_ROW. */
export function takeDueRow(wheel: KeepaliveWheel, nowUs: number): number {
  if (wheel.due === LAST) gatherDue(wheel, Math.floor(nowUs / wheel.tickUs));
  if (wheel.due === LAST) return NO_ROW;
  const row = wheel.due - FIRST_ROW;
  wheel.due = wheel.next[row]!;
  wheel.next[row] = NOT_SET;
  return row;
}

/** Moves the rows of all buckets up to the present to the list of those that are due; the wheel reaches further from here. */
function gatherDue(wheel: KeepaliveWheel, nowTick: number): void {
  const { heads } = wheel;
  let last = NO_ROW;
  while (wheel.rows > 0 && wheel.nextTick <= nowTick) {
    const bucket = wheel.nextTick % heads.length;
    const head = heads[bucket]!;
    heads[bucket] = LAST;
    if (last === NO_ROW) wheel.due = head;
    else wheel.next[last] = head;
    last = countRows(wheel, head - FIRST_ROW);
    if (wheel.rows > 0) findNextTick(wheel);
  }
  wheel.cursor = Math.max(wheel.cursor, nowTick);
}

/** Takes the rows of a list, from its first one on, out of the count of those in buckets; returns the last one. */
function countRows(wheel: KeepaliveWheel, first: number): number {
  let last = first;
  wheel.rows -= 1;
  for (let entry = wheel.next[first]!; entry !== LAST; entry = wheel.next[last]!) {
    last = entry - FIRST_ROW;
    wheel.rows -= 1;
  }
  return last;
}

/** When the next row is due; Infinity without one. */
export function nextDueUs(wheel: KeepaliveWheel): number {
  return wheel.rows === 0 ? Number.POSITIVE_INFINITY : wheel.nextTick * wheel.tickUs;
}

/** The next bucket with a row, of which there is one: each bucket is passed once a round. */
function findNextTick(wheel: KeepaliveWheel): void {
  const { heads } = wheel;
  let tick = wheel.nextTick + 1;
  while (heads[tick % heads.length] === LAST) tick++;
  wheel.nextTick = tick;
}
