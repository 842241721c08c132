// Memory follows from the scenario and is fixed at start: whoever needs a column asks the plan for it by name. The plan is
// a visible sum, one line per consumer, and once sealed a further request is a bug.

import { assert } from './assert.ts';

export interface MemoryPlan {
  u8(consumer: string, length: number): Uint8Array<ArrayBuffer>;
  u16(consumer: string, length: number): Uint16Array<ArrayBuffer>;
  u32(consumer: string, length: number): Uint32Array<ArrayBuffer>;
  i32(consumer: string, length: number): Int32Array<ArrayBuffer>;
  f64(consumer: string, length: number): Float64Array<ArrayBuffer>;
  /** No request is allowed after this. */
  seal(): void;
  totalBytes(): number;
  /** `consumer: bytes`, one line each, largest first, the sum last. */
  describe(): string;
}

export const createMemoryPlan = (): MemoryPlan => createPlan(1);

/**
 * The same sum without the memory: every array that it grants is empty. Tables made from it cannot be used, but what they
 * would take is known, for a million rows as fast as for ten.
 */
export const createMemorySum = (): MemoryPlan => createPlan(0);

/** `rows` is how many rows stand for each one that is asked for: 1, or 0 for a sum alone. */
function createPlan(rows: 0 | 1): MemoryPlan {
  const bytesByConsumer = new Map<string, number>();
  let sealed = false;
  /** Adds to the sum; returns how many elements are really to be made. */
  const grant = (consumer: string, length: number, elementBytes: number): number => {
    assert(!sealed, `memory requested after the plan was sealed: ${consumer}`);
    bytesByConsumer.set(consumer, (bytesByConsumer.get(consumer) ?? 0) + length * elementBytes);
    return length * rows;
  };
  const totalBytes = (): number => [...bytesByConsumer.values()].reduce((sum, bytes) => sum + bytes, 0);
  return {
    u8: (consumer, length) => new Uint8Array(grant(consumer, length, 1)),
    u16: (consumer, length) => new Uint16Array(grant(consumer, length, 2)),
    u32: (consumer, length) => new Uint32Array(grant(consumer, length, 4)),
    i32: (consumer, length) => new Int32Array(grant(consumer, length, 4)),
    f64: (consumer, length) => new Float64Array(grant(consumer, length, 8)),
    seal: () => {
      sealed = true;
    },
    totalBytes,
    describe: () => {
      const lines = [...bytesByConsumer]
        .sort((a, b) => b[1] - a[1])
        .map(([consumer, bytes]) => `${consumer}: ${bytes}`);
      return [...lines, `sum: ${totalBytes()}`].join('\n');
    },
  };
}
