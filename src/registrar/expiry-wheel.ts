// @hot
// When bindings end: a wheel of slots, one for each tick of 20 ms, each a doubly-linked list of rows. Filing, moving and
// removing a row costs the same whatever the number of rows; a heap of a million would not. A row due later than one turn
// of the wheel (21 minutes) stays in its slot and is looked at once a turn.
//
//  column   array          unit  meaning                                  valid in
//  dueUs    Float64Array   µs    when the row is due                      filed rows
//  next     Int32Array     -     next row in the slot, 0 for none         filed rows
//  previous Int32Array     -     row before it in the slot, 0 for none    filed rows
//
// A row is filed under the tick that begins at or after its due time, so it is never found early and at most 20 ms late.
// Whoever needs to be exact compares dueAt() with the present (see bindings.ts).

import { NEVER_US } from '../std/index.ts';

const TICK_US = 20_000;
const SLOTS = 1 << 16;

export interface ExpiryWheel {
  readonly dueUs: Float64Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  readonly heads: Int32Array;
  count: number;
  /** No filed row has an earlier tick. */
  earliestTick: number;
  /** Where takeDue goes on within the slot of earliestTick; 0 is its head. */
  resumeAt: number;
}

/** For rows 1 to `rows`. */
export const createExpiryWheel = (rows: number): ExpiryWheel => ({
  dueUs: new Float64Array(rows + 1),
  next: new Int32Array(rows + 1),
  previous: new Int32Array(rows + 1),
  heads: new Int32Array(SLOTS),
  count: 0,
  earliestTick: 0,
  resumeAt: 0,
});

export const dueAt = (wheel: ExpiryWheel, row: number): number => wheel.dueUs[row]!;

const tickOf = (dueUs: number): number => Math.ceil(dueUs / TICK_US);

export const fileRow = (wheel: ExpiryWheel, row: number, dueUs: number): void => {
  const tick = tickOf(dueUs);
  const slot = tick % SLOTS;
  const head = wheel.heads[slot]!;
  wheel.dueUs[row] = dueUs;
  wheel.next[row] = head;
  wheel.previous[row] = 0;
  if (head !== 0) wheel.previous[head] = row;
  wheel.heads[slot] = row;
  if (wheel.count === 0 || tick < wheel.earliestTick) {
    wheel.earliestTick = tick;
    wheel.resumeAt = 0;
  }
  wheel.count++;
};

export const unfileRow = (wheel: ExpiryWheel, row: number): void => {
  const next = wheel.next[row]!;
  const previous = wheel.previous[row]!;
  if (next !== 0) wheel.previous[next] = previous;
  if (previous !== 0) wheel.next[previous] = next;
  else wheel.heads[tickOf(wheel.dueUs[row]!) % SLOTS] = next;
  if (wheel.resumeAt === row) wheel.resumeAt = 0;
  wheel.count--;
};

/** Takes one row out that is due, or returns 0 when no more are. Call until 0. */
export const takeDue = (wheel: ExpiryWheel, nowUs: number): number => {
  while (wheel.count > 0 && wheel.earliestTick * TICK_US <= nowUs) {
    let row = wheel.resumeAt === 0 ? wheel.heads[wheel.earliestTick % SLOTS]! : wheel.resumeAt;
    while (row !== 0) {
      const next = wheel.next[row]!;
      if (wheel.dueUs[row]! <= nowUs) {
        unfileRow(wheel, row);
        // With nothing left in this slot the next call looks at an empty one or at rows it has passed: harmless.
        wheel.resumeAt = next;
        return row;
      }
      row = next;
    }
    wheel.resumeAt = 0;
    wheel.earliestTick = nextOccupiedTick(wheel);
  }
  return 0;
};

/** The tick of the next slot that holds anything, at most one turn ahead. */
const nextOccupiedTick = (wheel: ExpiryWheel): number => {
  const heads = wheel.heads;
  let tick = wheel.earliestTick + 1;
  for (const end = tick + SLOTS; tick < end; tick++) {
    if (heads[tick % SLOTS] !== 0) break;
  }
  return tick;
};

/** No row is due before this. It may be too early (then nothing is due yet), never too late. */
export const nextExpiryUs = (wheel: ExpiryWheel): number =>
  wheel.count === 0 ? NEVER_US : wheel.earliestTick * TICK_US;

/** Cold. How many filed rows are past their time and not yet taken out: those of the tick under way. */
export const overdueCount = (wheel: ExpiryWheel, nowUs: number): number => {
  if (wheel.count === 0) return 0;
  let overdue = 0;
  const last = Math.min(tickOf(nowUs), wheel.earliestTick + SLOTS - 1);
  for (let tick = wheel.earliestTick; tick <= last; tick++) {
    for (let row = wheel.heads[tick % SLOTS]!; row !== 0; row = wheel.next[row]!) {
      if (wheel.dueUs[row]! <= nowUs) overdue++;
    }
  }
  return overdue;
};
