// @hot
// Where recvmmsg puts datagrams: a row of slots, each with its message header, peer and control buffer. One set serves all
// sockets of a transport, since a turn hands out what one call received before it makes the next.
//
//   block   | mmsghdr 0..n-1 | iovec 0..n-1 | sockaddr 0..n-1 | control 0..n-1 |        data   | slot 0 | slot 1 | …
//
// Slots hold the longest UDP payload there is, so nothing is cut unless the owner chose smaller ones. Only the pages that
// datagrams really touch become resident. Slots begin a little more than a power of two apart: were it exactly 64 KiB, the
// first lines of all slots would compete for the same few places in the processor's caches.

import {
  CMSG_DATA,
  CMSG_LEVEL,
  CMSG_TYPE,
  IOVEC_BYTES,
  type Libc,
  MMSGHDR_BYTES,
  MMSGHDR_WORDS,
  MSG_CONTROL,
  MSG_CONTROLLEN,
  MSG_FLAGS,
  MSG_IOV,
  MSG_IOVLEN,
  MSG_LEN,
  MSG_NAME,
  MSG_NAMELEN,
  MSG_TRUNC,
  SO_TIMESTAMPNS,
  SOCKADDR_BYTES,
  SOCKADDR_WORDS,
  SOL_SOCKET,
} from './libc.ts';
import { createNativeBlock, type NativeBlock, writeWide } from './native-block.ts';
import { swapAddress, swapPort } from './send-queue.ts';
import { mapStampUs, type WallClock } from './wall-clock.ts';

export interface ReceiveSlots {
  readonly block: NativeBlock;
  readonly data: NativeBlock;
  readonly words: Uint32Array;
  readonly namesWord: number;
  readonly controlsWord: number;
  readonly slotCount: number;
  readonly strideBytes: number;
}

const CACHE_LINE_BYTES = 64;
/** As long as the usual answer. */
const SPREAD_BYTES = 9 * CACHE_LINE_BYTES;
const CONTROL_BYTES = 64;
const CONTROL_WORDS = CONTROL_BYTES / 4;
/** A cmsghdr of 16 bytes and a timespec. */
const STAMP_BYTES = 32;
const WORD_RANGE = 0x1_0000_0000;

export const createReceiveSlots = (libc: Libc, slotCount: number, slotBytes: number): ReceiveSlots => {
  const strideBytes = Math.ceil(slotBytes / CACHE_LINE_BYTES) * CACHE_LINE_BYTES + SPREAD_BYTES;
  const data = createNativeBlock(libc, slotCount * strideBytes);
  const block = createNativeBlock(libc, slotCount * (MMSGHDR_BYTES + IOVEC_BYTES + SOCKADDR_BYTES + CONTROL_BYTES));
  const iovecs = slotCount * MMSGHDR_BYTES;
  const names = iovecs + slotCount * IOVEC_BYTES;
  const controls = names + slotCount * SOCKADDR_BYTES;
  const slots: ReceiveSlots = {
    block,
    data,
    words: block.words,
    namesWord: names / 4,
    controlsWord: controls / 4,
    slotCount,
    strideBytes,
  };
  for (let slot = 0; slot < slotCount; slot++) {
    const header = slot * MMSGHDR_WORDS;
    const iovec = iovecs + slot * IOVEC_BYTES;
    writeWide(block.words, iovec / 4, data.address + slot * strideBytes);
    writeWide(block.words, iovec / 4 + 2, slotBytes);
    writeWide(block.words, header + MSG_NAME, block.address + names + slot * SOCKADDR_BYTES);
    writeWide(block.words, header + MSG_IOV, block.address + iovec);
    writeWide(block.words, header + MSG_IOVLEN, 1);
    writeWide(block.words, header + MSG_CONTROL, block.address + controls + slot * CONTROL_BYTES);
    rearmSlot(slots, slot);
  }
  return slots;
};

/** The kernel overwrites both lengths with what it used, so they are set again before the slot is offered again. */
export const rearmSlot = (slots: ReceiveSlots, slot: number): void => {
  const header = slot * MMSGHDR_WORDS;
  slots.words[header + MSG_NAMELEN] = SOCKADDR_BYTES;
  slots.words[header + MSG_CONTROLLEN] = CONTROL_BYTES;
};

export const lengthOf = (slots: ReceiveSlots, slot: number): number => slots.words[slot * MMSGHDR_WORDS + MSG_LEN]!;

export const wasTruncated = (slots: ReceiveSlots, slot: number): boolean =>
  (slots.words[slot * MMSGHDR_WORDS + MSG_FLAGS]! & MSG_TRUNC) !== 0;

export const peerAddressOf = (slots: ReceiveSlots, slot: number): number =>
  swapAddress(slots.words[slots.namesWord + slot * SOCKADDR_WORDS + 1]!);

export const peerPortOf = (slots: ReceiveSlots, slot: number): number =>
  swapPort(slots.words[slots.namesWord + slot * SOCKADDR_WORDS]! >>> 16);

/** When the kernel received the datagram. The stamp is the only control message that is asked for. */
export const arrivalOf = (slots: ReceiveSlots, slot: number, wall: WallClock, nowUs: number): number => {
  const words = slots.words;
  const control = slots.controlsWord + slot * CONTROL_WORDS;
  if (words[slot * MMSGHDR_WORDS + MSG_CONTROLLEN]! < STAMP_BYTES) return nowUs;
  if (words[control + CMSG_LEVEL] !== SOL_SOCKET || words[control + CMSG_TYPE] !== SO_TIMESTAMPNS) return nowUs;
  const seconds = words[control + CMSG_DATA + 1]! * WORD_RANGE + words[control + CMSG_DATA]!;
  return mapStampUs(wall, seconds, words[control + CMSG_DATA + 2]!, nowUs);
};
