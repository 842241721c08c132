// @hot
// The messages of one socket that wait for sendmmsg, kept as the very arrays that the call reads: message headers, the
// iovecs that point into the flow's slab, and peers. Taking a message is two to four word writes; nothing is copied.
//
//   block   | mmsghdr 0..capacity-1 | iovec 0..capacity-1 | sockaddr 0..capacity-1 |
//   head                      next message to hand to the kernel; 0 except while the kernel takes no more
//   tail                      where the next message goes
//
// The queue is filled, emptied and filled again; what the kernel would not take is moved to the front (rare).

import { assert } from '../std/index.ts';
import {
  AF_INET,
  IOVEC_BYTES,
  IOVEC_WORDS,
  type Libc,
  MMSGHDR_BYTES,
  MMSGHDR_WORDS,
  MSG_IOV,
  MSG_IOVLEN,
  MSG_NAME,
  MSG_NAMELEN,
  SOCKADDR_BYTES,
  SOCKADDR_WORDS,
} from './libc.ts';
import { createNativeBlock, type NativeBlock, writeWide } from './native-block.ts';

export interface SendQueue {
  readonly block: NativeBlock;
  readonly words: Uint32Array;
  readonly iovecsWord: number;
  readonly namesWord: number;
  readonly capacity: number;
  /** Kept alive here: the iovecs point into it. */
  readonly slab: Uint8Array;
  readonly slabBytes: number;
  readonly slabLow: number;
  readonly slabHigh: number;
  head: number;
  tail: number;
}

const WORD_RANGE = 0x1_0000_0000;
const PER_MESSAGE_BYTES = MMSGHDR_BYTES + IOVEC_BYTES + SOCKADDR_BYTES;

/** `named`: each message names its peer (a server's socket). */
export const createSendQueue = (libc: Libc, slab: Uint8Array, capacity: number, named: boolean): SendQueue => {
  const block = createNativeBlock(libc, capacity * PER_MESSAGE_BYTES);
  const iovecsOffset = capacity * MMSGHDR_BYTES;
  const namesOffset = iovecsOffset + capacity * IOVEC_BYTES;
  for (let index = 0; index < capacity; index++) {
    const header = index * MMSGHDR_WORDS;
    writeWide(block.words, header + MSG_IOV, block.address + iovecsOffset + index * IOVEC_BYTES);
    writeWide(block.words, header + MSG_IOVLEN, 1);
    if (!named) continue;
    writeWide(block.words, header + MSG_NAME, block.address + namesOffset + index * SOCKADDR_BYTES);
    block.words[header + MSG_NAMELEN] = SOCKADDR_BYTES;
  }
  const slabAddress = libc.addressOf(slab);
  return {
    block,
    words: block.words,
    iovecsWord: iovecsOffset / 4,
    namesWord: namesOffset / 4,
    capacity,
    slab,
    slabBytes: slab.byteLength,
    slabLow: slabAddress % WORD_RANGE,
    slabHigh: Math.floor(slabAddress / WORD_RANGE),
    head: 0,
    tail: 0,
  };
};

/** False when the queue is full. */
export const enqueue = (queue: SendQueue, start: number, end: number): boolean => {
  assert(start >= 0, 'a message starts in its slab');
  assert(end >= start, 'a message ends after its start');
  assert(end <= queue.slabBytes, 'a message ends in its slab');
  if (queue.tail === queue.capacity) return false;
  const iovec = queue.iovecsWord + queue.tail * IOVEC_WORDS;
  const low = queue.slabLow + start;
  queue.words[iovec] = low >>> 0;
  queue.words[iovec + 1] = low < WORD_RANGE ? queue.slabHigh : queue.slabHigh + 1;
  queue.words[iovec + 2] = end - start;
  queue.tail++;
  return true;
};

/** Names the peer of the message taken last. */
export const nameLastPeer = (queue: SendQueue, address: number, port: number): void => {
  const name = queue.namesWord + (queue.tail - 1) * SOCKADDR_WORDS;
  queue.words[name] = AF_INET | (swapPort(port) << 16);
  queue.words[name + 1] = swapAddress(address);
};

/** Where the header of the message at `head` lies. */
export const headAddress = (queue: SendQueue): number => queue.block.address + queue.head * MMSGHDR_BYTES;

export const clearQueue = (queue: SendQueue): void => {
  queue.head = 0;
  queue.tail = 0;
};

/** Moves what is left to the front, so that there is room behind it. */
export const compactQueue = (queue: SendQueue): void => {
  const { head, tail, words, iovecsWord, namesWord } = queue;
  if (head === 0) return;
  const left = tail - head;
  words.copyWithin(iovecsWord, iovecsWord + head * IOVEC_WORDS, iovecsWord + tail * IOVEC_WORDS);
  words.copyWithin(namesWord, namesWord + head * SOCKADDR_WORDS, namesWord + tail * SOCKADDR_WORDS);
  queue.head = 0;
  queue.tail = left;
};

/** Between host order (little-endian) and network order. */
export const swapPort = (port: number): number => ((port & 255) << 8) | ((port >>> 8) & 255);

export const swapAddress = (address: number): number =>
  (((address & 0xff) << 24) | ((address & 0xff00) << 8) | ((address >>> 8) & 0xff00) | (address >>> 24)) >>> 0;
