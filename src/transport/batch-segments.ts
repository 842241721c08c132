// @hot
// UDP_SEGMENT: neighbouring messages of one length go to the kernel as one, which cuts them apart again behind its most costly
// part (socket, route, netfilter, once for all of them). Every datagram on the wire is the same as without.
//
//   queue      | m0 460 | m1 460 | m2 460 | m3 461 | m4 461 | m5 460 |      iovecs in the order of the messages
//   segments   | 3 iovecs, cut at 460     | 2, at 461       | 1      |      one mmsghdr each, pointing at its first iovec
//
// The length to cut at goes along as a control message. Set as an option of the socket it would hold for every message, and
// silently cut a longer one in two. The messages of a segment follow each other in the queue, so the order stays.
//
// Left out on purpose: changing the order to make segments longer, since messages are reported in the order of the queue.

import {
  CMSG_DATA,
  CMSG_HEADER_BYTES,
  CMSG_LEVEL,
  CMSG_TYPE,
  IOVEC_BYTES,
  IOVEC_WORDS,
  type Libc,
  MMSGHDR_BYTES,
  MMSGHDR_WORDS,
  MSG_CONTROL,
  MSG_CONTROLLEN,
  MSG_IOV,
  MSG_IOVLEN,
  SOL_UDP,
  UDP_SEGMENT,
} from './libc.ts';
import { createNativeBlock, type NativeBlock, writeWide } from './native-block.ts';
import type { SendQueue } from './send-queue.ts';

/** UDP_MAX_SEGMENTS of the kernels that have fewest. */
const MOST_MESSAGES = 64;
/** The longest UDP payload over IPv4; a segment as a whole is held to it before it is cut. */
const MOST_BYTES = 65_507;
/** struct cmsghdr with a 16-bit length in it, rounded up to its alignment. */
const CONTROL_BYTES = 24;
const CONTROL_WORDS = CONTROL_BYTES / 4;
const LENGTH_BYTES = 2;
const LENGTH_WORD = 2;

export interface Segments {
  readonly block: NativeBlock;
  readonly words: Uint32Array;
  readonly capacity: number;
  readonly controlsWord: number;
  /** How many messages each segment carries. */
  readonly messages: Uint16Array;
}

/** Room for `capacity` segments a call. */
export const createSegments = (libc: Libc, capacity: number): Segments => {
  const block = createNativeBlock(libc, capacity * (MMSGHDR_BYTES + CONTROL_BYTES));
  const controlsOffset = capacity * MMSGHDR_BYTES;
  for (let index = 0; index < capacity; index++) {
    const control = (controlsOffset + index * CONTROL_BYTES) / 4;
    writeWide(block.words, index * MMSGHDR_WORDS + MSG_CONTROL, block.address + control * 4);
    writeWide(block.words, control, CMSG_HEADER_BYTES + LENGTH_BYTES);
    block.words[control + CMSG_LEVEL] = SOL_UDP;
    block.words[control + CMSG_TYPE] = UDP_SEGMENT;
  }
  const { words } = block;
  return { block, words, capacity, controlsWord: controlsOffset / 4, messages: new Uint16Array(capacity) };
};

/** Puts the first `offered` messages of the queue into segments; returns how many segments there are. */
export const fillSegments = (segments: Segments, queue: SendQueue, offered: number): number => {
  const end = queue.head + offered;
  let count = 0;
  for (let at = queue.head; at < end; count++) {
    const lengthBytes = lengthOf(queue, at);
    // Nothing can be cut into nothings: an empty message is one of its own.
    const most = lengthBytes === 0 ? 1 : Math.min(MOST_MESSAGES, Math.floor(MOST_BYTES / lengthBytes));
    let next = at + 1;
    while (next < end && next - at < most && lengthOf(queue, next) === lengthBytes) next++;
    pointAt(segments, count, queue, at, next - at);
    at = next;
  }
  return count;
};

const lengthOf = (queue: SendQueue, index: number): number =>
  queue.words[queue.iovecsWord + index * IOVEC_WORDS + LENGTH_WORD]!;

const pointAt = (segments: Segments, segment: number, queue: SendQueue, first: number, messages: number): void => {
  const { words, controlsWord } = segments;
  const header = segment * MMSGHDR_WORDS;
  writeWide(words, header + MSG_IOV, queue.block.address + queue.iovecsWord * 4 + first * IOVEC_BYTES);
  words[header + MSG_IOVLEN] = messages;
  // Alone it is an ordinary message, and no kernel has anything to refuse.
  words[header + MSG_CONTROLLEN] = messages > 1 ? CONTROL_BYTES : 0;
  words[controlsWord + segment * CONTROL_WORDS + CMSG_DATA] = lengthOf(queue, first);
  segments.messages[segment] = messages;
};

/** How many messages the first `count` segments carry. */
export const messagesIn = (segments: Segments, count: number): number => {
  let messages = 0;
  for (let segment = 0; segment < count; segment++) messages += segments.messages[segment]!;
  return messages;
};
