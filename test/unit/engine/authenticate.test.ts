import { describe, expect, it } from 'vitest';
import { COUNTER_REQUESTS_SENT } from '../../../src/metrics/index.ts';
import { counted, numbersOf, timesOf } from './books.ts';
import { drive, md5, type Peer, type Run } from './driver.ts';
import { accept, answer, answering, type Request, readRequest, requestsOf } from './messages.ts';
import { createPlan, type PlanParts, pause, refresh, register, SECOND, unregister } from './plans.ts';

const PASSWORD = 'se:cret"ß';

const planWith = (parts: PlanParts = {}): ReturnType<typeof createPlan> =>
  createPlan({ ...parts, identities: { password: PASSWORD, ...parts.identities } });

const unquote = (text: string | undefined): string => text?.replace(/^"(.*)"$/s, '$1') ?? '';

/** The response that the credentials should hold, by RFC 7616 §3.4.1 (with qop) or RFC 2617 §3.2.2.1, with Node's MD5. */
const expectedResponse = (credentials: ReadonlyMap<string, string>): string => {
  const value = (name: string): string => unquote(credentials.get(name));
  const password = Buffer.from(PASSWORD, 'utf8').toString('latin1');
  const ha1 = md5(`${value('username')}:${value('realm')}:${password}`);
  const ha2 = md5(`REGISTER:${value('uri')}`);
  const middle = credentials.has('qop') ? `${value('nc')}:${value('cnonce')}:${value('qop')}:` : '';
  return md5(`${ha1}:${value('nonce')}:${middle}${ha2}`);
};

const isRight = ({ credentials }: Request): boolean =>
  credentials !== null && unquote(credentials.get('response')) === expectedResponse(credentials);

const challenge = (request: string, value: string, status = 401): string =>
  status === 401
    ? answer(request, '401 Unauthorized', `WWW-Authenticate: ${value}`)
    : answer(request, '407 Proxy Authentication Required', `Proxy-Authenticate: ${value}`);

/** Challenges what has no credentials, accepts what answers rightly, and forbids the rest. */
const challenging = (value: string, status = 401): Peer =>
  answering((request) => {
    const parsed = readRequest(request);
    if (parsed.credentials === null) return challenge(request, value, status);
    return isRight(parsed) ? accept(request) : answer(request, '403 Forbidden');
  });

const always = (value: (number: number) => string): Peer =>
  answering((request, _now, number) => challenge(request, value(number)));

const outcomesOf = (run: Run): Readonly<Record<string, number>> => numbersOf(run, 'register').outcomes;

