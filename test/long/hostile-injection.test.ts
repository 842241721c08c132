// Header injection: values of a challenge go back in Authorization, so a registrar puts ends of lines, quotes, backslashes,
// NULs and escapes into them, and into everything else it sends. No request of ours may hold a line or a parameter that we
// did not compose; runAgainst looks at every one.

import { describe, expect, it } from 'vitest';
import { composeAnswer, ok, type SipRequest } from '../integration/hostile-message.ts';
import { countRequests } from '../integration/hostile-own-lines.ts';
import type { Script } from '../integration/hostile-peer.ts';
import { runAgainst, type ScriptedRun, TEST_MS } from '../integration/hostile-run.ts';

/** What is put between quotes; one character is one byte. */
const SENT_BACK: readonly string[] = [
  '%0d%0aInjected: yes',
  '%00',
  'a\\"b',
  'a\\\\',
  '\\", injected=\\"yes',
  'a\tb',
  '<script>alert(1)</script>',
  '\u00c2\u0085Injected: yes',
  '\u0085\u009b31m',
  '; Injected: yes',
  '\u00d0\u0096 \u00fc',
];
/** Quotes and all. */
const UNUSABLE: readonly string[] = [
  '"a\r\n Injected: yes"',
  '"a\r\n\tInjected: yes"',
  '"a\r\n \r\n Injected: yes"',
  '"a\\\r\n Injected: yes"',
  '"a\r\n "',
  '"a\0b"',
  '"a\\\0b"',
  '"a\u001b]8;;http://x\u0007b"',
  '"a\bb"',
  'a\\',
  'a\\\\\\',
  'a\0b',
];
/** RFC 3261 §7.3.1: these end the header, so that what follows is a line of the answer or makes it malformed. */
const BROKEN: readonly string[] = [
  '"a\r\nInjected: yes"',
  '"a\nInjected: yes"',
  '"a\rInjected: yes"',
  '"a\r\n\r\nInjected: yes"',
];

const NAMES = ['realm', 'nonce', 'opaque'] as const;

/** Every value in each of the three places, a context each. */
const casesOf = (values: readonly string[]): readonly (readonly [(typeof NAMES)[number], string])[] =>
  NAMES.flatMap((name) => values.map((value) => [name, value] as const));

const challengeWith = (name: string, value: string, request: SipRequest, status = 401): string => {
  const parts = { realm: '"r"', nonce: '"n"', opaque: '"o"', [name]: value };
  const text = `Digest realm=${parts.realm}, nonce=${parts.nonce}, opaque=${parts.opaque}, qop="auth"`;
  const header = status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate';
  return composeAnswer(request, { status, headers: [`${header}: ${text}`] });
};

/** Challenges context n with case n, and takes whatever comes back. */
const runCases = (cases: readonly (readonly [string, string])[]): Promise<ScriptedRun> => {
  const script: Script = (request, reply) => {
    const index = Number(/<sip:u(\d{8})@/.exec(request.to)![1]);
    const [name, value] = cases[index]!;
    if (/\r\n(Proxy-)?Authorization: /.test(request.text)) return reply(ok(request));
    reply(Buffer.from(challengeWith(name, value, request, index % 2 === 0 ? 401 : 407), 'latin1'));
  };
  return runAgainst(script, { count: cases.length, drainSeconds: 5 });
};

describe('values that come back in credentials', () => {
  it(
    '22.4 quotes, backslashes, escapes and bytes beyond ASCII come back as they were, between quotes of ours',
    async () => {
      const cases = casesOf(SENT_BACK.map((value) => `"${value}"`));
      const { summary, peer } = await runCases(cases);
      expect(summary.totals.register?.outcomes).toEqual({ succeeded: cases.length });
      expect(countRequests(peer.requests)).toBe(2 * cases.length);
      const credentials = peer.requests.map(({ text }) => /Authorization: (.*)\r\n/.exec(text)?.[1] ?? '').join('\n');
      for (const [name, value] of cases) expect(credentials).toContain(`${name}=${value}`);
    },
    TEST_MS,
  );

  it(
    '25.1 folds, control characters and open escapes: challenge-unusable, no request is made of them',
    async () => {
      const cases = casesOf(UNUSABLE);
      const { summary, peer } = await runCases(cases);
      expect(summary.totals.register?.outcomes).toEqual({ 'challenge-unusable': cases.length });
      expect(countRequests(peer.requests)).toBe(cases.length);
    },
    TEST_MS,
  );

  it(
    '7.3.1 ends of lines inside quotes end the header: no request is made of what follows',
    async () => {
      const cases = casesOf(BROKEN);
      const { summary, peer } = await runCases(cases);
      expect(Object.keys(summary.totals.register!.outcomes).sort()).toEqual(['challenge-unusable', 'timeout']);
      expect(countRequests(peer.requests)).toBe(cases.length);
      expect(summary.transactions.malformed).toBeGreaterThan(0);
    },
    TEST_MS,
  );
});

describe('everything else that an answer says', () => {
  const NASTY = '<sip:x@y>\r\n Injected: yes\r\n\t\\"%0d%0a"\r\n X: \u001b[2J';
  const HEADERS = [
    'Contact',
    'Path',
    'Service-Route',
    'P-Associated-URI',
    'Server',
    'Date',
    'Expires',
    'Min-Expires',
    'Retry-After',
  ];

  it(
    '10.2 none of it comes back: refreshes and removals are the lines of the first request',
    async () => {
      const challenge = 'WWW-Authenticate: Digest realm="r", nonce="n"';
      const headers = HEADERS.map((name) => `${name}: ${NASTY}`);
      const script: Script = (request, reply) => {
        const isChallenged = request.authorization === null;
        const text = composeAnswer(request, {
          status: isChallenged ? 401 : 200,
          phrase: '\u001b]0;x\u0007%0d%0aInjected: yes',
          headers: isChallenged ? [challenge, ...headers] : headers,
        });
        reply(text.replace(';tag=peer', ';tag="pe\\"er\r\n Injected: yes"'));
      };
      const flow = ['register', 'refresh', 'unregister'];
      const { summary, peer } = await runAgainst(script, { count: 10, flow, drainSeconds: 5 });
      expect(summary.totals.register?.succeeded).toBe(10);
      expect(summary.totals.unregister?.succeeded).toBe(10);
      expect(peer.requests.some(({ text }) => text.includes('njected'))).toBe(false);
      expect(countRequests(peer.requests)).toBe(summary.transactions.requestsSent);
    },
    TEST_MS,
  );
});
