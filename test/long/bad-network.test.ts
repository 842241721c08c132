// Nobody there, somebody who goes away, and silence, over node:dgram, and what takes long over either kind of sockets.

import { createSocket } from 'node:dgram';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/std/index.ts';
import {
  comesThreeSecondsLater,
  goesAndComesBack,
  goesForGood,
  goesWithoutAnswering,
  isNeverThere,
  isNotThereForMany,
  isSilent,
  refusesPrecheck,
} from '../integration/bad-network-runs.ts';
import { ok } from '../integration/hostile-message.ts';
import { type Script, startScriptedPeer } from '../integration/hostile-peer.ts';
import { BOTH_SOCKETS, endOf, runAgainst, type Sockets, startRun, TEST_MS } from '../integration/hostile-run.ts';

const SOCKETS: readonly Sockets[] = ['udp-dgram'];

describe('nobody listens', () => {
  it.each(SOCKETS)(
    '18.4 the precheck is refused over %s: 23, nothing is sent, and the sentence names the port',
    refusesPrecheck,
    TEST_MS,
  );

  it.each(SOCKETS)(
    '18.4 without a precheck over %s: every attempt is unreachable, and the run is 23',
    isNeverThere,
    TEST_MS,
  );

  it.each(SOCKETS)(
    '18.4 at a high rate over %s: unreachable too where the kernel refuses the send itself',
    isNotThereForMany,
    TEST_MS,
  );

  it.each(BOTH_SOCKETS)(
    '--wait-target over %s: a registrar that starts three seconds later gets the whole load',
    comesThreeSecondsLater,
    TEST_MS,
  );
});

describe('a registrar that goes away', () => {
  it.each(SOCKETS)(
    '18.4 and comes back over %s: unreachable in between, at once, and then successes again',
    goesAndComesBack,
    TEST_MS,
  );

  it.each(BOTH_SOCKETS)(
    '18.4 for good over %s: the run goes on to its end, every later attempt is unreachable',
    goesForGood,
    TEST_MS,
  );

  it.each(BOTH_SOCKETS)(
    '18.4 attempts that wait for an answer when it goes, over %s, end with the next ICMP, not with Timer F',
    goesWithoutAnswering,
    TEST_MS,
  );
});

describe('a registrar that goes away, and the rest of the run', () => {
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
  it.each(SOCKETS)('over %s: the precheck warns, the load runs to its end, and the run is 23', isSilent, TEST_MS);

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
