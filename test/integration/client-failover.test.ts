// A client whose next hop is a name with several addresses: which one it speaks to, and when it turns to another.

import { afterEach, describe, expect, it } from 'vitest';
import type { AttemptReport, InitialRegister, RegistrationClient, RegistrationClientOptions } from '../../src/index.ts';
import { findFreePort } from '../interop/free-port.ts';
import { accepting, clientTools, failureOf, SHORT_TIMERS } from './client-peers.ts';
import type { DnsServer, Zone } from './dns-server.ts';
import { aRecord, srvRecord, startDnsServer } from './dns-server.ts';
import { composeAnswer, ok } from './hostile-message.ts';
import type { Script, ScriptedPeer } from './hostile-peer.ts';

const { startPeer, createClient } = clientTools();
const servers: DnsServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const SERVICE = '_sip._udp.test.example';
const HOST = 'host.test.example';
const ALICE: InitialRegister = { from: 'sip:alice@test.example', expires: 600, autoRefresh: false };
const refusing: Script = (request, reply) => reply(composeAnswer(request, { status: 503, phrase: 'Down' }));
const silent: Script = () => {};

/** The ports in their order of preference, each for `ttl` seconds. */
const zoneOf = (ports: readonly number[], ttl: number): Zone => ({
  [`SRV ${SERVICE}`]: {
    answers: ports.map((port, priority) => srvRecord(SERVICE, { port, priority, ttl, target: HOST })),
  },
  [`A ${HOST}`]: { answers: [aRecord(HOST, '127.0.0.1', ttl)] },
});

interface Domain {
  readonly client: RegistrationClient;
  readonly server: DnsServer;
  readonly zone: Zone;
}

const domainAt = async (
  ports: readonly number[],
  ttl = 60,
  options: RegistrationClientOptions = {},
): Promise<Domain> => {
  const zone = zoneOf(ports, ttl);
  const server = await startDnsServer(zone);
  servers.push(server);
  return { client: createClient({ dns: server.address, ...options }), server, zone };
};

const portsOf = (peers: readonly ScriptedPeer[]): readonly number[] => peers.map(({ port }) => port);

const sentTo = ({ transactions }: AttemptReport): readonly (readonly [number, number | string])[] =>
  transactions.map(({ remote, status, ended }) => [remote.port, status ?? ended]);

const wayOf = (peers: readonly ScriptedPeer[]): ReadonlySet<string> =>
  new Set(peers.flatMap(({ requests }) => requests.map(({ via }) => /UDP ([^;]+)/.exec(via)?.[1] ?? '')));

describe('A next hop with several addresses', () => {
  it.each<readonly [string, Script, number | string]>([
    ['503', refusing, 503],
    ['silence until Timer F', silent, 'timeout'],
  ])(
    'RFC 3263 §4.3 %s: the attempt goes on at the next one, from the same port, and stays there',
    async (_, script, how) => {
      const peers = [await startPeer(script), await startPeer(accepting)];
      const [first = 0, second = 0] = portsOf(peers);
      const { client } = await domainAt([first, second], 60, { timers: SHORT_TIMERS });
      const request = client.buildInitialRegister(ALICE);
      const report = await request.send();
      expect(sentTo(report)).toEqual([
        [first, how],
        [second, 200],
      ]);
      expect(report.succeeded).toBe(true);
      expect(sentTo(await request.registration.refresh())).toEqual([[second, 200]]);
      expect(client.statistics().failovers).toBe(1);
      // One phone: Call-ID and address stay, and CSeq rises.
      expect(new Set(peers[1]?.requests.map(({ cseq }) => cseq))).toEqual(new Set([2, 3]));
      expect(new Set(peers.flatMap(({ requests }) => requests.map(({ callId }) => callId))).size).toBe(1);
      expect(wayOf(peers).size).toBe(1);
    },
  );

  it('RFC 3263 §4.3 an ICMP refusal: the attempt goes on at the next one', async () => {
    const gone = await findFreePort();
    const there = await startPeer(accepting);
    const { client } = await domainAt([gone, there.port]);
    const report = await client.buildInitialRegister(ALICE).send();
    expect(sentTo(report)).toEqual([
      [gone, 'unreachable'],
      [there.port, 200],
    ]);
  });

  it('RFC 3263 §4.3 any other answer is the answer: nobody else is asked', async () => {
    const refuses: Script = (request, reply) => reply(composeAnswer(request, { status: 500 }));
    const peers = [await startPeer(refuses), await startPeer(accepting)];
    const { client } = await domainAt(portsOf(peers));
    expect((await failureOf(client.register(ALICE))).cause).toBe('status-500');
    expect([peers[1]?.requests.length, client.statistics().failovers]).toEqual([0, 0]);
  });

  it('RFC 3263 §4.3 where all have failed the attempt fails as the last one did, and the next attempt begins anew', async () => {
    let isDown = true;
    const script: Script = (request, reply) => (isDown ? refusing(request, reply, 0) : reply(ok(request)));
    const peers = [await startPeer(script), await startPeer(script)];
    const [first = 0, second = 0] = portsOf(peers);
    const { client } = await domainAt([first, second]);
    const request = client.buildInitialRegister(ALICE);
    const failure = await failureOf(request.send());
    expect(failure.cause).toBe('status-503');
    expect(sentTo(failure.attempt)).toEqual([
      [first, 503],
      [second, 503],
    ]);
    isDown = false;
    expect(sentTo(await request.registration.refresh())).toEqual([[first, 200]]);
  });

  it('RFC 2782 of equal priority share a client’s registrations', async () => {
    const peers = [await startPeer(accepting), await startPeer(accepting)];
    const [first = 0, second = 0] = portsOf(peers);
    const { client, zone } = await domainAt([first, second]);
    zone[`SRV ${SERVICE}`] = {
      answers: [first, second].map((port) => srvRecord(SERVICE, { port, weight: 1, target: HOST })),
    };
    const users = Array.from({ length: 64 }, (_, number) => `u${number}`);
    await Promise.all(users.map((user) => client.register({ ...ALICE, from: `sip:${user}@test.example` })));
    const counts = peers.map(({ requests }) => requests.length);
    expect(counts[0]! + counts[1]!).toBe(64);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });
});

