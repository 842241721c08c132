// Clients behind a NAT: what they learn of it, what their Contacts say, and what keeps its mapping.

import { describe, expect, it } from 'vitest';
import type { KeepaliveEvent, MappingEvent, RegistrationClientOptions } from '../../src/index.ts';
import { RegistrationClient } from '../../src/index.ts';
import { accepting, at, clientTools } from './client-peers.ts';
import { challenge, digest } from './hostile-auth-runs.ts';
import type { SipRequest } from './hostile-message.ts';
import { composeAnswer } from './hostile-message.ts';
import type { Script } from './hostile-peer.ts';
import { openLoopbackNat } from './loopback-nat.ts';

const { startPeer, createClient } = clientTools();

/** RFC 3581 §4: the Via of an answer to a request that was seen there. */
const seenAt = ({ via }: SipRequest, port: number): string =>
  via.replace(';rport', `;rport=${port};received=203.0.113.7`);

const natted =
  (port: (number: number) => number): Script =>
  (request, reply, number) =>
    reply(composeAnswer(request, { status: 200, phrase: 'OK', via: seenAt(request, port(number)) }));

const hostsOf = (requests: readonly SipRequest[]): readonly (string | undefined)[] =>
  requests.map(({ contact }) => /@([^>]*)>/.exec(contact ?? '')?.[1]);

const own = ({ via }: SipRequest): string => /UDP ([^;]*)/.exec(via)?.[1] ?? '';

/** The next event of a name. */
const next = <K extends 'keepalive' | 'mapping'>(
  client: RegistrationClient,
  name: K,
): Promise<K extends 'keepalive' ? KeepaliveEvent : MappingEvent> =>
  new Promise((resolve) => client.once(name, resolve as never));

describe('A client that is seen elsewhere', () => {
  it('RFC 3581 §4 nat off: tells where, once, and its Contact stays its own address', async () => {
    const peer = await startPeer(natted(() => 1024));
    const client = createClient();
    const told: MappingEvent[] = [];
    client.on('mapping', (event) => told.push(event));
    const registration = await client.register(at(peer));
    await registration.refresh();
    const [first] = peer.requests;
    expect(hostsOf(peer.requests)).toEqual([own(first!), own(first!)]);
    expect(told).toEqual([
      {
        local: { address: '127.0.0.1', port: Number(own(first!).split(':')[1]) },
        seen: { address: '203.0.113.7', port: 1024 },
        before: null,
      },
    ]);
    expect(client.statistics().nat).toEqual({ changes: 0, repairs: 0 });
  });

  it('RFC 3581 §4 nat direct: is registered with that address by the request that answers the challenge', async () => {
    const peer = await startPeer((request, reply) => {
      const answer =
        request.authorization === null ? challenge(request, digest('n1')) : composeAnswer(request, { status: 200 });
      reply(answer.replace(request.via, seenAt(request, 1024)));
    });
    const client = createClient({ nat: 'direct' });
    client.addCredentials({ username: 'alice', password: 'secret' });
    const registration = await client.register(at(peer));
    await registration.unregister();
    expect(hostsOf(peer.requests)).toEqual([own(peer.requests[0]!), '203.0.113.7:1024', '203.0.113.7:1024']);
    expect(registration.state).toBe('unregistered');
    expect(client.statistics().nat).toEqual({ changes: 0, repairs: 1 });
  });

  it('RFC 3581 §4 nat direct: tells when its NAT changes, and a refresh says so to the registrar', async () => {
    const peer = await startPeer(natted((number) => (number < 3 ? 1024 : 2048)));
    const client = createClient({ nat: 'direct' });
    const registration = await client.register(at(peer));
    await registration.refresh();
    const changed = next(client, 'mapping');
    await registration.query();
    expect(await changed).toMatchObject({
      before: { address: '203.0.113.7', port: 1024 },
      seen: { address: '203.0.113.7', port: 2048 },
    });
    await registration.refresh();
    expect(hostsOf(peer.requests).slice(1)).toEqual(['203.0.113.7:1024', undefined, '203.0.113.7:2048']);
    expect(client.statistics().nat).toEqual({ changes: 1, repairs: 2 });
  });

  it('RFC 3581 §4 nat direct: a Contact that the program has written stays as it is', async () => {
    const peer = await startPeer((request, reply) => {
      const contact = `${request.contact};expires=600`;
      reply(composeAnswer(request, { status: 200, contact, via: seenAt(request, 1024) }));
    });
    const client = createClient({ nat: 'direct' });
    const registration = await client.register({ ...at(peer), contact: 'sip:alice@192.0.2.7:5070' });
    await registration.refresh();
    expect(hostsOf(peer.requests)).toEqual(['192.0.2.7:5070', '192.0.2.7:5070']);
  });

  it.each([
    ['203.0.113.9:5070', '203.0.113.9:5070'],
    ['edge.example', 'edge.example:PORT'],
  ])('advertise %s: is what its Contact says, and Via says where it is', async (advertise, contact) => {
    const peer = await startPeer(accepting);
    const registration = await createClient({ advertise }).register(at(peer));
    const [request] = peer.requests;
    expect(hostsOf(peer.requests)).toEqual([contact.replace('PORT', own(request!).split(':')[1] ?? '')]);
    expect(own(request!)).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(registration.state).toBe('registered');
  });
});