describe('RFC 3261 §22, RFC 7616 §3.4: an answer to a challenge', () => {
  it.each([
    [
      '22.4 qop auth',
      'Digest realm="r", nonce="n1", algorithm=MD5, qop="auth"',
      ['username', 'realm', 'nonce', 'uri', 'response', 'algorithm', 'cnonce', 'qop', 'nc'],
    ],
    [
      '22.4 no qop (RFC 2069)',
      'Digest realm="r", nonce="n1", algorithm=MD5',
      ['username', 'realm', 'nonce', 'uri', 'response', 'algorithm'],
    ],
    [
      '7616 3.3 no algorithm means MD5',
      'Digest realm="r", nonce="n1", qop="auth"',
      ['username', 'realm', 'nonce', 'uri', 'response', 'cnonce', 'qop', 'nc'],
    ],
    [
      '7616 3.3 opaque comes back unchanged',
      'Digest realm="r", nonce="n1", opaque="a\\"b"',
      ['username', 'realm', 'nonce', 'uri', 'response', 'opaque'],
    ],
    [
      '7616 3.3 an empty opaque comes back too',
      'Digest realm="r", nonce="n1", opaque=""',
      ['username', 'realm', 'nonce', 'uri', 'response', 'opaque'],
    ],
    [
      '7616 3.3 auth among several qops',
      'Digest realm="r", nonce="n1", qop="auth-int,auth"',
      ['username', 'realm', 'nonce', 'uri', 'response', 'cnonce', 'qop', 'nc'],
    ],
    [
      '22.4 a realm with escaped quotes',
      'Digest realm="a \\"r\\" \\\\ b", nonce="n1", qop="auth"',
      ['username', 'realm', 'nonce', 'uri', 'response', 'cnonce', 'qop', 'nc'],
    ],
    ['22.4 an empty realm', 'Digest realm="", nonce="n1"', ['username', 'realm', 'nonce', 'uri', 'response']],
    [
      '7616 3.3 a nonce of 65 bytes',
      `Digest realm="r", nonce="${'n'.repeat(65)}", qop="auth"`,
      ['username', 'realm', 'nonce', 'uri', 'response', 'cnonce', 'qop', 'nc'],
    ],
    [
      '7616 3.3 a nonce of 1024 bytes',
      `Digest realm="r", nonce="${'n'.repeat(1024)}"`,
      ['username', 'realm', 'nonce', 'uri', 'response'],
    ],
  ])('%s', (_, value, names) => {
    for (const status of [401, 407]) {
      const run = drive({ plan: planWith(), peer: challenging(value, status) });
      expect(outcomesOf(run)).toEqual({ succeeded: 1 });
      const [first, second] = requestsOf(run);
      expect(first!.credentials).toBeNull();
      expect([...second!.credentials!.keys()]).toEqual(names);
      for (const name of ['realm', 'nonce', 'opaque']) {
        const asked = new RegExp(`${name}=("(?:[^"\\\\]|\\\\.)*")`).exec(value)?.[1];
        expect(second!.credentials!.get(name)).toBe(asked);
      }
      const header = status === 401 ? 'Authorization' : 'Proxy-Authorization';
      expect(second!.values(header).length).toBe(1);
    }
  });

  it('22.4 quotes what RFC 7616 quotes, and nothing else', () => {
    const run = drive({
      plan: planWith(),
      peer: challenging('Digest realm="r", nonce="n1", algorithm=MD5, qop="auth", opaque="o"'),
    });
    const credentials = requestsOf(run)[1]!.credentials!;
    const bare = [...credentials].filter(([, value]) => !value.startsWith('"')).map(([name]) => name);
    expect(bare).toEqual(['algorithm', 'qop', 'nc']);
    expect(unquote(credentials.get('uri'))).toBe('sip:test.example');
    expect(unquote(credentials.get('username'))).toBe('u000');
  });

  it('22.4 a user name may be as long as a scenario can make it', () => {
    const user = Array.from({ length: 100 }, () => ({ kind: 'index', width: 20 }) as const);
    const run = drive({ plan: planWith({ identities: { user } }), peer: challenging('Digest realm="r", nonce="n"') });
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
    expect(unquote(requestsOf(run)[1]!.credentials!.get('username')).length).toBe(2000);
  });

  it('22.1, 8.1.3.5 the second request has CSeq + 1 and a new branch; Call-ID, To and From stay', () => {
    const [first, second] = requestsOf(drive({ plan: planWith(), peer: challenging('Digest realm="r", nonce="n"') }));
    expect(second!.cseq).toBe(first!.cseq + 1);
    expect(second!.branch).not.toBe(first!.branch);
    for (const name of ['Call-ID', 'To', 'From']) expect(second!.value(name)).toBe(first!.value(name));
  });

  it('17.1.2.2 a retransmission with credentials is the same bytes, nc included', () => {
    const peer = answering((request) =>
      readRequest(request).credentials === null ? challenge(request, 'Digest realm="r", nonce="n", qop="auth"') : null,
    );
    const run = drive({ plan: planWith(), peer });
    expect(run.sent.length).toBe(12);
    expect(new Set(run.sent.slice(1).map(({ text }) => text)).size).toBe(1);
    expect(outcomesOf(run)).toEqual({ timeout: 1 });
  });

  it('8760 2.4 takes the topmost challenge that it can answer', () => {
    const run = drive({
      plan: planWith(),
      peer: answering((request) => {
        const rows = [
          'Digest realm="r", nonce="v", algorithm=SHA3-512',
          'Digest realm="r, nonce="w"',
          'Basic realm="r"',
          'Digest realm="r", nonce="x", algorithm=MD5-sess',
          'Digest realm="r", nonce="y", qop="auth"',
          'Digest realm="r", nonce="z", qop="auth", algorithm=SHA-256',
        ];
        if (readRequest(request).credentials !== null) return accept(request);
        return answer(request, '401 Unauthorized', ...rows.map((row) => `WWW-Authenticate: ${row}`));
      }),
    });
    expect(requestsOf(run)[1]!.allCredentials.map((credentials) => credentials.get('nonce'))).toEqual(['"y"']);
    expect(isRight(requestsOf(run)[1]!)).toBe(true);
  });

  it('counts the attempt once as challenged, and its wire time as the sum of both exchanges', () => {
    const run = drive({ plan: planWith(), peer: challenging('Digest realm="r", nonce="n"') });
    expect(numbersOf(run, 'register')).toEqual({ started: 1, skipped: 0, challenged: 1, outcomes: { succeeded: 1 } });
    expect(timesOf(run, 'register', 'wire').sum).toBe(2000);
    expect(timesOf(run, 'register', 'lag').count).toBe(1);
    expect(counted(run, COUNTER_REQUESTS_SENT)).toBe(2);
  });
});

