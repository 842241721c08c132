// Registrars that never stop asking, or ask for what can't be answered: every attempt ends, after a bounded number of
// requests that the peer itself has counted.

import { describe, expect, it } from 'vitest';
import { always, COUNT, challenge, digest, failsInTheEnd, succeedsWithNoncesForOne } from './hostile-auth-runs.ts';
import { composeAnswer } from './hostile-message.ts';
import { requestsPerCallId, type Script } from './hostile-peer.ts';
import { runAgainst, type Sockets, TEST_MS } from './hostile-run.ts';

const SOCKETS: readonly Sockets[] = ['udp-batch'];
/** Longer than any nonce or realm that is kept. */
const LONG = 'n'.repeat(2_000);

const ENDLESS = [
  ['22.1', 'the same nonce'],
  ['22.1', 'ever new nonces'],
  ['22.4', 'stale=true with the same nonce'],
  ['22.4', 'stale=true with ever new nonces'],
] as const;

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
  it.each(ENDLESS)(
    '%s %s: auth-failed, after a bounded number of requests',
    (_section, what) => failsInTheEnd(what, 'udp-batch'),
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
  it.each(SOCKETS)(
    '22.4 a nonce that is good for one request only: every attempt is challenged and succeeds, over %s',
    succeedsWithNoncesForOne,
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
});
