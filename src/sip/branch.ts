// @hot
// The Via branch of our requests. It names the transaction's row, so that an answer finds it without a map, and it is
// unique across space and time (RFC 3261 §8.1.1.7): runs differ in their tag, threads in their worker, and a row's
// generation rises whenever the row is used again.
//
//   z9hG4bK rrrrrrrr ww ssssss gggggggg       run tag, worker, slot, generation; lower-case hex, fixed width
//
// A branch of this shape whose run tag or worker is not ours is somebody else's answer.

import { writeHex } from '../std/index.ts';

const COOKIE = Uint8Array.of(0x7a, 0x39, 0x68, 0x47, 0x34, 0x62, 0x4b);
const RUN_TAG_AT = 7;
const WORKER_AT = 15;
const SLOT_AT = 17;
const GENERATION_AT = 23;
export const BRANCH_BYTES = 31;
export const MOST_SLOTS = 0x1000000;
export const MOST_WORKERS = 0x100;

export interface BranchReader {
  readonly runTag: number;
  readonly worker: number;
  slot: number;
  generation: number;
}

export function createBranchReader(runTag: number, worker: number): BranchReader {
  return { runTag, worker, slot: -1, generation: 0 };
}

export function writeBranch(
  out: Uint8Array,
  at: number,
  reader: BranchReader,
  slot: number,
  generation: number,
): number {
  for (let i = 0; i < COOKIE.length; i++) out[at + i] = COOKIE[i]!;
  writeHex(out, at + RUN_TAG_AT, reader.runTag, 8);
  writeHex(out, at + WORKER_AT, reader.worker, 2);
  writeHex(out, at + SLOT_AT, slot, 6);
  return writeHex(out, at + GENERATION_AT, generation, 8);
}

/** True when the branch is one of ours; `slot` and `generation` are then in the reader. */
export function readBranch(reader: BranchReader, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== BRANCH_BYTES) return false;
  for (let i = 0; i < COOKIE.length; i++) if (bytes[start + i] !== COOKIE[i]) return false;
  if (readHex(bytes, start + RUN_TAG_AT, 8) !== reader.runTag) return false;
  if (readHex(bytes, start + WORKER_AT, 2) !== reader.worker) return false;
  reader.slot = readHex(bytes, start + SLOT_AT, 6);
  reader.generation = readHex(bytes, start + GENERATION_AT, 8);
  return reader.slot >= 0 && reader.generation >= 0;
}

/** Lower-case hex of a fixed width, or -1. */
function readHex(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) {
    const byte = bytes[at + i]!;
    const digit = byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
