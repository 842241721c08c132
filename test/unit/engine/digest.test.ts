// The digest of RFC 7616 and 8760 on the client's side: every algorithm and qop, several challenges, realms and servers, and
// nonces that come with a 200. The expected responses are spelled out here with Node's own hashes.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  COUNTER_ANSWERED_MD5,
  COUNTER_NEXT_NONCES,
  COUNTER_STALE_NONCES,
  DIGEST_ALGORITHM_NAMES,
} from '../../../src/metrics/index.ts';
import type { PlanCredential } from '../../../src/scenario/index.ts';
import { counted, numbersOf } from './books.ts';
import { drive, type Peer, type Run } from './driver.ts';
import { accept, answer, answering, type Request, readRequest, requestsOf } from './messages.ts';
import { createPlan, type PlanParts, refresh, register, SECOND } from './plans.ts';

const PASSWORD = 'Circle of Life';
const USER = 'u000';

type Parameters = ReadonlyMap<string, string>;

const planWith = (parts: PlanParts = {}) =>
  createPlan({ ...parts, identities: { password: PASSWORD, ...parts.identities } });

const unquote = (text: string | undefined): string => text?.replace(/^"(.*)"$/s, '$1') ?? '';
const hashNameOf = (algorithm: string): string =>
  algorithm.startsWith('MD5') ? 'md5' : algorithm.startsWith('SHA-256') ? 'sha256' : 'sha512-256';
const hashed = (algorithm: string, text: string): string =>
  createHash(hashNameOf(algorithm)).update(text, 'utf8').digest('hex');

/** RFC 7616 §3.4.1-§3.4.3, step by step. */
const expectedResponse = (credentials: Parameters, password: string, user: string, entity = ''): string => {
  const value = (name: string): string => unquote(credentials.get(name));
  const algorithm = credentials.get('algorithm') ?? 'MD5';
  const h = (text: string): string => hashed(algorithm, text);
  const secret = h(`${user}:${value('realm')}:${password}`);
  const ha1 = algorithm.endsWith('-sess') ? h(`${secret}:${value('nonce')}:${value('cnonce')}`) : secret;
  const body = value('qop') === 'auth-int' ? `:${h(entity)}` : '';
  const ha2 = h(`REGISTER:${value('uri')}${body}`);
  const middle = credentials.has('qop') ? `${value('nc')}:${value('cnonce')}:${value('qop')}:` : '';
  return h(`${ha1}:${value('nonce')}:${middle}${ha2}`);
};

const isRight = (credentials: Parameters, password = PASSWORD, user = USER): boolean =>
  unquote(credentials.get('response')) === expectedResponse(credentials, password, user);

const unauthorized = (request: string, ...values: readonly string[]): string =>
  answer(request, '401 Unauthorized', ...values.map((value) => `WWW-Authenticate: ${value}`));
const proxyAsks = (request: string, ...values: readonly string[]): string =>
  answer(request, '407 Proxy Authentication Required', ...values.map((value) => `Proxy-Authenticate: ${value}`));

/** Challenges what has no credentials, accepts what has the right ones, and forbids the rest. */
const challenging = (...values: readonly string[]): Peer =>
  answering((request) => {
    const { allCredentials } = readRequest(request);
    if (allCredentials.length === 0) return unauthorized(request, ...values);
    return allCredentials.every((each) => isRight(each)) ? accept(request) : answer(request, '403 Forbidden');
  });

const outcomesOf = (run: Run): Readonly<Record<string, number>> => numbersOf(run, 'register').outcomes;
const lastOf = (run: Run): Request => requestsOf(run).at(-1)!;
const answeredOf = (run: Run): Readonly<Record<string, number>> =>
  Object.fromEntries(
    DIGEST_ALGORITHM_NAMES.map((name, number) => [name, counted(run, COUNTER_ANSWERED_MD5 + number)] as const).filter(
      ([, count]) => count > 0,
    ),
  );
const noncesOf = (run: Run): readonly (readonly (string | undefined)[])[] =>
  requestsOf(run).map(({ allCredentials }) => allCredentials.map((each) => each.get('nonce')));

