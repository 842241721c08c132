import { describe, expect, it } from 'vitest';
import { bindingCount, bindingsOf, countersOf, type Registrar } from '../../../src/registrar/index.ts';
import {
  type Answer,
  authorization,
  challengeValue,
  exchange,
  header,
  open,
  type RequestParts,
  request,
  type Sent,
  statusOf,
} from './harness.ts';

const SECOND = 1_000_000;
const CONTACT = '<sip:u1@127.0.0.2>';

const guarded = (options: Parameters<typeof open>[0] = {}): Registrar => open({ password: 'secret', ...options });

const nonceFor = (registrar: Registrar, user = 'u1', nowUs = 0): string =>
  challengeValue(exchange(registrar, request({ user }), nowUs), 'nonce') ?? '';

let cseq = 0;
const answerWith = (registrar: Registrar, answer: Answer, parts: RequestParts = {}, nowUs = 0): Sent | null =>
  exchange(registrar, request({ contact: CONTACT, cseq: ++cseq, ...parts, headers: [authorization(answer)] }), nowUs);

/** Refused as wrong: a challenge that doesn't say stale. */
const expectRefused = (sent: Sent | null, name = ''): void => {
  expect(statusOf(sent), name).toBe(401);
  expect(challengeValue(sent, 'stale'), name).toBeUndefined();
};

const expectStale = (sent: Sent | null): void => {
  expect(statusOf(sent)).toBe(401);
  expect(challengeValue(sent, 'stale')).toBe('true');
};

describe('RFC 3261 §10.3(3), §22.4: the challenge', () => {
  it('is Digest with realm, nonce, MD5 and qop="auth", without stale', () => {
    const sent = exchange(guarded(), request({ contact: CONTACT }));
    expect(header(sent, 'WWW-Authenticate')[0]).toMatch(
      /^Digest realm="test\.example", nonce="[0-9a-f]{32}", algorithm=MD5, qop="auth"$/,
    );
  });

  it('has the realm that was asked for', () => {
    const registrar = guarded({ realm: 'my realm' });
    const nonce = nonceFor(registrar);
    expect(statusOf(answerWith(registrar, { nonce, realm: 'my realm' }))).toBe(200);
    expectRefused(answerWith(registrar, { nonce, realm: 'test.example', nc: '00000002' }));
  });

  it('has a nonce of its own for each time, user and seed', () => {
    const registrar = guarded();
    const nonces = [
      nonceFor(registrar),
      nonceFor(registrar, 'u1', 1),
      nonceFor(registrar, 'u2', 1),
      nonceFor(guarded({ seed: 8 })),
      nonceFor(guarded({ seed: 7 + 2 ** 32 })),
    ];
    expect(new Set(nonces).size).toBe(5);
    expect(nonceFor(guarded())).toBe(nonces[0]);
  });

  it('changes nothing', () => {
    const registrar = guarded();
    exchange(registrar, request({ contact: CONTACT }));
    expect(bindingCount(registrar)).toBe(0);
    expect(countersOf(registrar)).toMatchObject({ challenges: 1, authenticated: 0 });
  });

  it('without a password nobody is asked', () => {
    expect(statusOf(exchange(open(), request({ contact: CONTACT })))).toBe(200);
  });
});

