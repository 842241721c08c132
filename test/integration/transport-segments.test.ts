// UDP_SEGMENT: whatever is handed to the kernel as one leaves as the datagrams that it is made of, none cut and none joined; and
// where the kernel or the path refuses, everything leaves all the same.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  batchUnavailableReason,
  monotonicNowUs,
  type OpenedFlow,
  type UdpTransport,
} from '../../src/transport/index.ts';
import { type BatchOptions, createBatchTransport } from '../../src/transport/udp-batch.ts';
import { createCollector, type End, LOOPBACK, moveUntil, openEnd, openOptions } from './transport-collector.ts';
import { type Cable, cableUnavailableReason, createCable, FAR, NEAR } from './transport-namespace.ts';

const SLAB_BYTES = 1 << 18;
const originUs = monotonicNowUs();
const open: UdpTransport[] = [];
const create = (options: Partial<BatchOptions> = {}): UdpTransport => {
  const transport = createBatchTransport({ originUs, ...options });
  open.push(transport);
  return transport;
};

afterEach(() => {
  for (const transport of open.splice(0)) transport.close();
});

/** Lays messages of these lengths end to end, each filled with its number, and gives them to the transport. */
const sendAll = (end: End, lengths: readonly number[]): void => {
  let at = 0;
  lengths.forEach((length, number) => {
    end.slab.fill(number & 255, at, at + length);
    expect(end.transport.send(0, at, at + length, 0, 0)).toBe(true);
    at += length;
  });
};

const expectWhole = (end: End, lengths: readonly number[]): void => {
  expect(end.seen.datagrams.map(({ bytes }) => bytes.byteLength)).toEqual(lengths);
  end.seen.datagrams.forEach(({ bytes }, number) => {
    expect(bytes.every((byte) => byte === (number & 255))).toBe(true);
  });
};

const times = (count: number, lengthBytes: number): readonly number[] =>
  Array.from({ length: count }, () => lengthBytes);

const reason = batchUnavailableReason();

describe.skipIf(reason !== null)(`segments over loopback${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  const clientOf = (peer: End, options: Partial<BatchOptions> = {}): Promise<End> =>
    openEnd(create({ segmentation: true, ...options }), SLAB_BYTES, {
      remote: { address: LOOPBACK, port: peer.opened.localPort },
    });

  it.each([
    ['of one length', times(200, 460)],
    ['of lengths that change', [460, 460, 460, 461, 461, 460, 3, 3_000, 3_000, 460]],
    ['with a longer one after shorter ones, which a socket option would have cut in two', [400, 400, 401, 400]],
    ['so long that few fit the longest payload', times(10, 20_000)],
    ['alone, as long as a payload can be', [65_507]],
    ['without a byte', [0, 0, 5]],
  ])('messages %s arrive whole and in order', async (_, lengths) => {
    const sink = await openEnd(create(), 10);
    const client = await clientOf(sink);
    sendAll(client, lengths);
    await moveUntil([client, sink], () => sink.seen.datagrams.length === lengths.length);
    expectWhole(sink, lengths);
    expect(client.opened.segmented).toBe(true);
    expect([client.seen.sentCount(), client.seen.refused, client.seen.errors]).toEqual([lengths.length, [], []]);
    expect(client.transport.stats().segmented).toBe(true);
  });

  it('a call carries 64 datagrams, or as many as the batch size says', async () => {
    const sink = await openEnd(create(), 10);
    for (const [options, most] of [
      [{}, 64],
      [{ batchSize: 8 }, 8],
    ] as const) {
      const client = await clientOf(sink, options);
      sendAll(client, times(128, 300));
      client.transport.flush(client.seen);
      const calls = client.transport.stats().datagramsPerSendCall;
      expect([calls[most], client.seen.sentCount()]).toEqual([128 / most, 128]);
    }
  });

  it('is not there where nobody asked for it, and not on a server’s socket', async () => {
    const server = await openEnd(create({ segmentation: true }), 10);
    const plain = await openEnd(create(), 10, { remote: { address: LOOPBACK, port: server.opened.localPort } });
    expect([server.opened.segmented, plain.opened.segmented]).toEqual([false, false]);
  });
});

const noCable = reason ?? cableUnavailableReason();

describe.skipIf(noCable !== null)(
  `segments on a path that refuses them${noCable === null ? '' : ` (skipped: ${noCable})`}`,
  () => {
    let cable: Cable;
    beforeAll(() => {
      cable = createCable();
      cable.run('near', 'ip link set cable mtu 576');
      cable.run('far', 'ip link set cable mtu 576');
    });
    afterAll(() => cable.remove());

    const openIn = (side: 'near' | 'far', remotePort: number | null): End => {
      const transport = create({ segmentation: true });
      const slab = new Uint8Array(SLAB_BYTES);
      const remote = remotePort === null ? null : { address: FAR, port: remotePort };
      const options = openOptions(slab, { localAddress: side === 'near' ? NEAR : FAR, remote });
      const opened = cable.within(side, () => transport.open(options)) as OpenedFlow;
      return { transport, opened, slab, seen: createCollector(transport) };
    };

    it('messages longer than its MTU leave without segments, none lost and none refused', async () => {
      const sink = openIn('far', null);
      const client = openIn('near', sink.opened.localPort);
      const lengths = [...times(5, 300), ...times(30, 900), ...times(5, 300)];
      sendAll(client, lengths);
      await moveUntil([client, sink], () => sink.seen.datagrams.length === lengths.length);
      expectWhole(sink, lengths);
      expect([client.seen.sentCount(), client.seen.refused, client.seen.errors]).toEqual([lengths.length, [], []]);
      expect(client.transport.stats().segmented).toBe(false);
    });

    it('messages that fit leave in segments', async () => {
      const sink = openIn('far', null);
      const client = openIn('near', sink.opened.localPort);
      const lengths = times(40, 500);
      sendAll(client, lengths);
      await moveUntil([client, sink], () => sink.seen.datagrams.length === lengths.length);
      expectWhole(sink, lengths);
      expect(client.transport.stats().segmented).toBe(true);
    });
  },
);