describe('RFC 7616 §3.4: algorithms and qop', () => {
  const cases = DIGEST_ALGORITHM_NAMES.flatMap((algorithm) =>
    ['auth', 'auth-int'].map((qop) => [algorithm, qop] as const),
  );

  it.each(cases)('7616 3.4.1 %s with qop %s is answered, and refreshed with nc 2', (algorithm, qop) => {
    const value = `Digest realm="r", nonce="n1", algorithm=${algorithm}, qop="${qop}", opaque="o"`;
    const run = drive({ plan: planWith({ flow: [register(), refresh()] }), peer: challenging(value) });
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
    const { credentials } = lastOf(run);
    expect([credentials?.get('algorithm'), credentials?.get('qop'), credentials?.get('nc')]).toEqual([
      algorithm,
      qop,
      '00000002',
    ]);
    expect(unquote(credentials?.get('response')).length).toBe(algorithm.startsWith('MD5') ? 32 : 64);
    expect(run.sent.length).toBe(3);
    expect(answeredOf(run)).toEqual({ [algorithm]: 1 });
  });

  it.each(DIGEST_ALGORITHM_NAMES)('7616 3.4.3 %s with qop auth-int covers the body of each request', (algorithm) => {
    const bodies: string[] = [];
    const peer = answering((request) => {
      const [credentials] = readRequest(request).allCredentials;
      if (credentials === undefined) {
        return unauthorized(request, `Digest realm="r", nonce="n", algorithm=${algorithm}, qop="auth-int"`);
      }
      const body = request.slice(request.indexOf('\r\n\r\n') + 4);
      bodies.push(body);
      const isRightFor = unquote(credentials.get('response')) === expectedResponse(credentials, PASSWORD, USER, body);
      return isRightFor ? accept(request) : answer(request, '403 Forbidden');
    });
    const text = [{ kind: 'text', text: 'I am ' } as const, { kind: 'user' } as const, { kind: 'contact' } as const];
    const flow = [{ ...register(), body: { type: 'text/plain', text } }, refresh()];
    const run = drive({ plan: planWith({ flow }), peer });
    expect(bodies).toEqual([expect.stringMatching(/^I am u000sip:u000@/), '']);
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ succeeded: 1 });
  });

  it.each([
    ['SHA-256', true],
    ['SHA-512-256-sess', true],
    ['MD5', false],
  ])('8760 2.6 (8) without qop %s is answered with auth, its default: %s', (algorithm, isAuth) => {
    const run = drive({ plan: planWith(), peer: challenging(`Digest realm="r", nonce="n", algorithm=${algorithm}`) });
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
    expect(lastOf(run).credentials?.get('qop')).toBe(isAuth ? 'auth' : undefined);
  });

  it('7616 3.3 algorithm names ignore case and may stand in quotes', () => {
    const run = drive({ plan: planWith(), peer: challenging('Digest realm="r", nonce="n", algorithm="sha-256"') });
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
    expect(lastOf(run).credentials?.get('algorithm')).toBe('SHA-256');
  });

  it('7616 3.4.2 with -sess the cnonce stays as long as the nonce, and changes with it', () => {
    let nonce = 1;
    const peer = answering((request, nowUs) => {
      if (nowUs >= 10 * SECOND) nonce = 2;
      const { credentials } = readRequest(request);
      if (credentials?.get('nonce') !== `"n${nonce}"`) {
        return unauthorized(request, `Digest realm="r", nonce="n${nonce}", algorithm=MD5-sess, qop="auth"`);
      }
      return isRight(credentials) ? accept(request) : answer(request, '403 Forbidden');
    });
    const flow = [register(), refresh()];
    const run = drive({ plan: planWith({ flow, load: { starts: 2, periodUs: 10 * SECOND } }), peer });
    expect(outcomesOf(run)).toEqual({ succeeded: 2 });
    const cnonces = requestsOf(run).flatMap(({ credentials }) => credentials?.get('cnonce') ?? []);
    expect(cnonces.length).toBe(5);
    expect(new Set(cnonces.slice(0, 3)).size).toBe(1);
    expect(new Set(cnonces).size).toBe(2);
  });

  it.each(['MD5', 'SHA-256', 'SHA-512-256'])('7616 3.4.4 userhash=true hides the user name, %s', (algorithm) => {
    const value = `Digest realm="a\\"r", nonce="n", algorithm=${algorithm}, qop="auth", userhash=true`;
    const run = drive({ plan: planWith(), peer: challenging(value) });
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
    const { credentials } = lastOf(run);
    expect(unquote(credentials?.get('username'))).toBe(hashed(algorithm, `${USER}:a\\"r`));
    expect(credentials?.get('userhash')).toBe('true');
  });

  it('7616 3.3 userhash=false is none', () => {
    const run = drive({ plan: planWith(), peer: challenging('Digest realm="r", nonce="n", userhash=false') });
    expect(unquote(lastOf(run).credentials?.get('username'))).toBe(USER);
    expect(lastOf(run).credentials?.has('userhash')).toBe(false);
  });

  it('17.1.2.2 a retransmission with a -sess algorithm is the same bytes', () => {
    const value = 'Digest realm="r", nonce="n", algorithm=SHA-256-sess, qop="auth-int", userhash=true, opaque="o"';
    const peer = answering((request) =>
      readRequest(request).credentials === null ? unauthorized(request, value) : null,
    );
    const run = drive({ plan: planWith(), peer });
    expect(run.sent.length).toBe(12);
    expect(new Set(run.sent.slice(1).map(({ text }) => text)).size).toBe(1);
  });
});

