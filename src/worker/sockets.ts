// Opens the socket of a load generator: which local address and port it takes, how large its buffers are wanted, and how much
// it may send at once.

import type { PlanLocal } from '../scenario/index.ts';
import { assert } from '../std/index.ts';
import type { OpenedFlow, UdpTransport } from '../transport/index.ts';
import { createUdpTransport, formatIpv4, monotonicNowUs, parseIpv4, socketBufferWarnings } from '../transport/index.ts';
import type { ResolvedTarget } from './messages.ts';

/** Room for a stall of some hundred milliseconds at a hundred thousand answers a second. */
export const RECEIVE_BUFFER_BYTES = 32 << 20;
export const SEND_BUFFER_BYTES = 8 << 20;
const ANY_ADDRESS = 0;
const ANY_PORT = 0;

export interface ClientSocket extends OpenedFlow {
  /** `address:port` as it stands in Via and Contact. */
  readonly sentBy: string;
  readonly warnings: readonly string[];
}

export interface ClientSocketOptions {
  readonly local: PlanLocal;
  readonly workerIndex: number;
  readonly target: ResolvedTarget;
  readonly slab: Uint8Array;
}

/** The transport of a load generator or a probe. Time 0 is now, until the run's beginning is known. */
export function createClientTransport({ sockets, maxBurst, segmentation }: PlanLocal): UdpTransport {
  const burst = maxBurst === null ? {} : { batchSize: maxBurst };
  return createUdpTransport(sockets, { originUs: monotonicNowUs(), segmentation, ...burst });
}

export async function openClientSocket(transport: UdpTransport, options: ClientSocketOptions): Promise<ClientSocket> {
  const { local, workerIndex, target, slab } = options;
  const remote = { address: parseIpv4(target.address), port: target.port };
  assert(remote.address >= 0, 'the coordinator resolves the target to an IPv4 address');
  const address = local.addresses[workerIndex % Math.max(1, local.addresses.length)];
  const wanted = { receiveBufferBytes: RECEIVE_BUFFER_BYTES, sendBufferBytes: SEND_BUFFER_BYTES };
  const opened = await transport.open({
    localAddress: address === undefined ? ANY_ADDRESS : parseIpv4(address),
    localPort: local.firstPort === null ? ANY_PORT : local.firstPort + workerIndex,
    remote,
    slab,
    ...wanted,
  });
  const sentBy = `${formatIpv4(opened.localAddress)}:${opened.localPort}`;
  return { ...opened, sentBy, warnings: [...socketBufferWarnings(wanted, opened), ...burstWarnings(local, transport)] };
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
