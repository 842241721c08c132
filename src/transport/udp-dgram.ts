// UDP through node:dgram and the event loop: for systems where the batch transport can't be used, and for threads that must
// not block. The same contract; slower, without kernel stamps, and ICMP errors only as far as the system turns them into
// errors of a connected socket.
//
//   dgram-outbox.ts   messages until their fate is known      event-loop-wait.ts   waiting
//   dgram-inbox.ts    datagrams until the pump asks           monotonic.ts         the clock
//   kernel-drops.ts   what the kernel dropped
//
// A datagram's time is taken in the event that brings it, so it is later than its arrival by the time the thread was busy.
// Left out on purpose: IPv6. Drops in the kernel's receive queue, which Node does not tell, are known on Linux only
// (kernel-drops.ts); elsewhere those of our own inbox are counted and no others.

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { assert, UserError } from '../std/index.ts';
import { formatIpv4, parseIpv4 } from './addresses.ts';
import { callsIn, createCallCounts } from './call-counts.ts';
import type { DatagramHandler, FlowId, OpenedFlow, OpenOptions, TransportStats, UdpTransport } from './datagram.ts';
import { createInbox, type Inbox, putArrival, takeArrival } from './dgram-inbox.ts';
import {
  codeOf,
  createOutbox,
  hasReport,
  issueMessages,
  type Outbox,
  reportSettled,
  takeMessage,
} from './dgram-outbox.ts';
import { createEventLoopWait, type EventLoopWait } from './event-loop-wait.ts';
import { readKernelDrops } from './kernel-drops.ts';
import { createMonotonicClock } from './monotonic.ts';
import { openError } from './open-error.ts';
import { sumWaits } from './send-wait.ts';
import { createThreadCpuClock } from './thread-cpu.ts';

export interface DgramOptions {
  /** CLOCK_MONOTONIC at the run's time 0, microseconds. */
  readonly originUs: number;
  /** How many messages send() takes that are not yet reported, per flow. */
  readonly queueCapacity?: number;
  /** How many datagrams wait to be received, over all flows. */
  readonly inboxCapacity?: number;
}

interface DgramFlow {
  readonly id: number;
  readonly socket: Socket;
  readonly outbox: Outbox;
  readonly localAddress: number;
  readonly localPort: number;
  /** The system tells drops by place: those of a place that is shared are counted with the first socket there. */
  readonly joined: boolean;
  /** By the kernel, as of the last look. */
  drops: number;
}

const QUEUE_CAPACITY = 1_024;
const INBOX_CAPACITY = 8_192;
const INBOX_BYTES = 64 * 1_024 * 1_024;

export const createDgramTransport = (options: DgramOptions): UdpTransport => new DgramTransport(options);

class DgramTransport implements UdpTransport {
  readonly kind = 'udp-dgram';
  readonly wireClock = 'userland';
  readonly nowUs: () => number;
  readonly setOrigin: (originUs: number) => void;
  readonly threadCpuUs: () => number;
  readonly #queueCapacity: number;
  readonly #flows: DgramFlow[] = [];
  readonly #inbox: Inbox;
  readonly #wait: EventLoopWait;
  /** Node sends and receives one datagram a call (call-counts.ts), so two elements are all that is used. */
  readonly #datagramsPerSendCall = createCallCounts();
  readonly #datagramsPerReceiveCall = createCallCounts();
  #closed = false;

  constructor(options: DgramOptions) {
    const clock = createMonotonicClock(options.originUs);
    this.nowUs = clock.nowUs;
    this.setOrigin = clock.setOrigin;
    this.threadCpuUs = createThreadCpuClock();
    this.#queueCapacity = options.queueCapacity ?? QUEUE_CAPACITY;
    this.#inbox = createInbox(options.inboxCapacity ?? INBOX_CAPACITY, INBOX_BYTES);
    this.#wait = createEventLoopWait(this.nowUs);
  }

