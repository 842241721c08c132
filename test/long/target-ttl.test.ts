// A target whose records end while a run lasts: it is looked up again, once for all workers, and the load follows.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RunResult } from '../../src/index.ts';
import { type CliSession, openSession, scenario } from '../integration/cli-session.ts';
import { aRecord, type DnsServer, srvRecord, startDnsServer, type Zone } from '../integration/dns-server.ts';
import { type NotingRegistrar, openNotingRegistrar } from '../integration/noting-registrar.ts';
import { expectSumsToClose } from '../interop/run-regstorm.ts';
import { waitUntil } from '../interop/wait-until.ts';

vi.setConfig({ testTimeout: 120_000 });

const SERVICE = '_sip._udp.test.example';

let session: CliSession;
let registrars: NotingRegistrar[];
let server: DnsServer;
let zone: Zone;
beforeEach(async () => {
  session = openSession();
  registrars = [await openNotingRegistrar(), await openNotingRegistrar(), await openNotingRegistrar()];
  zone = { 'A host.test.example': { answers: [aRecord('host.test.example', '127.0.0.1', 1)] } };
  server = await startDnsServer(zone);
});
afterEach(async () => {
  session.remove();
  for (const registrar of registrars) registrar.close();
  await server.close();
});

const say = (...targets: readonly number[]): void => {
  zone[`SRV ${SERVICE}`] = {
    answers: targets.map((target) =>
      srvRecord(SERVICE, { port: registrars[target]!.port, target: 'host.test.example', ttl: 1 }),
    ),
  };
};

const run = async (sockets: string, change: () => void): Promise<{ result: RunResult; stderr: string }> => {
  const more = `precheck: none\nlocal: { sockets: ${sockets} }\n`;
  const load = 'duration: 8s';
  session.file('ttl.yaml', scenario({ target: 'sip:test.example', count: 400, rate: '50/s', load, more }));
  const options = ['--format', 'json', '--on-invalid', 'warn', '--workers', '2', '--dns', server.address];
  const noted = (): number => registrars.reduce((sum, { notes }) => sum + notes.length, 0);
  const before = noted();
  const ending = session.run(['run', 'ttl.yaml', ...options]);
  await waitUntil('a first request', 60_000, () => noted() > before);
  change();
  const { stdout, stderr } = await ending;
  const result = JSON.parse(stdout) as RunResult;
  expectSumsToClose(result);
  return { result, stderr };
};

it.each(['auto', 'udp-dgram'])('RFC 3263 §4 a single target that moves is followed, sockets %s', async (sockets) => {
  say(0);
  const { result, stderr } = await run(sockets, () => say(1));
  expect(registrars[0]!.notes.length).toBeGreaterThan(0);
  expect(registrars[1]!.notes.length).toBeGreaterThan(0);
  expect(result.totals.register).toMatchObject({ started: 400, succeeded: 400 });
  expect(stderr).toContain(`looked up again: sip:test.example is 127.0.0.1:${registrars[1]!.port}`);
  expect(result.targets).toMatchObject([{ address: `127.0.0.1:${registrars[1]!.port}` }]);
  // A phone is at one address and port before and after; once a second both records were asked for.
  const ports = registrars.map(({ notes }) => new Set(notes.map(({ source }) => source)));
  for (const source of ports[1]!) expect([...ports[0]!]).toContain(source);
  expect(server.asked.length).toBeLessThan(40);
});

it('RFC 3263 §4 one of two targets that is replaced is followed, and the other one stays', async () => {
  say(0, 1);
  const { result } = await run('auto', () => say(1, 2));
  for (const { notes } of registrars) expect(notes.length).toBeGreaterThan(0);
  expect(result.totals.register).toMatchObject({ started: 400, succeeded: 400 });
});

it('a name server that fails during the run, or names a public address, is told once and changes nothing', async () => {
  say(0);
  const failing = await run('auto', () => {
    zone[`SRV ${SERVICE}`] = { rcode: 2 };
  });
  expect(failing.result.totals.register).toMatchObject({ succeeded: 400 });
  expect(failing.stderr.match(/looked up again/g)).toHaveLength(1);
  say(0);
  const strange = await run('auto', () => {
    zone['A host.test.example'] = { answers: [aRecord('host.test.example', '8.8.8.8', 1)] };
  });
  expect(strange.result.totals.register).toMatchObject({ succeeded: 400 });
  expect(strange.stderr).toContain('looked up again: 8.8.8.8 is a public address');
});

it('a name server that never answers is a clear error, exit code 2, after few tries', async () => {
  zone['NAPTR test.example'] = 'silence';
  session.file('silent.yaml', scenario({ target: 'sip:test.example' }));
  const { exitCode, stderr } = await session.run(['run', 'silent.yaml', '--dns', server.address]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`no name server answered (NAPTR test.example: ${server.address}: no answer within 2000 ms)`);
  expect(server.asked).toEqual(Array(2).fill('udp NAPTR test.example'));
});
