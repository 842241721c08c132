// Registrars that never stop asking, or ask for what can't be answered: every attempt ends, after a bounded number of
// requests that the peer itself has counted.

import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/std/index.ts';
import { composeAnswer, ok, type SipRequest } from './hostile-message.ts';
import { requestsPerCallId, type Script } from './hostile-peer.ts';
import { BOTH_SOCKETS, runAgainst, TEST_MS } from './hostile-run.ts';

const COUNT = 10;
/** Longer than any nonce or realm that is kept. */
const LONG = 'n'.repeat(2_000);

/** A 401 with this challenge, or none at all. */
const challenge = (request: SipRequest, value: string | null): string =>
  composeAnswer(request, {
    status: 401,
    phrase: 'Unauthorized',
    headers: value === null ? [] : [`WWW-Authenticate: ${value}`],
  });

const digest = (nonce: string, more = ''): string => `Digest realm="test.example", nonce="${nonce}", qop="auth"${more}`;

const always =
  (value: (number: number) => string | null): Script =>
  (request, reply, number) =>
    reply(challenge(request, value(number)));

/** RFC section, what the registrar does for ever, its challenge by the number of the datagram, requests per attempt. */
const ENDLESS: readonly (readonly [string, string, (number: number) => string, number])[] = [
  ['22.1', 'the same nonce', () => digest('one'), 2],
  ['22.1', 'ever new nonces', (number) => digest(`n${number}`), 2],
  ['22.4', 'stale=true with the same nonce', () => digest('one', ', stale=true'), 4],
  ['22.4', 'stale=true with ever new nonces', (number) => digest(`n${number}`, ', stale=true'), 4],
];

const UNUSABLE: readonly (string | null)[] = [
  null,
  '',
  'Basic realm="test.example"',
  digest('one', ', algorithm=ROT13'),
  'Digest realm="test.example", nonce="one", qop="auth-conf"',
  'Digest realm="test.example"',
  'Digest realm="test.example", nonce="one',
  `Digest realm="test.example", nonce="${LONG}"`,
  `Digest realm="${LONG}", nonce="one"`,
];

describe('challenges without end', () => {
  const rows = ENDLESS.flatMap((row) => BOTH_SOCKETS.map((sockets) => [...row, sockets] as const));
  it.each(rows)(
    '%s %s: auth-failed, after a bounded number of requests',
    async (_section, _what, value, requestsMost, sockets) => {
      const { summary, peer, exitCode } = await runAgainst(always(value), { count: COUNT, sockets });
      expect(summary.totals.register).toMatchObject({ outcomes: { 'auth-failed': COUNT }, challenged: COUNT });
      expect([...requestsPerCallId(peer.requests).values()]).toEqual(Array(COUNT).fill(requestsMost));
      expect(summary.transactions.requestsSent).toBe(COUNT * requestsMost);
      expect(exitCode).toBe(EXIT.THRESHOLD);
    },
    TEST_MS,
  );

  it(
    '22.3 a proxy that never stops asking (407): auth-failed',
    async () => {
      const { summary } = await runAgainst(
        (request, reply) =>
          reply(composeAnswer(request, { status: 407, headers: [`Proxy-Authenticate: ${digest('one')}`] })),
        { count: COUNT },
      );
      expect(summary.totals.register?.outcomes).toEqual({ 'auth-failed': COUNT });
      expect(summary.transactions).toMatchObject({ requestsSent: 2 * COUNT });
    },
    TEST_MS,
  );

  it(
    '22.2 an attempt after a failed one begins anew: again two requests, no more',
    async () => {
      const { summary, peer } = await runAgainst(
        always(() => digest('one')),
        { count: 2, starts: 10, ratePerSecond: 20 },
      );
      expect(summary.totals.register?.outcomes).toEqual({ 'auth-failed': 10 });
      expect([...requestsPerCallId(peer.requests).values()]).toEqual([10, 10]);
    },
    TEST_MS,
  );
});

describe('challenges that end', () => {
  it.each(BOTH_SOCKETS)(
    '22.4 a nonce that is good for one request only: every attempt is challenged and succeeds, over %s',
    async (sockets) => {
      const issued = new Map<string, string>();
      const script: Script = (request, reply, number) => {
        // The key is one request: its retransmission gets the same answer.
        const key = `${request.callId} ${request.cseq}`;
        const nonce = issued.get(`${request.callId} ${request.cseq - 1}`);
        if (nonce !== undefined && request.authorization?.includes(`nonce="${nonce}"`)) return reply(ok(request));
        issued.set(key, issued.get(key) ?? `n${number}`);
        reply(challenge(request, digest(issued.get(key)!)));
      };
      const flow = ['register', 'refresh', 'unregister'];
      const { summary, exitCode } = await runAgainst(script, { count: COUNT, flow, sockets });
      for (const procedure of ['register', 'refresh', 'unregister'] as const) {
        expect(summary.totals[procedure]).toMatchObject({ succeeded: COUNT, challenged: COUNT, failed: 0 });
      }
      expect(summary.transactions.requestsSent).toBe(2 * 3 * COUNT);
      expect(exitCode).toBe(EXIT.PASS);
    },
    TEST_MS,
  );
});

describe('challenges that cannot be answered', () => {
  it(
    '22.1 each of them ends its attempt as challenge-unusable, after one request',
    async () => {
      // Each context gets one of them; its retransmissions get the same.
      const users = new Map<string, number>();
      const script: Script = (request, reply) => {
        const row = users.get(request.to) ?? users.size;
        users.set(request.to, row);
        reply(challenge(request, UNUSABLE[row]!));
      };
      const { summary } = await runAgainst(script, { count: UNUSABLE.length });
      expect(summary.totals.register?.outcomes).toEqual({ 'challenge-unusable': UNUSABLE.length });
      expect(summary.transactions.requestsSent).toBe(UNUSABLE.length);
    },
    TEST_MS,
  );

  it(
    'ever new realms: the first 64 are answered, and what is kept of them stays bounded',
    async () => {
      const script: Script = (request, reply, number) =>
        reply(
          request.authorization === null
            ? challenge(request, `Digest realm="realm ${number}", nonce="one"`)
            : ok(request),
        );
      const { summary } = await runAgainst(script, { count: 100 });
      const outcomes = summary.totals.register?.outcomes;
      expect(Object.keys(outcomes ?? {}).sort()).toEqual(['challenge-unusable', 'succeeded']);
      expect(outcomes?.succeeded).toBeLessThanOrEqual(64);
      expect(outcomes?.succeeded).toBeGreaterThan(0);
    },
    TEST_MS,
  );
});