describe('RFC 2617 §3.2.2: answers', () => {
  it('the right one is let through and counted', () => {
    const registrar = guarded();
    expect(statusOf(answerWith(registrar, { nonce: nonceFor(registrar) }))).toBe(200);
    expect(bindingsOf(registrar, 'u1')).toHaveLength(1);
    expect(countersOf(registrar)).toMatchObject({ authenticated: 1, staleChallenges: 0 });
  });

  it('a wrong one is refused without stale, so that the client stops', () => {
    const registrar = guarded();
    const nonce = nonceFor(registrar);
    expectRefused(answerWith(registrar, { nonce, password: 'wrong' }), 'password');
    expectRefused(answerWith(registrar, { nonce, method: 'OPTIONS' }), 'method');
    expectRefused(answerWith(registrar, { nonce, realm: 'other' }), 'realm');
    expectRefused(answerWith(registrar, { nonce, uri: 'sip:other.example' }), 'digest-uri of another domain');
    expectRefused(answerWith(registrar, { nonce, nc: '1' }), 'nc not of 8 digits');
    expectRefused(answerWith(registrar, { nonce, nc: '0000000g' }), 'nc not hexadecimal');
    expectRefused(answerWith(registrar, { nonce, nc: null }), 'no qop though it was offered');
    expect(countersOf(registrar)).toMatchObject({ authenticated: 0, staleChallenges: 0 });
    expect(bindingCount(registrar)).toBe(0);
  });

  it('other schemes, algorithms and qops, and malformed credentials are refused as if absent', () => {
    const registrar = guarded();
    const right = authorization({ nonce: nonceFor(registrar) });
    for (const header of [
      'Authorization: NoOneKnowsThisScheme opaque-data=here',
      'Authorization: Basic dTE6c2VjcmV0',
      right.replace('algorithm=MD5', 'algorithm=SHA-256'),
      right.replace('qop=auth', 'qop=auth-int'),
      right.replace(/, cnonce="c1"/, ''),
      right.replace(/response="[^"]*"/, 'response=""'),
      right.replace(/username="[^"]*", /, ''),
      right.slice(0, -1),
      'Authorization: Digest',
      'Authorization:',
    ]) {
      expectRefused(exchange(registrar, request({ headers: [header] })), header);
    }
  });

  it('the digest-uri may differ from the Request-URI as long as it is ours (RFC 3261 §22.4)', () => {
    const registrar = guarded();
    expect(statusOf(answerWith(registrar, { nonce: nonceFor(registrar), uri: 'sip:TEST.example:5060' }))).toBe(200);
  });

  it('credentials for our realm are found among those for others', () => {
    const registrar = guarded();
    const nonce = nonceFor(registrar);
    const headers = [authorization({ nonce: 'n', realm: 'other' }), authorization({ nonce })];
    expect(statusOf(exchange(registrar, request({ headers })))).toBe(200);
  });

  it('with qop none the response of RFC 2617 §3.2.2.1 is right, again and again', () => {
    const registrar = guarded({ qop: 'none' });
    const sent = exchange(registrar, request());
    expect(header(sent, 'WWW-Authenticate')[0]).not.toContain('qop');
    const nonce = challengeValue(sent, 'nonce') ?? '';
    expect(statusOf(answerWith(registrar, { nonce, nc: null }))).toBe(200);
    expect(statusOf(answerWith(registrar, { nonce, nc: null }))).toBe(200);
    expectRefused(answerWith(registrar, { nonce, nc: null, password: 'wrong' }));
  });
});

