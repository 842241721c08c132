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

export function createMemoryPlan(): MemoryPlan {
  const bytesByConsumer = new Map<string, number>();
  let sealed = false;
  const grant = <T extends { readonly byteLength: number }>(consumer: string, array: T): T => {
    assert(!sealed, `memory requested after the plan was sealed: ${consumer}`);
    bytesByConsumer.set(consumer, (bytesByConsumer.get(consumer) ?? 0) + array.byteLength);
    return array;
  };
  const totalBytes = (): number => [...bytesByConsumer.values()].reduce((sum, bytes) => sum + bytes, 0);
  return {
    u8: (consumer, length) => grant(consumer, new Uint8Array(length)),
    u16: (consumer, length) => grant(consumer, new Uint16Array(length)),
    u32: (consumer, length) => grant(consumer, new Uint32Array(length)),
    i32: (consumer, length) => grant(consumer, new Int32Array(length)),
    f64: (consumer, length) => grant(consumer, new Float64Array(length)),
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