  async open(options: OpenOptions): Promise<OpenedFlow> {
    this.#assertUsable();
    const socket = await openSocket(options);
    if (this.#closed) {
      socket.close();
      throw new UserError('TRANSPORT_UNAVAILABLE', { message: 'the sockets were closed meanwhile' });
    }
    const outbox = createOutbox({
      slab: options.slab,
      connected: options.remote !== null,
      capacity: this.#queueCapacity,
      nowUs: this.nowUs,
      wake: this.#wait.wake,
    });
    const { address, port: localPort } = socket.address();
    const localAddress = parseIpv4(address);
    const joined = options.sharedPort === 'joined';
    const flow: DgramFlow = { id: this.#flows.length, socket, outbox, localAddress, localPort, joined, drops: 0 };
    this.#flows.push(flow);
    socket.on('message', (bytes, peer) => this.#arrived(flow, bytes, peer));
    socket.on('error', (error) => this.#failed(flow, error));
    return { flow: flow.id, segmented: false, localAddress, localPort, ...grantedBuffers(socket) };
  }

  reconnect(flow: FlowId, remote: { readonly address: number; readonly port: number }): void {
    this.#assertUsable();
    const row = this.#flows[flow];
    assert(row !== undefined, 'the flow is open');
    assert(row.outbox.connected, 'a server has no peer');
    // Node connects at once, since nothing has to be looked up, and tells a failure by its `error` event: as of an unreachable peer.
    row.socket.disconnect();
    row.socket.connect(remote.port, formatIpv4(remote.address));
  }

  send(flow: FlowId, start: number, end: number, peerAddress: number, peerPort: number): boolean {
    this.#assertUsable();
    const row = this.#flows[flow];
    assert(row !== undefined, 'the flow is open');
    return takeMessage(row.outbox, start, end, { address: peerAddress, port: peerPort });
  }

  flush(handler: DatagramHandler): void {
    this.#assertUsable();
    for (const flow of this.#flows) {
      reportSettled(flow.outbox, flow.id, handler);
      issueMessages(flow.outbox, flow.socket, this.nowUs);
    }
  }

  receive(handler: DatagramHandler, limit: number): number {
    this.#assertUsable();
    // What was sent is reported first: the answer to it may be among the datagrams.
    for (const flow of this.#flows) reportSettled(flow.outbox, flow.id, handler);
    let count = 0;
    while (count < limit) {
      const arrival = takeArrival(this.#inbox);
      if (arrival === undefined) break;
      const { flow, receivedAtUs, bytes, peerAddress, peerPort } = arrival;
      handler.onDatagram(flow, receivedAtUs, bytes, 0, bytes.byteLength, peerAddress, peerPort);
      count++;
    }
    return count;
  }

  sleepUntil(untilUs: number): Promise<void> {
    this.#assertUsable();
    return this.#wait.sleepUntil(untilUs);
  }

  waitForInput(untilUs: number): Promise<void> {
    this.#assertUsable();
    const waiting = this.#wait.waitUntil(untilUs);
    if (this.#inbox.count > 0 || this.#flows.some((flow) => hasReport(flow.outbox))) this.#wait.wake();
    return waiting;
  }

  wake(): void {
    this.#assertUsable();
    this.#wait.wake();
  }

  stats(): TransportStats {
    if (!this.#closed) this.#readDrops();
    let receiveQueueOverruns = this.#inbox.overruns;
    let refused = 0;
    let sent = 0;
    for (const { drops, outbox } of this.#flows) {
      receiveQueueOverruns += drops;
      refused += outbox.refusedCount;
      sent += outbox.sentCount;
    }
    this.#datagramsPerSendCall[0] = refused;
    this.#datagramsPerSendCall[1] = sent;
    return {
      segmented: false,
      truncated: 0,
      clockSteps: 0,
      receiveQueueOverruns,
      sendCalls: callsIn(this.#datagramsPerSendCall),
      receiveCalls: callsIn(this.#datagramsPerReceiveCall),
      datagramsPerSendCall: this.#datagramsPerSendCall,
      datagramsPerReceiveCall: this.#datagramsPerReceiveCall,
      sendBlocked: sumWaits(
        this.#flows.map(({ outbox }) => outbox.wait),
        this.nowUs(),
      ),
    };
  }

  close(): void {
    this.#assertUsable();
    this.#readDrops();
    this.#closed = true;
    for (const flow of this.#flows) flow.socket.close();
    this.#wait.wake();
  }

  #readDrops(): void {
    for (const flow of this.#flows) {
      if (!flow.joined) flow.drops = readKernelDrops(flow.localAddress, flow.localPort);
    }
  }

  #arrived(flow: DgramFlow, bytes: Uint8Array, peer: RemoteInfo): void {
    this.#datagramsPerReceiveCall[1]!++;
    putArrival(this.#inbox, {
      flow: flow.id,
      receivedAtUs: this.nowUs(),
      bytes,
      peerAddress: parseIpv4(peer.address),
      peerPort: peer.port,
    });
    this.#wait.wake();
  }

  /** An ICMP error that the system noticed between sends. A server's socket has no peer it could be about. */
  #failed(flow: DgramFlow, error: Error): void {
    if (flow.outbox.connected && flow.outbox.failure === '') flow.outbox.failure = codeOf(error);
    this.#wait.wake();
  }

  #assertUsable(): void {
    assert(!this.#closed, 'the transport is open');
  }
}

/** Addresses are numbers already; Node would otherwise go through its resolver for each datagram, a turn of the loop later. */
const asIs = (
  address: string,
  _options: unknown,
  callback: (error: null, address: string, family: number) => void,
): void => callback(null, address, 4);

/** How often a port is looked for that nobody takes in between. */
const PORT_TRIES = 20;

/**
 * Node connects a socket anew only by disconnecting it first, and Linux then takes back a port that it has chosen itself. So such a
 * socket names its port, one that another socket was just given.
 */
const openSocket = async (options: OpenOptions): Promise<Socket> => {
  if (options.keepsPort !== true || options.localPort !== 0) return bindSocket(options);
  for (let left = PORT_TRIES; ; left--) {
    const scout = await bindSocket({ ...options, remote: null });
    const { port } = scout.address();
    await new Promise<void>((resolve) => scout.close(resolve));
    try {
      return await bindSocket({ ...options, localPort: port });
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== 'PORT_IN_USE' || left === 0) throw error;
    }
  }
};

const bindSocket = (options: OpenOptions): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const reuseAddr = options.sharedPort !== undefined;
    const socket = createSocket({ type: 'udp4', lookup: asIs as never, reuseAddr });
    const fail = (error: Error): void => {
      socket.close();
      reject(openError(codeOf(error), options));
    };
    const succeed = (): void => {
      socket.removeListener('error', fail);
      resolve(socket);
    };
    socket.once('error', fail);
    socket.once('listening', () => {
      sizeBuffers(socket, options);
      if (options.remote === null) return succeed();
      // Node gives a failed connect to this callback, and a successful one too.
      socket.connect(options.remote.port, formatIpv4(options.remote.address), ((error?: Error) =>
        error === undefined ? succeed() : fail(error)) as () => void);
    });
    socket.bind({ address: formatIpv4(options.localAddress), port: options.localPort, exclusive: true });
  });

/** Some systems refuse a size beyond their limit instead of cutting it; what was granted is asked afterwards anyway. */
const sizeBuffers = (socket: Socket, options: OpenOptions): void => {
  try {
    socket.setRecvBufferSize(options.receiveBufferBytes);
    socket.setSendBufferSize(options.sendBufferBytes);
  } catch (error) {
    if (!(error instanceof Error) || codeOf(error) !== 'ERR_SOCKET_BUFFER_SIZE') throw error;
  }
};

/** Linux doubles what was asked for, to cover its own overhead, and reports the double (socket(7)). */
const grantedBuffers = (socket: Socket): { receiveBufferBytes: number; sendBufferBytes: number } => {
  const divisor = process.platform === 'linux' ? 2 : 1;
  return {
    receiveBufferBytes: socket.getRecvBufferSize() / divisor,
    sendBufferBytes: socket.getSendBufferSize() / divisor,
  };
};
