// RFC 3263's procedure question by question, with records written down here.

import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../../src/scenario/address.ts';
import type { DnsAnswer, Located, UriTarget } from '../../../src/scenario/index.ts';
import { continueLocating, isQuestion, startLocating } from '../../../src/scenario/index.ts';

type Zone = Readonly<Record<string, DnsAnswer>>;

const NONE: DnsAnswer = { kind: 'none', why: 'no such name', ttlSeconds: null };

const naptr = (...records: readonly [number, number, string, string][]): DnsAnswer => ({
  kind: 'naptr',
  ttlSeconds: 300,
  records: records.map(([order, preference, service, replacement]) => {
    return { order, preference, flags: 's', service, replacement };
  }),
});
const srv = (...records: readonly [number, number, number, string][]): DnsAnswer => ({
  kind: 'srv',
  ttlSeconds: 200,
  records: records.map(([priority, weight, port, host]) => ({ priority, weight, port, host })),
});
const a = (...addresses: readonly string[]): DnsAnswer => ({ kind: 'a', ttlSeconds: 100, addresses });

const uriTarget = (text: string): UriTarget => {
  const target = parseTarget(text);
  if (!target.ok || target.value.kind !== 'uri') throw new Error(`${text} is no target`);
  return target.value;
};

const locate = (text: string, zone: Zone, inHostsFile = false): { asked: string[]; located: Located } => {
  const asked: string[] = [];
  let state = startLocating(uriTarget(text), inHostsFile);
  while (isQuestion(state.next)) {
    const question = `${state.next.type} ${state.next.name}`;
    asked.push(question);
    state = continueLocating(state, zone[question] ?? NONE);
  }
  return { asked, located: state.next };
};

const placesOf = (located: Located): string[] =>
  located.kind === 'found' ? located.targets.map(({ address, port }) => `${address}:${port}`) : [];

/** The example of RFC 3263 §4.1, with UDP for us. */
const EXAMPLE: Zone = {
  'NAPTR example.com': naptr(
    [50, 50, 'SIPS+D2T', '_sips._tcp.example.com'],
    [90, 50, 'SIP+D2T', '_sip._tcp.example.com'],
    [100, 50, 'SIP+D2U', '_sip._udp.example.com'],
  ),
  'SRV _sip._udp.example.com': srv([0, 1, 5060, 'server1.example.com'], [0, 2, 5070, 'server2.example.com']),
  'A server1.example.com': a('192.0.2.1'),
  'A server2.example.com': a('192.0.2.2'),
};

