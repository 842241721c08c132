// Receive queues that are too small: ours, which makes a run worthless, and the registrar's own, which is a finding about the
// registrar and no doubt about the run.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { attachFlow, createEngine } from '../../src/engine/index.ts';
import { judgeRun } from '../../src/gate/index.ts';
import * as m from '../../src/metrics/index.ts';
import { EXIT } from '../../src/std/index.ts';
import {
  batchUnavailableReason,
  createUdpTransport,
  monotonicNowUs,
  type UdpTransport,
} from '../../src/transport/index.ts';
import { createEngineCore } from '../../src/worker/engine-core.ts';
import { runPump } from '../../src/worker/pump.ts';
import { endOf, type HostileEnd, startRun } from '../integration/hostile-run.ts';
import { type End, LOOPBACK, openEnd } from '../integration/transport-collector.ts';
import { type Child, startChild } from '../interop/child.ts';
import { waitUntil } from '../interop/wait-until.ts';
import { createPlan } from '../unit/engine/plans.ts';

vi.setConfig({ testTimeout: 60_000 });

const TINY_BYTES = 2_304;
const reason = batchUnavailableReason();
const skipped = reason === null ? '' : ` (skipped: ${reason})`;

const open: UdpTransport[] = [];
const openSocket = (kind: 'udp-batch' | 'udp-dgram', changes: Parameters<typeof openEnd>[2]): Promise<End> => {
  const transport = createUdpTransport(kind, { originUs: monotonicNowUs() });
  open.push(transport);
  return openEnd(transport, 2_000_000, changes);
};
afterEach(() => {
  for (const transport of open.splice(0)) transport.close();
});

describe.skipIf(reason !== null)(`our own receive queue${skipped}`, () => {
  const FLOOD = 200;
  /** Timer F after 64 × 2 ms: the peer has nothing to say any more. */
  const QUICK = { t1Us: 2_000, t2Us: 16_000, t4Us: 1_000 };

  it.each(['udp-batch', 'udp-dgram'] as const)(
    '%s: what it lost is counted at the end of the run, though no further datagram came, and is our fault',
    async (kind) => {
      const peer = await openSocket('udp-batch', {});
      const remote = { address: LOOPBACK, port: peer.opened.localPort };
      const client = await openSocket(kind, { remote, receiveBufferBytes: TINY_BYTES });
      const metrics = m.createMetricsBlock(5);
      const plan = createPlan({ timers: QUICK });
      const engine = createEngine({
        plan,
        workerIndex: 0,
        workerCount: 1,
        runId: 'r',
        seed: 1,
        userAgent: 'test',
        metrics,
      });
      attachFlow(engine, 0, `127.0.0.1:${client.opened.localPort}`);
      const { transport } = client;
      for (let index = 0; index < FLOOD; index++) peer.transport.send(0, 0, 1_000, LOOPBACK, client.opened.localPort);
      while (peer.seen.sentCount() < FLOOD) peer.transport.flush(peer.seen);

      await runPump(createEngineCore({ engine, transport, metrics, isStopped: () => false }), transport);

      const merged = m.mergeBlocks([metrics]);
      const lost = merged.counters[m.COUNTER_RECEIVE_QUEUE_OVERRUNS]!;
      expect(lost).toBeGreaterThan(0);
      expect(lost + merged.counters[m.COUNTER_MALFORMED]!).toBe(FLOOD);
      const { validity, exitCode } = judgeRun(merged, {
        thresholds: [],
        measuredSeconds: 1,
        verifyAsked: false,
        onInvalid: 'fail',
        interrupted: null,
        workersLost: 0,
        precheck: 'answered',
        regressed: false,
      });
      expect(exitCode).toBe(EXIT.INCONCLUSIVE);
      expect(validity.reasons).toMatchObject([{ taints: ['all'], severity: 'invalid' }]);
      expect(validity.reasons[0]?.reason).toContain(`${lost} answers were dropped because our receive queue was full`);
      expect(validity.reasons[0]?.reason).toContain('net.core.rmem_max');
    },
  );
});

