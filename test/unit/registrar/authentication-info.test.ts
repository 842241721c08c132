// What the embedded registrar says of itself in a 200, held against node:crypto, which has nothing of the registrar's.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Registrar } from '../../../src/registrar/index.ts';
import { give, openFile, SECOND } from './from-file.ts';
import { challengeValue, header, request, type Sent, statusOf } from './harness.ts';

const NODE_NAMES: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };
const ALGORITHMS = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'];
const URI = 'sip:test.example';

const hash = (algorithm: string, text: string): string =>
  createHash(NODE_NAMES[algorithm.replace('-sess', '')]!).update(text).digest('hex');

interface Wish {
  readonly algorithm: string;
  readonly nonce: string;
  readonly qop?: 'auth' | 'auth-int' | 'none';
  readonly cnonce?: string;
  /** Of the session, where it is not made of this nonce and cnonce. */
  readonly key?: string;
}

const keyOf = ({ algorithm, nonce, cnonce = 'c1' }: Wish): string => {
  const secret = hash(algorithm, 'u1:test.example:secret');
  return algorithm.endsWith('-sess') ? hash(algorithm, `${secret}:${nonce}:${cnonce}`) : secret;
};

/** KD over A2, which is the method and the URI for a request, and begins with a colon for a proof. */
const digestOf = (wish: Wish, method: string): string => {
  const { algorithm, nonce, qop = 'auth', cnonce = 'c1', key = keyOf(wish) } = wish;
  const a2 = hash(algorithm, `${method}:${URI}${qop === 'auth-int' ? `:${hash(algorithm, '')}` : ''}`);
  const middle = qop === 'none' ? '' : `:00000001:${cnonce}:${qop}`;
  return hash(algorithm, `${key}:${nonce}${middle}:${a2}`);
};

const authorization = (wish: Wish, header = 'Authorization'): string => {
  const { algorithm, nonce, qop = 'auth', cnonce = 'c1' } = wish;
  const rest = qop === 'none' ? '' : `, qop=${qop}, nc=00000001, cnonce="${cnonce}"`;
  return `${header}: Digest username="u1", realm="test.example", nonce="${nonce}", uri="${URI}", response="${digestOf(wish, 'REGISTER')}", algorithm=${algorithm}${rest}`;
};

const one = (registrar: Registrar, headers: readonly string[], cseq: number): Sent | null =>
  give(registrar, request({ contact: '<sip:a@127.0.0.2>', headers, cseq }), cseq * SECOND)[0] ?? null;
const nonceOf = (sent: Sent | null): string => challengeValue(sent, 'nonce') ?? '';
const infoOf = (sent: Sent | null, name = 'Authentication-Info'): string => header(sent, name)[0] ?? '';
const auth = (more: string): string => `auth: {password: secret, ${more}}`;

