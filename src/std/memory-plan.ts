// Memory follows from the scenario and is fixed at start: whoever needs a column asks the plan for it by name. The plan is
// a visible sum, one line per consumer, and once sealed a further request is a bug.

import { assert } from './assert.ts';

/** What one consumer has of the sum. */
export interface MemoryLine {
  readonly consumer: string;
  readonly bytes: number;
}

export interface MemoryPlan {
  u8(consumer: string, length: number): Uint8Array<ArrayBuffer>;
  u16(consumer: string, length: number): Uint16Array<ArrayBuffer>;
  u32(consumer: string, length: number): Uint32Array<ArrayBuffer>;
  i32(consumer: string, length: number): Int32Array<ArrayBuffer>;
  f64(consumer: string, length: number): Float64Array<ArrayBuffer>;
  /** No request is allowed after this. */
  seal(): void;
  totalBytes(): number;
  /** One for each consumer, in the order of their first requests. */
  lines(): readonly MemoryLine[];
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
    lines: () => [...bytesByConsumer].map(([consumer, bytes]) => ({ consumer, bytes })),
    describe: () => {
      const lines = [...bytesByConsumer]
        .sort((a, b) => b[1] - a[1])
        .map(([consumer, bytes]) => `${consumer}: ${bytes}`);
      return [...lines, `sum: ${totalBytes()}`].join('\n');
    },
  };
}

export const memorySum = (lines: readonly MemoryLine[]): number => lines.reduce((sum, { bytes }) => sum + bytes, 0);

/** Several plans as one: the lines of a consumer added up. */
export function addMemory(plans: readonly (readonly MemoryLine[])[]): readonly MemoryLine[] {
  const bytesByConsumer = new Map<string, number>();
  for (const { consumer, bytes } of plans.flat()) {
    bytesByConsumer.set(consumer, (bytesByConsumer.get(consumer) ?? 0) + bytes);
  }
  return [...bytesByConsumer].map(([consumer, bytes]) => ({ consumer, bytes }));
}
