// Proofs of servers and nonces for the next request, each computed here with node:crypto from the RFC's formulas.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  COUNTER_NEXT_NONCES,
  COUNTER_RSPAUTH_CHECKED,
  COUNTER_RSPAUTH_MISMATCHES,
} from '../../../src/metrics/index.ts';
import type { RunPlan } from '../../../src/scenario/index.ts';
import { counted, numbersOf } from './books.ts';
import { drive, type Peer, type Run } from './driver.ts';
import { accept, answer, answering, readRequest, requestsOf } from './messages.ts';
import { createPlan, type PlanParts, refresh, register } from './plans.ts';

const PASSWORD = 'secret';
const NODE_NAMES: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };

type Credentials = ReadonlyMap<string, string>;

const hash = (algorithm: string, text: string): string =>
  createHash(NODE_NAMES[algorithm.replace('-sess', '')]!).update(text).digest('hex');

const plain = (value: string | undefined): string => (value ?? '').replace(/^"|"$/g, '');

const secretOf = (algorithm: string, credentials: Credentials, password = PASSWORD): string =>
  hash(algorithm, `${plain(credentials.get('username'))}:${plain(credentials.get('realm'))}:${password}`);

const keyOf = (algorithm: string, credentials: Credentials, password = PASSWORD): string => {
  const secret = secretOf(algorithm, credentials, password);
  if (!algorithm.endsWith('-sess')) return secret;
  return hash(algorithm, `${secret}:${plain(credentials.get('nonce'))}:${plain(credentials.get('cnonce'))}`);
};

/** KD(H(A1), nonce:nc:cnonce:qop:H(A2)), or as in RFC 2069 without qop. */
const digestOf = (algorithm: string, credentials: Credentials, key: string, a2: string): string => {
  const qop = credentials.get('qop');
  const nonce = plain(credentials.get('nonce'));
  const middle = qop === undefined ? '' : `:${credentials.get('nc')}:${plain(credentials.get('cnonce'))}:${qop}`;
  return hash(algorithm, `${key}:${nonce}${middle}:${hash(algorithm, a2)}`);
};

/** RFC 7616 §3.5: A2 without a method; with auth-int over the body of the answer. */
const proofOf = (algorithm: string, credentials: Credentials, key: string, body = ''): string => {
  const isInt = credentials.get('qop') === 'auth-int';
  const uri = plain(credentials.get('uri'));
  return digestOf(algorithm, credentials, key, `:${uri}${isInt ? `:${hash(algorithm, body)}` : ''}`);
};

const isRight = (algorithm: string, credentials: Credentials, key = keyOf(algorithm, credentials)): boolean => {
  const isInt = credentials.get('qop') === 'auth-int';
  const a2 = `REGISTER:${plain(credentials.get('uri'))}${isInt ? `:${hash(algorithm, '')}` : ''}`;
  return plain(credentials.get('response')) === digestOf(algorithm, credentials, key, a2);
};

const withHeader = (message: string, line: string): string =>
  message.replace('Content-Length', `${line}\r\nContent-Length`);

interface Told {
  readonly header?: 'Authentication-Info' | 'Proxy-Authentication-Info';
  readonly infoOf: (credentials: Credentials) => string;
  readonly body?: string;
}

/** Challenges, and tells of what it accepts what `infoOf` makes of the credentials. */
const telling = (challenge: string, { header = 'Authentication-Info', infoOf, body = '' }: Told): Peer => {
  const isProxy = header.startsWith('Proxy');
  return answering((request) => {
    const { credentials } = readRequest(request);
    if (credentials === null) {
      return isProxy
        ? answer(request, '407 Proxy Authentication Required', `Proxy-Authenticate: ${challenge}`)
        : answer(request, '401 Unauthorized', `WWW-Authenticate: ${challenge}`);
    }
    const told = withHeader(accept(request), `${header}: ${infoOf(credentials)}`);
    return told.replace('Content-Length: 0\r\n\r\n', `Content-Length: ${body.length}\r\n\r\n${body}`);
  });
};

const planOf = (parts: PlanParts = {}): RunPlan => createPlan({ identities: { password: PASSWORD }, ...parts });
const proofsOf = (run: Run): readonly number[] => [
  counted(run, COUNTER_RSPAUTH_CHECKED),
  counted(run, COUNTER_RSPAUTH_MISMATCHES),
];
const challengeOf = (algorithm: string, qop: string): string =>
  `Digest realm="r", nonce="n0", algorithm=${algorithm}${qop === 'none' ? '' : `, qop="${qop}"`}`;