describe('A next hop whose records have a time to live', () => {
  it('RFC 3263 §4 is asked for once while they last, for all its registrations', async () => {
    const peer = await startPeer(accepting);
    const { client, server } = await domainAt([peer.port]);
    const registration = await client.register(ALICE);
    await registration.refresh();
    await client.register({ ...ALICE, from: 'sip:bob@test.example' });
    expect(server.asked).toEqual(['udp NAPTR test.example', `udp SRV ${SERVICE}`, `udp A ${HOST}`]);
  });

  it('RFC 3263 §4 is looked up again when it is over, and those that had failed over go back to the first', async () => {
    let isDown = true;
    const script: Script = (request, reply) => (isDown ? refusing(request, reply, 0) : reply(ok(request)));
    const peers = [await startPeer(script), await startPeer(accepting)];
    const [first = 0, second = 0] = portsOf(peers);
    const { client } = await domainAt([first, second], 0);
    const request = client.buildInitialRegister(ALICE);
    expect(sentTo(await request.send()).at(-1)).toEqual([second, 200]);
    isDown = false;
    expect(sentTo(await request.registration.refresh())).toEqual([[first, 200]]);
    expect(wayOf(peers).size).toBe(1);
  });

  it('RFC 3263 §4 leads elsewhere from the next attempt on where the records do, from the same port', async () => {
    const peers = [await startPeer(accepting), await startPeer(accepting)];
    const [before = 0, after = 0] = portsOf(peers);
    const { client, zone } = await domainAt([before], 0);
    const registration = await client.register(ALICE);
    Object.assign(zone, zoneOf([after], 0));
    expect(sentTo(await registration.refresh())).toEqual([[after, 200]]);
    expect(wayOf(peers).size).toBe(1);
  });

  it('RFC 3263 §4 goes on as before where nobody answers the second look-up', async () => {
    const peer = await startPeer(accepting);
    const { client, zone, server } = await domainAt([peer.port], 0);
    const registration = await client.register(ALICE);
    zone[`SRV ${SERVICE}`] = { rcode: 2 };
    zone['NAPTR test.example'] = { rcode: 2 };
    expect(sentTo(await registration.refresh())).toEqual([[peer.port, 200]]);
    // The old addresses hold for a while, without another question.
    const asked = server.asked.length;
    await registration.refresh();
    expect(server.asked).toHaveLength(asked);
  });

  it('leads to no public address, however late the records say so', async () => {
    const peer = await startPeer(accepting);
    const { client, zone } = await domainAt([peer.port], 0);
    const registration = await client.register(ALICE);
    zone[`A ${HOST}`] = { answers: [aRecord(HOST, '192.88.99.1', 0)] };
    expect(sentTo(await registration.refresh())).toEqual([[peer.port, 200]]);
  });

  it('is let go of by a registration that is removed while it is looked up', async () => {
    const peer = await startPeer(accepting);
    const { client } = await domainAt([peer.port], 0);
    const registration = await client.register(ALICE);
    const refreshing = registration.refresh().catch(({ code }: { code: string }) => code);
    registration.remove();
    expect(await refreshing).toBe('REMOVED');
    await client.register({ ...ALICE, from: 'sip:bob@test.example' });
    expect(peer.requests).toHaveLength(2);
  });
});
