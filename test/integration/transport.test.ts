// One table over both UDP transports: the same promises, on real sockets of the loopback interface.

import { afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/std/index.ts';
import {
  batchUnavailableReason,
  createUdpTransport,
  monotonicNowUs,
  type OpenOptions,
  type UdpTransport,
} from '../../src/transport/index.ts';
import { createCollector, type End, LOOPBACK, moveUntil, openEnd, openOptions } from './transport-collector.ts';

const KINDS = batchUnavailableReason() === null ? (['udp-batch', 'udp-dgram'] as const) : (['udp-dgram'] as const);

const callsIn = (counts: Float64Array): number => counts.reduce((sum, calls) => sum + calls, 0);
const datagramsIn = (counts: Float64Array): number => counts.reduce((sum, calls, moved) => sum + calls * moved, 0);

describe.each(KINDS)('%s', (kind) => {
  const open: UdpTransport[] = [];
  const originUs = monotonicNowUs();
  const create = (): UdpTransport => {
    const transport = createUdpTransport(kind, { originUs, batchSize: 16 });
    open.push(transport);
    return transport;
  };
  const server = (slabBytes: number): Promise<End> => openEnd(create(), slabBytes);
  const clientOf = (peer: End, slabBytes: number, changes: Partial<OpenOptions> = {}): Promise<End> =>
    openEnd(create(), slabBytes, { remote: { address: LOOPBACK, port: peer.opened.localPort }, ...changes });

  afterEach(() => {
    for (const transport of open.splice(0)) transport.close();
  });

  it('reports its kind and its wire clock', () => {
    const transport = create();
    expect(transport.kind).toBe(kind);
    expect(transport.wireClock).toBe(kind === 'udp-batch' ? 'kernel' : 'userland');
  });

  it('carries a message there and its echo back, with the peer named on the server', async () => {
    const echo = await server(100);
    const client = await clientOf(echo, 100);
    client.slab.set([1, 0, 2, 255], 10);
    expect(client.transport.send(0, 10, 14, 0, 0)).toBe(true);
    await moveUntil([client, echo], () => echo.seen.datagrams.length === 1);
    const request = echo.seen.datagrams[0]!;
    expect([...request.bytes]).toEqual([1, 0, 2, 255]);
    expect(request.peerAddress).toBe(LOOPBACK);
    expect(request.peerPort).toBe(client.opened.localPort);
    echo.slab.set(request.bytes, 5);
    echo.transport.send(0, 5, 9, request.peerAddress, request.peerPort);
    await moveUntil([client, echo], () => client.seen.datagrams.length === 1 && echo.seen.sentCount() === 1);
    expect([...client.seen.datagrams[0]!.bytes]).toEqual([1, 0, 2, 255]);
    expect(client.seen.datagrams[0]!.peerPort).toBe(echo.opened.localPort);
    expect(client.seen.sentCount()).toBe(1);
    expect(echo.seen.sentCount()).toBe(1);
  });

  it('speaks from one local address and port to several peers, and each of its sockets hears its own', async () => {
    const echoes = [await server(10), await server(10)];
    const transport = create();
    const slab = new Uint8Array(10).fill(7);
    const seen = createCollector(transport);
    const remoteOf = (echo: End): { address: number; port: number } => ({
      address: LOOPBACK,
      port: echo.opened.localPort,
    });
    const first = await transport.open(openOptions(slab, { remote: remoteOf(echoes[0]!), sharedPort: 'opened' }));
    const { localPort } = first;
    await transport.open(openOptions(slab, { remote: remoteOf(echoes[1]!), sharedPort: 'joined', localPort }));
    const client = { transport, slab, seen, opened: first };
    for (const flow of [0, 1]) transport.send(flow, 0, 1 + flow, 0, 0);
    await moveUntil([client, ...echoes], () => echoes.every((echo) => echo.seen.datagrams.length === 1));
    for (const [flow, echo] of echoes.entries()) {
      const request = echo.seen.datagrams[0]!;
      expect([request.bytes.length, request.peerPort]).toEqual([1 + flow, localPort]);
      echo.transport.send(0, 0, 3 + flow, request.peerAddress, request.peerPort);
    }
    await moveUntil([client, ...echoes], () => seen.datagrams.length === 2);
    const heard = seen.datagrams.map(({ flow, bytes }) => [flow, bytes.length]).sort();
    expect(heard).toEqual([
      [0, 3],
      [1, 4],
    ]);
  });

  it('is connected to another peer from the same local port, and hears the old one no more', async () => {
    const echoes = [await server(10), await server(10)];
    const client = await clientOf(echoes[0]!, 10, { keepsPort: true });
    client.transport.send(0, 0, 1, 0, 0);
    await moveUntil([client, ...echoes], () => echoes[0]!.seen.datagrams.length === 1);
    client.transport.reconnect(0, { address: LOOPBACK, port: echoes[1]!.opened.localPort });
    client.transport.send(0, 0, 2, 0, 0);
    await moveUntil([client, ...echoes], () => echoes[1]!.seen.datagrams.length === 1);
    const ports = echoes.map(({ seen }) => seen.datagrams.map(({ peerPort }) => peerPort));
    expect(ports).toEqual([[client.opened.localPort], [client.opened.localPort]]);
    for (const [length, echo] of [...echoes.entries()]) {
      echo.transport.send(0, 0, 5 + length, LOOPBACK, client.opened.localPort);
    }
    await moveUntil([client, ...echoes], () => client.seen.datagrams.length === 1);
    expect(client.seen.datagrams.map(({ bytes }) => bytes.length)).toEqual([6]);
  });

  it('delivers 5,000 datagrams once each and in order, and counts them as sent', async () => {
    const count = 5_000;
    const sink = await server(100);
    const client = await clientOf(sink, count * 4);
    const view = new DataView(client.slab.buffer);
    let offered = 0;
    await moveUntil([client, sink], () => {
      while (offered < count) {
        view.setUint32(offered * 4, offered);
        if (!client.transport.send(0, offered * 4, offered * 4 + 4, 0, 0)) break;
        offered++;
      }
      return sink.seen.datagrams.length >= count && client.seen.sentCount() >= count;
    });
    const numbers = sink.seen.datagrams.map(({ bytes }) => new DataView(bytes.buffer).getUint32(0));
    expect(numbers).toEqual(Array.from({ length: count }, (_, index) => index));
    expect(client.seen.sentCount()).toBe(count);
    expect(client.seen.refused).toEqual([]);
    expect(client.seen.errors).toEqual([]);
    expect(sink.transport.stats().receiveQueueOverruns).toBe(0);
    const sent = client.transport.stats();
    const received = sink.transport.stats();
    expect(datagramsIn(sent.datagramsPerSendCall)).toBe(count);
    expect(datagramsIn(received.datagramsPerReceiveCall)).toBe(count);
    expect(callsIn(sent.datagramsPerSendCall)).toBe(sent.sendCalls);
    expect(callsIn(received.datagramsPerReceiveCall)).toBe(received.receiveCalls);
  });

  it('carries 60 kB datagrams and empty ones unchanged', async () => {
    const sink = await server(100);
    const client = await clientOf(sink, 60_000);
    for (let at = 0; at < 60_000; at++) client.slab[at] = (at * 31) & 255;
    client.transport.send(0, 0, 60_000, 0, 0);
    client.transport.send(0, 7, 7, 0, 0);
    client.transport.send(0, 1, 60_000, 0, 0);
    await moveUntil([client, sink], () => sink.seen.datagrams.length === 3);
    expect(sink.seen.datagrams.map(({ bytes }) => bytes.byteLength)).toEqual([60_000, 0, 59_999]);
    expect(Buffer.compare(sink.seen.datagrams[0]!.bytes, client.slab)).toBe(0);
    expect(Buffer.compare(sink.seen.datagrams[2]!.bytes, client.slab.subarray(1))).toBe(0);
  });

  it('answers many peers from one server socket, each message to the peer it names', async () => {
    const echo = await server(100);
    const clients = await Promise.all([clientOf(echo, 10), clientOf(echo, 10), clientOf(echo, 10)]);
    clients.forEach((client, index) => {
      client.slab[0] = index;
      client.transport.send(0, 0, 1, 0, 0);
    });
    await moveUntil([...clients, echo], () => echo.seen.datagrams.length === 3);
    for (const { bytes, peerAddress, peerPort } of echo.seen.datagrams) {
      const at = bytes[0]! * 2;
      echo.slab.set([bytes[0]!, 99], at);
      echo.transport.send(0, at, at + 2, peerAddress, peerPort);
    }
    await moveUntil([...clients, echo], () => clients.every(({ seen }) => seen.datagrams.length === 1));
    clients.forEach((client, index) => {
      expect([...client.seen.datagrams[0]!.bytes]).toEqual([index, 99]);
    });
  });

  it('serves several flows of one transport and tells them apart', async () => {
    const transport = create();
    const left = await openEnd(transport, 10);
    const right = await openEnd(transport, 10);
    const toLeft = await clientOf(left, 10);
    const toRight = await clientOf(right, 10);
    toLeft.transport.send(0, 0, 1, 0, 0);
    toRight.transport.send(0, 0, 2, 0, 0);
    const whole = { ...left, seen: createCollector(transport) };
    await moveUntil([toLeft, toRight, whole], () => whole.seen.datagrams.length === 2);
    const lengths = new Map(whole.seen.datagrams.map(({ flow, bytes }) => [flow, bytes.byteLength]));
    expect(lengths).toEqual(
      new Map([
        [left.opened.flow, 1],
        [right.opened.flow, 2],
      ]),
    );
  });

  it('stamps arrivals between the sending and the reading, and never goes back in time', async () => {
    const sink = await server(10);
    const client = await clientOf(sink, 10);
    for (let round = 0; round < 50; round++) {
      for (let index = 0; index < 10; index++) client.transport.send(0, 0, 4, 0, 0);
      await moveUntil([client, sink], () => sink.seen.datagrams.length === (round + 1) * 10);
    }
    await moveUntil([client, sink], () => client.seen.sentCount() === 500);
    const stamps = sink.seen.datagrams.map(({ receivedAtUs }) => receivedAtUs);
    expect(stamps.every((stamp) => Number.isInteger(stamp))).toBe(true);
    expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
    expect(sink.seen.datagrams.every(({ receivedAtUs, nowUs }) => receivedAtUs <= nowUs)).toBe(true);
    // A wall clock that moved by less than a millisecond is not noticed, so stamps are no truer than that.
    expect(stamps[0]!).toBeGreaterThan(client.seen.sent[0]!.sentAtUs - 1_000);
    expect(sink.transport.stats().clockSteps).toBe(0);
  });

  it('18.4 reports ECONNREFUSED when nobody listens, and counts nothing as sent that was not', async () => {
    const gone = await server(10);
    const client = await clientOf(gone, 10);
    open.splice(open.indexOf(gone.transport), 1);
    gone.transport.close();
    for (let index = 0; index < 20; index++) client.transport.send(0, 0, 4, 0, 0);
    const startedUs = client.transport.nowUs();
    await moveUntil([client], () => client.seen.errors.length > 0);
    expect(client.transport.nowUs() - startedUs).toBeLessThan(1_000_000);
    expect(client.seen.errors[0]).toBe('ECONNREFUSED');
    expect(client.seen.sentCount()).toBeGreaterThanOrEqual(1);
    expect(client.seen.sentCount() + client.seen.refused.length).toBeLessThanOrEqual(20);
    if (kind === 'udp-batch') expect(client.seen.sentCount()).toBe(1);
  });

  it('goes on after ECONNREFUSED as soon as somebody listens again', async () => {
    const gone = await server(10);
    const port = gone.opened.localPort;
    const client = await clientOf(gone, 10);
    open.splice(open.indexOf(gone.transport), 1);
    gone.transport.close();
    client.transport.send(0, 0, 4, 0, 0);
    await moveUntil([client], () => client.seen.errors.length > 0);
    const back = await openEnd(create(), 10, { localPort: port });
    client.transport.send(0, 0, 3, 0, 0);
    await moveUntil([client, back], () => back.seen.datagrams.length > 0);
    expect(back.seen.datagrams.map(({ bytes }) => bytes.byteLength)).toEqual([3]);
    expect(client.seen.errors).toEqual(['ECONNREFUSED']);
    expect(client.seen.sentCount()).toBe(2);
  });

  it('keeps serving on a server socket whose answers meet a closed port', async () => {
    const echo = await server(10);
    const gone = await clientOf(echo, 10);
    const alive = await clientOf(echo, 10);
    const port = gone.opened.localPort;
    open.splice(open.indexOf(gone.transport), 1);
    gone.transport.close();
    for (let index = 0; index < 40; index++) {
      echo.transport.send(0, 0, 1, LOOPBACK, port);
      echo.transport.send(0, 0, 2, LOOPBACK, alive.opened.localPort);
    }
    await moveUntil([echo, alive], () => alive.seen.datagrams.length === 40 && echo.seen.sentCount() === 80);
    expect(alive.seen.datagrams.length).toBe(40);
    expect(echo.seen.errors).toEqual([]);
    expect(echo.seen.refused).toEqual([]);
    expect(echo.seen.sentCount()).toBe(80);
  });

  it('refuses a message longer than a datagram can be (EMSGSIZE) and sends the ones around it', async () => {
    const sink = await server(10);
    const client = await clientOf(sink, 70_000);
    client.transport.send(0, 0, 5, 0, 0);
    client.transport.send(0, 0, 70_000, 0, 0);
    client.transport.send(0, 0, 6, 0, 0);
    await moveUntil([client, sink], () => sink.seen.datagrams.length === 2 && client.seen.sentCount() === 2);
    expect(sink.seen.datagrams.map(({ bytes }) => bytes.byteLength)).toEqual([5, 6]);
    expect(client.seen.refused).toEqual(['EMSGSIZE']);
    expect(client.seen.errors).toEqual([]);
    expect(client.seen.sentCount()).toBe(2);
  });

  it('takes no more messages than it has room for before the next flush', async () => {
    const sink = await server(10);
    const client = await clientOf(sink, 10);
    let taken = 0;
    while (taken < 100_000 && client.transport.send(0, 0, 4, 0, 0)) taken++;
    expect(taken).toBe(1_024);
    await moveUntil([client, sink], () => client.seen.sentCount() === taken);
    expect(client.transport.send(0, 0, 4, 0, 0)).toBe(true);
  });

  it('counts the datagrams that a full receive queue lost', async () => {
    const sink = await openEnd(create(), 10, { receiveBufferBytes: 2_304 });
    const client = await clientOf(sink, 1_000);
    for (let index = 0; index < 200; index++) client.transport.send(0, 0, 1_000, 0, 0);
    await moveUntil([client], () => client.seen.sentCount() === 200);
    const countedFor = (): number => sink.seen.datagrams.length + sink.transport.stats().receiveQueueOverruns;
    await moveUntil([sink], () => countedFor() >= 200);
    expect(countedFor()).toBe(200);
    if (kind === 'udp-batch') expect(sink.seen.datagrams.length).toBeLessThan(200);
  });

  it('tells that a port is in use (PORT_IN_USE)', async () => {
    const first = await server(10);
    const second = async (): Promise<unknown> =>
      create().open(openOptions(new Uint8Array(10), { localPort: first.opened.localPort }));
    const error = await second().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).code).toBe('PORT_IN_USE');
    expect((error as UserError).message).toContain(`port ${first.opened.localPort} on 127.0.0.1 is in use`);
  });

  it('tells that an address is not one of this machine (ADDRESS_UNAVAILABLE)', async () => {
    const attempt = async (): Promise<unknown> =>
      create().open(openOptions(new Uint8Array(10), { localAddress: 0xc0000201 }));
    const error = await attempt().catch((reason: unknown) => reason);
    expect((error as UserError).code).toBe('ADDRESS_UNAVAILABLE');
  });

  it('tells what buffers the kernel granted', async () => {
    const end = await openEnd(create(), 10, { receiveBufferBytes: 65_536, sendBufferBytes: 32_768 });
    expect(end.opened.receiveBufferBytes).toBe(65_536);
    expect(end.opened.sendBufferBytes).toBe(32_768);
    expect(end.opened.localAddress).toBe(LOOPBACK);
    expect(end.opened.localPort).toBeGreaterThan(0);
  });

  it('closes while messages wait to be sent and to be received', async () => {
    const transport = createUdpTransport(kind, { originUs: monotonicNowUs() });
    const end = await openEnd(transport, 10);
    const client = await clientOf(end, 10);
    client.transport.send(0, 0, 4, 0, 0);
    client.transport.flush(client.seen);
    transport.send(0, 0, 4, LOOPBACK, client.opened.localPort);
    transport.flush(end.seen);
    transport.send(0, 0, 4, LOOPBACK, client.opened.localPort);
    transport.close();
    expect(() => transport.flush(end.seen)).toThrow('the transport is open');
    const again = await openEnd(create(), 10, { localPort: end.opened.localPort });
    expect(again.opened.localPort).toBe(end.opened.localPort);
  });

  it('waits until input comes, and not longer than it was told when none does', async () => {
    const sink = await server(10);
    const client = await clientOf(sink, 10);
    const beforeUs = sink.transport.nowUs();
    await sink.transport.waitForInput(beforeUs + 3_000);
    expect(sink.transport.nowUs()).toBeGreaterThanOrEqual(beforeUs + 3_000);
    client.transport.send(0, 0, 4, 0, 0);
    client.transport.flush(client.seen);
    await sink.transport.waitForInput(sink.transport.nowUs() + 90_000);
    expect(sink.transport.receive(sink.seen, 10)).toBe(1);
  });

  it('sleeps until the time even when input has come', async () => {
    const sink = await server(10);
    const client = await clientOf(sink, 10);
    client.transport.send(0, 0, 4, 0, 0);
    client.transport.flush(client.seen);
    const untilUs = sink.transport.nowUs() + 3_300;
    await sink.transport.sleepUntil(untilUs);
    expect(sink.transport.nowUs()).toBeGreaterThanOrEqual(untilUs);
  });

  it('comes back from a wait after a tenth of a second at the latest, so that its thread can look about', async () => {
    const transport = create();
    const beforeUs = transport.nowUs();
    await transport.waitForInput(Number.POSITIVE_INFINITY);
    expect(transport.nowUs()).toBeGreaterThanOrEqual(beforeUs + 100_000);
  });

  it('counts from a new origin without taking it for a clock step', async () => {
    const sink = await server(10);
    const client = await clientOf(sink, 10);
    const laterUs = originUs + 5_000_000_000;
    sink.transport.setOrigin(laterUs);
    client.transport.setOrigin(laterUs);
    expect(sink.transport.nowUs()).toBeLessThan(0);
    const firstUs = client.transport.nowUs();
    client.transport.send(0, 0, 4, 0, 0);
    await moveUntil([client, sink], () => sink.seen.datagrams.length === 1 && client.seen.sentCount() === 1);
    expect(client.seen.sent[0]!.sentAtUs).toBeGreaterThanOrEqual(firstUs);
    expect(sink.seen.datagrams[0]!.receivedAtUs).toBeLessThan(0);
    expect(sink.transport.stats().clockSteps).toBe(0);
  });

  it('shares its time with process.hrtime, and so with the transports of other threads', () => {
    const transport = create();
    const before = monotonicNowUs() - originUs;
    const between = transport.nowUs();
    const after = monotonicNowUs() - originUs;
    // Whole microseconds on either side, and the distance of two clocks that was measured to a few.
    expect(between).toBeGreaterThanOrEqual(before - 20);
    expect(between).toBeLessThanOrEqual(after + 20);
  });

  it('counts the processor time of the thread', () => {
    const transport = create();
    const beforeUs = transport.threadCpuUs();
    let work = 0;
    for (let index = 0; index < 5_000_000; index++) work = (work * 31 + index) | 0;
    expect(work).not.toBe(1);
    expect(transport.threadCpuUs()).toBeGreaterThan(beforeUs);
  });
});
