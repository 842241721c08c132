import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bindingsOf, countersOf, type Registrar } from '../../../src/registrar/index.ts';
import { give, openFile, SECOND } from './from-file.ts';
import { authorization, challengeValue, header, request, type Sent, statusOf } from './harness.ts';

const A = '<sip:a@127.0.0.2>';
const one = (registrar: Registrar, headers: readonly string[], cseq: number, nowUs = 0): Sent | null =>
  give(registrar, request({ contact: A, headers, cseq }), nowUs)[0] ?? null;
const auth = (more = ''): string => `auth: {password: secret${more === '' ? '' : `, ${more}`}}`;

/** Digest by RFC 7616 §3.4 with node:crypto, which has nothing of the registrar's. */
interface Wish {
  readonly algorithm: string;
  readonly nonce: string;
  readonly realm?: string;
  readonly qop?: 'auth' | 'auth-int';
  readonly nc?: string;
  readonly hidesUser?: boolean;
  readonly header?: string;
}
const answer = (wish: Wish): string => {
  const { algorithm, nonce, realm = 'test.example', qop = 'auth', nc = '00000001', hidesUser = false } = wish;
  const name = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' }[algorithm.replace('-sess', '')]!;
  const h = (text: string): string => createHash(name).update(text).digest('hex');
  const secret = h(`u1:${realm}:secret`);
  const ha1 = algorithm.endsWith('-sess') ? h(`${secret}:${nonce}:c1`) : secret;
  const ha2 = h(`REGISTER:sip:test.example${qop === 'auth-int' ? `:${h('')}` : ''}`);
  const response = h(`${ha1}:${nonce}:${nc}:c1:${qop}:${ha2}`);
  const user = hidesUser ? h(`u1:${realm}`) : 'u1';
  const hidden = hidesUser ? ', userhash=true' : '';
  return `${wish.header ?? 'Authorization'}: Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="sip:test.example", response="${response}", algorithm=${algorithm}, qop=${qop}, nc=${nc}, cnonce="c1"${hidden}`;
};

