// Several final answers to one request: the first one decides, whatever the others say and from however many forks they
// come (RFC 3261 §17.1.2.2: in Completed they are absorbed). Never more than one request follows.

import { describe, expect, it } from 'vitest';
import { type AnswerParts, composeAnswer, ok, type SipRequest } from '../integration/hostile-message.ts';
import { countRequests } from '../integration/hostile-own-lines.ts';
import type { Script } from '../integration/hostile-peer.ts';
import { BOTH_SOCKETS, runAgainst, type ScriptedRun, TEST_MS } from '../integration/hostile-run.ts';

const COUNT = 20;
/** Timer K is 5 s: what is late is absorbed all the same. */
const PARTS = { count: COUNT, quickTimers: false, drainSeconds: 5 } as const;

const challengeParts = (nonce: string): AnswerParts => ({
  status: 401,
  headers: [`WWW-Authenticate: Digest realm="test.example", nonce="${nonce}", qop="auth"`],
});

const FINALS: readonly (readonly [string, readonly AnswerParts[], string, number])[] = [
  ['200, 503, 200', [{ status: 200 }, { status: 503 }, { status: 200 }], 'succeeded', 1],
  ['503, 200, 401', [{ status: 503 }, { status: 200 }, challengeParts('late')], 'status-503', 1],
  ['200, 401, 407', [{ status: 200 }, challengeParts('late'), { status: 407 }], 'succeeded', 1],
  ['302, 200', [{ status: 302, contact: '<sip:elsewhere.example>' }, { status: 200 }], 'status-302', 1],
  // Asked again for 7200 s, once; the second 423 is the last word.
  [
    '423, 200, 100',
    [{ status: 423, headers: ['Min-Expires: 7200'] }, { status: 200 }, { status: 100 }],
    'status-423',
    2,
  ],
  ['423 without Min-Expires, 200', [{ status: 423 }, { status: 200 }], 'status-423', 1],
  ['699, 600, 200', [{ status: 699 }, { status: 600 }, { status: 200 }], 'status-699', 1],
];

/** A To tag of its own for each answer, as from the branches of a fork. */
const forked = (text: string, fork: number): string => text.replace(';tag=peer', `;tag=fork${fork}`);

/** Every request, retransmissions too, is answered with all of them at once. */
const answering =
  (answers: readonly AnswerParts[]): Script =>
  (request, reply) => {
    for (const [fork, parts] of answers.entries()) reply(forked(composeAnswer(request, parts), fork));
  };

const expectOneRequestEach = ({ peer, summary }: ScriptedRun, perAttempt: number): void => {
  expect(countRequests(peer.requests)).toBe(perAttempt * COUNT);
  expect(summary.transactions).toMatchObject({ requestsSent: perAttempt * COUNT, stray: 0, malformed: 0 });
};

describe('several final answers from several forks', () => {
  it.each(FINALS)(
    '17.1.2.2 %s: the first one decides, and no request follows but the one that it asks for',
    async (_title, answers, outcome, requests) => {
      const run = await runAgainst(answering(answers), PARTS);
      expect(run.summary.totals.register?.outcomes).toEqual({ [outcome]: COUNT });
      expectOneRequestEach(run, requests);
    },
    TEST_MS,
  );

  it.each(BOTH_SOCKETS)(
    '22.2 over %s: 401, 401 with another nonce, 407, 200: exactly one new request, with the first nonce',
    async (sockets) => {
      const nonces: string[] = [];
      const script: Script = (request, reply) => {
        if (request.authorization !== null) {
          nonces.push(/nonce="([^"]*)"/.exec(request.authorization)![1]!);
          return reply(ok(request));
        }
        const proxy = { status: 407, headers: ['Proxy-Authenticate: Digest realm="p", nonce="third"'] };
        const answers = [challengeParts('first'), challengeParts('second'), proxy, { status: 200 }];
        answering(answers)(request, reply, 0);
      };
      const run = await runAgainst(script, { ...PARTS, sockets });
      expect(run.summary.totals.register).toMatchObject({ outcomes: { succeeded: COUNT }, challenged: COUNT });
      expectOneRequestEach(run, 2);
      expect(new Set(nonces)).toEqual(new Set(['first']));
    },
    TEST_MS,
  );

  it(
    '22.2 a thousand challenges to one request, each with a nonce of its own: exactly one new request',
    async () => {
      const copies = 1_000;
      const script: Script = (request: SipRequest, reply) => {
        if (request.authorization !== null) return reply(ok(request));
        for (let copy = 0; copy < copies; copy++) reply(composeAnswer(request, challengeParts(`${copy}`)));
      };
      const run = await runAgainst(script, PARTS);
      expect(run.summary.totals.register).toMatchObject({ outcomes: { succeeded: COUNT }, challenged: COUNT });
      expectOneRequestEach(run, 2);
    },
    TEST_MS,
  );

  it(
    '17.1.3 finals for a request that was answered before the last one change nothing',
    async () => {
      const first = new Map<string, SipRequest>();
      const script: Script = (request, reply) => {
        const earlier = first.get(request.callId);
        first.set(request.callId, earlier ?? request);
        if (earlier !== undefined) for (const parts of FINALS[1]![1]) reply(composeAnswer(earlier, parts));
        reply(ok(request));
      };
      const run = await runAgainst(script, { ...PARTS, flow: ['register', 'refresh', 'unregister'] });
      for (const procedure of ['register', 'refresh', 'unregister'] as const) {
        expect(run.summary.totals[procedure]?.outcomes).toEqual({ succeeded: COUNT });
      }
      expect(countRequests(run.peer.requests)).toBe(3 * COUNT);
      expect(run.summary.transactions.requestsSent).toBe(3 * COUNT);
    },
    TEST_MS,
  );
});