describe('RFC 8760 §2.4: several challenges', () => {
  it('8760 2.4 the topmost of one realm is answered, and counted by its algorithm', () => {
    const values = ['SHA-512-256', 'SHA-256', 'MD5'].map(
      (algorithm) => `Digest realm="r", nonce="${algorithm}", algorithm=${algorithm}, qop="auth"`,
    );
    const plan = planWith({ load: { starts: 3 }, identities: { count: 3 } });
    const peer = answering((request) =>
      readRequest(request).allCredentials.length === 0 ? unauthorized(request, ...values) : accept(request),
    );
    const run = drive({ plan, peer });
    expect(outcomesOf(run)).toEqual({ succeeded: 3 });
    expect(answeredOf(run)).toEqual({ 'SHA-512-256': 3 });
    expect(noncesOf(run).flat()).toEqual(Array.from({ length: 3 }, () => '"SHA-512-256"'));
  });

  it.each([
    ['no nonce', 'Digest realm="r"'],
    ['no realm', 'Digest nonce="x"'],
    ['an open quote', 'Digest realm="r, nonce="x"'],
    ['an unknown algorithm', 'Digest realm="r", nonce="x", algorithm=SHA3-256'],
    ['a parameter twice', 'Digest realm="r", nonce="x", nonce="y"'],
    ['a nonce that is too long', `Digest realm="r", nonce="${'x'.repeat(1100)}"`],
    ['another scheme', 'Basic realm="r"'],
  ])('8760 2.4 one of two challenges with %s is passed over, above or below', (_, bad) => {
    const good = 'Digest realm="r", nonce="good", algorithm=SHA-256, qop="auth"';
    for (const values of [
      [bad, good],
      [good, bad],
    ]) {
      const run = drive({ plan: planWith(), peer: challenging(...values) });
      expect(outcomesOf(run)).toEqual({ succeeded: 1 });
      expect(noncesOf(run)).toEqual([[], ['"good"']]);
    }
  });

  it('8760 2.4 forty challenges: the topmost that can be answered, of each realm', () => {
    const values = Array.from({ length: 40 }, (_, n) =>
      n < 39 ? `Digest realm="r", nonce="n${n}", algorithm=X-${n}` : 'Digest realm="r", nonce="last"',
    );
    const run = drive({ plan: planWith(), peer: challenging(...values) });
    expect(noncesOf(run)).toEqual([[], ['"last"']]);
  });

  it('a header of 60 kB is passed over beside a challenge that can be answered, and is unusable alone', () => {
    const huge = `Digest realm="r", nonce="x", opaque="${'o'.repeat(60_000)}"`;
    const both = drive({ plan: planWith(), peer: challenging(huge, 'Digest realm="r", nonce="good"') });
    expect(outcomesOf(both)).toEqual({ succeeded: 1 });
    expect(outcomesOf(drive({ plan: planWith(), peer: challenging(huge) }))).toEqual({ 'challenge-unusable': 1 });
  });

  it('7616 3.3 an unknown algorithm fails one attempt, and its name is counted among the reasons', () => {
    const peer = answering((request) => {
      const isFirst = request.includes('<sip:u000@');
      const algorithm = isFirst ? 'SHA3-512' : 'MD5';
      return readRequest(request).credentials === null
        ? unauthorized(request, `Digest realm="r", nonce="n", algorithm=${algorithm}`)
        : accept(request);
    });
    const run = drive({ plan: planWith({ load: { starts: 2 }, identities: { count: 2 } }), peer });
    expect(outcomesOf(run)).toEqual({ succeeded: 1, 'challenge-unusable': 1 });
    const { textBytes } = run.metrics;
    expect(Buffer.from(textBytes).toString('latin1')).toContain('algorithm=SHA3-512');
  });
});