describe('RFC 7616 §3.4: nonce and nonce count', () => {
  const flow = [register(), refresh(), pause(SECOND), unregister];
  const load = { starts: 2, periodUs: 10 * SECOND };
  const ncs = (run: Run): readonly (string | undefined)[] =>
    requestsOf(run).map(({ credentials }) => credentials?.get('nc'));

  it('22.2 the kept nonce is used at once by later requests and flows, nc rising from 00000001', () => {
    const run = drive({ plan: planWith({ flow, load }), peer: challenging('Digest realm="r", nonce="n", qop="auth"') });
    expect(ncs(run)).toEqual([undefined, 1, 2, 3, 4, 5, 6].map((nc) => nc && `0000000${nc}`));
    expect(requestsOf(run).slice(1).every(isRight)).toBe(true);
  });

  it('3.4 nc has eight hex digits, beyond nine and fifteen too', () => {
    const many = Array.from({ length: 17 }, () => register());
    const run = drive({ plan: planWith({ flow: many }), peer: challenging('Digest realm="r", nonce="n", qop="auth"') });
    expect(ncs(run).slice(9)).toEqual(
      ['09', '0a', '0b', '0c', '0d', '0e', '0f', '10', '11'].map((nc) => `000000${nc}`),
    );
  });

  it.each([
    ['called stale and given again', 'stale=true', 'n'],
    ['given again after it was dropped with a refused password', 'stale=false', 'n'],
    ['given again, too long for the usual place', 'stale=true', 'n'.repeat(70)],
  ])('7616 3.4 a nonce %s is counted on: no nc is sent twice with it', (_title, stale, nonce) => {
    const value = `Digest realm="r", nonce="${nonce}", qop="auth", ${stale}`;
    const plan = planWith({ load: { starts: 3, periodUs: SECOND } });
    const counts = requestsOf(drive({ plan, peer: always(() => value) })).flatMap(
      ({ credentials }) => credentials?.get('nc') ?? [],
    );
    expect(counts.length).toBeGreaterThan(2);
    expect(counts).toEqual(counts.map((_, i) => (i + 1).toString(16).padStart(8, '0')));
  });

  it('3.4 the cnonce changes from request to request', () => {
    const run = drive({ plan: planWith({ flow }), peer: challenging('Digest realm="r", nonce="n", qop="auth"') });
    const cnonces = requestsOf(run)
      .slice(1)
      .map(({ credentials }) => credentials!.get('cnonce'));
    expect(new Set(cnonces).size).toBe(3);
  });

  it.each(['', ', stale=true', ', stale=TRUE'])(
    '3.3 a kept nonce that has become old is answered with the new one, nc from 1 again (new nonce%s)',
    (stale) => {
      let nonce = 1;
      const peer = answering((request, nowUs) => {
        if (nowUs >= 10 * SECOND) nonce = 2;
        const { credentials } = readRequest(request);
        const isCurrent = credentials?.get('nonce') === `"n${nonce}"`;
        return isCurrent
          ? accept(request)
          : challenge(request, `Digest realm="r", nonce="n${nonce}", qop="auth"${credentials === null ? '' : stale}`);
      });
      const run = drive({ plan: planWith({ load }), peer });
      expect(outcomesOf(run)).toEqual({ succeeded: 2 });
      expect(ncs(run)).toEqual([undefined, '00000001', '00000002', '00000001']);
    },
  );

  it('3.3 a fresh nonce called stale at once is answered once more', () => {
    const peer = answering((request, _now, number) =>
      number < 2 ? challenge(request, `Digest realm="r", nonce="n${number}", stale=true`) : accept(request),
    );
    const run = drive({ plan: planWith(), peer });
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
    expect(run.sent.length).toBe(3);
  });

  it('22.3 a nonce from 401 goes into Authorization, one from 407 into Proxy-Authorization, even with the same realm', () => {
    let status = 401;
    const peer = answering((request, nowUs) => {
      if (nowUs >= 10 * SECOND) status = 407;
      const header = status === 401 ? 'Authorization' : 'Proxy-Authorization';
      return readRequest(request).values(header).length === 1
        ? accept(request)
        : challenge(request, `Digest realm="r", nonce="n${status}"`, status);
    });
    const run = drive({ plan: planWith({ load }), peer });
    expect(outcomesOf(run)).toEqual({ succeeded: 2 });
    expect(
      requestsOf(run)
        .slice(1)
        .filter(({ credentials }) => credentials !== null)
        .every(isRight),
    ).toBe(true);
  });

  it('22.4 another realm later is answered with its own digest', () => {
    let realm = 'first';
    const peer = answering((request, nowUs) => {
      if (nowUs >= 10 * SECOND) realm = 'second';
      const parsed = readRequest(request);
      return parsed.credentials?.get('realm') === `"${realm}"` && isRight(parsed)
        ? accept(request)
        : challenge(request, `Digest realm="${realm}", nonce="${realm}"`);
    });
    expect(outcomesOf(drive({ plan: planWith({ load }), peer }))).toEqual({ succeeded: 2 });
  });

  it('3.3 long and short nonces in turn do not mix', () => {
    let length = 0;
    const peer = answering((request, _now, number) => {
      const parsed = readRequest(request);
      if (number % 2 === 1) return isRight(parsed) ? accept(request) : answer(request, '403 Forbidden');
      length = [10, 65, 500, 64, 1024, 3][(number / 2) % 6]!;
      return challenge(request, `Digest realm="r", nonce="${String(number % 10).repeat(length)}"`);
    });
    const plan = planWith({ load: { starts: 12, periodUs: SECOND } });
    expect(outcomesOf(drive({ plan, peer }))).toEqual({ succeeded: 12 });
  });
});

