// The checkers of challenges and credentials.

import { describe, expect, it } from 'vitest';
import type { Peer } from '../engine/driver.ts';
import { SILENT } from '../engine/driver.ts';
import { accept, answer, answering, readRequest } from '../engine/messages.ts';
import { createPlan, pause, refresh, register, SECOND } from '../engine/plans.ts';
import type { WatchOptions } from './watched.ts';
import { changed, heard, numbered, watch } from './watched.ts';

const PLAN = numbered(
  createPlan({
    flow: [register(60), pause(SECOND), refresh(60), refresh(60)],
    identities: { password: 'pässword' },
    load: { starts: 2, periodUs: 10 * SECOND },
  }),
);
const WITH_QOP =
  'WWW-Authenticate: Digest realm="test.example", nonce="n-1", qop="auth,auth-int", algorithm=MD5, opaque="o"';

/** Challenges what has no credentials, and accepts what has. */
const challenging = (header: string, status = '401 Unauthorized'): Peer =>
  answering((request) =>
    readRequest(request).credentials === null ? answer(request, status, header) : accept(request),
  );

const told =
  (options: Partial<WatchOptions>): (() => unknown) =>
  () =>
    watch({ plan: PLAN, peer: challenging(WITH_QOP), ...options });

const outcomesOf = (peer: Peer, plan = PLAN): unknown => watch({ plan, peer }).outcomes;