describe.skipIf(reason !== null)(`the registrar's own receive queue${skipped}`, () => {
  /** It is over when the last start is made: nobody answers. */
  const PARTS = { count: 60, ratePerSecond: 400, sockets: 'udp-batch', drainSeconds: 0 } as const;
  const expectNamed = ({ summary, stdout, exitCode }: HostileEnd, lost: number): void => {
    expect(summary.target.receiveQueueOverruns).toBe(lost);
    const sentence = `the registrar's own socket (${summary.environment.target}) dropped ${m.formatCount(lost)} datagrams: its`;
    expect(summary.notes.filter((note) => note.includes(sentence))).toHaveLength(1);
    expect(stdout.replace(/\s+/g, ' ')).toContain(sentence);
    // Theirs, not ours: the numbers stand, and nobody answered.
    expect(summary.generator.receiveQueueOverruns).toBe(0);
    expect(JSON.stringify(summary.validity.reasons)).not.toMatch(/receive queue|dropped/);
    expect(exitCode).toBe(EXIT.UNREACHABLE);
  };

  it('is told to the datagram, without what it had dropped before the load', async () => {
    const deaf = await openSocket('udp-batch', { receiveBufferBytes: TINY_BYTES });
    const other = await openSocket('udp-batch', { remote: { address: LOOPBACK, port: deaf.opened.localPort } });
    for (let index = 0; index < 100; index++) other.transport.send(0, 0, 1_000, 0, 0);
    while (other.seen.sentCount() < 100) other.transport.flush(other.seen);
    const before = deaf.transport.stats().receiveQueueOverruns;
    expect(before).toBeGreaterThan(0);
    const end = await endOf(startRun(deaf.opened.localPort, PARTS));
    expectNamed(end, deaf.transport.stats().receiveQueueOverruns - before);
    // Its queue was full already.
    expect(end.summary.target.receiveQueueOverruns).toBe(end.summary.transactions.datagramsSent);
  });

  it('bound to any address is found too', async () => {
    const deaf = await openSocket('udp-batch', { localAddress: 0, receiveBufferBytes: TINY_BYTES });
    const end = await endOf(startRun(deaf.opened.localPort, PARTS));
    const lost = deaf.transport.stats().receiveQueueOverruns;
    expectNamed(end, lost);
    deaf.transport.receive(deaf.seen, 1_000);
    expect(deaf.seen.datagrams.length + lost).toBe(end.summary.transactions.datagramsSent);
  });

  it('bound to any address of IPv6 and IPv4 is found too', async () => {
    const program = `const socket = require('node:dgram').createSocket({ type: 'udp6', recvBufferSize: ${TINY_BYTES} });
      socket.bind(0, '::', () => console.log(socket.address().port));
      socket.on('error', ({ code }) => console.log(code));`;
    const child: Child = startChild(process.execPath, ['-e', program]);
    await waitUntil('it listens', 10_000, () => child.stdout().includes('\n'));
    const port = Number(child.stdout());
    // Without IPv6 there is no such socket, and nothing to be found.
    if (Number.isNaN(port)) return expect(child.stdout()).toMatch(/^EAFNOSUPPORT|^EADDRNOTAVAIL/);
    // A stopped process reads nothing.
    child.signal('SIGSTOP');
    try {
      const { summary } = await endOf(startRun(port, PARTS));
      expect(summary.target.receiveQueueOverruns).toBeGreaterThan(0);
      expect(summary.target.receiveQueueOverruns).toBeLessThanOrEqual(summary.transactions.datagramsSent);
    } finally {
      await child.kill();
    }
  });

  it('is not told for one that went away', async () => {
    const program = `const socket = require('node:dgram').createSocket('udp4');
      socket.bind(0, '127.0.0.1', () => console.log(socket.address().port));
      socket.on('message', () => socket.close());`;
    const child: Child = startChild(process.execPath, ['-e', program]);
    await waitUntil('it listens', 10_000, () => child.stdout().includes('\n'));
    const { summary } = await endOf(startRun(Number(child.stdout()), PARTS));
    expect(summary.target.receiveQueueOverruns).toBe(null);
    expect(summary.notes.join('\n')).not.toContain("registrar's own socket");
    await child.ended;
  });
});
