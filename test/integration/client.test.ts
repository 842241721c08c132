// The library's client against peers that say what a test has them say, over real sockets on loopback.

import { describe, expect, it } from 'vitest';
import type { InitialRegister, Registration, RegistrationClientOptions } from '../../src/index.ts';
import { RegistrationClient, RegistrationError, UserError } from '../../src/index.ts';
import { accepting, at, clientTools, codeOf, failureOf, reasonOf, SHORT_TIMERS } from './client-peers.ts';
import { challenge, digest } from './hostile-auth-runs.ts';
import { composeAnswer, ok } from './hostile-message.ts';

const { startPeer, createClient } = clientTools();

describe('A registration', () => {
  it('10.2.4 keeps its Call-ID and From tag over register, refresh and unregister, its CSeq rises, and its headers stay', async () => {
    const peer = await startPeer(accepting);
    const client = createClient();
    const request = client
      .buildInitialRegister(at(peer))
      .setHeader('Supported', '100rel, path')
      .setHeader('X-Line', '1');
    await request.send();
    const { registration } = request;
    await registration.buildRegister({ expires: 300 }).removeHeader('x-line').send();
    await registration.unregister();
    expect(peer.requests.map(({ cseq, expires }) => [cseq, expires])).toEqual([
      [1, '600'],
      [2, '300'],
      [3, '0'],
    ]);
    expect(new Set(peer.requests.map(({ callId, from }) => `${callId} ${from}`)).size).toBe(1);
    expect(peer.requests.map(({ text }) => text.includes('\r\nSupported: 100rel, path\r\n'))).toEqual([
      true,
      true,
      true,
    ]);
    expect(peer.requests.map(({ text }) => text.includes('\r\nX-Line: 1\r\n'))).toEqual([true, false, false]);
    expect(registration.callId).toBe(peer.requests[0]?.callId);
  });

  it('22.2 answers a challenge and succeeds: no failure is told, and the next request carries credentials at once', async () => {
    const peer = await startPeer((request, reply) =>
      reply(request.authorization === null ? challenge(request, digest('n1')) : ok(request)),
    );
    const client = createClient();
    const failures: string[] = [];
    client.on('failed', ({ cause }) => failures.push(cause));
    client.addCredentials({ username: 'alice', password: 'secret' });
    const request = client.buildInitialRegister(at(peer));
    const report = await request.send();
    expect(report.transactions.map(({ status, cseq }) => [status, cseq])).toEqual([
      [401, 1],
      [200, 2],
    ]);
    const again = await request.registration.refresh();
    expect(again.transactions.map(({ status }) => status)).toEqual([200]);
    expect(failures).toEqual([]);
  });

  it('has one attempt at a time: another one is refused as BUSY, and nothing is sent for it', async () => {
    const peer = await startPeer(accepting);
    const client = createClient();
    const registration = await client.register(at(peer));
    const first = registration.refresh();
    expect(registration.isBusy).toBe(true);
    expect(await codeOf(registration.refresh())).toBe('BUSY');
    await first;
    expect([registration.isBusy, peer.requests.length]).toEqual([false, 2]);
  });

  it('fails with the status that refused it, in words too', async () => {
    const peer = await startPeer((request, reply) => reply(composeAnswer(request, { status: 403, phrase: 'Go away' })));
    const client = createClient();
    const request = client.buildInitialRegister(at(peer));
    const failure = await failureOf(request.send());
    expect([failure.cause, failure.status, failure.message]).toEqual([
      'status-403',
      403,
      'register failed: status-403 (the last answer was 403 Go away)',
    ]);
    expect(request.registration.state).toBe('failed');
  });

  it('17.1.2.2 fails by timeout after silence, with what was sent again', async () => {
    const peer = await startPeer(() => {});
    const { cause, attempt } = await failureOf(createClient({ timers: SHORT_TIMERS }).register(at(peer)));
    expect([cause, attempt.status, attempt.transactions.length]).toEqual(['timeout', null, 1]);
    expect(attempt.transactions[0]).toMatchObject({ ended: 'timeout', cseq: 1, status: null, response: null });
    expect(attempt.retransmissions).toBeGreaterThan(0);
    expect(attempt.latencyUs).toBeGreaterThanOrEqual(64 * SHORT_TIMERS.t1Ms * 1000);
  });

  it('17.1.2.2 fails by a timeout of its own kind after a 100 and silence', async () => {
    const peer = await startPeer((request, reply) => reply(composeAnswer(request, { status: 100, phrase: 'Trying' })));
    const { cause } = await failureOf(createClient({ timers: SHORT_TIMERS }).register(at(peer)));
    expect(cause).toBe('timeout-after-provisional');
  });

  it('18.4 fails as unreachable where nothing listens', async () => {
    const peer = await startPeer(accepting);
    peer.leave();
    const { cause, attempt } = await failureOf(createClient().register(at(peer)));
    expect([cause, attempt.status]).toEqual(['unreachable', null]);
  });

  it('fails where the 200 does not list its binding', async () => {
    const other = '<sip:alice@192.0.2.1:5060>;expires=600';
    const peer = await startPeer((request, reply) => reply(composeAnswer(request, { status: 200, contact: other })));
    const { cause, attempt } = await failureOf(createClient().register(at(peer)));
    expect([cause, attempt.status, attempt.grantedSeconds]).toEqual(['binding-missing', 200, 0]);
  });

  it('10.2.4 has what the registrar granted, not what was asked for', async () => {
    const peer = await startPeer((request, reply) =>
      reply(composeAnswer(request, { status: 200, contact: `${request.contact};expires=60` })),
    );
    const registration = await createClient().register(at(peer));
    expect([registration.grantedSeconds, registration.state]).toEqual([60, 'registered']);
  });

  it('10.2.8 asks for Min-Expires after a 423, in the same attempt and from then on', async () => {
    const peer = await startPeer((request, reply) => {
      const brief = { status: 423, phrase: 'Interval Too Brief', headers: ['Min-Expires: 900'] };
      reply(Number(request.expires) < 900 ? composeAnswer(request, brief) : ok(request));
    });
    const request = createClient().buildInitialRegister(at(peer));
    const report = await request.send();
    expect(report.transactions.map(({ status }) => status)).toEqual([423, 200]);
    expect([report.grantedSeconds, request.registration.state]).toEqual([900, 'registered']);
    await request.registration.refresh();
    expect(peer.requests.map(({ expires }) => expires)).toEqual(['600', '900', '900']);
  });

  it('10.2.8 asks for longer for a Contact with an interval of its own, and leaves the request’s as it is', async () => {
    const peer = await startPeer((request, reply) => {
      const own = Number(/;expires=(\d+)/.exec(request.text)?.[1]);
      const brief = { status: 423, headers: ['Min-Expires: 120'] };
      const granted = { status: 200, contact: `${request.contact};expires=${own}` };
      reply(composeAnswer(request, own < 120 ? brief : granted));
    });
    const request = createClient().buildInitialRegister({ ...at(peer), contact: { expires: 90 } });
    const report = await request.send();
    expect([report.grantedSeconds, report.transactions.length]).toEqual([120, 2]);
    expect(peer.requests.map(({ expires }) => expires)).toEqual(['600', '600']);
  });

  it('10.2.8 fails after a 423 without Min-Expires, and lives on', async () => {
    const peer = await startPeer((request, reply, number) =>
      reply(number === 1 ? composeAnswer(request, { status: 423 }) : ok(request)),
    );
    const request = createClient().buildInitialRegister(at(peer));
    expect((await failureOf(request.send())).cause).toBe('status-423');
    await request.registration.refresh();
    expect(request.registration.state).toBe('registered');
  });

  it('20.17 sends the Date that it is given, and 4,294,967,295 s when it asks for them', async () => {
    const peer = await startPeer(accepting);
    const request = createClient().buildInitialRegister({ ...at(peer), expires: 4_294_967_295 });
    request.setHeader('Date', 'Thu, 26 Nov 2026 02:20:32 GMT');
    await request.send();
    expect(peer.requests[0]?.text).toContain('\r\nDate: Thu, 26 Nov 2026 02:20:32 GMT\r\n');
    expect(peer.requests[0]?.expires).toBe('4294967295');
  });

  it('20.10 has a display name in From and To, quoted, and the User-Agent that it was given', async () => {
    const peer = await startPeer(accepting);
    const client = createClient({ userAgent: 'desk phone/2.0' });
    await client.register({ ...at(peer), from: '"Alice \\"A\\" \\\\" <sip:alice@test.example>' });
    await client.register({ ...at(peer, 'bob'), from: 'Bob <sip:bob@test.example>' });
    expect(peer.requests.map(({ to }) => to)).toEqual([
      '"Alice \\"A\\" \\\\" <sip:alice@test.example>',
      '"Bob" <sip:bob@test.example>',
    ]);
    expect(peer.requests.map(({ from }) => from.split(';tag=', 1)[0])).toEqual(peer.requests.map(({ to }) => to));
    expect(peer.requests[0]?.text).toContain('\r\nUser-Agent: desk phone/2.0\r\n');
  });

  it('10.2.1 registers explicit Contacts, each with q, interval, instance and parameters, and ends them all', async () => {
    const uuid = 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6';
    const lines = (text: string): readonly string[] => text.match(/(?<=\r\nContact: )[^\r]*/g) ?? [];
    const peer = await startPeer((request, reply) => {
      const listed = request.expires === '0' ? null : lines(request.text).join(', ');
      reply(composeAnswer(request, { status: 200, contact: listed, headers: ['Expires: 600'] }));
    });
    const contact = [
      { q: 0.7, instance: uuid, regId: 1 },
      { uri: '<sip:alice@192.0.2.7:5070>', expires: 90, parameters: { methods: '"INVITE, BYE"', audio: '' } },
    ];
    const request = createClient().buildInitialRegister({ ...at(peer), contact });
    await request.send();
    const [first = ''] = peer.requests.map(({ text }) => lines(text).join(', '));
    expect(first).toMatch(/<sip:alice@127\.0\.0\.1:\d+>/);
    for (const part of [';q=0.7', `;+sip.instance="<urn:uuid:${uuid}>"`, ';reg-id=1']) expect(first).toContain(part);
    expect(first).toContain('<sip:alice@192.0.2.7:5070>');
    for (const part of [';expires=90', ';methods="INVITE, BYE"', ';audio']) expect(first).toContain(part);
    await request.registration.unregister();
    expect(peer.requests[1]?.text).not.toContain('expires=90');
    expect([peer.requests[1]?.expires, request.registration.state]).toEqual(['0', 'unregistered']);
  });

  it('8.1.2 has its outbound proxy in a Route header where it is asked to', async () => {
    const peer = await startPeer(accepting);
    await createClient().register({ ...at(peer), route: true });
    expect(peer.requests[0]?.text).toContain(`\r\nRoute: <sip:127.0.0.1:${peer.port};lr>\r\n`);
  });

  it('8.2 answers an OPTIONS that comes in on its socket', async () => {
    const answers: string[] = [];
    const peer = await startPeer((request, reply) => {
      if (request.text.startsWith('SIP/2.0 ')) return void answers.push(request.text.split('\r\n', 1)[0]!);
      reply(ok(request));
      const via = 'Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKping';
      const ids = [
        'From: <sip:r@test.example>;tag=1',
        'To: <sip:alice@test.example>',
        'Call-ID: ping',
        'CSeq: 1 OPTIONS',
      ];
      reply(
        ['OPTIONS sip:alice@127.0.0.1 SIP/2.0', via, ...ids, 'Max-Forwards: 70', 'Content-Length: 0', '', ''].join(
          '\r\n',
        ),
      );
    });
    const registration = await createClient().register(at(peer));
    while (answers.length === 0) await registration.refresh();
    expect(answers[0]).toBe('SIP/2.0 200 OK');
  });

  it('10.2.3 asks for the bindings, and gives them with every header of the answer', async () => {
    const contact = '<sip:alice@192.0.2.1:5060>;expires=600;q=0.5, "A, B" <sip:alice@192.0.2.2>';
    const headers = ['Path: <sip:p1.example;lr>,', ' <sip:p2.example;lr>', 'k: path', 'Supported: gruu', 'Expires: 90'];
    const peer = await startPeer((request, reply) => reply(composeAnswer(request, { status: 200, contact, headers })));
    const { response } = await createClient()
      .buildInitialRegister({ ...at(peer), contact: '' })
      .send();
    expect(response?.bindings.map(({ uri, expiresSeconds, q }) => [uri, expiresSeconds, q])).toEqual([
      ['sip:alice@192.0.2.1:5060', 600, '0.5'],
      ['sip:alice@192.0.2.2', 90, null],
    ]);
    expect(response?.header('path')).toEqual(['<sip:p1.example;lr>, <sip:p2.example;lr>']);
    expect(response?.header('Supported')).toEqual(['path', 'gruu']);
    expect(peer.requests[0]).toMatchObject({ contact: null, expires: '' });
  });

  it('10.2.2 removes all bindings by its handle', async () => {
    const peer = await startPeer(accepting);
    const registration = await createClient().register(at(peer));
    await registration.unregisterAll();
    expect(peer.requests.at(-1)).toMatchObject({ contact: '*', expires: '0' });
    expect(registration.state).toBe('unregistered');
  });

  it('is forgotten without a word while its answer is on the way: REMOVED, and the answer is a stray', async () => {
    const waiting: (() => void)[] = [];
    const peer = await startPeer((request, reply) => void waiting.push(() => reply(ok(request))));
    const client = createClient();
    const request = client.buildInitialRegister(at(peer));
    const sent = new Promise((resolve) => client.once('message', resolve));
    const sending = request.send();
    await sent;
    request.registration.remove();
    expect(await codeOf(sending)).toBe('REMOVED');
    const late = new Promise((resolve) => client.once('message', resolve));
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    waiting[0]?.();
    await late;
    // The message is told before it is looked at; the turn ends behind it.
    await new Promise((resolve) => setImmediate(resolve));
    expect(client.statistics()).toMatchObject({ registrations: 0, requestsSent: 1, retransmissions: 0, stray: 1 });
    expect(client.registration(request.registration.rid)).toBeUndefined();
  });
});

