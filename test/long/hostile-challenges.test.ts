// Registrars that ask for credentials for ever: floods of 401 with ever new nonces, short and long, and with ever new realms.
// An attempt ends after a bounded number of requests, a request is made for one challenge and no more, and what is kept of
// it all has a bound that follows from the number of contexts.

import { describe, expect, it } from 'vitest';
import { MOST_CHALLENGES } from '../../src/engine/authenticate.ts';
import { MOST_NONCE_BYTES, MOST_REALM_BYTES } from '../../src/engine/challenges.ts';
import { MOST_SPACES } from '../../src/engine/protection-spaces.ts';
import { composeAnswer, ok, type SipRequest } from '../integration/hostile-message.ts';
import { TEST_MS } from '../integration/hostile-run.ts';
import { type FloodedRun, runFlooded } from './hostile-flood.ts';
import type { Send } from './line-rate-peer.ts';

const CONTEXTS = 4_000;
const STARTS = 10_000;
const PARTS = { count: CONTEXTS, starts: STARTS, ratePerSecond: 4_000, drainSeconds: 5, quickTimers: false } as const;
/** Each challenge comes so often, every time with a nonce of its own: the first one counts, the rest is flood. */
const COPIES = 3;
const REQUESTS_MOST = 1 + MOST_CHALLENGES;

/** Beside the bytes of a long nonce: its array, its buffer and its place in the side table. */
const NONCE_BOOKKEEPING_BYTES = 400;
/** What a garbage collector may leave lying about before it looks: both halves of the new space, and dead nonces. */
const GARBAGE_BYTES = 48 << 20;
const MOST_KEPT_BYTES =
  CONTEXTS * (MOST_NONCE_BYTES + NONCE_BOOKKEEPING_BYTES) + MOST_SPACES * MOST_REALM_BYTES + GARBAGE_BYTES;

const plain = (request: SipRequest, send: Send): void => send(ok(request));

/** 401s with `parts` by a number that never comes again. */
const challenging =
  (parts: (number: number) => string) =>
  (request: SipRequest, send: Send, number: number): void => {
    for (let copy = 0; copy < COPIES; copy++) {
      const value = `Digest ${parts(number * COPIES + copy)}`;
      send(composeAnswer(request, { status: 401, headers: [`WWW-Authenticate: ${value}`] }));
    }
  };

const LONG = 'n'.repeat(MOST_NONCE_BYTES);
/** Lengths from 900 to 1,023 bytes, so that no kept one fits the next. */
const longNonce = (number: number): string => `${number}-${LONG}`.slice(0, 900 + (number % 124));

const FLOODS: readonly (readonly [string, (number: number) => string, string])[] = [
  ['22.4 stale nonces of 20 bytes', (n) => `realm="r", nonce="${n}-short-nonce", stale=true`, 'auth-failed'],
  [
    '22.4 stale nonces of 1 kB, ever other lengths',
    (n) => `realm="r", nonce="${longNonce(n)}", stale=true`,
    'auth-failed',
  ],
  [
    '22.1 new realms of 200 bytes',
    (n) => `realm="${`${n}${LONG}`.slice(0, 200)}", nonce="n", stale=true`,
    'challenge-unusable',
  ],
];

describe('challenges for ever, at line rate', () => {
  let quiet: FloodedRun;

  it(
    'the same load without any challenge, to compare with',
    async () => {
      quiet = await runFlooded('no challenge', { answer: plain }, PARTS);
      expect(quiet.summary.totals.register?.outcomes).toEqual({ succeeded: STARTS });
    },
    TEST_MS,
  );

  it.each(FLOODS)(
    '%s: bounded requests and memory, the run ends on time',
    async (title, parts, outcome) => {
      const { summary, counts } = await runFlooded(title, { answer: challenging(parts) }, PARTS);
      const { started, outcomes } = summary.totals.register!;
      expect(outcomes[outcome], JSON.stringify(outcomes)).toBeGreaterThan(started * 0.95);
      expect(counts.sent).toBe(COPIES * counts.heard);
      // Never more than one request for one challenge, however often that one came.
      const { requestsSent, responses, stray } = summary.transactions;
      expect(requestsSent).toBeLessThanOrEqual(REQUESTS_MOST * started);
      expect(requestsSent - started).toBeLessThanOrEqual(Math.ceil(((responses[401] ?? 0) + stray) / COPIES));
      const grownBytes = summary.generator.maxRssBytes - quiet.summary.generator.maxRssBytes;
      console.info(
        `${title}: ${(grownBytes / 1e6).toFixed(1)} MB more, bound ${(MOST_KEPT_BYTES / 1e6).toFixed(1)} MB`,
      );
      expect(grownBytes).toBeLessThan(MOST_KEPT_BYTES);
    },
    TEST_MS,
  );
});