describe('RFC 7616 §3.3, §3.4: nonces and their count', () => {
  it('a nonce serves many requests while nc rises', () => {
    const registrar = guarded();
    const nonce = nonceFor(registrar);
    for (const nc of ['00000001', '00000002', '0000000a', '0000FFFF', 'fffffffe']) {
      expect(statusOf(answerWith(registrar, { nonce, nc }))).toBe(200);
    }
  });

  it('an nc that was there, or is lower, is a replay: stale', () => {
    const registrar = guarded();
    const nonce = nonceFor(registrar);
    expect(statusOf(answerWith(registrar, { nonce, nc: '00000005' }))).toBe(200);
    expectStale(answerWith(registrar, { nonce, nc: '00000005' }));
    expectStale(answerWith(registrar, { nonce, nc: '00000004' }));
    expect(statusOf(answerWith(registrar, { nonce, nc: '00000006' }))).toBe(200);
    expect(countersOf(registrar).staleChallenges).toBe(2);
  });

  it('a replay is recognised even after everything was unregistered', () => {
    const registrar = guarded();
    const nonce = nonceFor(registrar);
    answerWith(registrar, { nonce });
    answerWith(registrar, { nonce, nc: '00000002' }, { expires: 0 });
    expect(bindingCount(registrar)).toBe(0);
    expectStale(answerWith(registrar, { nonce }));
  });

  it('a retransmission is no replay', () => {
    const registrar = guarded();
    const text = request({ contact: CONTACT, headers: [authorization({ nonce: nonceFor(registrar) })] });
    const first = exchange(registrar, text);
    expect(statusOf(first)).toBe(200);
    expect(exchange(registrar, text)).toEqual(first);
  });

  it('a nonce is stale after its lifetime, and the new one in the challenge serves', () => {
    const registrar = guarded({ nonceLifetimeSeconds: 10 });
    const nonce = nonceFor(registrar);
    expect(statusOf(answerWith(registrar, { nonce }, {}, 10 * SECOND))).toBe(200);
    const sent = answerWith(registrar, { nonce, nc: '00000002' }, {}, 10 * SECOND + 1);
    expectStale(sent);
    const fresh = challengeValue(sent, 'nonce') ?? '';
    expect(statusOf(answerWith(registrar, { nonce: fresh }, {}, 10 * SECOND + 2))).toBe(200);
  });

  it('a nonce of another registrar, of another user, or made up is stale if the response is right', () => {
    const registrar = guarded();
    expectStale(answerWith(registrar, { nonce: nonceFor(guarded({ seed: 99 })) }));
    expectStale(answerWith(registrar, { nonce: nonceFor(registrar, 'u2') }));
    expectStale(answerWith(registrar, { nonce: 'abc' }));
    expectStale(answerWith(registrar, { nonce: '' }));
    expectStale(answerWith(registrar, { nonce: 'g'.repeat(32) }));
    expectRefused(answerWith(registrar, { nonce: 'abc', password: 'wrong' }));
  });

  it('a nonce is forged neither by another time nor by another seal', () => {
    const registrar = guarded();
    const nonce = nonceFor(registrar, 'u1', 5 * SECOND);
    for (let digit = 0; digit < nonce.length; digit++) {
      const other = nonce[digit] === '0' ? '1' : '0';
      expectStale(
        answerWith(registrar, { nonce: nonce.slice(0, digit) + other + nonce.slice(digit + 1) }, {}, 5 * SECOND),
      );
    }
  });

  it('only the newest nonce of an address-of-record is honoured', () => {
    const registrar = guarded();
    const older = nonceFor(registrar, 'u1', 1);
    const newer = nonceFor(registrar, 'u1', 2);
    expect(statusOf(answerWith(registrar, { nonce: newer }))).toBe(200);
    expectStale(answerWith(registrar, { nonce: older }));
  });
});

describe('RFC 3261 §10.3(4): who may', () => {
  it('the right password of another user gets 403 and changes nothing, not even the owner’s nonce', () => {
    const registrar = guarded();
    const nonce = nonceFor(registrar, 'u2');
    const sent = answerWith(registrar, { nonce, user: 'u1' }, { user: 'u2' });
    expect(statusOf(sent)).toBe(403);
    expect(header(sent, 'WWW-Authenticate')).toEqual([]);
    expect(bindingCount(registrar)).toBe(0);
    expect(statusOf(answerWith(registrar, { nonce, user: 'u2' }, { user: 'u2' }))).toBe(200);
  });

  it('10.3(5) comes after authentication: 404 for another domain only with the right password', () => {
    const registrar = guarded();
    const to = 'To: <sip:u1@other.example>';
    expect(statusOf(exchange(registrar, request({ to })))).toBe(401);
    expect(statusOf(answerWith(registrar, { nonce: nonceFor(registrar) }, { to }))).toBe(404);
  });
});

describe('capacity', () => {
  it('an authenticated query of somebody new at a full registrar gets 503', () => {
    const registrar = guarded({ capacity: 1 });
    answerWith(registrar, { nonce: nonceFor(registrar) });
    const nonce = nonceFor(registrar, 'u2');
    const headers = [authorization({ nonce, user: 'u2' })];
    expect(statusOf(exchange(registrar, request({ user: 'u2', headers })))).toBe(503);
  });

  it('addresses without bindings make room for new ones, the one idle for longest first', () => {
    const registrar = guarded({ capacity: 2 });
    const nonces = ['u1', 'u2', 'u3'].map((user) => nonceFor(registrar, user));
    const ask = (i: number, nc: string) => {
      const headers = [authorization({ nonce: nonces[i] ?? '', user: `u${i + 1}`, nc })];
      return exchange(registrar, request({ user: `u${i + 1}`, headers }));
    };
    for (let i = 0; i < 3; i++) expect(statusOf(ask(i, '00000001'))).toBe(200);
    // u1 made room for u3: its count is forgotten, while u2's is known.
    expectStale(ask(1, '00000001'));
    expectStale(ask(2, '00000001'));
    expect(statusOf(ask(0, '00000001'))).toBe(200);
  });
});
