// The copies under way in the relay, by the time at which they leave; of equal times the earlier one first. A binary heap
// in an array.

const isBefore = (a, b) => a.atUs < b.atUs || (a.atUs === b.atUs && a.order < b.order);

const swap = (heap, i, j) => {
  const kept = heap[i];
  heap[i] = heap[j];
  heap[j] = kept;
};

const rise = (heap) => {
  for (let at = heap.length - 1; at > 0; ) {
    const parent = (at - 1) >> 1;
    if (!isBefore(heap[at], heap[parent])) return;
    swap(heap, at, parent);
    at = parent;
  }
};

const sink = (heap) => {
  for (let at = 0; ; ) {
    let least = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && isBefore(heap[child], heap[least])) least = child;
    }
    if (least === at) return;
    swap(heap, at, least);
    at = least;
  }
};

/** `copy.atUs` decides; the queue adds `order` to it. */
export const createCopyQueue = () => {
  const heap = [];
  let pushed = 0;
  return {
    size: () => heap.length,
    /** Undefined when there is none. */
    first: () => heap[0],
    push: (copy) => {
      heap.push({ ...copy, order: pushed++ });
      rise(heap);
    },
    removeFirst: () => {
      swap(heap, 0, heap.length - 1);
      heap.pop();
      sink(heap);
    },
  };
};
