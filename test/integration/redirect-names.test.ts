// Where redirects may lead, asked of a name server before the load.

import { afterEach, describe, expect, it } from 'vitest';
import { locateRedirects, type RedirectName } from '../../src/coordinator/redirect-names.ts';
import { loadScenario } from '../../src/scenario/index.ts';
import { UserError } from '../../src/std/index.ts';
import { aRecord, type DnsServer, srvRecord, startDnsServer } from './dns-server.ts';

const started: DnsServer[] = [];

afterEach(async () => {
  for (const server of started.splice(0)) await server.close();
});

const SERVICE = '_sip._udp.reg2.example';

const nameServer = async (): Promise<DnsServer> => {
  const server = await startDnsServer({
    [`SRV ${SERVICE}`]: { answers: [srvRecord(SERVICE, { port: 5071, target: 'host.reg2.example' })] },
    'A host.reg2.example': { answers: [aRecord('host.reg2.example', '127.0.0.2')] },
    'A public.example': { answers: [aRecord('public.example', '203.0.113.9')] },
  });
  started.push(server);
  return server;
};

const planFor = (to: string, more = '') =>
  loadScenario({
    file: 'x.yaml',
    text: `version: 1
target: sip:127.0.0.1:5060
identities: { count: 1, user: u, domain: example.com }
load: { rate: 1/s, starts: 1 }
redirects: { follow: 3, to: ${to} }
flow: [register]
${more}`,
  });

const located = async (
  to: string,
  options: { allowPublic?: boolean; more?: string } = {},
): Promise<{ names: readonly RedirectName[]; lost: readonly string[]; asked: readonly string[] }> => {
  const server = await nameServer();
  const lost: string[] = [];
  const { allowPublic = false, more = '' } = options;
  const asking = { allowPublic, dns: server.address };
  const names = await locateRedirects(planFor(to, more), asking, (message) => lost.push(message));
  return { names, lost, asked: server.asked };
};

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw new Error(`a UserError was expected, not ${error}`);
  return error.code;
};

describe('names that redirects may lead to', () => {
  it('RFC 3263 §4.2 are located once each, with the port that their SRV record says', async () => {
    const { names, lost } = await located('[reg2.example, "reg2.example:5080", 127.0.0.0/8]');
    expect(names).toEqual([{ host: 'reg2.example', address: 0x7f_00_00_02, port: 5071 }]);
    expect(lost).toEqual([]);
  });

  it('are passed over with a sentence when nobody knows them', async () => {
    const { names, lost } = await located('[nobody.example, reg2.example]');
    expect(names.map(({ host }) => host)).toEqual(['reg2.example']);
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatch(/^redirects\.to: nobody\.example is passed over, redirects to it are not followed: /);
  });

  it('need not be known where a Route decides the next hop', async () => {
    const { names, asked } = await located('[reg2.example]', { more: 'route: true' });
    expect([names, asked]).toEqual([[], []]);
  });

  it.each(['[public.example]', '[203.0.113.9]', '[0.0.0.0/0]', '[0.0.0.0/1]', '[172.0.0.0/11]', '[192.168.0.0/15]'])(
    '%s has public addresses, and needs --allow-public',
    async (to) => {
      expect(await codeOf(located(to))).toBe('TARGET_PUBLIC');
      const { lost } = await located(to, { allowPublic: true });
      expect(lost).toEqual([]);
    },
  );

  it.each(['[239.1.0.0/16]', '[224.0.0.0/4]', '[255.255.255.255]'])(
    'RFC 1112 §4: %s has no host, whatever is allowed',
    async (to) => {
      for (const allowPublic of [false, true]) {
        expect(await codeOf(located(to, { allowPublic }))).toBe('TARGET_HOSTLESS');
      }
    },
  );

  it.each(['[10.0.0.0/8]', '[127.0.0.0/8, 192.168.0.0/16, 172.16.0.0/12]'])('%s has none', async (to) => {
    expect((await located(to)).names).toEqual([]);
  });
});
