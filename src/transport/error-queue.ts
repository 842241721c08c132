// @hot
// Reads a socket's error queue (IP_RECVERR): the ICMP messages that came back for what it sent. Reading one also clears the
// pending error that would make the next send or receive fail, so the queue is always read to its end.
//
// The caller asks `drainErrors` and gets the errno of the first error that RFC 3261 §18.4 calls a failure in sending, or 0.
// Errors of local origin are passed over: the call that caused them has already returned them.

import { EINTR } from './errno.ts';
import {
  CMSG_DATA,
  CMSG_HEADER_BYTES,
  CMSG_LEVEL,
  CMSG_TYPE,
  IP_RECVERR,
  IPPROTO_IP,
  type Libc,
  MMSGHDR_BYTES,
  MSG_CONTROL,
  MSG_CONTROLLEN,
  MSG_DONTWAIT,
  MSG_ERRQUEUE,
} from './libc.ts';
import { createNativeBlock, type NativeBlock, writeWide } from './native-block.ts';

export interface ErrorReader {
  readonly libc: Libc;
  readonly block: NativeBlock;
  readonly words: Uint32Array;
  /** ICMP errors that the last drainErrors read, ignored ones included. */
  icmpCount: number;
  /** The queue was longer than one call reads. */
  unfinished: boolean;
}

const CONTROL_BYTES = 256;
const CONTROL_WORD = MMSGHDR_BYTES / 4;
const CMSG_HEADER_WORDS = CMSG_HEADER_BYTES / 4;
/** A control buffer of 256 bytes holds no more messages than this. */
const MOST_CONTROL_MESSAGES = 16;
/** The queue is bounded by the socket's receive buffer; one call reads no more than this. */
const MOST_ERRORS = 4_096;

// struct sock_extended_err, after the cmsghdr: errno (32 bits), then origin, type, code and padding (8 bits each).
const ORIGIN_ICMP = 2;
const ICMP_DEST_UNREACH = 3;
const ICMP_FRAG_NEEDED = 4;
const ICMP_PARAMETERPROB = 12;

export const createErrorReader = (libc: Libc): ErrorReader => {
  const block = createNativeBlock(libc, MMSGHDR_BYTES + CONTROL_BYTES);
  writeWide(block.words, MSG_CONTROL, block.address + MMSGHDR_BYTES);
  return { libc, block, words: block.words, icmpCount: 0, unfinished: false };
};

export const drainErrors = (reader: ErrorReader, fd: number): number => {
  let failure = 0;
  reader.icmpCount = 0;
  reader.unfinished = false;
  for (let count = 0; count < MOST_ERRORS; count++) {
    reader.words[MSG_CONTROLLEN] = CONTROL_BYTES;
    if (reader.libc.recvmsg(fd, reader.block.address, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
      if (reader.libc.errno() === EINTR) continue;
      return failure;
    }
    const errno = failureOf(reader);
    if (failure === 0) failure = errno;
  }
  reader.unfinished = true;
  return failure;
};

/** Finds the extended error among the control messages (a receive stamp may be there too). 0: to be ignored. */
const failureOf = (reader: ErrorReader): number => {
  const words = reader.words;
  const endWord = CONTROL_WORD + Math.min(words[MSG_CONTROLLEN]!, CONTROL_BYTES) / 4;
  let at = CONTROL_WORD;
  for (let count = 0; count < MOST_CONTROL_MESSAGES; count++) {
    if (at + CMSG_HEADER_WORDS + 2 > endWord) return 0;
    if (words[at + CMSG_LEVEL] === IPPROTO_IP && words[at + CMSG_TYPE] === IP_RECVERR) {
      return judge(reader, words[at + CMSG_DATA]!, words[at + CMSG_DATA + 1]!);
    }
    at += Math.max(CMSG_HEADER_WORDS, Math.ceil(words[at]! / 8) * 2);
  }
  return 0;
};

const judge = (reader: ErrorReader, errno: number, originTypeCode: number): number => {
  if ((originTypeCode & 255) !== ORIGIN_ICMP) return 0;
  reader.icmpCount++;
  const type = (originTypeCode >>> 8) & 255;
  const code = (originTypeCode >>> 16) & 255;
  // RFC 3261 §18.4: host, network, port or protocol unreachable, or a parameter problem, is a failure in sending.
  // "Fragmentation needed" shares the type but is about the packet: the kernel cuts the retransmission to size.
  if (type === ICMP_DEST_UNREACH) return code === ICMP_FRAG_NEEDED ? 0 : errno;
  if (type === ICMP_PARAMETERPROB) return errno;
  // RFC 3261 §18.4: source quench and TTL exceeded are ignored.
  return 0;
};
