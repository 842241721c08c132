// @hot
// Contexts that wait for a time of their own: a binary heap on two columns, least deadline first, ties by context so that
// the order does not depend on history. A context is in it at most once, so the capacity is the number of contexts.
//
//  column       array          unit  meaning                     valid in
//  deadlineUs   Float64Array   µs    when the wait ends          index < size
//  context      Int32Array     -     the context that waits      index < size

import type { MemoryPlan } from '../std/index.ts';
import { assert } from '../std/index.ts';

export interface WaitHeap {
  size: number;
  readonly deadlineUs: Float64Array;
  readonly context: Int32Array;
}

export function createWaitHeap(memory: MemoryPlan, capacity: number): WaitHeap {
  return { size: 0, deadlineUs: memory.f64('waits', capacity), context: memory.i32('waits', capacity) };
}

export function pushWait(heap: WaitHeap, deadline: number, waiting: number): void {
  const { deadlineUs, context } = heap;
  assert(heap.size < context.length, 'a context waits twice');
  let at = heap.size++;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(deadline, waiting, deadlineUs[parent]!, context[parent]!)) break;
    deadlineUs[at] = deadlineUs[parent]!;
    context[at] = context[parent]!;
    at = parent;
  }
  deadlineUs[at] = deadline;
  context[at] = waiting;
}

export function nextWaitUs(heap: WaitHeap): number {
  return heap.size === 0 ? Number.POSITIVE_INFINITY : heap.deadlineUs[0]!;
}

/** Takes out the context with the least deadline; the heap must not be empty. */
export function popWait(heap: WaitHeap): number {
  const { deadlineUs, context } = heap;
  const first = context[0]!;
  const last = --heap.size;
  const deadline = deadlineUs[last]!;
  const waiting = context[last]!;
  let at = 0;
  for (let child = 1; child < last; child = 2 * at + 1) {
    const right = child + 1;
    if (right < last && isBefore(deadlineUs[right]!, context[right]!, deadlineUs[child]!, context[child]!))
      child = right;
    if (!isBefore(deadlineUs[child]!, context[child]!, deadline, waiting)) break;
    deadlineUs[at] = deadlineUs[child]!;
    context[at] = context[child]!;
    at = child;
  }
  deadlineUs[at] = deadline;
  context[at] = waiting;
  return first;
}

function isBefore(deadlineA: number, contextA: number, deadlineB: number, contextB: number): boolean {
  return deadlineA < deadlineB || (deadlineA === deadlineB && contextA < contextB);
}
