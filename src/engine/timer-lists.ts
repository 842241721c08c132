// @hot
// Timers E, F and K. SIP has only a handful of durations, and a timer of one duration that is set later is due later, so
// each duration is a list in order of its deadlines: set and clear are a few writes, and the next deadline is the least
// of the heads. The lists run through columns, so a timer is no object:
//
//   list "E, T2":   head -> slot 17 -> slot 4 -> slot 99 <- tail       next[], previous[], deadlineUs[]
//
//  column       array          unit  meaning                            valid in
//  next         Int32Array     -     the slot after this one, or -1     a slot in a list
//  previous     Int32Array     -     the slot before this one, or -1    a slot in a list
//  deadlineUs   Float64Array   µs    when it fires                      a slot in a list
//  listOf       Uint16Array    -     which list, from 1; or NO_LIST     every slot
//
// A slot is in at most one list of one TimerLists; a transaction has two timers at once (E beside F), so there are two.
//
// Behind the lists that run there may be others in which slots only stand in line, for as long as it takes: those whose timer has
// fired and who cannot be served yet. Clearing the timer takes a slot out of such a line too.

import type { MemoryPlan } from '../std/index.ts';
import { assert } from '../std/index.ts';

export const NO_SLOT = -1;
/** What fresh memory holds, so that a table of millions of rows is not touched before they are used. */
const NO_LIST = 0;
const MOST_LISTS = 65_535;

export interface TimerLists {
  readonly durationsUs: Float64Array;
  readonly head: Int32Array;
  readonly tail: Int32Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  readonly deadlineUs: Float64Array;
  readonly listOf: Uint16Array;
  /** Lists whose timers run; those behind them are lines. */
  readonly running: number;
}

/** One list per duration; durations in microseconds. Behind them `lines` in which nothing falls due. */
export function createTimerLists(
  memory: MemoryPlan,
  consumer: string,
  capacity: number,
  durations: readonly number[],
  lines = 0,
): TimerLists {
  const all = durations.length + lines;
  assert(all < MOST_LISTS, 'a list has a number');
  const lists: TimerLists = {
    durationsUs: memory.f64(consumer, all),
    head: memory.i32(consumer, all),
    tail: memory.i32(consumer, all),
    next: memory.i32(consumer, capacity),
    previous: memory.i32(consumer, capacity),
    deadlineUs: memory.f64(consumer, capacity),
    listOf: memory.u16(consumer, capacity),
    running: durations.length,
  };
  for (let list = 0; list < durations.length; list++) lists.durationsUs[list] = durations[list]!;
  lists.head.fill(NO_SLOT);
  lists.tail.fill(NO_SLOT);
  return lists;
}

/** Sets the slot's timer to fire the list's duration after `nowUs`, which must not be earlier than in any call before. */
export function setTimer(lists: TimerLists, list: number, slot: number, nowUs: number): void {
  clearTimer(lists, slot);
  const last = lists.tail[list]!;
  lists.deadlineUs[slot] = nowUs + lists.durationsUs[list]!;
  lists.listOf[slot] = list + 1;
  lists.next[slot] = NO_SLOT;
  lists.previous[slot] = last;
  if (last === NO_SLOT) lists.head[list] = slot;
  else lists.next[last] = slot;
  lists.tail[list] = slot;
}

/** Takes the slot's timer out of its list; harmless when it is in none. */
export function clearTimer(lists: TimerLists, slot: number): void {
  const listed = lists.listOf[slot]!;
  if (listed === NO_LIST) return;
  const list = listed - 1;
  const before = lists.previous[slot]!;
  const after = lists.next[slot]!;
  if (before === NO_SLOT) lists.head[list] = after;
  else lists.next[before] = after;
  if (after === NO_SLOT) lists.tail[list] = before;
  else lists.previous[after] = before;
  lists.listOf[slot] = NO_LIST;
}

/** The first slot of the list if it is due, else NO_SLOT. It stays in the list. */
export function dueSlot(lists: TimerLists, list: number, nowUs: number): number {
  const slot = lists.head[list]!;
  return slot !== NO_SLOT && lists.deadlineUs[slot]! <= nowUs ? slot : NO_SLOT;
}

export function firstSlot(lists: TimerLists, list: number): number {
  return lists.head[list]!;
}

/** The slot after this one in its list, or NO_SLOT. */
export function slotAfter(lists: TimerLists, slot: number): number {
  return lists.next[slot]!;
}

/** When the slot's timer fires; the slot must be in a list. */
export function deadlineOf(lists: TimerLists, slot: number): number {
  return lists.deadlineUs[slot]!;
}

/** The least deadline of all lists that run, or Infinity. */
export function nextTimerUs(lists: TimerLists): number {
  let least = Number.POSITIVE_INFINITY;
  for (let list = 0; list < lists.running; list++) {
    const slot = lists.head[list]!;
    if (slot !== NO_SLOT && lists.deadlineUs[slot]! < least) least = lists.deadlineUs[slot]!;
  }
  return least;
}
