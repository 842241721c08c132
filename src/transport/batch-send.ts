// @hot
// Hands a flow's waiting messages to the kernel with sendmmsg, a batch a call, and reports what became of each.
//
// When a message was sent: one call lasts some 2.5 µs a message (40 µs for 16), so one time for the whole call would be wrong
// by up to that, much beside the 30 µs in which a loopback peer answers. So each message is reported by itself: the call's
// time is shared out evenly, and a message counts as sent when three quarters of its share are over. A share begins with
// composing the packet and ends with handing it over; on loopback the receiving side is a part of it as well.
//
//   before |    share 1   |    share 2   |    share 3   | after
//                     ^sent          ^sent          ^sent
//
// Against the kernel's own stamps the end of the share is right to 2 µs, a little too late for a message that has a call for
// itself; its beginning was 5 to 10 µs early. Three quarters are 1 to 4 µs early in the median (docs/METHOD.md). The clock is
// read on both sides of each call, so that what the handler does in between isn't taken for sending. A call that lasted
// longer than sending can take was interrupted, nobody knows where; its messages get the early times, since a send time that
// is too late would make a peer look fast.
//
//   sendmmsg returned     error queue holds                    then
//   all                   -                                    next batch
//   fewer, or an error    an ICMP failure (RFC 3261 §18.4)     onError, the rest is dropped
//                         only ignored ICMP errors             go on: the pending error is gone
//                         nothing                              go on after a short count; else by errno, as below
//   EINTR                                                      the same again
//   EAGAIN, ENOBUFS                                            the rest stays for the next flush
//   EINVAL, EIO, EMSGSIZE of a segment                         the same again, and from now on, without segments
//   EMSGSIZE, EPERM, …                                         onRefused for that message, then go on
//
// sendmmsg hides an error behind a short count: a pending ECONNREFUSED makes the second message fail, the call returns 1
// and the error is gone. Only the error queue still knows it.

import { assert } from '../std/index.ts';
import { type BatchCore, type BatchFlow, BLOCKED_NOT, BLOCKED_QUEUE, BLOCKED_ROOM, MOST_STALLS } from './batch-core.ts';
import { fillSegments, messagesIn } from './batch-segments.ts';
import type { DatagramHandler } from './datagram.ts';
import {
  EACCES,
  EAGAIN,
  EBADF,
  EFAULT,
  EINTR,
  EINVAL,
  EIO,
  EMSGSIZE,
  ENOBUFS,
  ENOMEM,
  ENOTSOCK,
  EPERM,
  errnoName,
} from './errno.ts';
import { drainErrors } from './error-queue.ts';
import { readNowUs } from './kernel-clocks.ts';
import { MSG_DONTWAIT } from './libc.ts';
import { clearQueue, compactQueue, headAddress } from './send-queue.ts';
import { forgetMark, noteFlush } from './send-wait.ts';

/** Longer than the kernel needs for a datagram, packet filters included. */
const MOST_PER_MESSAGE_US = 10;
/** How much of its share of the call's time is over when a message leaves. */
const LEAVES_AFTER_SHARE = 0.75;

export const flushFlow = (core: BatchCore, flow: BatchFlow, handler: DatagramHandler): void => {
  const queue = flow.queue;
  flow.blockedBy = BLOCKED_NOT;
  let stalls = 0;
  while (queue.head < queue.tail && stalls < MOST_STALLS) {
    const offered = Math.min(core.batchSize, queue.tail - queue.head);
    const beforeUs = readNowUs(core.clocks);
    const taken = flow.segmented ? sendSegments(core, flow, offered) : sendMessages(core, flow, offered);
    const errno = taken < 0 ? core.libc.errno() : 0;
    const afterUs = readNowUs(core.clocks);
    core.datagramsPerSendCall[Math.max(taken, 0)]!++;
    if (taken > 0) {
      queue.head += taken;
      reportSent(flow.id, handler, taken, beforeUs, afterUs);
    }
    if (taken === offered) {
      stalls = 0;
      continue;
    }
    stalls++;
    if (!settleShortfall(core, flow, handler, errno)) break;
  }
  if (queue.head < queue.tail && flow.blockedBy === BLOCKED_NOT) flow.blockedBy = BLOCKED_QUEUE;
  const waiting = queue.tail - queue.head;
  if (waiting > 0 || flow.wait.left > 0) noteFlush(flow.wait, readNowUs(core.clocks), queue.head, waiting);
  compactQueue(queue);
};