const KINDS = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'].flatMap((algorithm) =>
  ['auth', 'auth-int', 'none']
    .filter((qop) => qop !== 'none' || algorithm === 'MD5')
    .map((qop): readonly [string, string] => [algorithm, qop]),
);

describe('RFC 7616 §3.5: rspauth', () => {
  it.each(KINDS)('7616 3.5 %s with qop %s: a server that knows the password is believed', (algorithm, qop) => {
    const infoOf = (credentials: Credentials): string => {
      expect(isRight(algorithm, credentials)).toBe(true);
      const proof = proofOf(algorithm, credentials, keyOf(algorithm, credentials));
      if (qop === 'none') return `rspauth="${proof}"`;
      return `qop=${qop}, rspauth="${proof}", cnonce=${credentials.get('cnonce')}, nc=${credentials.get('nc')}`;
    };
    const plan = planOf({ flow: [register(), refresh()], auth: { reuseNonce: true, checkRspauth: true } });
    const run = drive({ plan, peer: telling(challengeOf(algorithm, qop), { infoOf }) });
    expect(proofsOf(run)).toEqual([2, 0]);
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ succeeded: 1 });
  });

  it('7616 3.4.3 with auth-int the hash is of the body of the answer', () => {
    const body = '<reg/>';
    const infoOf = (credentials: Credentials): string =>
      `rspauth="${proofOf('MD5', credentials, keyOf('MD5', credentials), body)}", qop=auth-int`;
    const peer = telling(challengeOf('MD5', 'auth-int'), { infoOf, body });
    expect(proofsOf(drive({ plan: planOf(), peer }))).toEqual([1, 0]);
    const other = telling(challengeOf('MD5', 'auth-int'), { infoOf, body: '<rag/>' });
    expect(proofsOf(drive({ plan: planOf(), peer: other }))).toEqual([1, 1]);
  });

  const WRONG: readonly (readonly [string, (credentials: Credentials) => string])[] = [
    ['of another password', (c) => `rspauth="${proofOf('MD5', c, keyOf('MD5', c, 'other'))}"`],
    ['that repeats the response', (c) => `rspauth=${c.get('response')}`],
    ['that is empty', () => 'rspauth=""'],
    ['with another nc', (c) => `rspauth="${proofOf('MD5', c, keyOf('MD5', c))}", nc=00000002`],
    ['with another cnonce', (c) => `rspauth="${proofOf('MD5', c, keyOf('MD5', c))}", cnonce="x"`],
  ];

  it.each(WRONG)('7616 3.5 a proof %s is counted, and the attempt has succeeded all the same', (_, infoOf) => {
    const run = drive({ plan: planOf(), peer: telling(challengeOf('MD5', 'auth'), { infoOf }) });
    expect(proofsOf(run)).toEqual([1, 1]);
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
  });

  it.each(WRONG)('7616 3.5 with checkRspauth a proof %s fails the attempt, and its binding is kept', (_, infoOf) => {
    const auth = { reuseNonce: true, checkRspauth: true } as const;
    const plan = planOf({ auth, cleanup: 'unregister' });
    const run = drive({ plan, peer: telling(challengeOf('MD5', 'auth'), { infoOf }) });
    expect(numbersOf(run, 'register').outcomes).toEqual({ 'rspauth-wrong': 1 });
    // What the 200 has bound is unregistered in the end.
    expect(requestsOf(run).at(-1)?.value('Expires')).toBe('0');
  });

  it.each([
    ['an answer without one', () => 'nextnonce="n0"'],
    ['one that stands twice', () => 'rspauth="a", rspauth="b"'],
    ['a header that is no list', () => 'rspauth="a'],
  ])('7616 3.5 %s proves nothing, right or wrong', (_, infoOf) => {
    const auth = { reuseNonce: true, checkRspauth: true } as const;
    const run = drive({ plan: planOf({ auth }), peer: telling(challengeOf('MD5', 'auth'), { infoOf }) });
    expect(proofsOf(run)).toEqual([0, 0]);
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
  });

  it('7616 3.5 each of many phones has its own, also where their answers look alike', () => {
    const plan = planOf({
      identities: { count: 50, password: PASSWORD },
      load: { starts: 50 },
      flow: [register(), refresh()],
    });
    let number = 0;
    const infoOf = (c: Credentials): string => {
      const isLie = number++ % 10 === 9;
      return `rspauth="${proofOf('MD5', c, keyOf('MD5', c, isLie ? 'other' : PASSWORD))}", cnonce=${c.get('cnonce')}, nc=${c.get('nc')}`;
    };
    expect(proofsOf(drive({ plan, peer: telling(challengeOf('MD5', 'auth'), { infoOf }) }))).toEqual([100, 10]);
  });
});

