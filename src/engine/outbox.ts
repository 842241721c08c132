// @hot
// Messages on their way to the kernel, for one flow. Composed into one slab, a ring of bytes; the transport points the
// kernel at the same bytes, so nothing is copied. An entry is queued, then offered (drain gave it to the sink), then gone
// (sent or refused). The transport reports in order, so three positions are enough:
//
//   entries:  | gone | offered | queued |            bytes of the slab are freed with their entry
//                    ^first    ^offered  ^end
//
//  column       array          unit   meaning                                                valid in
//  start, end   Int32Array     bytes  where the message lies in the slab                     first <= entry < end
//  slot         Int32Array     -      its transaction's slot, CANCELLED or an ASIDE_*        first <= entry < end
//  generation   Uint32Array    -      its transaction's generation; an aside's own number    first <= entry < end
//  again        Uint8Array     -      1: a retransmission                                    first <= entry < end
//
// An aside is a message that is no request of a registration: an answer to somebody's request, a keepalive. Asides have a quarter of
// the entries and of the slab and no more, so that whatever comes in, registrations find room.

import type { MemoryPlan } from '../std/index.ts';

/** The entry's transaction ended before it was offered; it is passed over. */
export const CANCELLED = -1;
/** An answer to an incoming request; its number is the status. */
export const ASIDE_ANSWER = -2;
/** A keepalive; its number says which (keepalive.ts). */
export const ASIDE_PING = -3;
const ASIDE_SHARE = 4;

export interface Outbox {
  readonly slab: Uint8Array;
  readonly mask: number;
  /** Longest message that compose may write. */
  readonly longestBytes: number;
  /** Entry numbers, ever rising; an entry's index is its number & mask. */
  first: number;
  offered: number;
  end: number;
  /** Where the next message may be written. */
  writeAt: number;
  /** Asides that are queued or offered, and their bytes. */
  asideEntries: number;
  asideBytes: number;
  readonly start: Int32Array;
  readonly stop: Int32Array;
  readonly slot: Int32Array;
  readonly generation: Uint32Array;
  readonly again: Uint8Array;
}

/** `entries` is a power of two. */
export function createOutbox(memory: MemoryPlan, entries: number, slabBytes: number, longestBytes: number): Outbox {
  return {
    slab: memory.u8('outbox', slabBytes),
    mask: entries - 1,
    longestBytes,
    first: 0,
    offered: 0,
    end: 0,
    writeAt: 0,
    asideEntries: 0,
    asideBytes: 0,
    start: memory.i32('outbox', entries),
    stop: memory.i32('outbox', entries),
    slot: memory.i32('outbox', entries),
    generation: memory.u32('outbox', entries),
    again: memory.u8('outbox', entries),
  };
}

/** Where a message of the longest length may be composed, or -1 when the outbox is full. */
export function outboxRoom(outbox: Outbox): number {
  return roomFor(outbox, outbox.longestBytes);
}

/** The same for an aside of so many bytes; -1 too when asides have their share. */
export function asideRoom(outbox: Outbox, bytes: number): number {
  if ((outbox.asideEntries + 1) * ASIDE_SHARE > outbox.mask + 1) return -1;
  if ((outbox.asideBytes + bytes) * ASIDE_SHARE > outbox.slab.length) return -1;
  return roomFor(outbox, bytes);
}

function roomFor(outbox: Outbox, longestBytes: number): number {
  if (outbox.end - outbox.first > outbox.mask) return -1;
  if (outbox.end === outbox.first) {
    outbox.writeAt = 0;
    return 0;
  }
  const oldest = outbox.start[outbox.first & outbox.mask]!;
  const { writeAt } = outbox;
  if (writeAt > oldest) {
    if (outbox.slab.length - writeAt >= longestBytes) return writeAt;
    if (oldest > longestBytes) {
      outbox.writeAt = 0;
      return 0;
    }
    return -1;
  }
  // Strictly less, so that a full slab is never taken for an empty one.
  return oldest - writeAt > longestBytes ? writeAt : -1;
}

/** Queues the message that was composed at [start, stop), where `start` is what outboxRoom returned. */
export function queueMessage(
  outbox: Outbox,
  start: number,
  stop: number,
  slot: number,
  generation: number,
  again: number,
): void {
  const index = outbox.end++ & outbox.mask;
  outbox.start[index] = start;
  outbox.stop[index] = stop;
  outbox.slot[index] = slot;
  outbox.generation[index] = generation;
  outbox.again[index] = again;
  outbox.writeAt = stop;
}

/** Queues an aside that was composed at [start, stop), where `start` is what asideRoom returned. */
export function queueAside(outbox: Outbox, start: number, stop: number, kind: number, number: number): void {
  outbox.asideEntries += 1;
  outbox.asideBytes += stop - start;
  queueMessage(outbox, start, stop, kind, number, 0);
}

/** The aside at this index leaves the outbox. */
export function releaseAside(outbox: Outbox, index: number): void {
  outbox.asideEntries -= 1;
  outbox.asideBytes -= outbox.stop[index]! - outbox.start[index]!;
}

/** The peer is gone: whatever was queued or offered will never be sent. */
export function clearOutbox(outbox: Outbox): void {
  outbox.asideEntries = 0;
  outbox.asideBytes = 0;
  outbox.first = outbox.end;
  outbox.offered = outbox.end;
}
