// UDP for a thread of its own on Linux: many datagrams a system call through the C library, no copy, no event loop, receive
// times from the kernel, and ICMP errors in full. The thread blocks in waits; nothing here is asynchronous.
//
//   batch-send.ts      sendmmsg from send-queue.ts           error-queue.ts   what ICMP says
//   batch-segments.ts  the same in segments (UDP_SEGMENT)
//   batch-receive.ts   recvmmsg into receive-slots.ts        wall-clock.ts    kernel stamps -> run time
//   batch-wait.ts      ppoll, clock_nanosleep                udp-socket.ts    opening
//
// Left out on purpose: IPv6; other C libraries than glibc and other machines than x86-64 and arm64, where udp-dgram serves.

import { assert, UserError } from '../std/index.ts';
import { type BatchCore, type BatchFlow, BLOCKED_NOT } from './batch-core.ts';
import { receiveFlow } from './batch-receive.ts';
import { createSegments } from './batch-segments.ts';
import { flushFlow } from './batch-send.ts';
import { createPollSet, hasInput, pollInput, sharpenTimers, sleepBlocking, waitBlocking } from './batch-wait.ts';
import { callsIn, createCallCounts, MOST_PER_CALL } from './call-counts.ts';
import type { DatagramHandler, FlowId, OpenedFlow, OpenOptions, TransportStats, UdpTransport } from './datagram.ts';
import { createErrorReader } from './error-queue.ts';
import { createKernelClocks, readNowUs, readThreadCpuUs } from './kernel-clocks.ts';
import { type Libc, loadLibc } from './libc.ts';
import type { NativeBlock } from './native-block.ts';
import { createReceiveSlots } from './receive-slots.ts';
import { createSendQueue, enqueue, nameLastPeer } from './send-queue.ts';
import { createSendWait, sumWaits } from './send-wait.ts';
import { createScratch, knowsSegments, openUdpSocket, readDrops, reconnectUdpSocket } from './udp-socket.ts';
import { createWallClock, resetOffset } from './wall-clock.ts';

export interface BatchOptions {
  /** CLOCK_MONOTONIC at the run's time 0, microseconds. */
  readonly originUs: number;
  /** Most messages a sendmmsg call; 16 lasts some 40 µs. */
  readonly batchSize?: number;
  /** Neighbouring messages of one length as one, cut apart by the kernel (UDP_SEGMENT). */
  readonly segmentation?: boolean;
  /** Most datagrams a recvmmsg call. */
  readonly slotCount?: number;
  readonly slotBytes?: number;
  /** How many messages send() takes between two flushes, per flow. */
  readonly queueCapacity?: number;
}

/** local.maxBurst's default; the scenario's description of it names the number. */
export const BATCH_SIZE = 16;
/** The same with segmentation, which is worth the more the more messages share a call. */
export const SEGMENTED_BATCH_SIZE = 64;
const SLOT_COUNT = 64;
/** Longer than any UDP payload (65,507 bytes). */
const SLOT_BYTES = 65_536;
const QUEUE_CAPACITY = 1_024;
const POLLED_FLOWS_LEAST = 8;

/** Null when the batch transport works here, else why not. */
export const batchUnavailableReason = (): string | null => loadLibc().reason;

export const createBatchTransport = (options: BatchOptions): UdpTransport => {
  const { libc, reason } = loadLibc();
  if (libc === null) {
    throw new UserError('TRANSPORT_UNAVAILABLE', {
      message: `udp-batch cannot be used here: ${reason}`,
      hint: 'use udp-dgram, or auto to let the system decide',
    });
  }
  return new BatchTransport(libc, options);
};

class BatchTransport implements UdpTransport {
  readonly kind = 'udp-batch';
  readonly wireClock = 'kernel';
  readonly #core: BatchCore;
  readonly #queueCapacity: number;
  readonly #scratch: NativeBlock;
  #polls: NativeBlock;
  /** The flow that receive() asks first, and flush() then serves first: the one after that of the last time. */
  #firstFlow = 0;
  #receiving = false;
  #closed = false;

