// @hot
// Contexts that have something to do in the next turn, in the order in which that came about. A context stands in it at
// most once, so a ring of one place per context never overflows.

import type { MemoryPlan } from '../std/index.ts';
import { assert } from '../std/index.ts';

export interface ReadyQueue {
  readonly context: Int32Array;
  first: number;
  size: number;
}

export function createReadyQueue(memory: MemoryPlan, capacity: number): ReadyQueue {
  return { context: memory.i32('ready queue', Math.max(1, capacity)), first: 0, size: 0 };
}

export function pushReady(queue: ReadyQueue, context: number): void {
  assert(queue.size < queue.context.length, 'a context is ready twice');
  let at = queue.first + queue.size;
  if (at >= queue.context.length) at -= queue.context.length;
  queue.context[at] = context;
  queue.size += 1;
}

/** The oldest context, which stays in the queue; the queue must not be empty. */
export function peekReady(queue: ReadyQueue): number {
  return queue.context[queue.first]!;
}

export function dropReady(queue: ReadyQueue): void {
  queue.first = queue.first + 1 === queue.context.length ? 0 : queue.first + 1;
  queue.size -= 1;
}

/** Takes the context out, wherever it stands. Cold: who stood behind it moves up. */
export function removeReady(queue: ReadyQueue, context: number): void {
  const { size } = queue;
  for (let seen = 0; seen < size; seen++) {
    const each = peekReady(queue);
    dropReady(queue);
    if (each !== context) pushReady(queue, each);
  }
}

/** Undoes the dropReady before it; nothing may have been pushed in between. */
export function putBackReady(queue: ReadyQueue): void {
  queue.first = queue.first === 0 ? queue.context.length - 1 : queue.first - 1;
  queue.size += 1;
}
