// The name server client against a server of our own on loopback, which says what a test has written down and misbehaves.

import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { createDnsClient } from '../../src/transport/dns-client.ts';
import {
  aRecord,
  cnameRecord,
  type DnsServer,
  naptrRecord,
  srvRecord,
  startDnsServer,
  type Zone,
} from './dns-server.ts';

const SHORT_MS = 150;
const LONG_MS = 10_000;
const started: DnsServer[] = [];

afterEach(async () => {
  for (const server of started.splice(0)) await server.close();
});

const serve = async (zone: Zone): Promise<DnsServer> => {
  const server = await startDnsServer(zone);
  started.push(server);
  return server;
};

const clientOf = (servers: readonly DnsServer[], timeoutMs = LONG_MS) =>
  createDnsClient({ servers: servers.map(({ port }) => ({ address: '127.0.0.1', port })), timeoutMs });

describe('records and how long they hold', () => {
  it('RFC 3263 §4.2 reads SRV records, and the shortest time to live among them', async () => {
    const name = '_sip._udp.x.example';
    const answers = [
      srvRecord(name, { priority: 1, weight: 60, port: 5060, target: 'a.example', ttl: 300 }),
      srvRecord(name, { priority: 1, weight: 40, port: 5070, target: 'b.example', ttl: 30 }),
    ];
    const server = await serve({ [`SRV ${name}`]: { answers } });
    expect(await clientOf([server]).ask(name, 'SRV')).toEqual({
      kind: 'srv',
      ttlSeconds: 30,
      records: [
        { priority: 1, weight: 60, port: 5060, host: 'a.example' },
        { priority: 1, weight: 40, port: 5070, host: 'b.example' },
      ],
    });
  });

  it('RFC 3263 §4.1 reads NAPTR records', async () => {
    const server = await serve({
      'NAPTR x.example': { answers: [naptrRecord('x.example', 'SIP+D2U', '_sip._udp.x.example')] },
    });
    expect(await clientOf([server]).ask('x.example', 'NAPTR')).toMatchObject({
      kind: 'naptr',
      records: [{ order: 10, flags: 's', service: 'SIP+D2U', replacement: '_sip._udp.x.example' }],
    });
  });

  it('an SRV record whose target is the root says "." (RFC 2782)', async () => {
    const name = '_sip._udp.x.example';
    const server = await serve({ [`SRV ${name}`]: { answers: [srvRecord(name, { port: 0, target: '.' })] } });
    expect(await clientOf([server]).ask(name, 'SRV')).toMatchObject({ records: [{ host: '.', port: 0 }] });
  });

  it('RFC 2308 §5 that there is no such name holds as long as the zone says', async () => {
    const data = { mname: 'ns.example', rname: 'root.example', minimum: 20 };
    const authorities = [{ type: 'SOA' as const, name: 'example', ttl: 900, data }];
    const server = await serve({ 'A gone.example': { rcode: 3, authorities } });
    const reply = await clientOf([server]).ask('gone.example', 'A');
    expect(reply).toEqual({ kind: 'none', why: 'no such name', ttlSeconds: 20 });
  });
});