const sendMessages = (core: BatchCore, flow: BatchFlow, offered: number): number =>
  core.libc.sendmmsg(flow.fd, headAddress(flow.queue), offered, MSG_DONTWAIT);

/** As many messages as the segments that the kernel took hold, or -1. */
const sendSegments = (core: BatchCore, flow: BatchFlow, offered: number): number => {
  const segments = core.segments!;
  const count = fillSegments(segments, flow.queue, offered);
  const taken = core.libc.sendmmsg(flow.fd, segments.block.address, count, MSG_DONTWAIT);
  return taken < 0 ? taken : messagesIn(segments, taken);
};

const reportSent = (flow: number, handler: DatagramHandler, taken: number, beforeUs: number, afterUs: number): void => {
  const perMessageUs = Math.min((afterUs - beforeUs) / taken, MOST_PER_MESSAGE_US);
  for (let index = 0; index < taken; index++) {
    handler.onSent(flow, 1, beforeUs + Math.floor((index + LEAVES_AFTER_SHARE) * perMessageUs));
  }
};

/** Decides what a call that took too few means. True: go on with what is left. */
const settleShortfall = (core: BatchCore, flow: BatchFlow, handler: DatagramHandler, errno: number): boolean => {
  if (errno === EINTR) return true;
  if (errno === EAGAIN) {
    flow.blockedBy = BLOCKED_ROOM;
    flow.wait.noRoom++;
    return false;
  }
  if (errno === ENOBUFS || errno === ENOMEM) {
    flow.blockedBy = BLOCKED_QUEUE;
    flow.wait.queueFull++;
    return false;
  }
  assertSound(errno);
  if (isRefusedSegment(core, flow, errno)) {
    flow.segmented = false;
    return true;
  }
  if (flow.connected) {
    const failure = drainErrors(core.errors, flow.fd);
    flow.errorsPending = core.errors.unfinished;
    if (failure !== 0) return failFlow(flow, handler, failure);
    if (core.errors.icmpCount > 0) return true;
  }
  if (errno === 0) return true;
  if (flow.connected && !concernsMessage(errno)) return failFlow(flow, handler, errno);
  flow.queue.head++;
  handler.onRefused(flow.id, errnoName(errno));
  return true;
};

/**
 * Whether the kernel refused a message for being segmented: the path's MTU is smaller than one of its datagrams (EINVAL), or
 * the device or a transformation can't do it (EIO). It is then sent again as it was, and so are all others of the flow.
 */
const isRefusedSegment = ({ segments }: BatchCore, flow: BatchFlow, errno: number): boolean => {
  if (segments === null || !flow.segmented || segments.messages[0]! < 2) return false;
  return errno === EINVAL || errno === EIO || errno === EMSGSIZE;
};

/** Drops what is unreported and says so; always false. */
export const failFlow = (flow: BatchFlow, handler: DatagramHandler, errno: number): boolean => {
  clearQueue(flow.queue);
  forgetMark(flow.wait);
  flow.blockedBy = BLOCKED_NOT;
  handler.onError(flow.id, errnoName(errno));
  return false;
};

const concernsMessage = (errno: number): boolean =>
  errno === EMSGSIZE || errno === EPERM || errno === EACCES || errno === EINVAL;

/** A descriptor or an address that the kernel does not accept is our bug. */
export const assertSound = (errno: number): void => {
  assert(errno !== EBADF, 'the descriptor is open');
  assert(errno !== ENOTSOCK, 'the descriptor is a socket');
  assert(errno !== EFAULT, 'addresses given to the kernel are valid');
};
