// What ICMP and full queues do to the batch transport, between two network namespaces: nothing of this can be met on the
// loopback interface.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  batchUnavailableReason,
  createUdpTransport,
  monotonicNowUs,
  type OpenedFlow,
  type OpenOptions,
  type UdpTransport,
} from '../../src/transport/index.ts';
import { createCollector, type End, moveUntil, openOptions } from './transport-collector.ts';
import { type Cable, cableUnavailableReason, createCable, FAR, NEAR } from './transport-namespace.ts';

const reason = batchUnavailableReason() ?? cableUnavailableReason();

/** An address behind the router that nobody has. */
const BEYOND = 0x0a620063;
const NO_ROUTE = 0x0a610001;
const PROHIBITED = 0x0a600001;
const NO_ARP = 0x0a63004d;

describe.skipIf(reason !== null)(
  `udp-batch between namespaces${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    const open: UdpTransport[] = [];
    const originUs = monotonicNowUs();
    let cable: Cable;

    const openIn = (side: 'near' | 'far', changes: Partial<OpenOptions>): End => {
      const transport = createUdpTransport('udp-batch', { originUs });
      open.push(transport);
      const slab = new Uint8Array(2_000);
      const options = openOptions(slab, { localAddress: side === 'near' ? NEAR : FAR, ...changes });
      const opened = cable.within(side, () => transport.open(options)) as OpenedFlow;
      return { transport, opened, slab, seen: createCollector(transport) };
    };
    const clientTo = (address: number, changes: Partial<OpenOptions> = {}): End =>
      openIn('near', { remote: { address, port: 5060 }, ...changes });
    const sendTimes = (end: End, count: number, lengthBytes: number): void => {
      for (let index = 0; index < count; index++) expect(end.transport.send(0, 0, lengthBytes, 0, 0)).toBe(true);
    };

    beforeAll(() => {
      cable = createCable();
      cable.run('near', 'sysctl -qw net.ipv4.neigh.cable.retrans_time_ms=100');
      cable.run('far', 'ip neigh add 10.98.0.99 lladdr 02:00:00:00:00:01 dev beyond');
      cable.run('far', 'ip route add prohibit 10.96.0.0/24');
    });
    afterEach(() => {
      for (const transport of open.splice(0)) transport.close();
    });
    afterAll(() => cable.remove());

    it('18.4 reports a network without route as ENETUNREACH', async () => {
      const client = clientTo(NO_ROUTE);
      sendTimes(client, 1, 100);
      await moveUntil([client], () => client.seen.errors.length > 0);
      expect(client.seen.errors).toEqual(['ENETUNREACH']);
      expect(client.seen.sentCount()).toBe(1);
    });

    it('18.4 reports what a router prohibits as EHOSTUNREACH', async () => {
      const client = clientTo(PROHIBITED);
      sendTimes(client, 1, 100);
      await moveUntil([client], () => client.seen.errors.length > 0);
      expect(client.seen.errors).toEqual(['EHOSTUNREACH']);
    });

    it('keeps what a full send buffer would not take (EAGAIN), then 18.4 drops it when the host is unreachable', async () => {
      const client = clientTo(NO_ARP, { sendBufferBytes: 4_608 });
      sendTimes(client, 100, 1_000);
      client.transport.flush(client.seen);
      const sentAtFirst = client.seen.sentCount();
      expect(sentAtFirst).toBeGreaterThan(0);
      expect(sentAtFirst).toBeLessThan(100);
      expect(client.seen.errors).toEqual([]);
      expect(client.transport.stats().sendBlocked).toMatchObject({ noRoom: 1, queueFull: 0 });
      await moveUntil([client], () => client.seen.errors.length > 0);
      expect(client.seen.errors).toEqual(['EHOSTUNREACH']);
      const sentCount = client.seen.sentCount();
      client.transport.flush(client.seen);
      expect(client.seen.sentCount()).toBe(sentCount);
      expect(client.seen.refused).toEqual([]);
    });

    it('18.4 ignores that a time to live was exceeded, and sends on', async () => {
      cable.run('near', 'sysctl -qw net.ipv4.ip_default_ttl=1');
      const client = clientTo(BEYOND);
      for (let round = 0; round < 10; round++) {
        sendTimes(client, 5, 100);
        client.transport.flush(client.seen);
        client.transport.waitForInput(client.transport.nowUs() + 5_000);
        if (round % 2 === 1) client.transport.receive(client.seen, 10);
      }
      await moveUntil([client], () => client.seen.sentCount() === 50);
      cable.run('near', 'sysctl -qw net.ipv4.ip_default_ttl=64');
      expect(client.seen.sentCount()).toBe(50);
      expect(client.seen.errors).toEqual([]);
      expect(client.seen.refused).toEqual([]);
    });

    it('ignores that a packet was too long for a link: the kernel cuts the next one', async () => {
      const client = clientTo(BEYOND);
      sendTimes(client, 1, 1_000);
      client.transport.flush(client.seen);
      client.transport.waitForInput(client.transport.nowUs() + 50_000);
      client.transport.receive(client.seen, 10);
      sendTimes(client, 1, 1_000);
      await moveUntil([client], () => client.seen.sentCount() === 2);
      expect(client.seen.sentCount()).toBe(2);
      expect(client.seen.errors).toEqual([]);
    });

    it('counts a datagram as sent only when the interface took it (ENOBUFS), and loses none', async () => {
      cable.run('near', 'tc qdisc add dev cable root tbf rate 10mbit burst 5000 limit 10000');
      const sink = openIn('far', {});
      const client = clientTo(FAR, { remote: { address: FAR, port: sink.opened.localPort } });
      for (let index = 0; index < 100; index++) {
        client.slab[index] = index;
        client.transport.send(0, index, index + 1_000, 0, 0);
      }
      client.transport.flush(client.seen);
      expect(client.seen.sentCount()).toBeLessThan(100);
      expect(client.transport.stats().sendBlocked).toMatchObject({ noRoom: 0, queueFull: 1 });
      await moveUntil([client, sink], () => sink.seen.datagrams.length === 100);
      cable.run('near', 'tc qdisc del dev cable root');
      expect(client.seen.sentCount()).toBe(100);
      const { waitedUsMax, waitedUsTotal } = client.transport.stats().sendBlocked;
      expect(waitedUsMax).toBeGreaterThan(0);
      expect(waitedUsTotal).toBeGreaterThanOrEqual(waitedUsMax);
      expect(sink.seen.datagrams.map(({ bytes }) => bytes[0])).toEqual(
        Array.from({ length: 100 }, (_, index) => index),
      );
    });
  },
);