describe('RFC 3261 §22.3: several servers', () => {
  const asks = (realm: string): string => `Digest realm="${realm}", nonce="${realm}-nonce", qop="auth"`;

  it('22.3 a proxy that asks first, then the registrar: the next request carries both, each right', () => {
    const peer = answering((request) => {
      const { values, allCredentials } = readRequest(request);
      if (values('Proxy-Authorization').length === 0) return proxyAsks(request, asks('proxy'));
      if (values('Authorization').length === 0) return unauthorized(request, asks('registrar'));
      return allCredentials.every((each) => isRight(each)) ? accept(request) : answer(request, '403 Forbidden');
    });
    const run = drive({ plan: planWith({ flow: [register(), refresh()] }), peer });
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
    const [proxy, registrar] = ['"proxy-nonce"', '"registrar-nonce"'];
    expect(noncesOf(run)).toEqual([[], [proxy], [registrar, proxy], [registrar, proxy]]);
    const counts = lastOf(run).allCredentials.map((each) => each.get('nc'));
    expect(counts).toEqual(['00000002', '00000003']);
    expect(numbersOf(run, 'register').challenged).toBe(1);
  });

  it('8760 2.5 a 401 to which a forking proxy added a Proxy-Authenticate is answered with both at once', () => {
    const peer = answering((request) => {
      const { values, allCredentials } = readRequest(request);
      const isBoth = values('Proxy-Authorization').length === 1 && values('Authorization').length === 1;
      if (!isBoth) {
        const headers = [`Proxy-Authenticate: ${asks('p')}`, `WWW-Authenticate: ${asks('w')}`];
        return answer(request, '401 Unauthorized', ...headers);
      }
      return allCredentials.every((each) => isRight(each)) ? accept(request) : answer(request, '403 Forbidden');
    });
    const run = drive({ plan: planWith(), peer });
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
    expect(run.sent.length).toBe(2);
  });

  it('22.3 two realms in one 401 are both answered, and both kept', () => {
    const values = [asks('one'), asks('two'), 'Digest realm="one", nonce="lower"'];
    const run = drive({ plan: planWith({ flow: [register(), refresh()] }), peer: challenging(...values) });
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
    expect(noncesOf(run)).toEqual([[], ['"one-nonce"', '"two-nonce"'], ['"one-nonce"', '"two-nonce"']]);
  });

  it('22.3 of five realms as many are answered as are kept, and the rest is no crash', () => {
    const values = Array.from({ length: 5 }, (_, n) => asks(`r${n}`));
    const run = drive({ plan: planWith(), peer: challenging(...values) });
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
    expect(noncesOf(run)[1]?.length).toBe(4);
  });

  it('22.1 one of two servers that refuses our answer ends the attempt', () => {
    const peer = answering((request, _now, number) => {
      if (number === 0) return proxyAsks(request, asks('proxy'));
      return number === 1 ? unauthorized(request, asks('registrar')) : proxyAsks(request, asks('proxy'));
    });
    const run = drive({ plan: planWith(), peer });
    expect(outcomesOf(run)).toEqual({ 'auth-failed': 1 });
    expect(run.sent.length).toBe(3);
  });

  it('7616 3.3 a stale nonce of one server is replaced, the other one counted on; neither is a failure', () => {
    let nonce = 'old';
    const peer = answering((request, nowUs) => {
      if (nowUs >= 10 * SECOND) nonce = 'new';
      const { values, allCredentials } = readRequest(request);
      if (values('Proxy-Authorization').length === 0) return proxyAsks(request, asks('proxy'));
      const isCurrent = values('Authorization')[0]?.includes(`nonce="${nonce}"`) ?? false;
      const stale = values('Authorization').length === 0 ? '' : ', stale=true';
      if (!isCurrent) return unauthorized(request, `Digest realm="r", nonce="${nonce}", qop="auth"${stale}`);
      return allCredentials.every((each) => isRight(each)) ? accept(request) : answer(request, '403 Forbidden');
    });
    const run = drive({ plan: planWith({ load: { starts: 2, periodUs: 10 * SECOND } }), peer });
    expect(outcomesOf(run)).toEqual({ succeeded: 2 });
    expect(counted(run, COUNTER_STALE_NONCES)).toBe(1);
    expect(lastOf(run).allCredentials.map((each) => each.get('nc'))).toEqual(['00000001', '00000004']);
  });
});

