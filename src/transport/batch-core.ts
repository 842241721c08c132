// What the parts of the batch transport share: the C library, clocks, receive slots and counters, and the row of a flow.
// Plain data; udp-batch.ts owns it, batch-send.ts, batch-receive.ts and batch-wait.ts work on it.

import type { Segments } from './batch-segments.ts';
import type { ErrorReader } from './error-queue.ts';
import type { KernelClocks } from './kernel-clocks.ts';
import type { Libc } from './libc.ts';
import type { ReceiveSlots } from './receive-slots.ts';
import type { SendQueue } from './send-queue.ts';
import type { SendWait } from './send-wait.ts';
import type { WallClock } from './wall-clock.ts';

/** Why messages stay in a flow's queue after a flush. */
export const BLOCKED_NOT = 0;
/** The socket's send buffer is full (EAGAIN): ppoll tells when there is room. */
export const BLOCKED_ROOM = 1;
/** The interface's queue is full (ENOBUFS), which nobody announces: to be tried again soon. */
export const BLOCKED_QUEUE = 2;

export interface BatchFlow {
  readonly id: number;
  readonly fd: number;
  readonly connected: boolean;
  readonly queue: SendQueue;
  blockedBy: number;
  /** Messages go out in segments (UDP_SEGMENT); false for good once the kernel or the path has refused one. */
  segmented: boolean;
  readonly wait: SendWait;
  /** ppoll reported an error, or the error queue was longer than one call reads. */
  errorsPending: boolean;
  /** Datagrams the kernel dropped, as last asked. */
  overruns: number;
}

export interface BatchCore {
  readonly libc: Libc;
  readonly clocks: KernelClocks;
  readonly wall: WallClock;
  readonly slots: ReceiveSlots;
  readonly errors: ErrorReader;
  /** Most messages a sendmmsg call. */
  readonly batchSize: number;
  /** Null: never asked for. */
  readonly segments: Segments | null;
  readonly flows: BatchFlow[];
  /** The wall clock's offset was measured in this receive turn. */
  offsetMeasured: boolean;
  truncated: number;
  /** call-counts.ts */
  readonly datagramsPerSendCall: Float64Array;
  readonly datagramsPerReceiveCall: Float64Array;
}

/** How often a call may fail in a row, for reasons that call for another try, before it is left for the next turn. */
export const MOST_STALLS = 64;
