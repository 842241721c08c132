// @hot
// The kernel's clocks, read through the C library into one reused buffer. Times are whole microseconds; those of the
// monotonic clock count from the run's origin. No BigInt: seconds and nanoseconds are read as words.

import { CLOCK_MONOTONIC, CLOCK_THREAD_CPUTIME_ID, type Libc, TIMESPEC_BYTES } from './libc.ts';
import { createNativeBlock, type NativeBlock } from './native-block.ts';

export interface KernelClocks {
  readonly libc: Libc;
  /** A CLOCK_MONOTONIC reading, microseconds: the zero of the run's time. */
  originUs: number;
  readonly timespec: NativeBlock;
  readonly words: Uint32Array;
  readonly address: number;
}

const WORD_RANGE = 0x1_0000_0000;
const US_PER_SECOND = 1_000_000;
const NS_PER_US = 1_000;

export const createKernelClocks = (libc: Libc, originUs: number): KernelClocks => {
  const timespec = createNativeBlock(libc, TIMESPEC_BYTES);
  return { libc, originUs, timespec, words: timespec.words, address: timespec.address };
};

/** The reading of a clock in microseconds of its own. */
export const readClockUs = (clocks: KernelClocks, clock: number): number => {
  clocks.libc.clockGettime(clock, clocks.address);
  const words = clocks.words;
  return (words[1]! * WORD_RANGE + words[0]!) * US_PER_SECOND + Math.floor(words[2]! / NS_PER_US);
};

export const readNowUs = (clocks: KernelClocks): number => readClockUs(clocks, CLOCK_MONOTONIC) - clocks.originUs;

export const readThreadCpuUs = (clocks: KernelClocks): number => readClockUs(clocks, CLOCK_THREAD_CPUTIME_ID);

/** Stores a length of time, or a monotonic reading, as a struct timespec. */
export const writeTimespec = (words: Uint32Array, lengthUs: number): void => {
  const seconds = Math.floor(lengthUs / US_PER_SECOND);
  words[0] = seconds % WORD_RANGE;
  words[1] = Math.floor(seconds / WORD_RANGE);
  words[2] = (lengthUs - seconds * US_PER_SECOND) * NS_PER_US;
  words[3] = 0;
};
