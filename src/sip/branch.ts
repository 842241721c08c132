// @hot
// The Via branch of our requests. It names the transaction's row, so that an answer finds it without a map, and it is
// unique across space and time (RFC 3261 §8.1.1.7): runs differ in their tag, threads in their worker, and a row's
// generation rises whenever the row is used again.
//
//   z9hG4bK rrrrrrrr ww ssssss gggggggg       run tag, worker, slot, generation; lower-case hex, fixed width
//
// A branch of this shape whose run tag or worker is not ours is somebody else's answer.

import { writeHex, writeHexByte } from '../std/index.ts';

const COOKIE = Uint8Array.of(0x7a, 0x39, 0x68, 0x47, 0x34, 0x62, 0x4b);
const RUN_TAG_AT = 7;
const WORKER_AT = 15;
const SLOT_AT = 17;
const GENERATION_AT = 23;
export const BRANCH_BYTES = 31;
/** What is the same in all branches of a worker. */
export const BRANCH_PREFIX_BYTES = 17;
export const MOST_SLOTS = 0x1000000;
export const MOST_WORKERS = 0x100;
const NO_HEX = -1;
const HEX_VALUE: Int8Array = hexValues();

export interface BranchReader {
  /** What all branches of the worker begin with. */
  readonly prefix: Uint8Array;
  slot: number;
  generation: number;
}

export function createBranchReader(runTag: number, worker: number): BranchReader {
  const prefix = new Uint8Array(SLOT_AT);
  prefix.set(COOKIE);
  writeHex(prefix, RUN_TAG_AT, runTag, 8);
  writeHex(prefix, WORKER_AT, worker, 2);
  return { prefix, slot: -1, generation: 0 };
}

export function writeBranch(
  out: Uint8Array,
  at: number,
  reader: BranchReader,
  slot: number,
  generation: number,
): number {
  out.set(reader.prefix, at);
  return writeRow(out, at, slot, generation);
}

/** What differs between two branches of a worker, into one that is there already; `at` is where the branch begins. */
export function writeRow(out: Uint8Array, at: number, slot: number, generation: number): number {
  const slotAt = at + SLOT_AT;
  writeHexByte(out, slotAt, slot >>> 16);
  writeHexByte(out, slotAt + 2, (slot >>> 8) & 255);
  writeHexByte(out, slotAt + 4, slot & 255);
  return writeHex(out, at + GENERATION_AT, generation, 8);
}

/** True when the branch is one of ours; `slot` and `generation` are then in the reader. */
export function readBranch(reader: BranchReader, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== BRANCH_BYTES) return false;
  const { prefix } = reader;
  for (let i = 0; i < SLOT_AT; i++) if (bytes[start + i] !== prefix[i]) return false;
  return readRow(reader, bytes, start);
}

/** The same for a branch that is known to begin with the prefix and to have its length. */
export function readRow(reader: BranchReader, bytes: Uint8Array, start: number): boolean {
  const slotAt = start + SLOT_AT;
  const slot = (readPair(bytes, slotAt) << 16) | (readPair(bytes, slotAt + 2) << 8) | readPair(bytes, slotAt + 4);
  const at = start + GENERATION_AT;
  const high = (readPair(bytes, at) << 8) | readPair(bytes, at + 2);
  const low = (readPair(bytes, at + 4) << 8) | readPair(bytes, at + 6);
  if ((slot | high | low) < 0) return false;
  reader.slot = slot;
  reader.generation = ((high << 16) | low) >>> 0;
  return true;
}

/** The value of two lower-case hex digits; less than 0 where one of them is something else. */
function readPair(bytes: Uint8Array, at: number): number {
  return (HEX_VALUE[bytes[at]!]! << 4) | HEX_VALUE[bytes[at + 1]!]!;
}

function hexValues(): Int8Array {
  const values = new Int8Array(256).fill(NO_HEX);
  for (let value = 0; value < 16; value++) values[value.toString(16).charCodeAt(0)] = value;
  return values;
}
