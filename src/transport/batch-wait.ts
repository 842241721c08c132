// Blocks the thread: until a time, or until a socket has input. Both go to the kernel with nanoseconds, since `poll` and
// event-loop timers count milliseconds. A wait for input ends after a tenth of a second at the latest, since a thread in a
// native call hears no message and holds up the end of the process; a sleep is as long as its caller says.

import { assert } from '../std/index.ts';
import { type BatchCore, BLOCKED_QUEUE, BLOCKED_ROOM } from './batch-core.ts';
import { readNowUs, writeTimespec } from './kernel-clocks.ts';
import {
  CLOCK_MONOTONIC,
  type Libc,
  POLLERR,
  POLLFD_WORDS,
  POLLIN,
  POLLOUT,
  PR_SET_TIMERSLACK,
  TIMER_ABSTIME,
} from './libc.ts';
import { createNativeBlock, type NativeBlock } from './native-block.ts';

export const MOST_WAIT_US = 100_000;
/** A full interface queue is not announced when it empties, so it is tried again after this long. */
const RETRY_US = 1_000;
const TIMER_SLACK_NS = 1_000;

/**
 * The kernel may fire a thread's timers 50 µs late to save wake-ups. That would be most of the lateness of a start: sleeps of
 * 500 µs end 29 µs late with this and 79 µs without (medians; x86-64, Linux 6.18), for the same processor time.
 */
export const sharpenTimers = (libc: Libc): void => {
  libc.prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
};

/** The descriptors to wait for, one per flow, in the order of the flows. */
export const createPollSet = (libc: Libc, descriptors: readonly number[]): NativeBlock => {
  const block = createNativeBlock(libc, Math.max(1, descriptors.length) * POLLFD_WORDS * 4);
  descriptors.forEach((fd, index) => {
    block.words[index * POLLFD_WORDS] = fd;
  });
  return block;
};

export const sleepBlocking = (core: BatchCore, untilUs: number): void => {
  assert(Number.isFinite(untilUs), 'a sleep ends some time');
  // An absolute time, so that a signal in between (EINTR) doesn't lengthen the sleep.
  while (readNowUs(core.clocks) < untilUs) {
    writeTimespec(core.clocks.words, core.clocks.originUs + untilUs);
    core.libc.clockNanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, core.clocks.address, 0);
  }
};

export const waitBlocking = (core: BatchCore, polls: NativeBlock, untilUs: number): void => {
  const count = core.flows.length;
  const endUs = Math.min(untilUs, readNowUs(core.clocks) + askFor(core, polls));
  for (let nowUs = readNowUs(core.clocks); nowUs < endUs; nowUs = readNowUs(core.clocks)) {
    writeTimespec(core.clocks.words, endUs - nowUs);
    const ready = core.libc.ppoll(polls.address, count, core.clocks.address, 0);
    if (ready < 0) continue; // EINTR: the rest of the time is waited for.
    if (ready > 0) noteErrors(core, polls);
    return;
  }
};

/**
 * Asks all sockets in one call whether they have something; hasInput then tells of each. False when it was cut short (EINTR), and
 * nothing is known.
 */
export const pollInput = (core: BatchCore, polls: NativeBlock): boolean => {
  askFor(core, polls);
  writeTimespec(core.clocks.words, 0);
  return core.libc.ppoll(polls.address, core.flows.length, core.clocks.address, 0) >= 0;
};

/** By the last poll: a datagram or an error is there. */
export const hasInput = (polls: NativeBlock, flow: number): boolean =>
  (((polls.words[flow * POLLFD_WORDS + 1] ?? 0) >>> 16) & (POLLIN | POLLERR)) !== 0;

/** Sets the events to wait for; returns the longest wait that is sensible. */
const askFor = (core: BatchCore, polls: NativeBlock): number => {
  let longestUs = MOST_WAIT_US;
  for (const flow of core.flows) {
    const wantsRoom = flow.blockedBy === BLOCKED_ROOM;
    polls.words[flow.id * POLLFD_WORDS + 1] = wantsRoom ? POLLIN | POLLOUT : POLLIN;
    if (flow.blockedBy === BLOCKED_QUEUE) longestUs = RETRY_US;
  }
  return longestUs;
};

const noteErrors = (core: BatchCore, polls: NativeBlock): void => {
  for (const flow of core.flows) {
    const returned = (polls.words[flow.id * POLLFD_WORDS + 1] ?? 0) >>> 16;
    if ((returned & POLLERR) !== 0) flow.errorsPending = true;
  }
};
