// Whole runs whose name server is of no use: a clear error before the first packet, in bounded time, and no result.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CliSession, openSession, scenario } from './cli-session.ts';
import { srvRecord, startDnsServer, type Zone } from './dns-server.ts';

vi.setConfig({ testTimeout: 60_000 });

const SERVICE = '_sip._udp.test.example';

let session: CliSession;
beforeEach(() => {
  session = openSession();
});
afterEach(() => session.remove());

const runWith = (address: string) => {
  session.file('s.yaml', scenario({ target: 'sip:test.example' }));
  return session.run(['run', 's.yaml', '--dns', address]);
};

describe('a run whose target cannot be found', () => {
  it.each([
    ['that points to itself', SERVICE],
    ['that points to its own domain, which has no address', 'test.example'],
  ])('RFC 3263 §4.2 an SRV record %s is an error that says so, and asks no name twice', async (_, target) => {
    const zone: Zone = { [`SRV ${SERVICE}`]: { answers: [srvRecord(SERVICE, { port: 5060, target })] } };
    const server = await startDnsServer(zone);
    const end = await runWith(server.address);
    await server.close();
    expect([end.exitCode, end.stdout]).toEqual([2, '']);
    expect(end.stderr).toContain('test.example');
    expect(new Set(server.asked).size).toBe(server.asked.length);
    expect(server.asked.length).toBeLessThan(6);
    expect([...session.files().keys()]).toEqual(['s.yaml']);
  });
});