describe('RFC 3261 §22: whose credentials', () => {
  const text = (value: string) => [{ kind: 'text', text: value }] as const;
  const password = (value: string) => ({ kind: 'password', text: text(value) }) as const;
  const asks = (realm: string, more = ''): string => `Digest realm="${realm}", nonce="n-${realm}", qop="auth"${more}`;
  const credential = (parts: Partial<PlanCredential>): PlanCredential => ({
    realm: null,
    authUser: null,
    secret: password(PASSWORD),
    ...parts,
  });
  const planOf = (...credentials: readonly PlanCredential[]) => createPlan({ identities: { credentials } });
  const run = (value: string, ...credentials: readonly PlanCredential[]): Run =>
    drive({ plan: planOf(...credentials), peer: challenging(value) });

  it('the credential of the realm answers it, the one without a realm answers all others', () => {
    const own = credential({ realm: 'one', authUser: text('someone'), secret: password('first') });
    const fallback = credential({ authUser: text('other'), secret: password('second') });
    const peer = answering((request) =>
      readRequest(request).allCredentials.length === 0
        ? unauthorized(request, asks('one'), asks('two'))
        : accept(request),
    );
    const [one, two] = lastOf(drive({ plan: planOf(own, fallback), peer })).allCredentials;
    expect(isRight(one!, 'first', 'someone')).toBe(true);
    expect(isRight(two!, 'second', 'other')).toBe(true);
  });

  it('a realm that no credential names is never answered with that of another realm', () => {
    for (const realm of ['one', 'tw', 'two.example', 'Two', '']) {
      const found = run(asks(realm), credential({ realm: 'two' }));
      expect(outcomesOf(found)).toEqual({ 'no-credentials': 1 });
      expect(found.sent.length).toBe(1);
    }
  });

  it('a realm with quotes is compared without its escapes', () => {
    expect(outcomesOf(run(asks('a \\"b\\" \\c'), credential({ realm: 'a "b" c' })))).toEqual({ succeeded: 1 });
  });

  it('authUser stands in username and in the hash, {index} in it', () => {
    const authUser = [...text('line-'), { kind: 'index', width: 4 } as const];
    const peer = answering((request) => {
      const { credentials } = readRequest(request);
      if (credentials === null) return unauthorized(request, asks('r'));
      return isRight(credentials, PASSWORD, 'line-0000') ? accept(request) : answer(request, '403 Forbidden');
    });
    const found = drive({ plan: planOf(credential({ authUser })), peer });
    expect(outcomesOf(found)).toEqual({ succeeded: 1 });
    expect(unquote(lastOf(found).credentials?.get('username'))).toBe('line-0000');
  });

  it('every context has its own password where {index} stands in it', () => {
    const secret = { kind: 'password', text: [...text('pw'), { kind: 'index', width: 2 } as const] } as const;
    const plan = createPlan({
      identities: { count: 3, first: 7, credentials: [credential({ secret })] },
      load: { starts: 3 },
    });
    const peer = answering((request) => {
      const { credentials } = readRequest(request);
      if (credentials === null) return unauthorized(request, asks('r'));
      const user = unquote(credentials.get('username'));
      return isRight(credentials, `pw${user.slice(-2)}`, user) ? accept(request) : answer(request, '403 Forbidden');
    });
    expect(outcomesOf(drive({ plan, peer }))).toEqual({ succeeded: 3 });
  });

  it.each(['MD5', 'SHA-256', 'SHA-512-256'] as const)('ha1 of %s answers its own hash and no other', (algorithm) => {
    const digits = hashed(algorithm, `${USER}:r:${PASSWORD}`);
    const given = credential({ realm: 'r', secret: { kind: 'ha1', digits, algorithm } });
    for (const asked of DIGEST_ALGORITHM_NAMES) {
      const isOwn = asked.replace('-sess', '') === algorithm;
      const found = run(asks('r', `, algorithm=${asked}`), given);
      expect([asked, outcomesOf(found)]).toEqual([asked, isOwn ? { succeeded: 1 } : { 'no-credentials': 1 }]);
    }
  });

  it('ha1 of MD5 takes the MD5 challenge below one of SHA-256', () => {
    const secret = { kind: 'ha1', digits: hashed('MD5', `${USER}:r:${PASSWORD}`), algorithm: 'MD5' } as const;
    const peer = challenging(asks('r', ', algorithm=SHA-256'), asks('r', ', algorithm=MD5'));
    const found = drive({ plan: planOf(credential({ realm: 'r', secret })), peer });
    expect(outcomesOf(found)).toEqual({ succeeded: 1 });
    expect(answeredOf(found)).toEqual({ MD5: 1 });
  });
});

