// regstorm against Kamailio: what a run reports is held against what the registrar has really stored. Here with the digest
// that registrars ask for and a thousand contexts; with ten thousand, without any digest, with the older one, and with a Kamailio
// that is killed: test/long/kamailio.test.ts.

import { afterEach, expect, it } from 'vitest';
import { type KamailioAuth, startKamailio } from './kamailio.ts';
import {
  COUNTS_ONLY,
  FEW_CONTEXTS,
  failsByWrongPassword,
  LONG_MS,
  refreshesAll,
  registersAll,
  scenario,
  start,
  stopStarted,
  unregistersAllTwice,
  wipesAll,
} from './kamailio-runs.ts';
import { describeWithPeers } from './peers.ts';
import { expectSumsToClose, runRegstorm, startRegstorm } from './run-regstorm.ts';

const RUNS: readonly (readonly [KamailioAuth, number])[] = [['digest-qop', FEW_CONTEXTS]];

afterEach(stopStarted);

describeWithPeers(['kamailio', 'kamcmd'], 'Kamailio, what is stored is what is reported', () => {
  it.each(RUNS)('auth %s: registering %i contexts stores as many', registersAll, LONG_MS);
  it.each(RUNS)('auth %s: refreshing %i contexts keeps as many', refreshesAll, LONG_MS);
  it.each(RUNS)(
    'auth %s: unregistering %i leaves 0, and the same scenario works twice in a row',
    unregistersAllTwice,
    LONG_MS,
  );
  it.each(RUNS)('auth %s: wiping each of %i contexts by wildcard leaves 0 (RFC 3261 §10.2.2)', wipesAll, LONG_MS);
  it.each(RUNS)('auth %s: a wrong password stores 0 and is %i times auth-failed', failsByWrongPassword, LONG_MS);
});

describeWithPeers(['kamailio', 'kamcmd'], 'Kamailio that comes and goes', () => {
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
    'RFC 3261 §10.2.8: 423 is met by asking for Min-Expires, once for each context',
    async () => {
      const { port, storedContacts } = await start({ minExpiresSeconds: 3_000 });
      const flow = ['register: { expires: 60s }', 'refresh: { expires: 120s }'];
      const { exitCode, summary, stderr } = await runRegstorm(scenario({ port, count: 1_000, flow }), {
        args: COUNTS_ONLY,
      });
      expect(exitCode, stderr).toBe(0);
      expect(summary.totals.register).toMatchObject({ started: 1_000, succeeded: 1_000, raised: 1_000 });
      expect(summary.totals.refresh).toMatchObject({ started: 1_000, succeeded: 1_000, raised: 0 });
      expect(summary.transactions.responses).toMatchObject({ 200: 2_000, 423: 1_000 });
      expect(await storedContacts()).toBe(1_000);
      expectSumsToClose(summary);
    },
    LONG_MS,
  );
});

describeWithPeers(['kamailio', 'kamcmd'], 'Kamailio and a fleet that stays', () => {
  it(
    'RFC 3261 §10.2.4: holding contexts refresh, Kamailio keeps them, and verification finds each',
    async () => {
      const { port, storedContacts } = await start({ auth: 'digest-qop' });
      const flow = ['register: { expires: 600s }', 'hold: { for: 2500ms, cap: 1s }'];
      const text = `${scenario({ port, count: 1_000, flow })}verify: { sample: 100% }\n`;
      const { exitCode, summary, stderr } = await runRegstorm(text, { args: COUNTS_ONLY });
      expect(exitCode, stderr).toBe(0);
      expect(summary.totals.refresh).toMatchObject({ started: 2_000, succeeded: 2_000, skipped: 0 });
      expect(summary.verify).toEqual({ sampled: 1_000, checked: 1_000, missing: 0, failed: 0 });
      expect(await storedContacts()).toBe(1_000);
      expectSumsToClose(summary);
    },
    LONG_MS,
  );
});
