// What only the batch transport has: receive slots of a chosen size, kernel stamps, interpolated send times.

import { afterEach, describe, expect, it } from 'vitest';
import {
  batchUnavailableReason,
  createUdpTransport,
  monotonicNowUs,
  type UdpTransport,
} from '../../src/transport/index.ts';
import { type BatchOptions, createBatchTransport } from '../../src/transport/udp-batch.ts';
import { type End, LOOPBACK, moveUntil, openEnd } from './transport-collector.ts';

const reason = batchUnavailableReason();

describe.skipIf(reason !== null)(`udp-batch${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  const open: UdpTransport[] = [];
  const originUs = monotonicNowUs();
  const create = (options: Partial<BatchOptions> = {}): UdpTransport => {
    const transport = createBatchTransport({ originUs, ...options });
    open.push(transport);
    return transport;
  };
  const clientOf = (peer: End, slabBytes: number, options: Partial<BatchOptions> = {}): Promise<End> =>
    openEnd(create(options), slabBytes, { remote: { address: LOOPBACK, port: peer.opened.localPort } });

  afterEach(() => {
    for (const transport of open.splice(0)) transport.close();
  });

  it('is what auto chooses', () => {
    const transport = createUdpTransport('auto', { originUs });
    open.push(transport);
    expect(transport.kind).toBe('udp-batch');
  });

  it('drops and counts a datagram longer than a receive slot (MSG_TRUNC)', async () => {
    const sink = await openEnd(create({ slotBytes: 2_048 }), 10);
    const client = await clientOf(sink, 4_000);
    for (const length of [2_048, 2_049, 3_000, 5]) client.transport.send(0, 0, length, 0, 0);
    await moveUntil([client, sink], () => sink.seen.datagrams.length === 2);
    expect(sink.seen.datagrams.map(({ bytes }) => bytes.byteLength)).toEqual([2_048, 5]);
    expect(sink.transport.stats().truncated).toBe(2);
  });

  it('hands out no more than the limit, and the rest later', async () => {
    const sink = await openEnd(create({ slotCount: 8 }), 10);
    const client = await clientOf(sink, 10);
    for (let index = 0; index < 50; index++) client.transport.send(0, 0, 4, 0, 0);
    client.transport.flush(client.seen);
    expect(sink.transport.receive(sink.seen, 20)).toBe(20);
    expect(sink.transport.receive(sink.seen, 1)).toBe(1);
    expect(sink.transport.receive(sink.seen, 100)).toBe(29);
    expect(sink.transport.receive(sink.seen, 100)).toBe(0);
    // 8 + 8 + 4 | 1 | 8 + 8 + 8 + 5 | nothing.
    expect([...sink.transport.stats().datagramsPerReceiveCall.subarray(0, 10)]).toEqual([1, 1, 0, 0, 1, 1, 0, 0, 5, 0]);
  });

  it('sends with the fewest calls that the batch size allows', async () => {
    const sink = await openEnd(create(), 10);
    const client = await clientOf(sink, 10, { batchSize: 10 });
    for (let index = 0; index < 95; index++) client.transport.send(0, 0, 4, 0, 0);
    client.transport.flush(client.seen);
    expect(client.transport.stats().sendCalls).toBe(10);
    expect(client.seen.sentCount()).toBe(95);
    expect([...client.transport.stats().datagramsPerSendCall.subarray(0, 12)]).toEqual([
      0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 9, 0,
    ]);
  });

  it('stamps each send by itself, in order, the first not after its arrival at the peer', async () => {
    const sink = await openEnd(create(), 10);
    const client = await clientOf(sink, 10);
    for (let index = 0; index < 64; index++) client.transport.send(0, 0, 4, 0, 0);
    await moveUntil([client, sink], () => sink.seen.datagrams.length === 64);
    const times = client.seen.sent.map(({ sentAtUs }) => sentAtUs);
    expect(client.seen.sent.every(({ count }) => count === 1)).toBe(true);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.every((time) => Number.isInteger(time))).toBe(true);
    expect(times[0]!).toBeLessThanOrEqual(sink.seen.datagrams[0]!.receivedAtUs + 1_000);
  });

  it('survives garbage collection while the kernel holds its addresses', async () => {
    const sink = await openEnd(create(), 10);
    const client = await clientOf(sink, 1_000);
    client.slab.fill(7);
    for (let round = 0; round < 20; round++) {
      const litter: Uint8Array[] = [];
      for (let index = 0; index < 200; index++) litter.push(new Uint8Array(100_000).fill(1));
      client.transport.send(0, 0, 1_000, 0, 0);
      await moveUntil([client, sink], () => sink.seen.datagrams.length === round + 1);
      expect(litter.length).toBe(200);
    }
    expect(sink.seen.datagrams.every(({ bytes }) => bytes.every((byte) => byte === 7))).toBe(true);
  });
});
