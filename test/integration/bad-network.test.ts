// Nobody there, somebody who goes away, and silence: what the network does rather than the registrar. Every run ends within
// its bound and leaves a report. Here over the sockets of everyday use; over the others, and what takes long, in
// test/long/bad-network.test.ts.

import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/std/index.ts';
import { findFreePort } from '../interop/free-port.ts';
import { goesAndComesBack, isNeverThere, isNotThereForMany, isSilent, refusesPrecheck } from './bad-network-runs.ts';
import { ok } from './hostile-message.ts';
import { startScriptedPeer } from './hostile-peer.ts';
import { endOf, type Sockets, startRun, TEST_MS } from './hostile-run.ts';

const SOCKETS: readonly Sockets[] = ['udp-batch'];

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
});

describe('a registrar that goes away', () => {
  it.each(SOCKETS)(
    '18.4 and comes back over %s: unreachable in between, at once, and then successes again',
    goesAndComesBack,
    TEST_MS,
  );

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
});

describe('silence', () => {
  it.each(SOCKETS)('over %s: the precheck warns, the load runs to its end, and the run is 23', isSilent, TEST_MS);
});
