import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createNameResolver,
  formatIpv4,
  hostlessKind,
  isLocalAddress,
  isLoopback,
  isPublicAddress,
  parseIpv4,
  refusedAddress,
  socketBufferWarnings,
} from '../../../src/transport/index.ts';
import { parseHosts } from '../../../src/transport/resolve.ts';

describe('IPv4 addresses', () => {
  it('parses what it formats, for every address', () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffffffff }), (address) => {
        expect(parseIpv4(formatIpv4(address))).toBe(address);
      }),
    );
  });

  it.each(['', '1.2.3', '1.2.3.4.5', '256.0.0.1', '01.2.3.4', '1.2.3.4 ', '1..2.3', 'a.b.c.d', '-1.2.3.4', '::1'])(
    'refuses %j',
    (text) => {
      expect(parseIpv4(text)).toBe(-1);
    },
  );

  it('knows the whole of 127.0.0.0/8 as loopback', () => {
    expect(isLoopback('127.0.0.1')).toBe(true);
    expect(isLoopback('127.255.255.254')).toBe(true);
    expect(isLoopback('128.0.0.1')).toBe(false);
    expect(isLoopback('localhost')).toBe(false);
  });

  it.each([
    ['127.0.0.1', false],
    ['10.255.1.2', false],
    ['11.0.0.1', true],
    ['172.15.255.255', true],
    ['172.16.0.1', false],
    ['172.31.255.255', false],
    ['172.32.0.1', true],
    ['192.168.7.7', false],
    ['192.169.0.1', true],
    ['169.254.1.1', false],
    ['100.64.0.1', false],
    ['100.127.255.255', false],
    ['100.128.0.1', true],
    ['198.17.255.255', true],
    ['198.18.0.1', false],
    ['198.19.255.255', false],
    ['198.20.0.1', true],
    ['192.0.2.1', true],
    ['198.51.100.1', true],
    ['8.8.8.8', true],
  ])('%s is public: %s', (address, expected) => {
    expect(isPublicAddress(address)).toBe(expected);
  });

  it.each([
    ['223.255.255.255', null],
    ['224.0.0.0', 'a multicast address'],
    ['239.255.255.255', 'a multicast address'],
    ['240.0.0.0', null],
    ['255.255.255.254', null],
    ['255.255.255.255', 'the broadcast address'],
    ['registrar.example', null],
  ])('RFC 1112 §4: %s is %s', (address, kind) => {
    expect(hostlessKind(address)).toBe(kind);
  });
});

describe('An address that was looked up', () => {
  const words = (address: string, allowPublic: boolean): string | undefined =>
    refusedAddress('reg.example', address, { allowPublic, switch: '--it' })?.message;

  it('is refused by what it is, and allowed where that is for the operator to say', () => {
    expect(words('10.0.0.1', false)).toBeUndefined();
    expect(words('8.8.8.8', false)).toMatch(/^reg\.example \(8\.8\.8\.8\) is a public address, and load goes only to/);
    expect(words('241.0.0.1', false)).toMatch(
      /^reg\.example \(241\.0\.0\.1\) is a reserved address \(240\.0\.0\.0\/4\)/,
    );
    expect([words('8.8.8.8', true), words('241.0.0.1', true)]).toEqual([undefined, undefined]);
    for (const allowPublic of [false, true])
      expect(words('239.0.0.1', allowPublic)).toMatch(/is a multicast address: no/);
  });
});

describe('hosts', () => {
  it('RFC 6761 §6.3 resolves localhost to a loopback address', async () => {
    const resolver = createNameResolver({ server: null, hostsFile: '/nonexistent' });
    expect(resolver.knowsHost('LOCALHOST.')).toBe(true);
    const reply = await resolver.ask({ name: 'localhost', type: 'A' });
    expect(reply.kind === 'a' && reply.addresses.every(isLoopback)).toBe(true);
  });

  it('RFC 6761 §6.4 asks no name server for a name that nobody can have', async () => {
    const resolver = createNameResolver({ server: null, hostsFile: '/nonexistent' });
    expect(await resolver.ask({ name: 'registrar.invalid', type: 'A' })).toEqual({
      kind: 'none',
      why: 'no such name',
      ttlSeconds: null,
    });
  });

  it('reads the IPv4 lines of a table of hosts, names in any case and several on a line', () => {
    const hosts = parseHosts(
      '127.0.0.1 localhost # 10.9.9.9 x\n::1 six\n10.0.0.1\tReg.example reg\n10.0.0.2 reg\n\nrubbish',
    );
    expect([...hosts]).toEqual([
      ['localhost', ['127.0.0.1']],
      ['reg.example', ['10.0.0.1']],
      ['reg', ['10.0.0.1', '10.0.0.2']],
    ]);
  });

  it('knows its own addresses from others', async () => {
    expect(await isLocalAddress('127.0.0.1')).toBe(true);
    expect(await isLocalAddress('127.8.7.6')).toBe(true);
    expect(await isLocalAddress('192.0.2.1')).toBe(false);
    expect(await isLocalAddress('localhost')).toBe(false);
  });
});

describe('socket buffer warnings', () => {
  const wanted = { receiveBufferBytes: 4_194_304, sendBufferBytes: 1_048_576 };

  it('says nothing when everything was granted', () => {
    expect(socketBufferWarnings(wanted, wanted)).toEqual([]);
  });

  it('names the setting and the value that mends each buffer', () => {
    const warnings = socketBufferWarnings(wanted, { receiveBufferBytes: 212_992, sendBufferBytes: 212_992 });
    expect(warnings.length).toBe(2);
    expect(warnings[0]).toContain('sysctl -w net.core.rmem_max=4194304');
    expect(warnings[1]).toContain('sysctl -w net.core.wmem_max=1048576');
  });
});