describe('RFC 7616 §3.5, §3.6: which nonce comes next', () => {
  const VALUE = 'Digest realm="r", nonce="n0", qop="auth", opaque="the opaque"';
  const flow = [register(), refresh(), refresh()];

  /** Accepts the nonce it gave last, once, and gives the next one with it. */
  const handing = (challenge: string, infoOf: (number: number) => string): Peer => {
    let current = 'n0';
    let number = 0;
    return answering((request) => {
      const { credentials } = readRequest(request);
      if (credentials === null) return unauthorized(request, challenge);
      const isFresh = unquote(credentials.get('nonce')) === current && credentials.get('nc') === '00000001';
      if (!isFresh || !isRight(credentials)) return answer(request, '403 Forbidden');
      number++;
      current = `n${number}`;
      return accept(request).replace('Content-Length', `Authentication-Info: ${infoOf(number)}\r\nContent-Length`);
    });
  };

  it.each([
    ['in quotes, among others', (n: number) => `qop=auth, nextnonce="n${n}", rspauth="00", cnonce="x", nc=00000001`],
    ['alone', (n: number) => `nextnonce="n${n}"`],
    ['as a token', (n: number) => `NEXTNONCE=n${n}`],
  ])('7616 3.5 nextnonce %s is used by the next request, nc from 1, the opaque kept', (_, infoOf) => {
    const run = drive({ plan: planWith({ flow }), peer: handing(VALUE, infoOf) });
    expect(noncesOf(run)).toEqual([[], ['"n0"'], ['"n1"'], ['"n2"']]);
    expect(
      requestsOf(run).every(({ credentials }) => (credentials?.get('opaque') ?? '"the opaque"') === '"the opaque"'),
    );
    expect(lastOf(run).credentials?.get('opaque')).toBe('"the opaque"');
    expect(counted(run, COUNTER_NEXT_NONCES)).toBe(3);
    expect(run.sent.length).toBe(4);
  });

  it.each([
    ['twice', 'nextnonce="a", nextnonce="b"'],
    ['without a value', 'nextnonce='],
    ['folded over lines', 'nextnonce="a\r\n b"'],
    ['too long', `nextnonce="${'a'.repeat(1020)}"`],
    ['that is not there', 'rspauth="00"'],
  ])('7616 3.5 a nextnonce %s changes nothing', (_, info) => {
    const peer = answering((request) => {
      const { credentials } = readRequest(request);
      if (credentials === null) return unauthorized(request, VALUE);
      if (!isRight(credentials)) return answer(request, '403 Forbidden');
      return accept(request).replace('Content-Length', `Authentication-Info: ${info}\r\nContent-Length`);
    });
    const run = drive({ plan: planWith({ flow }), peer });
    expect(noncesOf(run)).toEqual([[], ['"n0"'], ['"n0"'], ['"n0"']]);
    expect(counted(run, COUNTER_NEXT_NONCES)).toBe(0);
  });

  it('7616 3.5 nextnonces of 5, 65 and 500 bytes in turn keep the opaque', () => {
    const nonces = ['n0', 'b'.repeat(65), 'c'.repeat(500), 'd'.repeat(5), 'e'.repeat(64)];
    let at = 0;
    const peer = answering((request) => {
      const { credentials } = readRequest(request);
      if (credentials === null) return unauthorized(request, VALUE);
      const isExpected = unquote(credentials.get('nonce')) === nonces[at] && isRight(credentials);
      if (!isExpected || credentials.get('opaque') !== '"the opaque"') return answer(request, '403 Forbidden');
      at++;
      return accept(request).replace(
        'Content-Length',
        `Authentication-Info: nextnonce="${nonces[at]}"\r\nContent-Length`,
      );
    });
    const run = drive({ plan: planWith({ flow: [register(), refresh(), refresh(), refresh()] }), peer });
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ succeeded: 3 });
  });

  it('22.2 with reuseNonce: false each attempt asks for a challenge, and no nc is sent twice with a nonce', () => {
    const peer = challenging(VALUE);
    const run = drive({ plan: planWith({ flow, auth: { reuseNonce: false } }), peer });
    expect(noncesOf(run)).toEqual([[], ['"n0"'], [], ['"n0"'], [], ['"n0"']]);
    const counts = requestsOf(run).flatMap(({ credentials }) => credentials?.get('nc') ?? []);
    expect(counts).toEqual(['00000001', '00000002', '00000003']);
    expect(numbersOf(run, 'refresh').challenged).toBe(2);
  });
});