describe('RFC 7616 §3.5: Authentication-Info', () => {
  it.each(ALGORITHMS.flatMap((algorithm) => (['auth', 'auth-int'] as const).map((qop) => [algorithm, qop] as const)))(
    'RFC 7616 §3.5 %s with qop=%s: rspauth proves the password, over what the request was made of',
    (algorithm, qop) => {
      const registrar = openFile(auth(`algorithms: [${algorithm}], qop: ${qop}, rspauth: right`));
      const wish = { algorithm, qop, nonce: nonceOf(one(registrar, [], 1)) };
      const granted = one(registrar, [authorization(wish)], 2);
      expect(statusOf(granted)).toBe(200);
      expect(infoOf(granted)).toBe(`rspauth="${digestOf(wish, '')}", qop=${qop}, cnonce="c1", nc=00000001`);
    },
  );

  it('RFC 7616 §3.5 without qop there is neither nc nor cnonce', () => {
    const registrar = openFile(auth('qop: none, rspauth: right'));
    const wish = { algorithm: 'MD5', qop: 'none', nonce: nonceOf(one(registrar, [], 1)) } as const;
    expect(infoOf(one(registrar, [authorization(wish)], 2))).toBe(`rspauth="${digestOf(wish, '')}"`);
  });

  it('RFC 7616 §3.5 stands behind the next nonce; `wrong` proves nothing', () => {
    const registrar = openFile(auth('nextNonce: true, rspauth: wrong'));
    const wish = { algorithm: 'MD5', nonce: nonceOf(one(registrar, [], 1)) };
    const told = infoOf(one(registrar, [authorization(wish)], 2));
    const found = /^nextnonce="([^"]{32})", rspauth="([0-9a-f]{32})", qop=auth, cnonce="c1", nc=00000001$/.exec(told);
    expect(found?.[1]).not.toBe(wish.nonce);
    expect(found?.[2]).not.toBe(digestOf(wish, ''));
  });

  it('RFC 7616 §3.5 is not in an answer that is no 200, and not without credentials', () => {
    const registrar = openFile(auth('rspauth: right'));
    const challenge = one(registrar, [], 1);
    expect([statusOf(challenge), header(challenge, 'Authentication-Info')]).toEqual([401, []]);
    expect(header(one(openFile('expires: {max: 1h}'), [], 1), 'Authentication-Info')).toEqual([]);
  });

  it('RFC 7616 §3.5 a cnonce of more than 128 bytes is not sent back, and nothing is proved', () => {
    const registrar = openFile(auth('rspauth: right'));
    const wish = { algorithm: 'MD5', nonce: nonceOf(one(registrar, [], 1)), cnonce: 'c'.repeat(129) };
    const granted = one(registrar, [authorization(wish)], 2);
    expect([statusOf(granted), header(granted, 'Authentication-Info')]).toEqual([200, []]);
  });

  it('RFC 7615 §4 a proxy that asks alone says it in Proxy-Authentication-Info', () => {
    const registrar = openFile(auth('challenge: proxy, rspauth: right'));
    const nonce = /nonce="([^"]+)"/.exec(header(one(registrar, [], 1), 'Proxy-Authenticate')[0] ?? '')?.[1] ?? '';
    const wish = { algorithm: 'MD5', nonce };
    const granted = one(registrar, [authorization(wish, 'Proxy-Authorization')], 2);
    expect(header(granted, 'Authentication-Info')).toEqual([]);
    expect(infoOf(granted, 'Proxy-Authentication-Info')).toContain(`rspauth="${digestOf(wish, '')}"`);
  });
});

describe('RFC 7616 §3.4.2: sessions', () => {
  const open = (algorithm: string) => {
    const registrar = openFile(auth(`algorithms: [${algorithm}], nextNonce: true, rspauth: right`));
    const first = { algorithm, nonce: nonceOf(one(registrar, [], 1)) };
    const granted = one(registrar, [authorization(first)], 2);
    expect(statusOf(granted)).toBe(200);
    return { registrar, first, next: /nextnonce="([^"]+)"/.exec(infoOf(granted))?.[1] ?? '' };
  };

  it.each(ALGORITHMS.filter((name) => name.endsWith('-sess')))(
    'RFC 7616 §3.4.2 %s: the key that a session began with is good for its next nonces',
    (algorithm) => {
      const { registrar, first, next } = open(algorithm);
      const wish = { algorithm, nonce: next, cnonce: 'c2', key: keyOf(first) };
      const granted = one(registrar, [authorization(wish)], 3);
      expect(statusOf(granted)).toBe(200);
      expect(infoOf(granted)).toContain(`rspauth="${digestOf(wish, '')}"`);
    },
  );

  it('RFC 7616 §3.4.2 so is one made anew, and none of another session', () => {
    const { registrar, next } = open('MD5-sess');
    const stranger = { algorithm: 'MD5-sess', nonce: next, key: hash('MD5', 'another') };
    expect(statusOf(one(registrar, [authorization(stranger)], 3))).toBe(401);
    expect(statusOf(one(registrar, [authorization({ algorithm: 'MD5-sess', nonce: next })], 4))).toBe(200);
  });
});
