// Answers that come more than once, in a strange order, or too late. The first final answer before Timer F decides; repeats
// are absorbed until Timer K and strays after it (RFC 3261 §17.1.2.2).

import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/std/index.ts';
import { composeAnswer, ok, type SipRequest } from '../integration/hostile-message.ts';
import type { Script } from '../integration/hostile-peer.ts';
import { BOTH_SOCKETS, runAgainst, TEST_MS } from '../integration/hostile-run.ts';

const COUNT = 20;

const provisional = (request: SipRequest): string => composeAnswer(request, { status: 100, phrase: 'Trying' });
const failed = (request: SipRequest): string => composeAnswer(request, { status: 500, phrase: 'Broken' });

/** Calls the script for the first copy of each request only, with how many different requests came before. */
const onFirstCopies = (script: Script): Script => {
  const seen = new Set<string>();
  return (request, reply) => {
    const key = `${request.callId} ${request.cseq}`;
    if (seen.has(key)) return;
    seen.add(key);
    script(request, reply, seen.size);
  };
};

describe('answers that come too often', () => {
  it.each(BOTH_SOCKETS)(
    '17.1.2.2 every answer three times over %s: counted as responses, no stray, each attempt ends once',
    async (sockets) => {
      const script = onFirstCopies((request, reply) => {
        for (let copy = 0; copy < 3; copy++) reply(ok(request));
      });
      const flow = ['register', 'refresh', 'unregister'];
      const { summary, exitCode } = await runAgainst(script, { count: COUNT, flow, sockets });
      for (const procedure of ['register', 'refresh', 'unregister'] as const) {
        expect(summary.totals[procedure]?.outcomes).toEqual({ succeeded: COUNT });
      }
      // The last copies may arrive when the run has ended.
      const { responses, stray, malformed } = summary.transactions;
      expect({ stray, malformed }).toEqual({ stray: 0, malformed: 0 });
      expect(responses[200]).toBeLessThanOrEqual(9 * COUNT);
      expect(responses[200]).toBeGreaterThanOrEqual(9 * COUNT - 2);
      expect(exitCode).toBe(EXIT.PASS);
    },
    TEST_MS,
  );

  it(
    '17.1.2.2 a challenge three times is answered once',
    async () => {
      const challenge = 'WWW-Authenticate: Digest realm="test.example", nonce="one"';
      const script = onFirstCopies((request, reply) => {
        if (request.authorization !== null) return reply(ok(request));
        for (let copy = 0; copy < 3; copy++) reply(composeAnswer(request, { status: 401, headers: [challenge] }));
      });
      const { summary } = await runAgainst(script, { count: COUNT });
      expect(summary.totals.register).toMatchObject({ outcomes: { succeeded: COUNT }, challenged: COUNT });
      expect(summary.transactions).toMatchObject({ requestsSent: 2 * COUNT, stray: 0 });
    },
    TEST_MS,
  );

  it(
    '17.1.2.2 what follows the first final answer changes nothing, better or worse',
    async () => {
      const answers = [ok, failed];
      const script = onFirstCopies((request, reply, number) => {
        reply(provisional(request));
        reply(answers[number % 2]!(request));
        reply(answers[(number + 1) % 2]!(request));
        reply(provisional(request));
      });
      const { summary } = await runAgainst(script, { count: COUNT });
      expect(summary.totals.register?.outcomes).toEqual({ succeeded: COUNT / 2, 'status-500': COUNT / 2 });
      expect(summary.reasons).toEqual([{ status: 500, phrase: 'Broken', header: '', count: COUNT / 2 }]);
    },
    TEST_MS,
  );

  it(
    '17.1.2.2 an answer repeated after Timer K is a stray',
    async () => {
      const script = onFirstCopies((request, reply) => {
        reply(ok(request));
        // Timer K is 100 ms, the flow waits for longer than this.
        if (request.cseq === 1) setTimeout(() => reply(ok(request)), 400);
      });
      const flow = ['register', 'wait: 1s', 'unregister'];
      const { summary } = await runAgainst(script, { count: COUNT, flow });
      expect(summary.totals.register?.outcomes).toEqual({ succeeded: COUNT });
      expect(summary.totals.unregister?.outcomes).toEqual({ succeeded: COUNT });
      expect(summary.transactions).toMatchObject({ stray: COUNT, responses: { 200: 2 * COUNT } });
    },
    TEST_MS,
  );
});

describe('answers that come too late or never', () => {
  it.each(BOTH_SOCKETS)(
    '17.1.2.2 only ever 100 over %s: timeout-after-provisional',
    async (sockets) => {
      // To the first copy alone: one that came back after Timer F would be a stray.
      const script = onFirstCopies((request, reply) => reply(provisional(request)));
      const { summary, exitCode } = await runAgainst(script, { count: COUNT, sockets });
      expect(summary.totals.register?.outcomes).toEqual({ 'timeout-after-provisional': COUNT });
      expect(summary.transactions.stray).toBe(0);
      expect(exitCode).toBe(EXIT.THRESHOLD);
    },
    TEST_MS,
  );

  it(
    '17.1.2.2 a final answer after Timer F is a stray, and the attempt stays a timeout',
    async () => {
      const script = onFirstCopies((request, reply) => void setTimeout(() => reply(ok(request)), 1_600));
      const { summary, exitCode } = await runAgainst(script, { count: COUNT, ratePerSecond: 10 });
      expect(summary.totals.register?.outcomes).toEqual({ timeout: COUNT });
      expect(summary.transactions.stray).toBeGreaterThan(0);
      expect(summary.transactions.responses).toEqual({});
      expect(exitCode).toBe(EXIT.THRESHOLD);
    },
    TEST_MS,
  );

  it(
    '17.1.3 the answer to a context’s timed-out request does not answer its next one',
    async () => {
      const first = new Map<string, SipRequest>();
      const script = onFirstCopies((request, reply) => {
        const earlier = first.get(request.callId);
        if (earlier !== undefined) reply(ok(earlier));
        first.set(request.callId, request);
      });
      const { summary } = await runAgainst(script, { count: 2, starts: 4, ratePerSecond: 1 });
      expect(summary.totals.register?.outcomes).toEqual({ timeout: 4 });
      expect(summary.transactions).toMatchObject({ stray: 2, responses: {} });
    },
    TEST_MS,
  );

  it(
    '17.1.2.2 an answer to a retransmission is an answer',
    async () => {
      const copies = new Map<string, number>();
      const script: Script = (request, reply) => {
        const copy = (copies.get(request.callId) ?? 0) + 1;
        copies.set(request.callId, copy);
        if (copy === 3) reply(ok(request));
      };
      const { summary, peer, exitCode } = await runAgainst(script, { count: COUNT });
      expect(summary.totals.register?.outcomes).toEqual({ succeeded: COUNT });
      // RFC 3261 §17.1.2.2: a retransmission is the same request, byte for byte.
      expect(new Set(peer.requests.map(({ text }) => text)).size).toBe(COUNT);
      expect(exitCode).toBe(EXIT.PASS);
    },
    TEST_MS,
  );
});
