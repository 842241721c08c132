// Whatever arrives besides the answers is counted, to the last datagram, and changes nothing: an attempt succeeds by the
// answer behind the junk, and times out without one.

import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/std/index.ts';
import { JUNK, type Junk } from '../integration/hostile-junk.ts';
import { composeAnswer, ok, type SipRequest } from '../integration/hostile-message.ts';
import type { Script } from '../integration/hostile-peer.ts';
import { BOTH_SOCKETS, runAgainst, TEST_MS } from '../integration/hostile-run.ts';

const COUNT = 10;
const LARGE_BYTES = 60_000;

/** Answers only the first copy of each request, so that the number of datagrams is known. */
const junkThenOk = (junk: readonly Junk[], isAnswered: (number: number) => boolean): Script => {
  const seen = new Set<string>();
  return (request, reply) => {
    if (seen.has(request.callId)) return;
    seen.add(request.callId);
    for (const { datagramsFor } of junk) for (const datagram of datagramsFor(request)) reply(datagram);
    if (isAnswered(seen.size)) reply(ok(request));
  };
};

const everyOne = (): boolean => true;
const everySecond = (number: number): boolean => number % 2 === 0;

const countOf = (junk: readonly Junk[], counted: Junk['counted'], example: SipRequest): number =>
  junk
    .filter((each) => each.counted === counted)
    .reduce((sum, { datagramsFor }) => sum + COUNT * datagramsFor(example).length, 0);

describe('junk besides the answers', () => {
  it.each(JUNK.map((junk) => [junk.title, junk.counted, junk] as const))(
    '%s is counted as %s, and the answer behind it is taken',
    async (_title, counted, junk) => {
      const { summary, peer, exitCode } = await runAgainst(junkThenOk([junk], everyOne), { count: COUNT });
      expect(summary.totals.register?.outcomes).toEqual({ succeeded: COUNT });
      const { stray, malformed } = summary.transactions;
      const { keepalives } = summary.incoming;
      const expected = {
        stray: 0,
        malformed: 0,
        keepalives: 0,
        [counted]: countOf([junk], counted, peer.requests[0]!),
      };
      expect({ stray, malformed, keepalives }).toEqual(expected);
      expect(summary.transactions.responses).toEqual({ 200: COUNT });
      expect(exitCode).toBe(EXIT.PASS);
    },
    TEST_MS,
  );

  it.each(BOTH_SOCKETS)(
    'all of it at once over %s is counted to the last datagram; attempts without an answer time out',
    async (sockets) => {
      const parts = { count: COUNT, ratePerSecond: 20, sockets };
      const { summary, peer } = await runAgainst(junkThenOk(JUNK, everySecond), parts);
      expect(summary.totals.register?.outcomes).toEqual({ succeeded: COUNT / 2, timeout: COUNT / 2 });
      expect(summary.transactions).toMatchObject({
        stray: countOf(JUNK, 'stray', peer.requests[0]!),
        malformed: countOf(JUNK, 'malformed', peer.requests[0]!),
        truncated: 0,
      });
      expect(summary.incoming.keepalives).toBe(countOf(JUNK, 'keepalives', peer.requests[0]!));
    },
    TEST_MS,
  );

  it.each(BOTH_SOCKETS)(
    'an answer of 60 kB is an answer, over %s',
    async (sockets) => {
      const subject = `Subject: ${'long '.repeat(LARGE_BYTES / 5)}`;
      const { summary, exitCode } = await runAgainst(
        (request, reply) => reply(composeAnswer(request, { status: 200, headers: [subject] })),
        { count: COUNT, sockets },
      );
      expect(summary.totals.register?.outcomes).toEqual({ succeeded: COUNT });
      expect(exitCode).toBe(EXIT.PASS);
    },
    TEST_MS,
  );

  it(
    'junk alone is proof that somebody is there, yet nothing registered: 20, not 23',
    async () => {
      const { summary, exitCode } = await runAgainst((_request, reply) => reply('hello'), { count: COUNT });
      expect(summary.totals.register?.outcomes).toEqual({ timeout: COUNT });
      expect(exitCode).toBe(EXIT.THRESHOLD);
    },
    TEST_MS,
  );
});
