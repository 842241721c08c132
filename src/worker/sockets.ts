// Opens the sockets of a load generator: which local address and port each takes, how large its buffers are wanted, and how
// much it may send at once.

import type { PlanLocal } from '../scenario/index.ts';
import { localSocket, socketNumber, socketsOfWorker, spareSocketNumber } from '../scenario/index.ts';
import { assert } from '../std/index.ts';
import type { OpenedFlow, SocketBuffers, UdpTransport } from '../transport/index.ts';
import { createUdpTransport, formatIpv4, monotonicNowUs, parseIpv4, socketBufferWarnings } from '../transport/index.ts';
import type { ResolvedTarget } from './messages.ts';

/** Room for a stall of some hundred milliseconds at a hundred thousand answers a second, over all sockets of a thread. */
export const RECEIVE_BUFFER_BYTES = 32 << 20;
export const SEND_BUFFER_BYTES = 8 << 20;
/** Each of many sockets has its share of that, and no less than this. */
const BUFFER_BYTES_LEAST = 1 << 20;
/** Messages that a socket takes between two flushes. */
const SEND_QUEUE_MOST = 1_024;
const ANY_ADDRESS = 0;
const ANY_PORT = 0;

export interface ClientSocket extends OpenedFlow {
  /** `address:port` as it stands in Via and Contact; not of a spare one, which nobody is told of. */
  readonly sentBy: string;
  /** The target, as the engine knows it. */
  readonly peer: { readonly address: number; readonly port: number };
  readonly warnings: readonly string[];
}

export interface ClientSocketOptions {
  readonly local: PlanLocal;
  readonly workerIndex: number;
  readonly workerCount: number;
  /** Each socket of a worker is opened once for each of them, from one local address and port. */
  readonly targets: readonly ResolvedTarget[];
  /** The targets may be looked up again, and sockets be connected anew. */
  readonly keepsPort?: boolean;
  /** Sockets to other places may join them later (redirect-places.ts). */
  readonly sharesPort?: boolean;
}

/**
 * The transport of a load generator or a probe. Time 0 is now, until the run's beginning is known. Between two flushes a socket
 * takes no more than its outbox holds, which is little where there are many.
 */
export function createClientTransport(
  { sockets, maxBurst, segmentation }: PlanLocal,
  outboxCapacity: number,
): UdpTransport {
  const burst = maxBurst === null ? {} : { batchSize: maxBurst };
  const queueCapacity = Math.min(SEND_QUEUE_MOST, outboxCapacity);
  return createUdpTransport(sockets, { originUs: monotonicNowUs(), queueCapacity, segmentation, ...burst });
}

/** One for each slab, one after the other, so that the transport numbers them as the engine does. */
export async function openClientSockets(
  transport: UdpTransport,
  options: ClientSocketOptions,
  slabs: readonly Uint8Array[],
): Promise<readonly ClientSocket[]> {
  const sockets: ClientSocket[] = [];
  const { socketsPerWorker } = options.local;
  const firstSpare = socketsPerWorker * options.targets.length;
  for (const slab of slabs) {
    const flow = sockets.length;
    const isSpare = flow >= firstSpare;
    const line = flow % socketsPerWorker;
    const home = sockets[isSpare ? firstSpare + line : line];
    const socket =
      home === undefined
        ? await openClientSocket(transport, options, { line, isSpare }, slab)
        : await openBeside(transport, options, { home, flow }, slab);
    assert(socket.flow === sockets.length, 'a transport numbers its flows from 0');
    sockets.push(socket);
  }
  return sockets;
}

