// Runs that are told to end while their registrar says nothing: each lasts as long as the short drain.

import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/std/index.ts';
import { type Script, startScriptedPeer } from '../integration/hostile-peer.ts';
import { endOf, startRun, TEST_MS } from '../integration/hostile-run.ts';
import { waitUntil } from '../interop/wait-until.ts';

const silence: Script = () => {};

describe('a run stopped in silence', () => {
  /** Timer F would come after 32 s, the drain of the plan lasts 35 s: neither is waited for. */
  const PARTS = { count: 2_000, ratePerSecond: 100, quickTimers: false, withinMs: 20_000 } as const;

  it.each([
    ['SIGINT', EXIT.SIGINT, 'udp-batch'],
    ['SIGINT', EXIT.SIGINT, 'udp-dgram'],
    ['SIGTERM', EXIT.SIGTERM, 'udp-batch'],
  ] as const)(
    'by %s: %i over %s after the short drain, what was under way is aborted',
    async (signal, code, sockets) => {
      const peer = await startScriptedPeer(silence);
      const run = startRun(peer.port, { ...PARTS, sockets });
      await waitUntil('requests arrive', 10_000, () => peer.requests.length >= 50);
      run.child.signal(signal);
      const { exitCode, summary, stderr } = await endOf(run);
      await peer.stop();
      expect(exitCode).toBe(code);
      expect(summary.verdict).toBe('aborted');
      expect(stderr).toContain(signal);
      const { started, outcomes } = summary.totals.register!;
      expect(outcomes).toEqual({ aborted: started });
      expect(started).toBeLessThan(PARTS.count);
    },
    TEST_MS,
  );

  it(
    'by a second SIGINT: at once',
    async () => {
      const peer = await startScriptedPeer(silence);
      const run = startRun(peer.port, PARTS);
      await waitUntil('requests arrive', 10_000, () => peer.requests.length >= 20);
      run.child.signal('SIGINT');
      // One that follows within a blink is taken for an echo of the first, so it is sent until it is heard.
      await waitUntil('the second signal is heard', 4_000, () => {
        run.child.signal('SIGINT');
        return run.child.stderr().includes('again') || !run.child.isRunning();
      });
      const { exitCode, summary } = await endOf(run);
      await peer.stop();
      expect(exitCode).toBe(EXIT.SIGINT);
      const { started, outcomes } = summary.totals.register!;
      expect(outcomes).toEqual({ aborted: started });
      // The short drain alone would last five seconds.
      expect(summary.durationSeconds).toBeLessThan(4);
    },
    TEST_MS,
  );

  it.each([
    ['the precheck', []],
    ['--wait-target', ['--wait-target', '60s']],
  ])(
    'by SIGINT during %s: 130, no load',
    async (_when, args) => {
      const peer = await startScriptedPeer(silence);
      const run = startRun(peer.port, { ...PARTS, precheck: 'register', args });
      await waitUntil('the question arrives', 10_000, () => peer.requests.length > 0);
      run.child.signal('SIGINT');
      const { exitCode, summary } = await endOf(run);
      await peer.stop();
      expect(exitCode).toBe(EXIT.SIGINT);
      expect(summary.transactions.datagramsSent).toBe(0);
    },
    TEST_MS,
  );
});