describe('RFC 3261 §22, RFC 7616 §3.4: right behaviour', () => {
  it('one challenge, then a kept nonce with a rising count', () => {
    expect(watch({ plan: PLAN, peer: challenging(WITH_QOP) })).toMatchObject({
      attempts: 6,
      requests: 7,
      outcomes: { succeeded: 6 },
    });
  });

  it('a proxy, without qop, as in RFC 2069', () => {
    const header = 'Proxy-Authenticate: Digest nonce="p-1", realm="proxy"';
    expect(outcomesOf(challenging(header, '407 Proxy Authentication Required'))).toEqual({ succeeded: 6 });
  });

  it('the topmost of several that can be answered', () => {
    const others =
      'WWW-Authenticate: Digest realm="r", nonce="n", algorithm=SHA3-256\r\nWWW-Authenticate: Basic realm="b"\r\n';
    expect(outcomesOf(challenging(`${others}${WITH_QOP}`))).toEqual({ succeeded: 6 });
  });

  it.each(['MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'])(
    '%s with auth and auth-int, several realms, a proxy beside them, and userhash',
    (algorithm) => {
      const asks = (realm: string, more: string): string =>
        `Digest realm="${realm}", nonce="n-${realm}", algorithm=${algorithm}, ${more}`;
      const header = [
        `WWW-Authenticate: ${asks('one', 'qop="auth-int"')}`,
        `WWW-Authenticate: ${asks('two', 'qop="auth", userhash=true, opaque="o"')}`,
        `Proxy-Authenticate: ${asks('one', 'qop="auth"')}`,
      ].join('\r\n');
      expect(outcomesOf(challenging(header))).toEqual({ succeeded: 6 });
    },
  );

  it('nonces that are not to be used again', () => {
    const plan = { ...PLAN, auth: { reuseNonce: false } };
    expect(watch({ plan, peer: challenging(WITH_QOP) })).toMatchObject({ requests: 12, outcomes: { succeeded: 6 } });
  });

  it('values with tabs, escapes and bytes above 127, in a header that is folded elsewhere', () => {
    const header = 'WWW-Authenticate: Digest realm="r\\"\t\xa0",\r\n nonce=n\xa0\xff ,\r\n\tqop="x, auth" ,,opaque=""';
    expect(outcomesOf(challenging(header))).toEqual({ succeeded: 6 });
  });

  it('a nonce that is stale each time', () => {
    let number = 0;
    const peer = answering((request) => {
      const nonce = readRequest(request).credentials?.get('nonce');
      if (nonce === `"n-${number}"`) return accept(request);
      return answer(
        request,
        '401 No',
        `WWW-Authenticate: Digest realm="r", nonce="n-${++number}", stale=true, qop="auth"`,
      );
    });
    expect(outcomesOf(peer)).toEqual({ succeeded: 6 });
  });

  it.each<readonly [string, string]>([
    ['no challenge', 'X-Nothing: 0'],
    ['an algorithm that it does not know', 'WWW-Authenticate: Digest realm="r", nonce="n", algorithm=SHA3-256'],
    ['a qop that it does not know', 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth-conf"'],
    ['a parameter twice', 'WWW-Authenticate: Digest realm="r", nonce="n", nonce="m"'],
    ['a nonce that is folded over lines', 'WWW-Authenticate: Digest realm="r", nonce="n\r\n m"'],
    ['a realm with a control character', 'WWW-Authenticate: Digest realm="r\x01", nonce="n"'],
    ['a nonce that ends in an open escape', 'WWW-Authenticate: Digest realm="r", nonce=n\\'],
    ['an endless nonce', `WWW-Authenticate: Digest realm="r", nonce="${'n'.repeat(1_025)}"`],
  ])('%s leads nowhere', (_title, header) => {
    expect(outcomesOf(challenging(header))).toEqual({ auth: 2 });
  });

  it('a wrong password, a registrar that never stops asking, and no password at all', () => {
    const always = (stale: string): Peer =>
      answering((request) => answer(request, '401 No', `WWW-Authenticate: Digest realm="r", nonce="n", ${stale}`));
    expect(outcomesOf(always('stale=false'))).toEqual({ auth: 2 });
    expect(watch({ plan: PLAN, peer: always('stale=true') })).toMatchObject({ outcomes: { auth: 2 }, requests: 8 });
    expect(outcomesOf(always('stale=false'), numbered(createPlan()))).toEqual({ auth: 1 });
  });

  it('a cleanup that is challenged in the very turn of its abort', () => {
    const plan = numbered(createPlan({ identities: { password: 'p' }, cleanup: 'unregister' }));
    const peer = answering((request) =>
      request.includes('Expires: 0')
        ? answer(request, '401 No', 'WWW-Authenticate: Digest realm="r", nonce="n", stale=true')
        : accept(request),
    );
    for (const atUs of [1_000, 2_000, 3_000]) {
      expect(() => watch({ plan, peer, events: [{ kind: 'abort', atUs }] })).not.toThrow();
    }
  });

  it('RFC 7616 §3.4: a nonce that is given again is counted on', () => {
    const always = answering((request) =>
      answer(request, '401 No', 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", stale=true'),
    );
    expect(watch({ plan: PLAN, peer: always })).toMatchObject({ outcomes: { auth: 2 }, requests: 8 });
  });

  it('challenges that meet a blocked socket, and errors', () => {
    const many = {
      ...PLAN,
      identities: { ...PLAN.identities, count: 9 },
      load: { ...PLAN.load, starts: 50, startsPerPeriod: 9 },
    };
    const takes = (nowUs: number): number => (nowUs % 400_000 < 100_000 ? 0 : 3);
    const events = [5_050_000, 20_010_500].map((atUs) => ({ kind: 'unreachable', atUs, flow: 0 }) as const);
    const tally = watch({ plan: many, peer: challenging(WITH_QOP), takes, events });
    expect(tally.outcomes.succeeded).toBeGreaterThan(50);
  });
});

describe('RFC 7616 §3.4: wrong credentials', () => {
  /** In the answer to the first challenge. */
  const answered = (from: string | RegExp, to: string) =>
    changed((text, number) => (number === 1 ? text.replace(from, to) : text));

  it.each<readonly [string, string | RegExp, string]>([
    ['none', /Authorization: [^\r]*\r\n/, ''],
    ['for another realm', 'realm="test.example"', 'realm="example"'],
    ['for another nonce', 'nonce="n-1"', 'nonce="n-2"'],
    ['with another opaque', 'opaque="o"', 'opaque="p"'],
    ['without the opaque', ', opaque="o"', ''],
    ['for another URI', 'uri="sip:test.example"', 'uri="sip:other.example"'],
    ['for another user', 'username="u000"', 'username="u001"'],
    ['without the algorithm', ', algorithm=MD5', ''],
    ['without qop', ', qop=auth', ''],
    ['without cnonce', / cnonce="[^"]*",/, ''],
    ['with an empty cnonce', /cnonce="[^"]*"/, 'cnonce=""'],
    ['with another cnonce', /cnonce="[^"]*"/, 'cnonce="0"'],
    ['with a wrong response', /response="./, 'response="x'],
    ['in the header for a proxy', 'Authorization:', 'Proxy-Authorization:'],
    ['twice', /(Authorization: [^\r]*\r\n)/, '$1$1'],
    ['that cannot be read', 'realm=', 'realm'],
  ])('challenge: credentials %s', (_title, from, to) => {
    expect(told({ tamper: answered(from, to) })).toThrow(/^challenge: /);
  });

  it('challenge: an answer in another step', () => {
    expect(told({ tamper: answered(/X-Step: 0/, 'X-Step: 1') })).toThrow(/^challenge: /);
  });

  it('challenge: no answer at all', () => {
    const tamper = heard(0, (request) => answer(request, '401 Unauthorized', WITH_QOP));
    expect(told({ peer: SILENT, tamper })).toThrow(/^challenge: .*owes an answer/);
  });

  it('challenge: an answer to one of two realms alone', () => {
    const peer = challenging(`${WITH_QOP}\r\nWWW-Authenticate: Digest realm="other", nonce="n-2"`);
    const tamper = changed((text, number) =>
      number === 1 ? text.replace(/Authorization: [^\r]*realm="other"[^\r]*\r\n/, '') : text,
    );
    expect(told({ peer, tamper })).toThrow(/^challenge: .*asks for some too/);
  });

  it('challenge: a kept nonce that is not to be used again', () => {
    let line = '';
    const tamper = changed((text, number) => {
      if (number === 1) line = /Authorization: [^\r]*\r\n/.exec(text)?.[0] ?? '';
      return number === 2 ? text.replace('Expires:', `${line}Expires:`) : text;
    });
    expect(told({ plan: { ...PLAN, auth: { reuseNonce: false } }, tamper })).toThrow(/^challenge: .*used again/);
  });

  it('challenge: credentials that nobody asked for', () => {
    const peer = answering(accept);
    const header =
      'Authorization: Digest username="u000", realm="r", nonce="n", uri="sip:test.example", response="0"\r\n';
    const tamper = changed((text) => text.replace('Expires:', `${header}Expires:`));
    expect(told({ peer, tamper })).toThrow(/^challenge: .*not given/);
  });

  it('one-reply: a refused password is not tried again', () => {
    const peer = answering((request) =>
      answer(request, '401 No', 'WWW-Authenticate: Digest realm="r", nonce="n", stale=true'),
    );
    const tamper = (said: Parameters<NonNullable<WatchOptions['tamper']>>[0]) => ({
      onReceived: (worker: number, nowUs: number, arrival: Parameters<typeof said.onReceived>[2]) => {
        const text = Buffer.from(arrival.bytes).toString('latin1').replace('stale=true', 'stale=flse');
        said.onReceived(worker, nowUs, { ...arrival, bytes: Buffer.from(text, 'latin1') });
      },
    });
    expect(told({ peer, tamper })).toThrow(/^one-reply: /);
  });
});

describe('RFC 7616 §3.4: nc', () => {
  const counted = (number: number, nc: string) =>
    changed((text, at) => (at === number ? text.replace(/nc=\w+/, `nc=${nc}`) : text));

  it.each<readonly [string, number, string]>([
    ['a fresh nonce that does not begin with 1', 1, '00000002'],
    ['a count that stands still', 2, '00000001'],
    ['a count that jumps', 2, '00000003'],
    ['a count of seven digits', 2, '0000002'],
  ])('nonce-count: %s', (_title, number, nc) => {
    expect(told({ tamper: counted(number, nc) })).toThrow(/^nonce-count: /);
  });
});