describe('A client', () => {
  it('speaks to several next hops, and names the registrar that it was given', async () => {
    const peers = await Promise.all([startPeer(accepting), startPeer(accepting)]);
    const client = createClient();
    await Promise.all(peers.map((peer, number) => client.register({ ...at(peer), from: `sip:u@d${number}.example` })));
    expect(peers.map(({ requests }) => requests.map(({ text }) => text.split('\r\n', 1)[0]))).toEqual([
      ['REGISTER sip:d0.example SIP/2.0'],
      ['REGISTER sip:d1.example SIP/2.0'],
    ]);
    const branches = peers.flatMap(({ requests }) => requests.map(({ via }) => /branch=([^;]+)/.exec(via)?.[1]));
    expect(new Set(branches).size).toBe(2);
  });

  it('takes a registrar without a scheme, and sends to it', async () => {
    const peer = await startPeer(accepting);
    await createClient().register({ from: 'alice@test.example', registrar: `127.0.0.1:${peer.port}`, expires: 60 });
    expect(peer.requests[0]?.text).toContain(`REGISTER sip:127.0.0.1:${peer.port} SIP/2.0\r\n`);
  });

  it('uses credentials that were changed from the next request on, and none of the old ones', async () => {
    const peer = await startPeer((request, reply) =>
      reply(request.authorization === null ? challenge(request, digest('n1')) : ok(request)),
    );
    const client = createClient();
    client.addCredentials({ username: 'alice', password: 'old' });
    const registration = await client.register(at(peer));
    client.addCredentials({ username: 'alice', password: 'new' });
    await registration.refresh();
    const responses = peer.requests.flatMap(
      ({ authorization }) => /response="(\w+)"/.exec(authorization ?? '')?.[1] ?? [],
    );
    // The old nonce belonged to the old password: it asks to be challenged anew.
    expect(peer.requests.map(({ authorization }) => authorization !== null)).toEqual([false, true, false, true]);
    expect(new Set(responses).size).toBe(2);
    client.removeCredentials('alice');
    expect((await failureOf(registration.refresh())).cause).toBe('no-credentials');
  });

  it('22.3 answers a proxy and a registrar in two realms, each with its own credentials, and nobody else’s', async () => {
    const ask = (realm: string): string => `Digest realm="${realm}", nonce="n-${realm}", qop="auth", algorithm=SHA-256`;
    const peer = await startPeer((request, reply) => {
      const { text } = request;
      const proxy = { status: 407, headers: [`Proxy-Authenticate: ${ask('proxy')}`] };
      if (!text.includes('\r\nProxy-Authorization: ')) reply(composeAnswer(request, proxy));
      else reply(request.authorization === null ? challenge(request, ask('test.example')) : ok(request));
    });
    const client = createClient();
    client.addCredentials({ username: 'bob', password: 'b', realm: 'proxy' });
    client.addCredentials({ username: 'alice', userid: 'a1', password: 'p', realm: 'proxy' });
    client.addCredentials({ username: 'alice', password: 'r' });
    const request = client.buildInitialRegister(at(peer));
    const report = await request.send();
    expect(report.transactions.map(({ status }) => status)).toEqual([407, 401, 200]);
    const last = peer.requests.at(-1)?.text ?? '';
    expect(last).toContain('Proxy-Authorization: Digest username="a1", realm="proxy"');
    expect(last).toContain('\r\nAuthorization: Digest username="alice", realm="test.example"');
    // Bob has credentials for the proxy alone, and alice's are not his.
    const bob = await failureOf(client.register(at(peer, 'bob')));
    expect([bob.cause, bob.attempt.transactions.map(({ status }) => status)]).toEqual(['no-credentials', [407, 401]]);
  });

  it('tries a refresh again that failed, after what Retry-After asks for', async () => {
    let isDown = true;
    const peer = await startPeer((request, reply, number) => {
      const down = { status: 503, phrase: 'Busy', headers: ['Retry-After: 7 (later)'] };
      reply(number === 1 || !isDown ? ok(request) : composeAnswer(request, down));
    });
    const asked: (number | null)[] = [];
    const client = createClient({
      refreshAfter: () => 0,
      retryAfter: ({ retryAfterSeconds, failures, cause }) => {
        asked.push(retryAfterSeconds);
        isDown = failures < 2;
        return cause === 'status-503' ? 0.01 : null;
      },
    });
    const told: string[] = [];
    client.on('failed', ({ cause, retryInSeconds, attempt }) => {
      told.push(`${cause}, again in ${retryInSeconds} s, by itself: ${attempt.automatic}`);
    });
    const refreshed = new Promise<Registration>((resolve) => {
      client.once('refreshed', ({ registration }) => resolve(registration));
    });
    await client.register(at(peer));
    const registration = await refreshed;
    expect(told).toEqual(Array(2).fill('status-503, again in 0.01 s, by itself: true'));
    expect(asked).toEqual([7, 7]);
    expect(registration.state).toBe('registered');
    registration.remove();
  });

  it('does not refresh what was registered without autoRefresh, nor what was ended', async () => {
    const peer = await startPeer(accepting);
    const client = createClient({ refreshAfter: () => 0 });
    await client.register({ ...at(peer, 'bob'), autoRefresh: false });
    const alice = client.buildInitialRegister(at(peer));
    await alice.send();
    await new Promise((resolve) => client.once('refreshed', resolve));
    // It refreshes as fast as it can, so it may be busy just now.
    while ((await alice.registration.unregister().catch(({ code }: RegistrationError) => code)) === 'BUSY');
    const before = peer.requests.length;
    await client.register({ ...at(peer, 'carol'), autoRefresh: false });
    expect(peer.requests.length).toBe(before + 1);
    expect(peer.requests.filter(({ from }) => from.includes('bob@')).length).toBe(1);
  });

  it('shows every message as it went over the wire', async () => {
    const peer = await startPeer(accepting);
    const client = createClient();
    const seen: string[] = [];
    client.on('message', ({ direction, text, remote }) => seen.push(`${direction} ${remote.port} ${text}`));
    await client.register(at(peer));
    const [request] = peer.requests;
    expect(seen).toEqual([`sent ${peer.port} ${request?.text}`, `received ${peer.port} ${ok(request!)}`]);
  });

  it('ends what is under way when it is closed, and takes nothing more', async () => {
    const peer = await startPeer(() => {});
    const client = createClient();
    const request = client.buildInitialRegister(at(peer));
    const sent = new Promise((resolve) => client.once('message', resolve));
    const failing = failureOf(request.send());
    await sent;
    await client.close();
    expect((await failing).cause).toBe('aborted');
    expect(await codeOf(request.registration.refresh())).toBe('CLOSED');
    expect(() => client.buildInitialRegister(at(peer))).toThrow(RegistrationError);
  });

  it('holds as many registrations as it was made for; one that is removed makes room', async () => {
    const peer = await startPeer(accepting);
    const client = createClient({ mostRegistrations: 1 });
    const alice = await client.register(at(peer));
    const bob = client.buildInitialRegister(at(peer, 'bob'));
    expect(await codeOf(bob.send())).toBe('FULL');
    alice.remove();
    await bob.registration.refresh();
    const [first, second] = peer.requests;
    expect([second?.cseq, second?.callId === first?.callId]).toEqual([1, false]);
  });

  it('sends to no public address unless it was told to', async () => {
    const request = createClient().buildInitialRegister({ from: 'sip:a@test.example', registrar: 'sip:192.88.99.1' });
    const error = await reasonOf(request.send());
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).code).toBe('TARGET_PUBLIC');
  });

  it('tells a name without an address, and can be asked again', async () => {
    const request = createClient().buildInitialRegister({ from: 'sip:a@nowhere.invalid' });
    const codes = [await reasonOf(request.send()), await reasonOf(request.registration.refresh())].map(
      (error) => (error as UserError).code,
    );
    expect(codes).toEqual(['TARGET_UNRESOLVED', 'TARGET_UNRESOLVED']);
  });
});

