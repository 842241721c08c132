// From a target as it is written to addresses, through the name server client and RFC 3263's procedure together.

import { afterEach, describe, expect, it } from 'vitest';
import { locateTarget, lookUpText } from '../../src/coordinator/index.ts';
import { loadScenario } from '../../src/scenario/index.ts';
import { UserError } from '../../src/std/index.ts';
import { aRecord, type DnsServer, naptrRecord, srvRecord, startDnsServer, type Zone } from './dns-server.ts';

const started: DnsServer[] = [];

afterEach(async () => {
  for (const server of started.splice(0)) await server.close();
});

const SERVICE = '_sip._udp.example.com';
const ZONE: Zone = {
  'NAPTR example.com': { answers: [naptrRecord('example.com', 'SIP+D2U', SERVICE)] },
  [`SRV ${SERVICE}`]: {
    answers: [
      srvRecord(SERVICE, { priority: 20, port: 5062, target: 'b.example.com' }),
      srvRecord(SERVICE, { priority: 10, port: 5061, target: 'a.example.com', ttl: 15 }),
    ],
  },
  'A a.example.com': { answers: [aRecord('a.example.com', '127.0.0.1')] },
  'A b.example.com': { answers: [aRecord('b.example.com', '127.0.0.2')] },
};

const planFor = (target: string) =>
  loadScenario({
    file: 'x.yaml',
    text: `version: 1
identities: { count: 1, user: u, domain: example.com }
load: { rate: 1/s, starts: 1 }
flow: [register]
${target}
`,
  });

const locateWith = async (zone: Zone, target: string) => {
  const server = await startDnsServer(zone);
  started.push(server);
  return locateTarget(planFor(target), { allowPublic: false, dns: server.address });
};

const codeOf = async (located: Promise<unknown>): Promise<string> => {
  const error = await located.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw new Error(`a UserError was expected, not ${error}`);
  return `${error.code} ${error.exitCode}: ${error.problems[0]?.message}`;
};

describe('where the load goes', () => {
  it('RFC 3263 §4 is what NAPTR, SRV and A say together, with the shortest time to live', async () => {
    const located = await locateWith(ZONE, '');
    expect(located?.targets).toMatchObject([
      { address: '127.0.0.1', port: 5061, priority: 10 },
      { address: '127.0.0.2', port: 5062, priority: 20 },
    ]);
    expect(located?.ttlSeconds).toBe(15);
    expect(located?.local).toBe(true);
    expect(located === null ? null : lookUpText(located)).toBe(
      'sip:example.com is 127.0.0.1:5061, 127.0.0.2:5062, for 15 s (NAPTR example.com: SIP+D2U _sip._udp.example.com; ' +
        'SRV _sip._udp.example.com: 20 1 b.example.com:5062, 10 1 a.example.com:5061; ' +
        'A a.example.com: 127.0.0.1; A b.example.com: 127.0.0.2)',
    );
  });

  it('is nowhere where any one of the addresses is public', async () => {
    const zone: Zone = { ...ZONE, 'A b.example.com': { answers: [aRecord('b.example.com', '8.8.8.8')] } };
    expect(await codeOf(locateWith(zone, ''))).toContain('TARGET_PUBLIC 2: example.com (8.8.8.8) is a public address');
  });

  it('is an error where nobody has the name, or the domain offers no UDP', async () => {
    expect(await codeOf(locateWith({}, 'target: sip:nobody.example'))).toBe(
      'TARGET_UNRESOLVED 2: nobody.example has no IPv4 address (A nobody.example: no such name)',
    );
    const zone: Zone = {
      'NAPTR example.com': { answers: [naptrRecord('example.com', 'SIPS+D2T', '_sips._tcp.example.com')] },
    };
    expect(await codeOf(locateWith(zone, ''))).toContain('TARGET_TRANSPORT 2: example.com offers only TLS over TCP');
  });

  it('is an error where the name server fails', async () => {
    const zone: Zone = { [`SRV ${SERVICE}`]: { rcode: 2 } };
    expect(await codeOf(locateWith(zone, ''))).toContain('DNS_FAILED 2: the name server could not say');
  });

  it('a name server for what has no name is a mistake', async () => {
    expect(await codeOf(locateWith({}, 'target: sip:127.0.0.1'))).toBe(
      'USAGE 2: --dns cannot apply: 127.0.0.1 is an address',
    );
    expect(() => planFor('target: { uri: embedded, dns: 127.0.0.1 }')).toThrow(
      'x.yaml:5:31: no name server is asked: the target is the embedded registrar',
    );
    expect(() => planFor('target: { dns: ns.example }')).toThrow('is not the address of a name server');
  });
});
