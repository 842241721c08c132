// regstorm against Kamailio: what a run reports is held against what the registrar has really stored.

import { afterEach, expect, it } from 'vitest';
import { type Kamailio, type KamailioAuth, type KamailioOptions, startKamailio } from './kamailio.ts';
import { describeWithPeers } from './peers.ts';
import { expectSumsToClose, runRegstorm, startRegstorm } from './run-regstorm.ts';
import { type ScenarioParts, scenarioText } from './scenario-text.ts';
import { waitUntil } from './wait-until.ts';

const CONTEXTS = 10_000;
const LONG_MS = 120_000;
/** These tests are about counts; a slow machine taints only times and rates. */
const COUNTS_ONLY = ['--on-invalid', 'warn'];

let running: Kamailio | null = null;
const start = async (options: KamailioOptions = {}): Promise<Kamailio> => {
  running = await startKamailio(options);
  return running;
};
afterEach(async () => {
  await running?.stop();
  running = null;
});

const scenario = (parts: Partial<ScenarioParts> & { readonly port: number }): string =>
  scenarioText({ flow: ['register'], count: CONTEXTS, ratePerSecond: 5_000, ...parts });

describeWithPeers(['kamailio', 'kamcmd'], 'Kamailio, what is stored is what is reported', () => {
  const AUTHS: readonly KamailioAuth[] = ['none', 'digest', 'digest-qop'];

  it.each(AUTHS)(
    'auth %s: registering 10,000 contexts stores 10,000',
    async (auth) => {
      const { port, storedContacts } = await start({ auth });
      const registered = await runRegstorm(scenario({ port }), { args: COUNTS_ONLY });
      expect(registered.exitCode, registered.stderr).toBe(0);
      expect(registered.summary.totals.register?.succeeded).toBe(CONTEXTS);
      expect(await storedContacts()).toBe(CONTEXTS);
      expectSumsToClose(registered.summary);
    },
    LONG_MS,
  );

  it.each(AUTHS)(
    'auth %s: refreshing 10,000 contexts keeps 10,000',
    async (auth) => {
      const { port, storedContacts } = await start({ auth });
      const { exitCode, summary, stderr } = await runRegstorm(scenario({ port, flow: ['register', 'refresh'] }), {
        args: COUNTS_ONLY,
      });
      expect(exitCode, stderr).toBe(0);
      expect(summary.totals.refresh?.succeeded).toBe(CONTEXTS);
      expect(summary.contexts.registeredAtEnd).toBe(CONTEXTS);
      expect(await storedContacts()).toBe(CONTEXTS);
      expectSumsToClose(summary);
    },
    LONG_MS,
  );

  it.each(AUTHS)(
    'auth %s: unregistering leaves 0, and the same scenario works twice in a row',
    async (auth) => {
      const { port, storedContacts } = await start({ auth });
      const text = scenario({ port, flow: ['register', 'unregister'] });
      const first = await runRegstorm(text, { args: COUNTS_ONLY });
      expect(await storedContacts()).toBe(0);
      const second = await runRegstorm(text, { args: COUNTS_ONLY });
      expect(await storedContacts()).toBe(0);
      expect(second.summary.scenario.runId).not.toBe(first.summary.scenario.runId);
      for (const { exitCode, summary, stderr } of [first, second]) {
        expect(exitCode, stderr).toBe(0);
        expect(summary.totals.unregister?.succeeded).toBe(CONTEXTS);
        expect(summary.contexts.registeredAtEnd).toBe(0);
        expectSumsToClose(summary);
      }
    },
    LONG_MS,
  );

  it.each(AUTHS)(
    'auth %s: wiping every context by wildcard leaves 0 (RFC 3261 §10.2.2)',
    async (auth) => {
      const { port, storedContacts } = await start({ auth });
      const text = scenario({ port, flow: ['register', 'wildcard'] });
      const { exitCode, summary, stderr } = await runRegstorm(text, { args: COUNTS_ONLY });
      expect(exitCode, stderr).toBe(0);
      expect(summary.totals.wildcard?.succeeded).toBe(CONTEXTS);
      expect(await storedContacts()).toBe(0);
      expectSumsToClose(summary);
    },
    LONG_MS,
  );

  it.each<KamailioAuth>(['digest', 'digest-qop'])(
    'auth %s: a wrong password stores 0 and is 10,000 auth-failed',
    async (auth) => {
      const { port, storedContacts } = await start({ auth });
      const { exitCode, summary } = await runRegstorm(scenario({ port, password: 'wrong' }), { args: COUNTS_ONLY });
      expect(exitCode).toBe(20);
      expect(summary.totals.register?.failures).toEqual({ 'auth-failed': CONTEXTS });
      expect(await storedContacts()).toBe(0);
      expectSumsToClose(summary);
    },
    LONG_MS,
  );
});

describeWithPeers(['kamailio', 'kamcmd'], 'Kamailio that comes and goes', () => {
  it(
    'killed in the middle and started again: every attempt ends once, sums close, the run ends in time',
    async () => {
      const first = await start();
      const { port } = first;
      const run = startRegstorm(scenario({ port, ratePerSecond: 2_000, t1Ms: 50 }), {
        args: COUNTS_ONLY,
        withinMs: 60_000,
      });
      await waitUntil('Kamailio has stored some', 30_000, async () => (await first.storedContacts()) > 1_000);
      await first.kill();
      await start({ port });
      const { exitCode, summary, stderr } = await run.ended;
      if (summary === null) throw new Error(`no summary, exit code ${exitCode}:\n${stderr}`);
      expectSumsToClose(summary);
      expect(summary.totals.register?.started).toBe(CONTEXTS);
      expect(summary.totals.register?.succeeded).toBeGreaterThan(1_000);
    },
    LONG_MS,
  );

  it(
    'not there at all: exit code 23, at once',
    async () => {
      const { port, stop } = await startKamailio();
      await stop();
      const { exitCode } = await startRegstorm(scenario({ port, count: 10 }), { withinMs: 20_000 }).ended;
      expect(exitCode).toBe(23);
    },
    LONG_MS,
  );
});

describeWithPeers(['kamailio', 'kamcmd'], 'Kamailio with a least lifetime', () => {
  it(
    'RFC 3261 §10.2.8: 423 is an outcome of its own, and stores nothing',
    async () => {
      const { port, storedContacts } = await start({ minExpiresSeconds: 3_000 });
      const text = scenario({ port, count: 1_000, flow: ['register: { expires: 60s }'] });
      const { exitCode, summary, stderr } = await runRegstorm(text, { args: COUNTS_ONLY });
      expect(exitCode, stderr).toBe(20);
      expect(summary.totals.register?.failures).toEqual({ 'status-423': 1_000 });
      expect(summary.transactions.responses['423']).toBe(1_000);
      expect(await storedContacts()).toBe(0);
      expectSumsToClose(summary);
    },
    LONG_MS,
  );
});
