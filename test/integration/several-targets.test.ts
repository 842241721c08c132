// Runs whose target is a domain with several registrars, over loopback: a name server of our own says where they are.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunResult } from '../../src/index.ts';
import { findFreePort } from '../interop/free-port.ts';
import { expectSumsToClose } from '../interop/run-regstorm.ts';
import { type CliSession, openSession, scenario } from './cli-session.ts';
import { aRecord, type DnsServer, srvRecord, startDnsServer, type Zone } from './dns-server.ts';
import { type NotingRegistrar, openNotingRegistrar } from './noting-registrar.ts';

vi.setConfig({ testTimeout: 60_000 });

const SERVICE = '_sip._udp.test.example';
const COUNT = 40;

let session: CliSession;
const closing: { close(): unknown }[] = [];
beforeEach(() => {
  session = openSession();
});
afterEach(async () => {
  session.remove();
  for (const each of closing.splice(0)) await each.close();
});

const registrar = async (status: string | null = null): Promise<NotingRegistrar> => {
  const opened = await openNotingRegistrar(status);
  closing.push(opened);
  return opened;
};

const nameServer = async (
  ports: readonly { port: number; priority?: number; weight?: number }[],
): Promise<DnsServer> => {
  const zone: Zone = {
    [`SRV ${SERVICE}`]: {
      answers: ports.map((fields) => srvRecord(SERVICE, { ...fields, target: 'host.test.example' })),
    },
    'A host.test.example': { answers: [aRecord('host.test.example', '127.0.0.1')] },
  };
  const server = await startDnsServer(zone);
  closing.push(server);
  return server;
};

const runWith = async (
  server: DnsServer,
  sockets: string,
  ...args: readonly string[]
): Promise<{ result: RunResult; stderr: string }> => {
  const more = `cleanup: unregister\nlocal: { socketsPerWorker: 2, sockets: ${sockets} }\n`;
  const text = scenario({
    target: 'sip:test.example',
    count: COUNT,
    rate: '400/s',
    flow: ['register', 'refresh', 'unregister'],
    more,
  });
  session.file('several.yaml', text);
  const options = ['--format', 'json', '--on-invalid', 'warn', '--dns', server.address, ...args];
  const { stdout, stderr } = await session.run(['run', 'several.yaml', ...options]);
  const result = JSON.parse(stdout) as RunResult;
  expectSumsToClose(result);
  return { result, stderr };
};

const placesOf = ({ notes }: NotingRegistrar): Map<string, Set<string>> => {
  const places = new Map<string, Set<string>>();
  for (const { user, source } of notes) places.set(user, (places.get(user) ?? new Set()).add(source));
  return places;
};

describe.each(['auto', 'udp-dgram'])('several registrars of one domain, sockets %s', (sockets) => {
  it('RFC 2782 share the contexts by weight, each of which stays with its own', async () => {
    const [one, two] = [await registrar(), await registrar()];
    const server = await nameServer([
      { port: one.port, weight: 3 },
      { port: two.port, weight: 1 },
    ]);
    const { result, stderr } = await runWith(server, sockets, '--workers', '2');
    expect(result.totals.register).toMatchObject({ started: COUNT, succeeded: COUNT });
    const users = [placesOf(one), placesOf(two)];
    // The precheck asked one of them too, as the first identity.
    expect(users[0]!.size + users[1]!.size).toBeLessThanOrEqual(COUNT + 1);
    expect(users[0]!.size).toBeGreaterThan(users[1]!.size);
    expect(result.targets).toHaveLength(2);
    expect(result.targets.reduce((sum, { requests }) => sum + requests, 0)).toBe(result.transactions.requestsSent);
    expect(stderr).toContain(`sip:test.example is `);
    // One look-up for the whole run, two workers and forty contexts.
    expect(server.asked).toEqual(['udp NAPTR test.example', `udp SRV ${SERVICE}`, 'udp A host.test.example']);
  });

  it('RFC 3263 §4.3 stand in for one that answers 503, from the same address and port', async () => {
    const [failing, standby] = [await registrar('503 Service Unavailable'), await registrar()];
    const server = await nameServer([
      { port: failing.port, priority: 1 },
      { port: standby.port, priority: 2 },
    ]);
    const { result } = await runWith(server, sockets);
    expect(result.totals.register).toMatchObject({ started: COUNT, succeeded: COUNT });
    expect(result.totals.unregister).toMatchObject({ started: COUNT, succeeded: COUNT });
    expect(result.targets).toMatchObject([
      { address: `127.0.0.1:${failing.port}`, requests: COUNT, responses: COUNT, failovers: COUNT },
      { address: `127.0.0.1:${standby.port}`, failovers: 0 },
    ]);
    const [before, after] = [placesOf(failing), placesOf(standby)];
    for (const [user, places] of after) {
      const all = new Set([...places, ...(before.get(user) ?? [])]);
      // The precheck has a socket of its own.
      expect(all.size).toBeLessThanOrEqual(user === 'u0000' ? 2 : 1);
    }
  });

  it('RFC 3263 §4.3 stand in for one that is not there: the precheck and each context go to the next', async () => {
    const standby = await registrar();
    const server = await nameServer([
      { port: await findFreePort(), priority: 1 },
      { port: standby.port, priority: 2 },
    ]);
    const { result } = await runWith(server, sockets);
    expect(result.exitCode).toBe(0);
    expect(result.totals.register).toMatchObject({ started: COUNT, succeeded: COUNT });
    expect(result.targets[0]!.failovers).toBe(COUNT);
    expect(result.targets[0]!.responses).toBe(0);
  });
});
