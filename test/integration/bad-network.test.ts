// Nobody there, somebody who goes away, and silence: what the network does rather than the registrar. Every run ends within
// its bound and leaves a report.

import { createSocket } from 'node:dgram';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/std/index.ts';
import { findFreePort } from '../interop/free-port.ts';
import { waitUntil } from '../interop/wait-until.ts';
import { ok } from './hostile-message.ts';
import { type Script, startScriptedPeer } from './hostile-peer.ts';
import { BOTH_SOCKETS, endOf, runAgainst, startRun, TEST_MS } from './hostile-run.ts';

const SECOND_US = 1_000_000;
const silence: Script = () => {};
const always: Script = (request, reply) => reply(ok(request));

describe('nobody listens', () => {
  it.each(BOTH_SOCKETS)(
    '18.4 the precheck is refused over %s: 23, nothing is sent, and the sentence names the port',
    async (sockets) => {
      const port = await findFreePort();
      const { exitCode, summary, stderr } = await endOf(startRun(port, { precheck: 'register', sockets }));
      expect(exitCode).toBe(EXIT.UNREACHABLE);
      expect(summary.verdict).toBe('unreachable');
      expect(summary.transactions.datagramsSent).toBe(0);
      expect(stderr).toContain(`nobody listens on 127.0.0.1:${port}`);
    },
    TEST_MS,
  );

  it.each(BOTH_SOCKETS)(
    '18.4 without a precheck over %s: every attempt is unreachable, and the run is 23',
    async (sockets) => {
      const port = await findFreePort();
      const { exitCode, summary } = await endOf(startRun(port, { sockets, flow: ['register', 'unregister'] }));
      expect(exitCode).toBe(EXIT.UNREACHABLE);
      expect(summary.totals.register?.outcomes).toEqual({ unreachable: 20 });
      expect(summary.totals.unregister).toMatchObject({ started: 0, skipped: 20 });
      expect(summary.totals.register?.failureLatencyUs.max).toBeLessThan(SECOND_US);
    },
    TEST_MS,
  );

  it.each(BOTH_SOCKETS)(
    '18.4 at a high rate over %s: unreachable too where the kernel refuses the send itself',
    async (sockets) => {
      const port = await findFreePort();
      const { exitCode, summary } = await endOf(startRun(port, { sockets, count: 5_000, ratePerSecond: 5_000 }));
      expect(summary.totals.register?.outcomes).toEqual({ unreachable: 5_000 });
      expect(exitCode).toBe(EXIT.UNREACHABLE);
    },
    TEST_MS,
  );

  it(
    '--wait-target: gives up at its end with 23',
    async () => {
      const port = await findFreePort();
      const parts = { precheck: 'register', args: ['--wait-target', '1s'] } as const;
      const { exitCode, stderr } = await endOf(startRun(port, parts));
      expect(exitCode).toBe(EXIT.UNREACHABLE);
      expect(stderr).toContain(`waiting for 127.0.0.1:${port}`);
    },
    TEST_MS,
  );

  it.each(BOTH_SOCKETS)(
    '--wait-target over %s: a registrar that starts three seconds later gets the whole load',
    async (sockets) => {
      const port = await findFreePort();
      const run = startRun(port, { precheck: 'register', sockets, args: ['--wait-target', '20s'] });
      await waitUntil('regstorm waits', 10_000, () => run.child.stderr().includes('waiting for'));
      await pause(3_000);
      const peer = await startScriptedPeer(always, port);
      const { exitCode, summary } = await endOf(run);
      await peer.stop();
      expect(exitCode).toBe(EXIT.PASS);
      expect(summary.totals.register?.outcomes).toEqual({ succeeded: 20 });
      expect(peer.requests.filter(({ contact }) => contact === null).length).toBeGreaterThan(0);
    },
    TEST_MS,
  );
});

describe('a registrar that goes away', () => {
  const COUNT = 400;
  /** With the timers of RFC 3261 nothing but ICMP can end an attempt in these runs. */
  const PARTS = { count: COUNT, ratePerSecond: 200, quickTimers: false } as const;

  it.each(BOTH_SOCKETS)(
    '18.4 and comes back over %s: unreachable in between, at once, and then successes again',
    async (sockets) => {
      let answered = 0;
      let answeredBefore = 0;
      const peer = await startScriptedPeer((request, reply) => {
        if (answered === COUNT / 4 && answeredBefore === 0) {
          // Before this answer, not after the last: a socket that closes takes what it has not sent yet with it.
          answeredBefore = answered;
          peer.leave();
          setTimeout(() => void peer.comeBack(), 700);
          return;
        }
        reply(ok(request));
        answered++;
      });
      const { exitCode, summary } = await endOf(startRun(peer.port, { ...PARTS, sockets }));
      await peer.stop();
      const { outcomes, failureLatencyUs } = summary.totals.register!;
      expect(Object.keys(outcomes).sort()).toEqual(['succeeded', 'unreachable']);
      expect(outcomes.unreachable).toBeGreaterThan(20);
      expect(failureLatencyUs.max).toBeLessThan(SECOND_US);
      // An answer may have met an attempt that ICMP had just ended.
      expect(outcomes.succeeded! + summary.transactions.stray).toBe(answered);
      expect(outcomes.succeeded).toBeGreaterThan(answeredBefore);
      expect(exitCode).toBe(EXIT.PASS);
    },
    TEST_MS,
  );

  it.each(BOTH_SOCKETS)(
    '18.4 for good over %s: the run goes on to its end, every later attempt is unreachable',
    async (sockets) => {
      const peer = await startScriptedPeer((request, reply, number) => {
        reply(ok(request));
        if (number === COUNT / 4) peer.leave();
      });
      const { exitCode, summary } = await endOf(startRun(peer.port, { ...PARTS, sockets }));
      const { started, outcomes, failureLatencyUs } = summary.totals.register!;
      expect(started).toBe(COUNT);
      expect(Object.keys(outcomes).sort()).toEqual(['succeeded', 'unreachable']);
      expect(outcomes.unreachable).toBeGreaterThanOrEqual((3 * COUNT) / 4);
      expect(failureLatencyUs.max).toBeLessThan(SECOND_US);
      // No threshold asks for more than one success.
      expect(exitCode).toBe(EXIT.PASS);
    },
    TEST_MS,
  );

  it.each(BOTH_SOCKETS)(
    '18.4 attempts that wait for an answer when it goes, over %s, end with the next ICMP, not with Timer F',
    async (sockets) => {
      // It has taken half of the requests without answering any of them.
      const peer = await startScriptedPeer((_request, _reply, number) => {
        if (number === COUNT / 2) peer.leave();
      });
      const { exitCode, summary } = await endOf(startRun(peer.port, { ...PARTS, sockets }));
      expect(summary.totals.register?.outcomes).toEqual({ unreachable: COUNT });
      expect(exitCode).toBe(EXIT.UNREACHABLE);
    },
    TEST_MS,
  );
});

