// A handler that keeps everything it is told, and loops that move a transport until a condition holds or time is up.

import type { DatagramHandler, OpenedFlow, OpenOptions, UdpTransport } from '../../src/transport/index.ts';

export interface Collected {
  readonly flow: number;
  readonly receivedAtUs: number;
  readonly nowUs: number;
  readonly bytes: Uint8Array;
  readonly peerAddress: number;
  readonly peerPort: number;
}

export interface Collector extends DatagramHandler {
  readonly datagrams: Collected[];
  readonly sent: { readonly flow: number; readonly count: number; readonly sentAtUs: number }[];
  readonly refused: string[];
  readonly errors: string[];
  sentCount(): number;
}

export const LOOPBACK = 0x7f000001;

export const createCollector = (transport: UdpTransport): Collector => {
  const collector: Collector = {
    datagrams: [],
    sent: [],
    refused: [],
    errors: [],
    sentCount: () => collector.sent.reduce((sum, each) => sum + each.count, 0),
    onDatagram(flow, receivedAtUs, bytes, start, end, peerAddress, peerPort) {
      const copy = bytes.slice(start, end);
      collector.datagrams.push({ flow, receivedAtUs, nowUs: transport.nowUs(), bytes: copy, peerAddress, peerPort });
    },
    onSent(flow, count, sentAtUs) {
      collector.sent.push({ flow, count, sentAtUs });
    },
    onRefused(_flow, code) {
      collector.refused.push(code);
    },
    onError(_flow, code) {
      collector.errors.push(code);
    },
  };
  return collector;
};

export const openOptions = (slab: Uint8Array, changes: Partial<OpenOptions> = {}): OpenOptions => ({
  localAddress: LOOPBACK,
  localPort: 0,
  remote: null,
  slab,
  receiveBufferBytes: 4 * 1024 * 1024,
  sendBufferBytes: 1024 * 1024,
  ...changes,
});

/** An end of a conversation: a transport with one flow, its slab and what it was told. */
export interface End {
  readonly transport: UdpTransport;
  readonly opened: OpenedFlow;
  readonly slab: Uint8Array;
  readonly seen: Collector;
}

export const openEnd = async (
  transport: UdpTransport,
  slabBytes: number,
  changes: Partial<OpenOptions> = {},
): Promise<End> => {
  const slab = new Uint8Array(slabBytes);
  const opened = await transport.open(openOptions(slab, changes));
  return { transport, opened, slab, seen: createCollector(transport) };
};

const MOST_US = 5_000_000;

/** Flushes and receives on all ends, waiting a little in between, until `done` or five seconds are over. */
export const moveUntil = async (ends: readonly End[], done: () => boolean): Promise<void> => {
  const first = ends[0]!.transport;
  const untilUs = first.nowUs() + MOST_US;
  while (first.nowUs() < untilUs) {
    for (const end of ends) {
      end.transport.flush(end.seen);
      end.transport.receive(end.seen, 1_000);
    }
    if (done()) return;
    for (const end of ends) await end.transport.waitForInput(end.transport.nowUs() + 2_000);
  }
};