describe('RFC 3263 §4.1 selecting a transport', () => {
  it('RFC 3263 §4.1 takes the NAPTR record of the transport that it has, and the SRV records it names', () => {
    const { asked, located } = locate('sip:example.com', EXAMPLE);
    expect(asked).toEqual([
      'NAPTR example.com',
      'SRV _sip._udp.example.com',
      'A server1.example.com',
      'A server2.example.com',
    ]);
    expect(located).toMatchObject({ kind: 'found', ttlSeconds: 100 });
    expect(placesOf(located)).toEqual(['192.0.2.1:5060', '192.0.2.2:5070']);
  });

  it('RFC 3263 §4.1 asks nothing for a numeric address, whatever else is said', () => {
    expect(locate('sip:192.0.2.7:5070;transport=udp', {})).toMatchObject({ asked: [] });
    expect(placesOf(locate('sip:192.0.2.7', {}).located)).toEqual(['192.0.2.7:5060']);
  });

  it('RFC 3263 §4.2 asks only for the address of a host whose port is given', () => {
    const { asked, located } = locate('sip:example.com:5080', { 'A example.com': a('192.0.2.9') });
    expect(asked).toEqual(['A example.com']);
    expect(placesOf(located)).toEqual(['192.0.2.9:5080']);
  });

  it('RFC 3263 §4.1 asks for no NAPTR where the transport is given', () => {
    const { asked } = locate('sip:example.com;transport=udp', EXAMPLE);
    expect(asked[0]).toBe('SRV _sip._udp.example.com');
  });

  it('RFC 3263 §4.1 makes the SRV name itself where there is no NAPTR record, and where it cannot be had', () => {
    const zone = { ...EXAMPLE, 'NAPTR example.com': NONE };
    expect(placesOf(locate('sip:example.com', zone).located)).toHaveLength(2);
    const failing: Zone = { ...EXAMPLE, 'NAPTR example.com': { kind: 'failed', why: 'NOTIMP' } };
    expect(placesOf(locate('sip:example.com', failing).located)).toHaveLength(2);
  });

  it('RFC 3263 §4.1 says what a domain offers that has neither UDP nor SIP over it', () => {
    const zone = {
      'NAPTR example.com': naptr(
        [1, 1, 'SIPS+D2T', '_sips._tcp.example.com'],
        [2, 1, 'SIP+D2T', '_sip._tcp.example.com'],
      ),
    };
    const { located } = locate('sip:example.com', zone);
    expect(located).toMatchObject({ kind: 'failed', code: 'TARGET_TRANSPORT' });
    expect(located).toMatchObject({
      message: expect.stringContaining('offers only TLS over TCP (SIPS+D2T), TCP (SIP+D2T)'),
      hint: expect.stringContaining('sip:example.com;transport=udp'),
    });
  });

  it('RFC 3263 §4.1 discards NAPTR records of other services, with other flags, or that name nothing', () => {
    const other: DnsAnswer = {
      kind: 'naptr',
      ttlSeconds: 9,
      records: [
        { order: 1, preference: 1, flags: 'u', service: 'E2U+sip', replacement: '.' },
        { order: 2, preference: 1, flags: 's', service: 'sip+d2u', replacement: '_sip._udp.other.example' },
      ],
    };
    const { asked } = locate('sip:example.com', { 'NAPTR example.com': other });
    expect(asked.slice(0, 3)).toEqual(['NAPTR example.com', 'SRV _sip._udp.other.example', 'A example.com']);
  });

  it('RFC 3263 §4.1 goes by order, then preference, and on to the next where the first has no SRV record', () => {
    const zone = {
      'NAPTR example.com': naptr(
        [20, 1, 'SIP+D2U', 'third.example'],
        [10, 9, 'SIP+D2U', 'second.example'],
        [10, 1, 'SIP+D2U', 'first.example'],
      ),
      'SRV second.example': srv([0, 0, 5060, 'host.example']),
      'A host.example': a('192.0.2.3'),
    };
    const { asked, located } = locate('sip:example.com', zone);
    expect(asked).toEqual(['NAPTR example.com', 'SRV first.example', 'SRV second.example', 'A host.example']);
    expect(placesOf(located)).toEqual(['192.0.2.3:5060']);
  });
});