describe('a registrar that goes away, and the rest of the run', () => {
  it(
    '18.4 every worker notices by itself',
    async () => {
      const count = 400;
      const peer = await startScriptedPeer((request, reply, number) => {
        reply(ok(request));
        if (number === count / 4) peer.leave();
      });
      const parts = { count, ratePerSecond: 400, quickTimers: false, args: ['--workers', '2'] };
      const { summary } = await endOf(startRun(peer.port, parts));
      expect(summary.generator.workers).toBe(2);
      expect(Object.keys(summary.totals.register!.outcomes).sort()).toEqual(['succeeded', 'unreachable']);
    },
    TEST_MS,
  );

  it(
    'a flow stops at the step that failed, and the clean-up asks for what may still be bound',
    async () => {
      const registered = new Set<string>();
      const peer = await startScriptedPeer((request, reply) => {
        reply(ok(request));
        registered.add(request.callId);
        if (registered.size === 20) peer.leave();
      });
      const flow = ['register', 'wait: 1s', 'refresh', 'unregister'];
      const { summary } = await endOf(startRun(peer.port, { flow, cleanup: 'unregister' }));
      expect(summary.totals.register?.outcomes).toEqual({ succeeded: 20 });
      expect(summary.totals.refresh?.outcomes).toEqual({ unreachable: 20 });
      expect(summary.totals.unregister).toMatchObject({ started: 0, skipped: 20 });
      expect(summary.cleanup).toEqual({ attempted: 20, succeeded: 0, failed: 20 });
    },
    TEST_MS,
  );

  it(
    'a clean-up that gets no answer ends with Timer F and is outside all numbers',
    async () => {
      const script: Script = (request, reply) => {
        if (request.expires !== '0') reply(ok(request));
      };
      const { summary, exitCode, peer } = await runAgainst(script, { cleanup: 'wildcard' });
      expect(summary.cleanup).toEqual({ attempted: 20, succeeded: 0, failed: 20 });
      expect(Object.keys(summary.totals)).toEqual(['register']);
      expect(summary.transactions.requestsSent).toBe(20);
      expect(new Set(peer.requests.filter(({ contact }) => contact === '*').map(({ callId }) => callId)).size).toBe(20);
      expect(exitCode).toBe(EXIT.PASS);
    },
    TEST_MS,
  );
});

describe('silence', () => {
  it.each(BOTH_SOCKETS)(
    'over %s: the precheck warns, the load runs to its end, and the run is 23',
    async (sockets) => {
      const { exitCode, summary, stderr, peer } = await runAgainst(silence, { precheck: 'register', sockets });
      expect(stderr).toContain('did not answer the precheck; the load goes on');
      expect(exitCode).toBe(EXIT.UNREACHABLE);
      expect(summary.totals.register?.outcomes).toEqual({ timeout: 20 });
      // What the precheck sent is in no count.
      const loadDatagrams = peer.requests.filter(({ contact }) => contact !== null).length;
      expect(summary.transactions.datagramsSent).toBe(loadDatagrams);
      expect(loadDatagrams).toBeLessThan(peer.requests.length);
    },
    TEST_MS,
  );

  it(
    'of a kind: answers from another port than the requests went to are not for this flow',
    async () => {
      const other = createSocket('udp4');
      const script: Script = (request) => {
        const port = Number(/127\.0\.0\.1:(\d+)/.exec(request.via)?.[1]);
        other.send(ok(request), port, '127.0.0.1');
      };
      const { exitCode, summary } = await runAgainst(script);
      other.close();
      expect(exitCode).toBe(EXIT.UNREACHABLE);
      expect(summary.totals.register?.outcomes).toEqual({ timeout: 20 });
      expect(summary.transactions).toMatchObject({ stray: 0, malformed: 0 });
    },
    TEST_MS,
  );

  it(
    'that ends during the run: what failed stays failed, what follows succeeds',
    async () => {
      const script: Script = (request, reply) => {
        if (Number(request.callId.split('-')[1]) >= 10) reply(ok(request));
      };
      const { exitCode, summary } = await runAgainst(script, { precheck: 'none' });
      expect(summary.totals.register?.outcomes).toEqual({ timeout: 10, succeeded: 10 });
      expect(exitCode).toBe(EXIT.PASS);
    },
    TEST_MS,
  );
});