describe('RFC 3261 §22.1: challenges that end the attempt', () => {
  it('22.1 a wrong password ends after one try: exactly two requests', () => {
    const run = drive({ plan: planWith(), peer: always((number) => `Digest realm="r", nonce="n${number}"`) });
    expect(outcomesOf(run)).toEqual({ 'auth-failed': 1 });
    expect(run.sent.length).toBe(2);
    expect(timesOf(run, 'register', 'failureLatency').count).toBe(1);
    expect(timesOf(run, 'register', 'latency').count).toBe(0);
  });

  it('22.1 after that the next start begins without credentials', () => {
    const run = drive({ plan: planWith({ load: { starts: 2 } }), peer: always(() => 'Digest realm="r", nonce="n"') });
    expect(requestsOf(run).map(({ credentials }) => credentials !== null)).toEqual([false, true, false, true]);
  });

  it('22.1 a kept nonce refused with the same nonce and not called stale is the verdict on the password', () => {
    const peer = answering((request, _now, number) =>
      number === 1 ? accept(request) : challenge(request, 'Digest realm="r", nonce="n"'),
    );
    const run = drive({ plan: planWith({ load: { starts: 2 } }), peer });
    expect(outcomesOf(run)).toEqual({ succeeded: 1, 'auth-failed': 1 });
    expect(run.sent.length).toBe(3);
  });

  it('no password: no-credentials after one request', () => {
    const run = drive({ plan: createPlan(), peer: always(() => 'Digest realm="r", nonce="n"') });
    expect(outcomesOf(run)).toEqual({ 'no-credentials': 1 });
    expect(run.sent.length).toBe(1);
    expect(numbersOf(run, 'register').challenged).toBe(0);
  });

  it.each([
    ['an unknown algorithm', 'Digest realm="r", nonce="n", algorithm=SHA3-512'],
    ['MD5-sess without qop, which leaves no cnonce to hash', 'Digest realm="r", nonce="n", algorithm=MD5-sess'],
    ['an unknown qop', 'Digest realm="r", nonce="n", qop="auth-conf"'],
    ['Basic', 'Basic realm="r"'],
    ['no nonce', 'Digest realm="r"'],
    ['no realm', 'Digest nonce="n"'],
    ['an open quote', 'Digest realm="r, nonce="n'],
    ['garbage', '=,=,,"'],
    ['nothing', ''],
    ['a nonce of 1025 bytes', `Digest realm="r", nonce="${'n'.repeat(1025)}"`],
    ['a realm of 257 bytes', `Digest realm="${'r'.repeat(257)}", nonce="n"`],
  ])('%s: challenge-unusable after one request', (_, value) => {
    const run = drive({ plan: planWith(), peer: always(() => value) });
    expect(outcomesOf(run)).toEqual({ 'challenge-unusable': 1 });
    expect(run.sent.length).toBe(1);
  });

  it.each(
    ['realm', 'nonce', 'opaque'].flatMap((name) =>
      [
        ['a line fold', '"one\r\n Injected: two"'],
        ['a folded empty line', '"one\r\n \r\n\tInjected: two"'],
        ['an escaped line fold', '"one\\\r\n Injected: two"'],
        ['a NUL', '"one\0two"'],
        ['an escaped NUL', '"one\\\0two"'],
        ['an ESC', '"one\u001b[2J"'],
        ['a DEL', '"one\u007f"'],
        ['a backslash that would escape our closing quote', 'one\\'],
        ['three of them', 'one\\\\\\'],
      ].map(([what, value]) => [name, what, value] as const),
    ),
  )('25.1 %s with %s is not sent back: challenge-unusable after one request', (name, _what, value) => {
    const values = { realm: '"r"', nonce: '"n"', opaque: '"o"', [name]: value };
    const { realm, nonce, opaque } = values;
    const line = `Digest realm=${realm}, nonce=${nonce}, opaque=${opaque}, qop="auth"`;
    const run = drive({ plan: planWith(), peer: always(() => line) });
    expect(outcomesOf(run)).toEqual({ 'challenge-unusable': 1 });
    expect(run.sent.length).toBe(1);
  });

  it.each([
    ['quotes and backslashes that are escaped', '"a\\"b\\\\"'],
    ['escapes as in URIs', '"%0d%0aInjected: two"'],
    ['a tab', '"a\tb"'],
    ['bytes beyond ASCII', '"\u00e4\u009b\u00ff"'],
  ])('25.1 %s are sent back byte for byte', (_what, value) => {
    const run = drive({
      plan: planWith(),
      peer: challenging(`Digest realm=${value}, nonce=${value}, opaque=${value}`),
    });
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
    const { credentials } = requestsOf(run)[1]!;
    expect([credentials?.get('realm'), credentials?.get('nonce'), credentials?.get('opaque')]).toEqual([
      value,
      value,
      value,
    ]);
  });

  it('a 401 without any challenge, or with a challenge for proxies only, is unusable', () => {
    for (const headers of [[], ['Proxy-Authenticate: Digest realm="r", nonce="n"']]) {
      const run = drive({
        plan: planWith(),
        peer: answering((request) => answer(request, '401 Unauthorized', ...headers)),
      });
      expect(outcomesOf(run)).toEqual({ 'challenge-unusable': 1 });
    }
  });

  it('a registrar that says stale=true for ever ends after a bounded number of requests', () => {
    const run = drive({
      plan: planWith(),
      peer: always((number) => `Digest realm="r", nonce="n${number}", stale=true`),
    });
    expect(outcomesOf(run)).toEqual({ 'auth-failed': 1 });
    expect(run.sent.length).toBe(4);
  });

  it('a registrar with a new realm for every challenge runs into a bound: the challenge is unusable', () => {
    let asked = '';
    const peer = answering((request, _now, number) => {
      if (asked !== '' && readRequest(request).credentials?.get('nonce') === asked) {
        asked = '';
        return answer(request, '403 Forbidden');
      }
      asked = `"n${number}"`;
      return challenge(request, `Digest realm="r${number}", nonce=${asked}`);
    });
    const outcomes = outcomesOf(drive({ plan: planWith({ load: { starts: 70 } }), peer }));
    expect(outcomes).toEqual({ 'status-403': 64, 'challenge-unusable': 6 });
  });
});
