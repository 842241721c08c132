// Processor time of the calling thread where the batch transport isn't used. Node 20 knows only that of the whole process,
// which several workers share. On Linux the C library tells; elsewhere the time that this thread's event loop was not idle
// stands for it: an upper bound, since it includes time in which the thread was preempted.

import { createKernelClocks, readThreadCpuUs } from './kernel-clocks.ts';
import { loadLibc } from './libc.ts';

const US_PER_MS = 1_000;

export const createThreadCpuClock = (): (() => number) => {
  const { libc } = loadLibc();
  if (libc === null) return () => Math.floor(performance.eventLoopUtilization().active * US_PER_MS);
  const clocks = createKernelClocks(libc, 0);
  return () => readThreadCpuUs(clocks);
};