/** A socket to a further target, at the address and port of the one to the first: to all of them it is the same phones. */
export async function openBeside(
  transport: UdpTransport,
  options: ClientSocketOptions,
  { home, flow }: { readonly home: ClientSocket; readonly flow: number },
  slab: Uint8Array,
): Promise<ClientSocket> {
  const { local, targets } = options;
  const wanted = wantedBuffers(local, targets.length);
  const remote = remoteOf(targets[Math.floor(flow / local.socketsPerWorker) % targets.length]);
  const opened = await transport.open({
    localAddress: home.localAddress,
    localPort: home.localPort,
    remote,
    slab,
    sharedPort: 'joined',
    ...wanted,
  });
  return { ...opened, sentBy: home.sentBy, peer: remote, warnings: socketBufferWarnings(wanted, opened) };
}

const remoteOf = (target: ResolvedTarget | undefined): { address: number; port: number } => {
  assert(target !== undefined, 'there is a target for each socket');
  const address = parseIpv4(target.address);
  assert(address >= 0, 'the coordinator resolves the target to an IPv4 address');
  return { address, port: target.port };
};

/** What there is to say of them, each sentence once. */
export const warningsOf = (sockets: readonly ClientSocket[]): readonly string[] => [
  ...new Set(sockets.flatMap(({ warnings }) => warnings)),
];

/** The buffers that each socket of a worker asks for: a share of what one would. */
export const wantedBuffers = (local: PlanLocal, targets = 1): SocketBuffers => ({
  receiveBufferBytes: shareOf(RECEIVE_BUFFER_BYTES, socketsOfWorker(local) * targets),
  sendBufferBytes: shareOf(SEND_BUFFER_BYTES, socketsOfWorker(local) * targets),
});

/** One of the worker's places to send from, or its spare. */
export interface SocketPlace {
  readonly line: number;
  readonly isSpare: boolean;
}

/** The socket of one of the worker's places, to the first target. */
export async function openClientSocket(
  transport: UdpTransport,
  options: ClientSocketOptions,
  { line, isSpare }: SocketPlace,
  slab: Uint8Array,
): Promise<ClientSocket> {
  const { local, workerIndex, workerCount, targets } = options;
  const number = socketNumber(line, workerIndex, workerCount);
  const { address, port } = localSocket(local, isSpare ? spareSocketNumber(local, workerCount, number) : number);
  const wanted = wantedBuffers(local, targets.length);
  const remote = remoteOf(targets[0]);
  const opened = await transport.open({
    ...(targets.length > 1 || options.sharesPort === true ? { sharedPort: 'opened' as const } : {}),
    keepsPort: options.keepsPort === true,
    localAddress: address === null ? ANY_ADDRESS : parseIpv4(address),
    localPort: port ?? ANY_PORT,
    remote,
    slab,
    ...wanted,
  });
  const sentBy = `${formatIpv4(opened.localAddress)}:${opened.localPort}`;
  return {
    ...opened,
    sentBy,
    peer: remote,
    warnings: [...socketBufferWarnings(wanted, opened), ...burstWarnings(local, transport)],
  };
}

/** Whether requests went out in segments, if they were to; told at the end, since a path may refuse them at any time. */
export const segmentationNotes = ({ segmentation }: PlanLocal, transport: UdpTransport): readonly string[] => {
  if (!segmentation) return [];
  return transport.stats().segmented
    ? [
        'requests were handed over in segments (UDP_SEGMENT): they left in bursts, each with a share of its call as send time',
      ]
    : [
        'local.segmentation was of no use: kernel, path or sockets refuse UDP_SEGMENT, and requests were handed over singly',
      ];
};

/** A plan that names udp-dgram was warned about when it was read; here the system has chosen. */
const burstWarnings = ({ sockets, maxBurst }: PlanLocal, { kind }: UdpTransport): readonly string[] =>
  kind === 'udp-dgram' && sockets === 'auto' && maxBurst !== null
    ? ['local.maxBurst changes nothing here: udp-dgram, which these sockets are, hands over one datagram a call']
    : [];

const shareOf = (bytes: number, sockets: number): number => Math.max(BUFFER_BYTES_LEAST, Math.floor(bytes / sockets));
