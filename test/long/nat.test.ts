// Runs through a NAT, over loopback: a relay that gives each socket of the generator a port of its own, in front of the registrar
// that the program has with it.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type CliSession, openSession, scenario } from '../integration/cli-session.ts';
import { type LoopbackNat, openLoopbackNat } from '../integration/loopback-nat.ts';
import type { Child } from '../interop/child.ts';
import { findFreePort } from '../interop/free-port.ts';
import { expectSumsToClose } from '../interop/run-regstorm.ts';
import { waitUntil } from '../interop/wait-until.ts';

vi.setConfig({ testTimeout: 60_000 });

let session: CliSession;
let nat: LoopbackNat;
let registrar: Child;
beforeEach(async () => {
  session = openSession();
  const registrarPort = await findFreePort();
  const listen = `127.0.0.1:${registrarPort}`;
  registrar = session.start(['registrar', '--listen', listen, '--domain', 'test.example', '--password', 'secret']);
  await waitUntil('the registrar listens', 20_000, () => registrar.stdout().includes('listening on'));
  nat = await openLoopbackNat(registrarPort);
});
afterEach(async () => {
  nat.close();
  await registrar.stop();
  session.remove();
});

const runThrough = async (
  more: string,
  flow = ['register', 'refresh', 'unregister'],
): Promise<ReturnType<CliSession['summary']>> => {
  const text = scenario({
    target: `sip:127.0.0.1:${nat.port}`,
    count: 20,
    rate: '40/s',
    flow,
    more: `local: { socketsPerWorker: 2 }\n${more}`,
  });
  session.file('nat.yaml', text);
  const end = await session.run([
    'run',
    'nat.yaml',
    '--workers',
    '1',
    '--on-invalid',
    'warn',
    '--no-thresholds',
    '--out',
    'out',
  ]);
  expect(end.exitCode, end.stderr).toBe(0);
  const summary = session.summary('out');
  for (const result of Object.values(summary.totals)) expect(result.failed).toBe(0);
  expectSumsToClose(summary);
  return summary;
};

it.each(['off', 'direct'] as const)(
  'RFC 3581 §4 nat: %s: each socket is told with its address outside, and all attempts succeed',
  async (mode) => {
    const summary = await runThrough(`nat: ${mode}\n`);
    expect(summary.nat).toMatchObject({ mode, sockets: 2, behindNat: 2, changes: 0, repairs: mode === 'off' ? 0 : 2 });
    for (const { local, seen } of summary.nat.seen) expect(nat.mappings.get(local)).toBe(seen);
    expect(summary.nat.seen).toHaveLength(2);
  },
);

it('RFC 3581 §4 exosip: each phone deletes the Contact that leads nowhere and registers the one that the NAT gave it', async () => {
  const summary = await runThrough('nat: exosip\n');
  expect(summary.nat).toMatchObject({
    mode: 'exosip',
    sockets: 2,
    behindNat: 2,
    repairs: 2,
    stopped: 0,
    deletions: 20,
    deletionsFailed: 0,
    replacements: 20,
  });
  // A challenge, the old Contact, its deletion and the new one; a refresh and an unregister.
  expect(summary.transactions.requestsSent).toBe(20 * 6);
  expect(summary.totals.register).toMatchObject({ started: 20, succeeded: 20 });
});

it.each([
  ['off', 0, 0, 0],
  ['direct', 4, 0, 0],
  // Its guard allows one a minute for each phone, and the NAT has taken that.
  ['exosip', 2, 20, 40],
] as const)(
  'RFC 3581 §4 rebind, %s: phones whose NAT forgets them are seen at another port from then on',
  async (mode, repairs, deletions, stopped) => {
    const summary = await runThrough(`nat: { mode: ${mode}, rebind: { share: 100%, after: 1500ms } }\n`, [
      'register',
      'wait: 2s',
      'refresh',
      'refresh',
      'unregister',
    ]);
    expect(summary.contexts.rebound).toBe(20);
    expect(summary.nat).toMatchObject({ mode, sockets: 4, behindNat: 4, changes: 0, repairs, deletions, stopped });
    const seen = summary.nat.seen.map((socket) => socket.seen);
    expect(new Set(seen).size).toBe(4);
    for (const socket of summary.nat.seen) expect(nat.mappings.get(socket.local)).toBe(socket.seen);
  },
);

it('RFC 5389 §7.1 keepalives through the NAT are answered, and tell of its address too', async () => {
  const summary = await runThrough('keepalive: { kind: stun, every: 1s }\n', ['register', 'wait: 2s', 'unregister']);
  expect(summary.keepalive).toMatchObject({ kind: 'stun', lost: 0, open: 0 });
  expect(summary.keepalive?.answered).toBeGreaterThanOrEqual(20);
  expect(summary.nat.behindNat).toBe(2);
});
