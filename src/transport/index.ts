// The transports: sockets and the clock, nothing of SIP. Other folders import from here.

import type { UdpTransport } from './datagram.ts';
import { type BatchOptions, batchUnavailableReason, createBatchTransport } from './udp-batch.ts';
import { createDgramTransport, type DgramOptions } from './udp-dgram.ts';

export { formatIpv4, hostlessKind, isLoopback, isPublicAddress, isPublicNetwork, parseIpv4 } from './addresses.ts';
export { type AddressRules, refusedAddress } from './allowed-address.ts';
export { MOST_PER_CALL } from './call-counts.ts';
export type {
  DatagramHandler,
  FlowId,
  OpenedFlow,
  OpenOptions,
  TransportStats,
  UdpTransport,
} from './datagram.ts';
export { concernsPeer } from './dgram-outbox.ts';
export { dropsBetween, readReceivers } from './kernel-drops.ts';
export { monotonicNowUs } from './monotonic.ts';
export type { NameQuestion, NameResolver, NameResolverOptions } from './resolve.ts';
export { createNameResolver, isLocalAddress } from './resolve.ts';
export type { SocketBuffers } from './socket-buffers.ts';
export { socketBufferWarnings } from './socket-buffers.ts';
export type { BatchOptions } from './udp-batch.ts';
export { batchUnavailableReason } from './udp-batch.ts';
export type { DgramOptions } from './udp-dgram.ts';

export type UdpTransportKind = 'udp-batch' | 'udp-dgram';

/** `auto` takes the batch transport where it works. */
export const chosenTransport = (kind: 'auto' | UdpTransportKind): UdpTransportKind =>
  kind === 'udp-batch' || (kind === 'auto' && batchUnavailableReason() === null) ? 'udp-batch' : 'udp-dgram';

export const createUdpTransport = (
  kind: 'auto' | UdpTransportKind,
  options: BatchOptions & DgramOptions,
): UdpTransport =>
  chosenTransport(kind) === 'udp-batch' ? createBatchTransport(options) : createDgramTransport(options);
