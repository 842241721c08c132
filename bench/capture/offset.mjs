// How far the wall clock is ahead of a run's time, in nanoseconds: a capture's stamps are wall clock, and regstorm's times
// count from the run's origin on CLOCK_MONOTONIC. Measured apart from regstorm's own mapping (src/transport/wall-clock.ts,
// whole microseconds), which is a part of what is examined.

import { createKernelClocks } from '../../dist/transport/kernel-clocks.js';
import { CLOCK_MONOTONIC, CLOCK_REALTIME, loadLibc } from '../../dist/transport/libc.js';

const BRACKETS = 2_000;
const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_US = 1_000n;

/** The middle of the tightest of many brackets; half of its width, some 100 ns, is what it can be wrong by. */
export const measureOffsetNs = (originUs) => {
  const { libc, reason } = loadLibc();
  if (libc === null) throw new Error(`the clocks cannot be read: ${reason}`);
  const clocks = createKernelClocks(libc, 0);
  let tightest = null;
  let before = readNs(clocks, CLOCK_MONOTONIC);
  for (let bracket = 0; bracket < BRACKETS; bracket += 1) {
    const real = readNs(clocks, CLOCK_REALTIME);
    const after = readNs(clocks, CLOCK_MONOTONIC);
    const width = after - before;
    if (tightest === null || width < tightest.width) tightest = { width, offset: real - (before + after) / 2n };
    before = after;
  }
  return tightest.offset + BigInt(originUs) * NS_PER_US;
};

const readNs = (clocks, clock) => {
  clocks.libc.clockGettime(clock, clocks.address);
  const [low, high, nanoseconds] = clocks.words;
  return ((BigInt(high) << 32n) | BigInt(low)) * NS_PER_SECOND + BigInt(nanoseconds);
};
