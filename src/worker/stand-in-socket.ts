// The rehearsal's stand-in on a socket of its own on 127.0.0.1. It lives in the thread of the rehearsal and answers when it is
// given a turn.

import type { SocketKind } from '../scenario/index.ts';
import type { DatagramHandler, UdpTransport } from '../transport/index.ts';
import { createUdpTransport, monotonicNowUs, parseIpv4 } from '../transport/index.ts';
import type { StandIn } from './stand-in.ts';
import { ANSWER_MOST_BYTES } from './stand-in.ts';

export const LOOPBACK = '127.0.0.1';
const BUFFER_BYTES = 4 << 20;
/** Answers a turn. */
const ANSWERS_MOST = 512;

export interface StandInSocket {
  readonly port: number;
  /** Answers what has come. */
  takeTurn(): void;
  close(): void;
}

export async function openStandInSocket(standIn: StandIn, sockets: SocketKind): Promise<StandInSocket> {
  const transport = createUdpTransport(sockets, { originUs: monotonicNowUs(), queueCapacity: ANSWERS_MOST });
  const slab = new Uint8Array(ANSWERS_MOST * ANSWER_MOST_BYTES);
  const { localPort } = await transport.open({
    localAddress: parseIpv4(LOOPBACK),
    localPort: 0,
    remote: null,
    slab,
    receiveBufferBytes: BUFFER_BYTES,
    sendBufferBytes: BUFFER_BYTES,
  });
  const handler = createHandler(transport, slab, standIn);
  return {
    port: localPort,
    takeTurn: () => {
      transport.receive(handler, ANSWERS_MOST);
      transport.flush(handler);
    },
    close: () => transport.close(),
  };
}

/** Answers lie in the slab one after the other, each until all behind it have left. */
function createHandler(transport: UdpTransport, slab: Uint8Array, standIn: StandIn): DatagramHandler {
  let next = 0;
  return {
    onDatagram: (flow, _receivedAtUs, bytes, start, end, peerAddress, peerPort) => {
      const at = next * ANSWER_MOST_BYTES;
      const to = standIn.answer(bytes, start, end, slab, at);
      // What is not taken is asked for again.
      if (transport.send(flow, at, to, peerAddress, peerPort)) next = (next + 1) % ANSWERS_MOST;
    },
    onSent: () => {},
    onRefused: () => {},
    onError: () => {},
  };
}
