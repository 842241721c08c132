// What will happen in a simulated world, soonest first; of two at the same time the one that was added first. A binary heap.

interface Entry<T> {
  readonly atUs: number;
  /** Rises with every entry, so that equal times keep their order. */
  readonly number: number;
  readonly event: T;
}

export interface EventQueue<T> {
  readonly heap: Entry<T>[];
  added: number;
}

export function createEventQueue<T>(): EventQueue<T> {
  return { heap: [], added: 0 };
}

/** When the soonest event happens; Infinity when there is none. */
export function nextEventUs<T>({ heap }: EventQueue<T>): number {
  return heap.length === 0 ? Number.POSITIVE_INFINITY : heap[0]!.atUs;
}

export function addEvent<T>(queue: EventQueue<T>, atUs: number, event: T): void {
  const { heap } = queue;
  const entry = { atUs, number: queue.added++, event };
  let at = heap.length;
  heap.push(entry);
  for (let parent = (at - 1) >> 1; at > 0 && isBefore(entry, heap[parent]!); parent = (at - 1) >> 1) {
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = entry;
}

/** Takes the soonest event out; there must be one. */
export function takeEvent<T>({ heap }: EventQueue<T>): T {
  const first = heap[0]!;
  const last = heap.pop()!;
  if (heap.length > 0) sink(heap, last);
  return first.event;
}

/** Puts an entry where the first one was, and lets it sink to its place. */
function sink<T>(heap: Entry<T>[], entry: Entry<T>): void {
  let at = 0;
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
    if (!isBefore(heap[child]!, entry)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = entry;
}

function isBefore<T>(one: Entry<T>, other: Entry<T>): boolean {
  return one.atUs < other.atUs || (one.atUs === other.atUs && one.number < other.number);
}
