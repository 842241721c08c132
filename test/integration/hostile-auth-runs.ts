// Registrars that ask for credentials again and again, over either kind of sockets, and what that must come to. Which of them
// belong to every day and which to the long suite is for the test files to say.

import { expect } from 'vitest';
import { EXIT } from '../../src/std/index.ts';
import { composeAnswer, ok, type SipRequest } from './hostile-message.ts';
import { requestsPerCallId, type Script } from './hostile-peer.ts';
import { runAgainst, type Sockets } from './hostile-run.ts';

export const COUNT = 10;

/** A 401 with this challenge, or none at all. */
export const challenge = (request: SipRequest, value: string | null): string =>
  composeAnswer(request, {
    status: 401,
    phrase: 'Unauthorized',
    headers: value === null ? [] : [`WWW-Authenticate: ${value}`],
  });

export const digest = (nonce: string, more = ''): string =>
  `Digest realm="test.example", nonce="${nonce}", qop="auth"${more}`;

export const always =
  (value: (number: number) => string | null): Script =>
  (request, reply, number) =>
    reply(challenge(request, value(number)));

/** What the registrar does for ever: its challenge by the number of the datagram, and the requests of an attempt. */
const ENDLESS = {
  'the same nonce': [() => digest('one'), 2],
  'ever new nonces': [(number) => digest(`n${number}`), 2],
  'stale=true with the same nonce': [() => digest('one', ', stale=true'), 4],
  'stale=true with ever new nonces': [(number) => digest(`n${number}`, ', stale=true'), 4],
} as const satisfies Readonly<Record<string, readonly [(number: number) => string, number]>>;

export const failsInTheEnd = async (what: keyof typeof ENDLESS, sockets: Sockets): Promise<void> => {
  const [value, requestsMost] = ENDLESS[what];
  const { summary, peer, exitCode } = await runAgainst(always(value), { count: COUNT, sockets });
  expect(summary.totals.register).toMatchObject({ outcomes: { 'auth-failed': COUNT }, challenged: COUNT });
  expect([...requestsPerCallId(peer.requests).values()]).toEqual(Array(COUNT).fill(requestsMost));
  expect(summary.transactions.requestsSent).toBe(COUNT * requestsMost);
  expect(exitCode).toBe(EXIT.THRESHOLD);
};

export const succeedsWithNoncesForOne = async (sockets: Sockets): Promise<void> => {
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
};

export const runsOutOfRealms = async (): Promise<void> => {
  const script: Script = (request, reply, number) =>
    reply(
      request.authorization === null ? challenge(request, `Digest realm="realm ${number}", nonce="one"`) : ok(request),
    );
  const { summary } = await runAgainst(script, { count: 100 });
  const outcomes = summary.totals.register?.outcomes;
  expect(Object.keys(outcomes ?? {}).sort()).toEqual(['challenge-unusable', 'succeeded']);
  expect(outcomes?.succeeded).toBeLessThanOrEqual(64);
  expect(outcomes?.succeeded).toBeGreaterThan(0);
};