  constructor(libc: Libc, options: BatchOptions) {
    const segmentation = options.segmentation === true;
    const batchSize = options.batchSize ?? (segmentation ? SEGMENTED_BATCH_SIZE : BATCH_SIZE);
    const slotCount = options.slotCount ?? SLOT_COUNT;
    assert(batchSize >= 1 && batchSize <= MOST_PER_CALL, 'sendmmsg takes 1 to 1,024 messages');
    assert(slotCount >= 1 && slotCount <= MOST_PER_CALL, 'recvmmsg takes 1 to 1,024 slots');
    sharpenTimers(libc);
    const clocks = createKernelClocks(libc, options.originUs);
    this.#queueCapacity = options.queueCapacity ?? QUEUE_CAPACITY;
    this.#scratch = createScratch(libc);
    this.#polls = createPollSet(libc, []);
    this.#core = {
      libc,
      clocks,
      wall: createWallClock(clocks),
      slots: createReceiveSlots(libc, slotCount, options.slotBytes ?? SLOT_BYTES),
      errors: createErrorReader(libc),
      batchSize,
      segments: segmentation ? createSegments(libc, batchSize) : null,
      flows: [],
      offsetMeasured: false,
      truncated: 0,
      datagramsPerSendCall: createCallCounts(),
      datagramsPerReceiveCall: createCallCounts(),
    };
  }

  open(options: OpenOptions): OpenedFlow {
    this.#assertUsable();
    const { libc, flows } = this.#core;
    const { fd, ...granted } = openUdpSocket(libc, options);
    const connected = options.remote !== null;
    const flow: BatchFlow = {
      id: flows.length,
      fd,
      connected,
      queue: createSendQueue(libc, options.slab, this.#queueCapacity, !connected),
      blockedBy: BLOCKED_NOT,
      segmented: connected && this.#core.segments !== null && knowsSegments(libc, fd, this.#scratch),
      wait: createSendWait(),
      errorsPending: false,
      overruns: 0,
    };
    flows.push(flow);
    this.#polls = createPollSet(
      libc,
      flows.map((each) => each.fd),
    );
    return { flow: flow.id, segmented: flow.segmented, ...granted };
  }

  reconnect(flow: FlowId, remote: { readonly address: number; readonly port: number }): void {
    const row = this.#flowOf(flow);
    assert(row.connected, 'a server has no peer');
    reconnectUdpSocket(this.#core.libc, row.fd, this.#scratch, remote);
  }

  send(flow: FlowId, start: number, end: number, peerAddress: number, peerPort: number): boolean {
    const row = this.#flowOf(flow);
    if (!enqueue(row.queue, start, end)) return false;
    if (!row.connected) nameLastPeer(row.queue, peerAddress, peerPort);
    return true;
  }

  flush(handler: DatagramHandler): void {
    this.#assertUsable();
    const flowCount = this.#core.flows.length;
    for (let turn = 0; turn < flowCount; turn++) {
      const flow = this.#flowOf((this.#firstFlow + turn) % flowCount);
      if (flow.queue.tail > 0) flushFlow(this.#core, flow, handler);
    }
  }

  receive(handler: DatagramHandler, limit: number): number {
    this.#assertUsable();
    assert(!this.#receiving, 'a handler does not receive');
    this.#receiving = true;
    this.#core.offsetMeasured = false;
    const flowCount = this.#core.flows.length;
    // Where there are many most have nothing at a time, and a call that finds that out costs more than a place in a poll.
    const isPolled = flowCount >= POLLED_FLOWS_LEAST && pollInput(this.#core, this.#polls);
    let count = 0;
    for (let turn = 0; turn < flowCount && count < limit; turn++) {
      const flow = this.#flowOf((this.#firstFlow + turn) % flowCount);
      if (isPolled && !flow.errorsPending && !hasInput(this.#polls, flow.id)) continue;
      count += receiveFlow(this.#core, flow, handler, limit - count);
    }
    this.#firstFlow = flowCount > 1 ? (this.#firstFlow + 1) % flowCount : 0;
    this.#receiving = false;
    return count;
  }

  nowUs(): number {
    return readNowUs(this.#core.clocks);
  }

  setOrigin(originUs: number): void {
    this.#core.clocks.originUs = originUs;
    resetOffset(this.#core.wall);
  }

  sleepUntil(untilUs: number): null {
    this.#assertUsable();
    sleepBlocking(this.#core, untilUs);
    return null;
  }

  waitForInput(untilUs: number): null {
    this.#assertUsable();
    waitBlocking(this.#core, this.#polls, untilUs);
    return null;
  }

  /** Its waits block the thread, so that there never is one under way when this is called. */
  wake(): void {
    this.#assertUsable();
  }

  threadCpuUs(): number {
    return readThreadCpuUs(this.#core.clocks);
  }

  stats(): TransportStats {
    if (!this.#closed) this.#readOverruns();
    const { truncated, datagramsPerSendCall, datagramsPerReceiveCall, wall, flows } = this.#core;
    let receiveQueueOverruns = 0;
    for (const flow of flows) receiveQueueOverruns += flow.overruns;
    const waits = flows.map(({ wait }) => wait);
    return {
      segmented: flows.length > 0 && flows.every((flow) => flow.segmented),
      truncated,
      clockSteps: wall.steps,
      receiveQueueOverruns,
      sendBlocked: sumWaits(waits, this.nowUs()),
      sendCalls: callsIn(datagramsPerSendCall),
      receiveCalls: callsIn(datagramsPerReceiveCall),
      datagramsPerSendCall,
      datagramsPerReceiveCall,
    };
  }

  close(): void {
    this.#assertUsable();
    this.#readOverruns();
    this.#closed = true;
    for (const flow of this.#core.flows) this.#core.libc.close(flow.fd);
  }

  #readOverruns(): void {
    for (const flow of this.#core.flows) flow.overruns = readDrops(this.#core.libc, flow.fd, this.#scratch);
  }

  #flowOf(flow: FlowId): BatchFlow {
    this.#assertUsable();
    const row = this.#core.flows[flow];
    assert(row !== undefined, 'the flow is open');
    return row;
  }

  #assertUsable(): void {
    assert(!this.#closed, 'the transport is open');
  }
}