describe('RFC 8760 §2.3: algorithms', () => {
  const ALGORITHMS = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'];

  it.each(ALGORITHMS.flatMap((algorithm) => (['auth', 'auth-int'] as const).map((qop) => [algorithm, qop] as const)))(
    'RFC 7616 §3.4 %s with qop=%s lets the right password in, and no other',
    (algorithm, qop) => {
      const registrar = openFile(auth(`algorithms: [${algorithm}], qop: ${qop}`));
      const challenge = one(registrar, [], 1);
      expect(header(challenge, 'WWW-Authenticate')[0]).toContain(`algorithm=${algorithm}, qop="${qop}"`);
      const nonce = challengeValue(challenge, 'nonce') ?? '';
      const right = answer({ algorithm, nonce, qop });
      const wrong = right.replace(/response="(.)/, (_, digit: string) => `response="${digit === '0' ? '1' : '0'}`);
      expect(statusOf(one(registrar, [wrong], 2))).toBe(401);
      expect(statusOf(one(registrar, [right], 3))).toBe(200);
    },
  );

  it('offers several in the order of the file, and takes the answer to any of them', () => {
    const registrar = openFile(auth('algorithms: [SHA-256, MD5]'));
    const challenge = one(registrar, [], 1);
    const lines = header(challenge, 'WWW-Authenticate');
    expect(lines.map((line) => /algorithm=([^,]+)/.exec(line)?.[1])).toEqual(['SHA-256', 'MD5']);
    const nonce = challengeValue(challenge, 'nonce') ?? '';
    expect(statusOf(one(registrar, [answer({ algorithm: 'MD5', nonce })], 2))).toBe(200);
    expect(statusOf(one(registrar, [answer({ algorithm: 'SHA-256', nonce, nc: '00000002' })], 3))).toBe(200);
    expect(statusOf(one(registrar, [answer({ algorithm: 'SHA-512-256', nonce, nc: '00000003' })], 4))).toBe(401);
  });

  it('RFC 7616 §3.3 qop: both offers two, and takes either', () => {
    const registrar = openFile(auth('qop: both'));
    const challenge = one(registrar, [], 1);
    expect(header(challenge, 'WWW-Authenticate')[0]).toContain('qop="auth,auth-int"');
    const nonce = challengeValue(challenge, 'nonce') ?? '';
    expect(statusOf(one(registrar, [answer({ algorithm: 'MD5', nonce, qop: 'auth-int' })], 2))).toBe(200);
    expect(statusOf(one(registrar, [answer({ algorithm: 'MD5', nonce, nc: '00000002' })], 3))).toBe(200);
    const strict = openFile(auth('qop: auth-int'));
    const other = challengeValue(one(strict, [], 1), 'nonce') ?? '';
    expect(statusOf(one(strict, [answer({ algorithm: 'MD5', nonce: other })], 2))).toBe(401);
  });

  it('RFC 7616 §3.4.4 userhash: takes the hash for the name, of the owner alone', () => {
    const registrar = openFile(auth('userhash: true, algorithms: [SHA-256]'));
    const challenge = one(registrar, [], 1);
    expect(header(challenge, 'WWW-Authenticate')[0]).toContain('userhash=true');
    const nonce = challengeValue(challenge, 'nonce') ?? '';
    const hidden = answer({ algorithm: 'SHA-256', nonce, hidesUser: true });
    expect(statusOf(one(registrar, [hidden], 2))).toBe(200);
    expect(statusOf(one(registrar, [answer({ algorithm: 'SHA-256', nonce, nc: '00000002' })], 3))).toBe(200);
    const theirs = give(registrar, request({ user: 'u2', contact: A, headers: [hidden] }))[0] ?? null;
    expect([statusOf(theirs), bindingsOf(registrar, 'u2')]).toEqual([401, []]);
  });
});

describe('who asks', () => {
  it('22.3 a proxy asks with 407', () => {
    const registrar = openFile(auth('challenge: proxy, realm: edge.example'));
    const challenge = one(registrar, [], 1);
    expect([statusOf(challenge), header(challenge, 'WWW-Authenticate')]).toEqual([407, []]);
    const [line = ''] = header(challenge, 'Proxy-Authenticate');
    expect(line).toContain('realm="edge.example"');
    const nonce = /nonce="([^"]+)"/.exec(line)?.[1] ?? '';
    const credentials = answer({ algorithm: 'MD5', nonce, realm: 'edge.example', header: 'Proxy-Authorization' });
    expect(statusOf(one(registrar, [credentials], 2))).toBe(200);
    expect(statusOf(one(registrar, [credentials], 3))).toBe(407);
  });

  it('22.3 with both, the proxy asks before the registrar, and each wants its own', () => {
    const registrar = openFile(auth('challenge: both'));
    const first = one(registrar, [], 1);
    expect(statusOf(first)).toBe(407);
    const [line = ''] = header(first, 'Proxy-Authenticate');
    const proxyNonce = /nonce="([^"]+)"/.exec(line)?.[1] ?? '';
    const forProxy = answer({
      algorithm: 'MD5',
      nonce: proxyNonce,
      realm: 'proxy.test.example',
      header: 'Proxy-Authorization',
    });
    const second = one(registrar, [forProxy], 2);
    expect(statusOf(second)).toBe(401);
    const foreign = answer({ algorithm: 'MD5', nonce: proxyNonce });
    expect(statusOf(one(registrar, [forProxy, foreign], 3))).toBe(401);
    const nonce = challengeValue(second, 'nonce') ?? '';
    expect(statusOf(one(registrar, [forProxy, answer({ algorithm: 'MD5', nonce })], 4))).toBe(200);
    expect(countersOf(registrar).byStatus).toEqual({ '200': 1, '401': 2, '407': 1 });
  });

  it('22.3 with both, the proxy does not count the uses of its nonce: a nonce for one use still lets an attempt through', () => {
    const registrar = openFile(auth('challenge: both, nonceUses: 1'));
    const [line = ''] = header(one(registrar, [], 1), 'Proxy-Authenticate');
    const proxyNonce = /nonce="([^"]+)"/.exec(line)?.[1] ?? '';
    const forProxy = (nc: string): string =>
      answer({ algorithm: 'MD5', nonce: proxyNonce, nc, realm: 'proxy.test.example', header: 'Proxy-Authorization' });
    const second = one(registrar, [forProxy('00000001')], 2);
    expect(statusOf(second)).toBe(401);
    const nonce = challengeValue(second, 'nonce') ?? '';
    const forRegistrar = answer({ algorithm: 'MD5', nonce });
    expect(statusOf(one(registrar, [forProxy('00000002'), forRegistrar], 3))).toBe(200);
    expect(statusOf(one(registrar, [forProxy('00000003'), forRegistrar], 4)), 'the registrar does').toBe(401);
  });
});

describe('nonces', () => {
  const isStale = (sent: Sent | null): boolean => /stale=true/.test(header(sent, 'WWW-Authenticate')[0] ?? '');
  const nc = (n: number): string => n.toString(16).padStart(8, '0');

  it('RFC 7616 §3.3 are stale after so many uses', () => {
    const registrar = openFile(auth('nonceUses: 2'));
    const nonce = challengeValue(one(registrar, [], 1), 'nonce') ?? '';
    const outcomes = [1, 2, 3].map((n) => one(registrar, [authorization({ nonce, nc: nc(n) })], n + 1, n));
    expect(outcomes.map((sent) => [statusOf(sent), isStale(sent)])).toEqual([
      [200, false],
      [200, false],
      [401, true],
    ]);
    const next = challengeValue(outcomes[2] ?? null, 'nonce') ?? '';
    expect(statusOf(one(registrar, [authorization({ nonce: next })], 9, SECOND))).toBe(200);
  });

  it('without qop, uses are counted by the registrar', () => {
    const registrar = openFile(auth('nonceUses: 2, qop: none'));
    const nonce = challengeValue(one(registrar, [], 1), 'nonce') ?? '';
    const credentials = authorization({ nonce, nc: null });
    expect([2, 3, 4].map((cseq) => statusOf(one(registrar, [credentials], cseq)))).toEqual([200, 200, 401]);
  });

  it('challenge every request afresh, without a word of stale, when told so', () => {
    const registrar = openFile(auth('nonceUses: 1, stale: false'));
    const nonce = challengeValue(one(registrar, [], 1), 'nonce') ?? '';
    expect(statusOf(one(registrar, [authorization({ nonce })], 2))).toBe(200);
    const again = one(registrar, [authorization({ nonce, nc: nc(2) })], 3);
    expect([statusOf(again), isStale(again)]).toEqual([401, false]);
  });

  it('are stale after their lifetime', () => {
    const registrar = openFile(auth('nonceLifetime: 5s'));
    const nonce = challengeValue(one(registrar, [], 1), 'nonce') ?? '';
    expect(statusOf(one(registrar, [authorization({ nonce })], 2, 5 * SECOND))).toBe(200);
    expect(isStale(one(registrar, [authorization({ nonce, nc: nc(2) })], 3, 6 * SECOND))).toBe(true);
  });

  it('RFC 7616 §3.5 the next one is in Authentication-Info, and works at once', () => {
    const registrar = openFile(auth('nextNonce: true'));
    const first = one(registrar, [], 1);
    expect(header(first, 'Authentication-Info')).toEqual([]);
    const nonce = challengeValue(first, 'nonce') ?? '';
    const granted = one(registrar, [authorization({ nonce })], 2, SECOND);
    const next = /^nextnonce="([^"]{32})"$/.exec(header(granted, 'Authentication-Info')[0] ?? '')?.[1] ?? '';
    expect(next).not.toBe(nonce);
    expect(statusOf(one(registrar, [authorization({ nonce: next })], 3, 2 * SECOND))).toBe(200);
    expect(isStale(one(registrar, [authorization({ nonce, nc: nc(2) })], 4, 3 * SECOND))).toBe(true);
  });
});