describe('RFC 7615 §4: Proxy-Authentication-Info', () => {
  const header = 'Proxy-Authentication-Info';

  it('7615 4 has the proof and the next nonce of the proxy', () => {
    let number = 0;
    const infoOf = (c: Credentials): string =>
      `rspauth="${proofOf('MD5', c, keyOf('MD5', c))}", nextnonce="n${++number}"`;
    const plan = planOf({ flow: [register(), refresh(), refresh()] });
    const run = drive({ plan, peer: telling(challengeOf('MD5', 'auth'), { header, infoOf }) });
    expect(proofsOf(run)).toEqual([3, 0]);
    expect(counted(run, COUNTER_NEXT_NONCES)).toBe(3);
    expect(requestsOf(run).map(({ credentials }) => plain(credentials?.get('nonce')))).toEqual(['', 'n0', 'n1', 'n2']);
  });

  it('7615 4 is not the registrar’s, and the registrar’s is not the proxy’s', () => {
    const peer = telling(challengeOf('MD5', 'auth'), { infoOf: () => 'nextnonce="n1"' });
    const crossed: Peer = (request, nowUs, flow) =>
      peer(request, nowUs, flow).map((reply) => ({
        ...reply,
        bytes: String(reply.bytes).replace('Authentication-Info', header),
      }));
    const run = drive({ plan: planOf({ flow: [register(), refresh()] }), peer: crossed });
    expect(counted(run, COUNTER_NEXT_NONCES)).toBe(0);
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ succeeded: 1 });
  });
});

describe('RFC 7616 §3.4.2: a -sess session that outlives its first nonce', () => {
  const SESSIONS = ['MD5-sess', 'SHA-256-sess', 'SHA-512-256-sess'];

  /** As the RFC has it: the key of the first request after the challenge stays; `n0` is the challenge's. */
  const registrar = (algorithm: string): Peer => {
    let key = '';
    let current = 'n0';
    let number = 0;
    return answering((request) => {
      const { credentials } = readRequest(request);
      if (credentials === null)
        return answer(request, '401 Unauthorized', `WWW-Authenticate: ${challengeOf(algorithm, 'auth')}`);
      if (number === 0) key = keyOf(algorithm, credentials);
      const isCurrent = plain(credentials.get('nonce')) === current && credentials.get('nc') === '00000001';
      if (!isCurrent || !isRight(algorithm, credentials, key)) return answer(request, '403 Forbidden');
      const proof = proofOf(algorithm, credentials, key);
      current = `n${++number}`;
      return withHeader(accept(request), `Authentication-Info: nextnonce="${current}", rspauth="${proof}"`);
    });
  };

  it.each(SESSIONS)('7616 3.4.2 %s: the nextnonce is used, with the key of the first nonce', (algorithm) => {
    const plan = planOf({ flow: [register(), refresh(), refresh(), refresh()] });
    const run = drive({ plan, peer: registrar(algorithm) });
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ succeeded: 3 });
    expect(requestsOf(run).map(({ credentials }) => plain(credentials?.get('nonce')))).toEqual([
      '',
      'n0',
      'n1',
      'n2',
      'n3',
    ]);
    expect(proofsOf(run)).toEqual([4, 0]);
  });

  it.each(SESSIONS)(
    '7616 3.4.2 %s: another challenge begins another session; nothing fails for a server that wants one',
    (algorithm) => {
      let number = 0;
      const peer = answering((request) => {
        const { credentials } = readRequest(request);
        // It makes the key anew from each request.
        if (credentials !== null && isRight(algorithm, credentials)) {
          return withHeader(accept(request), 'Authentication-Info: nextnonce="next"');
        }
        const value = challengeOf(algorithm, 'auth').replace('"n0"', `"n${number++}"`);
        return answer(request, '401 Unauthorized', `WWW-Authenticate: ${value}`);
      });
      const run = drive({ plan: planOf({ flow: [register(), refresh(), refresh()] }), peer });
      expect(numbersOf(run, 'refresh')).toMatchObject({ challenged: 2, outcomes: { succeeded: 2 } });
    },
  );
});