describe('Keepalives of a client', () => {
  it('RFC 5626 §4.4.2 stun: go through the NAT, and those without an answer are told as lost, in a row', async () => {
    const peer = await startPeer((request, reply) => {
      // STUN begins with two zero bits, and is not answered here.
      if (request.text.charCodeAt(0) !== 0) reply(composeAnswer(request, { status: 200 }));
    });
    const nat = await openLoopbackNat(peer.port);
    try {
      const client = createClient({ keepalive: { kind: 'stun', everySeconds: 1 } });
      const registration = await client.register({ ...at(peer), outboundProxy: `127.0.0.1:${nat.port}` });
      expect(await next(client, 'keepalive')).toEqual({ registration, roundTripUs: null, lost: 1 });
      const { sent, answered, lost } = client.statistics().keepalives;
      expect([answered, lost, sent >= lost]).toEqual([0, 1, true]);
      expect(client.statistics().requestsSent).toBe(1);
    } finally {
      nat.close();
    }
  });

  it('11.1 options: are answered by whoever is there, and told with their round trip', async () => {
    const peer = await startPeer((request, reply) => {
      const isPing = request.text.startsWith('OPTIONS ');
      const head = isPing ? { status: 200, cseq: `${request.cseq} OPTIONS`, contact: null } : { status: 200 };
      reply(composeAnswer(request, head));
    });
    const client = createClient({ keepalive: { kind: 'options', everySeconds: 1 } });
    const registration = await client.register(at(peer));
    const event = await next(client, 'keepalive');
    expect(event).toMatchObject({ registration, lost: 0 });
    expect(event.roundTripUs).toBeGreaterThan(0);
    const ping = peer.requests.find(({ text }) => text.startsWith('OPTIONS '));
    expect(ping?.text).toContain('OPTIONS sip:test.example SIP/2.0\r\n');
    expect(ping?.from).toMatch(/^<sip:alice@test\.example>;tag=/);
    expect(client.statistics()).toMatchObject({ stray: 0, keepalives: { sent: 1, answered: 1, lost: 0 } });
  });

  it('RFC 5626 §3.5.1 crlf: two line ends are all that is sent', async () => {
    let pinged: (text: string) => void = () => {};
    const ping = new Promise<string>((resolve) => {
      pinged = resolve;
    });
    const peer = await startPeer((request, reply) => {
      if (request.text.startsWith('REGISTER ')) reply(composeAnswer(request, { status: 200 }));
      else pinged(request.text);
    });
    await createClient({ keepalive: { kind: 'crlf', everySeconds: 1 } }).register(at(peer));
    expect(await ping).toBe('\r\n\r\n');
  });
});

describe('What cannot be is told before anything is opened', () => {
  it.each<[string, RegistrationClientOptions, string]>([
    ['a keepalive that is a load', { keepalive: { kind: 'stun', everySeconds: 0.5 } }, '1s at the soonest'],
    [
      'a keepalive that comes too late',
      { keepalive: { kind: 'crlf', everySeconds: 4_000 } },
      'every hour at the latest',
    ],
    ['a keepalive at no time', { keepalive: { kind: 'crlf', everySeconds: Number.NaN } }, '"NaNms" is not a duration'],
    ['a keepalive without its time', { keepalive: { kind: 'stun' } as never }, 'give kind and everySeconds'],
    ['a keepalive that is a word', { keepalive: 'stun' as never }, 'keepalive'],
    ['another word for its time', { keepalive: { kind: 'stun', every: 20 } as never }, 'every'],
    ['an unknown keepalive', { keepalive: { kind: 'tcp' as never, everySeconds: 30 } }, 'crlf'],
    ['another way with NAT', { nat: 'magic' as never }, 'nat: "magic" is neither off nor direct'],
    ['two answers to one question', { nat: 'direct', advertise: '203.0.113.7' }, 'leave one of them out'],
    ['an address that is none', { advertise: 'a b' }, '"a b" is no host or host:port'],
  ])('%s', (_, options, message) => {
    expect(() => new RegistrationClient(options)).toThrow(message);
  });
});
