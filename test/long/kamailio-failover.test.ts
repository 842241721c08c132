// Two Kamailios behind one domain, the first of which is killed while phones register: every phone ends up registered, and what the
// result says of the second one is what that has stored.

import { afterEach, expect, it, vi } from 'vitest';
import { aRecord, type DnsServer, srvRecord, startDnsServer } from '../integration/dns-server.ts';
import { type Kamailio, startKamailio } from '../interop/kamailio.ts';
import { COUNTS_ONLY, scenario } from '../interop/kamailio-runs.ts';
import { describeWithPeers } from '../interop/peers.ts';
import { expectSumsToClose, startRegstorm } from '../interop/run-regstorm.ts';
import { waitUntil } from '../interop/wait-until.ts';

vi.setConfig({ testTimeout: 120_000 });

const SERVICE = '_sip._udp.test.example';
const HOST = 'host.test.example';
const CONTEXTS = 2_000;
const STORED_FIRST = 200;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const kamailio = async (): Promise<Kamailio> => {
  const started = await startKamailio({ auth: 'digest-qop' });
  closing.push(started.stop);
  return started;
};

const nameServer = async (first: Kamailio, second: Kamailio): Promise<DnsServer> => {
  const server = await startDnsServer({
    [`SRV ${SERVICE}`]: {
      answers: [
        srvRecord(SERVICE, { priority: 10, port: first.port, target: HOST }),
        srvRecord(SERVICE, { priority: 20, port: second.port, target: HOST }),
      ],
    },
    [`A ${HOST}`]: { answers: [aRecord(HOST, '127.0.0.1')] },
  });
  closing.push(server.close);
  return server;
};

describeWithPeers(['kamailio', 'kamcmd'], 'two Kamailios of one domain', () => {
  it('RFC 3263 §4.3 when the first is killed, each phone that it had not registered is at the second', async () => {
    const [first, second] = [await kamailio(), await kamailio()];
    const server = await nameServer(first, second);
    const text = scenario({ port: first.port, count: CONTEXTS, ratePerSecond: 400 });
    const args = [...COUNTS_ONLY, '--target', 'sip:test.example', '--dns', server.address];
    const run = startRegstorm(text, { args });
    await waitUntil('the first registrations', 60_000, async () => (await first.storedContacts()) >= STORED_FIRST);
    await first.kill();
    const { summary, exitCode, stderr } = await run.ended;
    expect(exitCode, stderr).toBe(0);
    expect(summary?.totals.register).toMatchObject({ started: CONTEXTS, succeeded: CONTEXTS });
    const [left, taken] = summary?.targets ?? [];
    expect(left?.failovers).toBeLessThanOrEqual(CONTEXTS - STORED_FIRST);
    expect(left?.failovers).toBe(await second.storedContacts());
    expect(taken?.failovers).toBe(0);
    if (summary !== null) expectSumsToClose(summary);
  });
});
