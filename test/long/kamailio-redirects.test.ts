// Two Kamailios, the first of which sends every phone to the second (302): what the result says of the second one is what that has
// stored.

import { afterEach, expect, it, vi } from 'vitest';
import { type Kamailio, type KamailioOptions, startKamailio } from '../interop/kamailio.ts';
import { COUNTS_ONLY, scenario } from '../interop/kamailio-runs.ts';
import { describeWithPeers } from '../interop/peers.ts';
import { expectSumsToClose, startRegstorm } from '../interop/run-regstorm.ts';

vi.setConfig({ testTimeout: 120_000 });

const CONTEXTS = 500;

const started: Kamailio[] = [];
afterEach(async () => {
  for (const kamailio of started.splice(0)) await kamailio.stop();
});

const kamailio = async (options: KamailioOptions): Promise<Kamailio> => {
  const one = await startKamailio(options);
  started.push(one);
  return one;
};

describeWithPeers(['kamailio', 'kamcmd'], 'a Kamailio that sends phones to another one', () => {
  it.each(['none', 'digest-qop', 'digest-sha256-qop'] as const)(
    'RFC 3261 §8.1.3.4 every phone is stored at the second, digest: %s',
    async (auth) => {
      const second = await kamailio({ auth });
      const first = await kamailio({ movedTo: `<sip:test.example:${second.port}>` });
      const text = scenario({ port: first.port, count: CONTEXTS, ratePerSecond: 250 });
      const run = startRegstorm(text, { args: [...COUNTS_ONLY, '--set', 'redirects.follow=1'] });
      const { summary, exitCode, stderr } = await run.ended;
      expect(exitCode, stderr).toBe(0);
      expect(summary?.totals.register).toMatchObject({ started: CONTEXTS, succeeded: CONTEXTS });
      expect(summary?.transactions.redirects).toMatchObject({ followed: CONTEXTS, limit: 0, noRoom: 0 });
      expect(await second.storedContacts()).toBe(CONTEXTS);
      expect(await first.storedContacts()).toBe(0);
      if (summary !== null) expectSumsToClose(summary);
    },
  );
});