describe('chains of CNAME records', () => {
  it('are followed within the answer and beyond it, with the shortest time to live of all links', async () => {
    const server = await serve({
      'A www.example': {
        answers: [cnameRecord('www.example', 'Web.example', 50), cnameRecord('web.example', 'host.example', 40)],
      },
      'A host.example': { answers: [aRecord('host.example', '192.0.2.1', 900)] },
    });
    const reply = await clientOf([server]).ask('www.example', 'A');
    expect(reply).toEqual({ kind: 'a', addresses: ['192.0.2.1'], ttlSeconds: 40 });
  });

  it('that lead in a circle are told, within one answer and over several', async () => {
    const server = await serve({
      'A self.example': { answers: [cnameRecord('self.example', 'self.example')] },
      'A one.example': { answers: [cnameRecord('one.example', 'two.example')] },
      'A two.example': { answers: [cnameRecord('two.example', 'one.example')] },
    });
    const client = clientOf([server]);
    for (const name of ['self.example', 'one.example']) {
      expect(await client.ask(name, 'A')).toEqual({ kind: 'failed', why: 'its CNAME records lead in a circle' });
    }
    expect(server.asked.length).toBeLessThan(6);
  });

  it('that never end are given up', async () => {
    const zone: Zone = {};
    for (let at = 0; at < 50; at++)
      zone[`A n${at}.example`] = { answers: [cnameRecord(`n${at}.example`, `n${at + 1}.example`)] };
    const server = await serve(zone);
    const reply = await clientOf([server]).ask('n0.example', 'A');
    expect(reply).toMatchObject({ kind: 'failed', why: expect.stringContaining('CNAME records lead from it') });
    expect(server.asked.length).toBeLessThan(20);
  });
});

describe('servers that do not do what they should', () => {
  it('RFC 7766 §5 an answer cut short is asked for again over TCP, which may come in pieces', async () => {
    const many = Array.from({ length: 100 }, (_, at) => aRecord('big.example', `192.0.2.${at}`));
    const server = await serve({ 'A big.example': { truncated: many } });
    const reply = await clientOf([server]).ask('big.example', 'A');
    expect(reply.kind === 'a' && reply.addresses).toHaveLength(100);
    expect(server.asked).toEqual(['udp A big.example', 'tcp A big.example']);
  });

  it('what is no answer to the question is passed over: rubbish, another id, another name, a question', async () => {
    const server = await serve({ 'A x.example': { rubbishThen: [aRecord('x.example', '192.0.2.9')] } });
    expect(await clientOf([server]).ask('x.example', 'A')).toMatchObject({ kind: 'a', addresses: ['192.0.2.9'] });
  });

  it('silence is asked again and then told', async () => {
    const server = await serve({ 'A x.example': 'silence' });
    const reply = await clientOf([server], SHORT_MS).ask('x.example', 'A');
    expect(reply).toEqual({ kind: 'silent', why: `${server.address}: no answer within ${SHORT_MS} ms` });
    expect(server.asked).toHaveLength(2);
  });

  it('a server that nobody runs is told by its refusal, and the next one answers', async () => {
    const gone = createSocket('udp4');
    await new Promise<void>((resolve) => gone.bind({ address: '127.0.0.1', port: 0 }, resolve));
    const { port } = gone.address();
    await new Promise<void>((resolve) => gone.close(resolve));
    const server = await serve({ 'A x.example': { answers: [aRecord('x.example', '192.0.2.9')] } });
    const both = [
      { address: '127.0.0.1', port },
      { address: '127.0.0.1', port: server.port },
    ];
    expect(await createDnsClient({ servers: both, timeoutMs: LONG_MS }).ask('x.example', 'A')).toMatchObject({
      kind: 'a',
    });
    const alone = await createDnsClient({ servers: both.slice(0, 1), timeoutMs: LONG_MS }).ask('x.example', 'A');
    expect(alone).toMatchObject({ kind: 'silent', why: expect.stringContaining('ECONNREFUSED') });
  });

  it('a server that fails is not asked again, and the next one is', async () => {
    const failing = await serve({ 'SRV x.example': { rcode: 2 } });
    const answering = await serve({
      'SRV x.example': { answers: [srvRecord('x.example', { port: 5060, target: 'h.example' })] },
    });
    expect(await clientOf([failing, answering]).ask('x.example', 'SRV')).toMatchObject({ kind: 'srv' });
    const reply = await clientOf([failing]).ask('x.example', 'SRV');
    expect(reply).toEqual({ kind: 'failed', why: `${failing.address} says SERVFAIL` });
    expect(failing.asked).toHaveLength(2);
  });
});