describe('A mistake of the caller is told before anything is sent', () => {
  const client = new RegistrationClient();
  const from = 'sip:alice@test.example';
  it.each<[string, InitialRegister, string]>([
    ['an address without a user', { from: 'sip:test.example' }, 'from: "sip:test.example" has no user'],
    ['sips:', { from: 'sips:a@test.example' }, 'sips: needs TLS'],
    ['a line break in the display name', { from: '"A\r\nX: y" <sip:a@test.example>' }, 'from: there is a line break'],
    ['another scheme', { from: 'tel:+1' }, 'from: '],
    ['an address with a port', { from: 'sip:a@test.example:5070' }, 'neither port nor parameters'],
    ['a line break in the address', { from: 'sip:a@test.example\r\nX: y' }, 'from: '],
    [
      'a registrar with a user',
      { from, registrar: 'sip:a@test.example' },
      'registrar: "sip:a@test.example" has a user part',
    ],
    ['TCP', { from, outboundProxy: 'sip:test.example;transport=tcp' }, 'transport=tcp is not supported'],
    ['IPv6', { from, registrar: 'sip:[::1]' }, 'registrar: '],
    ['"*" with a lifetime (10.2.2)', { from, contact: '*', expires: 1800 }, 'Contact: * goes with Expires 0'],
    ['a contact that is no URI', { from, contact: 'alice' }, 'contact: '],
    ['a regId alone', { from, contact: { regId: 1 } }, 'regId goes with an instance'],
    ['an instance that is none', { from, contact: { instance: 'x' } }, 'is not a UUID'],
    ['a q that is none', { from, contact: { q: 2 } }, '"2" is no q'],
    ['a Route to nowhere', { from, route: true }, 'there is no outboundProxy'],
    ['a negative lifetime', { from, expires: -1 }, 'expires: -1 is not'],
    ['a broken lifetime', { from, expires: 1.5 }, 'expires: 1.5 is not'],
  ])('%s', (_, initial, message) => {
    expect(() => client.buildInitialRegister(initial)).toThrow(message);
  });

  it.each([
    ['Via', 'x', '"Via" is written by regstorm itself'],
    ['m', '*', '"m" is written by regstorm itself'],
    ['no name', 'x', '"no name" is not a header name'],
    ['X-Two', 'a\r\nX-Three: b', 'has a line break'],
    ['X-Nul', 'a\0', 'has a line break or control character'],
  ])('the header %s', (name, value, message) => {
    const request = client.buildInitialRegister({ from });
    expect(() => request.setHeader(name, value)).toThrow(message);
    request.registration.remove();
  });

  it.each<[string, RegistrationClientOptions, string]>([
    ['an address that is none', { localAddress: '1.2.3' }, 'is not an IPv4 address'],
    ['a port that is none', { localPort: 70_000 }, '70000'],
    ['a line break in the User-Agent', { userAgent: 'x\r\nX: y' }, 'userAgent: there is a line break'],
    ['no registrations', { mostRegistrations: 0 }, 'mostRegistrations: 0 is not'],
    ['T1 of nothing', { timers: { t1Ms: 0 } }, '"0ms" is no time'],
  ])('%s', (_, options, message) => {
    expect(() => new RegistrationClient(options)).toThrow(message);
  });

  it('a request that is sent twice, or is too long', async () => {
    const peer = await startPeer(accepting);
    const mine = createClient();
    const request = mine.buildInitialRegister(at(peer));
    for (let number = 0; number < 5; number++) request.setHeader(`X-${number}`, 'x'.repeat(4_000));
    expect(await codeOf(request.send())).toBe('TOO_LONG');
    const short = mine.buildInitialRegister(at(peer));
    await short.send();
    expect(await codeOf(short.send())).toBe('SENT');
    expect(peer.requests.length).toBe(1);
  });
});