describe('RFC 3263 §4.2 finding addresses and ports', () => {
  it('RFC 3263 §4.2 falls back on the host itself and the default port where there is no SRV record', () => {
    const { asked, located } = locate('sip:example.com', { 'A example.com': a('192.0.2.5', '192.0.2.4') });
    expect(asked).toEqual(['NAPTR example.com', 'SRV _sip._udp.example.com', 'A example.com']);
    expect(placesOf(located)).toEqual(['192.0.2.4:5060', '192.0.2.5:5060']);
  });

  it('a name of the hosts file is an address, and nothing else is asked for', () => {
    const { asked, located } = locate('sip:example.com', { ...EXAMPLE, 'A example.com': a('10.0.0.1') }, true);
    expect(asked).toEqual(['A example.com']);
    expect(placesOf(located)).toEqual(['10.0.0.1:5060']);
  });

  it('RFC 2782 sorts by priority, and the same however the name server turns its records', () => {
    const records = [
      [20, 1, 5060, 'c.example'],
      [10, 1, 5061, 'b.example'],
      [10, 1, 5060, 'a.example'],
    ] as const;
    const hosts = { 'A a.example': a('10.0.0.10'), 'A b.example': a('10.0.0.9'), 'A c.example': a('10.0.0.1') };
    const turned = [records, [...records].reverse()].map((each) => {
      const zone = {
        ...hosts,
        'SRV _sip._udp.x.example': srv(...each.map((record) => [...record] as [number, number, number, string])),
      };
      return placesOf(locate('sip:x.example', zone).located);
    });
    expect(turned[0]).toEqual(['10.0.0.9:5061', '10.0.0.10:5060', '10.0.0.1:5060']);
    expect(turned[1]).toEqual(turned[0]);
  });

  it('a host with several addresses shares the weight of its record among them', () => {
    const zone = {
      'SRV _sip._udp.x.example': srv([0, 30, 5060, 'a.example'], [0, 10, 5060, 'b.example']),
      'A a.example': a('10.0.0.1', '10.0.0.2', '10.0.0.3'),
      'A b.example': a('10.0.0.4'),
    };
    const { located } = locate('sip:x.example', zone);
    if (located.kind !== 'found') throw new Error(located.message);
    const [first] = located.targets;
    expect(located.targets.map(({ weight }) => weight)).toEqual(Array(4).fill(first!.weight));
  });

  it('asks for a host once that several SRV records name, itself or in other letters', () => {
    const zone = {
      'SRV _sip._udp.x.example': srv([0, 1, 5060, 'h.example'], [0, 1, 5061, 'H.example']),
      'A h.example': a('10.0.0.1'),
    };
    const { asked, located } = locate('sip:x.example', zone);
    expect(asked.filter((question) => question.startsWith('A '))).toEqual(['A h.example']);
    expect(placesOf(located)).toEqual(['10.0.0.1:5060', '10.0.0.1:5061']);
  });

  it('RFC 2782 a target of "." says that the service is not there, and nothing else is tried', () => {
    const { asked, located } = locate('sip:x.example', { 'SRV _sip._udp.x.example': srv([0, 0, 0, '.']) });
    expect(asked.at(-1)).toBe('SRV _sip._udp.x.example');
    expect(located).toMatchObject({ kind: 'failed', code: 'TARGET_UNRESOLVED' });
  });

  it('an SRV record that points to itself is asked for its address, and that is the end', () => {
    const { asked, located } = locate('sip:x.example', {
      'SRV _sip._udp.x.example': srv([0, 0, 5060, '_sip._udp.x.example']),
    });
    expect(asked).toEqual(['NAPTR x.example', 'SRV _sip._udp.x.example', 'A _sip._udp.x.example']);
    expect(located).toMatchObject({ kind: 'failed', code: 'TARGET_UNRESOLVED' });
  });

  it('goes on without a host that has no address, and fails where none has one', () => {
    const records = srv([0, 1, 5060, 'gone.example'], [0, 1, 5060, 'here.example']);
    const zone = { 'SRV _sip._udp.x.example': records, 'A here.example': a('10.0.0.2') };
    expect(placesOf(locate('sip:x.example', zone).located)).toEqual(['10.0.0.2:5060']);
    const { located } = locate('sip:x.example', { 'SRV _sip._udp.x.example': records });
    expect(located).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('x.example has no IPv4 address'),
    });
  });

  it('an address in place of a host name is its own answer', () => {
    const { asked, located } = locate('sip:x.example', { 'SRV _sip._udp.x.example': srv([0, 1, 5070, '10.0.0.3']) });
    expect(asked.at(-1)).toBe('SRV _sip._udp.x.example');
    expect(placesOf(located)).toEqual(['10.0.0.3:5070']);
  });

  it('names no more targets than a run can have, and says how many are left out', () => {
    const many = Array.from({ length: 40 }, (_, at): [number, number, number, string] => [at, 1, 5060, `10.0.1.${at}`]);
    const { located } = locate('sip:x.example', { 'SRV _sip._udp.x.example': srv(...many) });
    expect(placesOf(located)).toHaveLength(32);
    expect(located.kind === 'found' && located.steps.at(-1)).toContain('8 more targets are left out');
  });
});

describe('name servers that do not help', () => {
  it('silence ends the look-up at once', () => {
    const silent: DnsAnswer = { kind: 'silent', why: '10.0.0.53:53: no answer within 2000 ms' };
    const { asked, located } = locate('sip:x.example', { 'NAPTR x.example': silent });
    expect(asked).toEqual(['NAPTR x.example']);
    expect(located).toMatchObject({
      kind: 'failed',
      code: 'DNS_FAILED',
      message: 'no name server answered (NAPTR x.example: 10.0.0.53:53: no answer within 2000 ms)',
    });
  });

  it('a failure about SRV records is no fallback on the host: the load could go to the wrong place', () => {
    const zone: Zone = { 'SRV _sip._udp.x.example': { kind: 'failed', why: 'SERVFAIL' }, 'A x.example': a('10.0.0.1') };
    const { located } = locate('sip:x.example', zone);
    expect(located).toMatchObject({ code: 'DNS_FAILED', hint: expect.stringContaining('sip:x.example:5060') });
  });

  it('tells of each step what was asked and answered', () => {
    const { located } = locate('sip:example.com;transport=udp', EXAMPLE);
    expect(located.kind === 'found' && located.steps).toEqual([
      'SRV _sip._udp.example.com: 0 1 server1.example.com:5060, 0 2 server2.example.com:5070',
      'A server1.example.com: 192.0.2.1',
      'A server2.example.com: 192.0.2.2',
    ]);
  });
});
