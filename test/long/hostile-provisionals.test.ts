// Provisional answers for ever, at line rate: 1xx keep a transaction in Proceeding and never make a request, and the run ends
// by Timer F and its own plan (RFC 3261 §17.1.2.2).

import { describe, expect, it } from 'vitest';
import { composeAnswer, type SipRequest } from '../integration/hostile-message.ts';
import { TEST_MS } from '../integration/hostile-run.ts';
import { runFlooded } from './hostile-flood.ts';
import type { Send } from './line-rate-peer.ts';

const FLOOD = 200_000;
const FLOOD_LEAST = 50_000;
const COUNT = 200;
/** Timer F is 1.28 s and fires while the flood lasts; T2 is 80 ms. */
const PARTS = { count: COUNT, ratePerSecond: 200, drainSeconds: 3 } as const;
/** Timer E in Proceeding restarts at T2: at most so many datagrams of a request within Timer F, and a few late ones. */
const DATAGRAMS_MOST = 1_280 / 20 + 1;

const STATUS = [100, 180, 183, 199] as const;

describe('provisional answers for ever', () => {
  it(
    '17.1.2.2 at line rate, for every request under way: timeout-after-provisional, no request, ends on time',
    async () => {
      const requests: SipRequest[] = [];
      const answer = (request: SipRequest, send: Send): void => {
        if (requests.at(-1)?.callId !== request.callId) requests.push(request);
        send(composeAnswer(request, { status: 100 }));
      };
      const flood = (send: Send, sent: number): boolean => {
        const request = requests[sent % requests.length]!;
        send(composeAnswer(request, { status: STATUS[sent % STATUS.length]!, phrase: `still ${sent}` }));
        return sent + 1 < FLOOD;
      };
      const { summary, counts } = await runFlooded('provisionals', { answer, flood }, PARTS);
      expect(counts.floodSent).toBeGreaterThanOrEqual(FLOOD_LEAST);
      const { outcomes } = summary.totals.register!;
      expect(Object.keys(outcomes)).toEqual(['timeout-after-provisional']);
      expect(outcomes['timeout-after-provisional']).toBe(COUNT);
      expect(summary.transactions.requestsSent).toBe(COUNT);
      expect(summary.transactions.datagramsSent).toBeLessThan(COUNT * DATAGRAMS_MOST);
      expect(summary.transactions.malformed).toBe(0);
    },
    TEST_MS,
  );
});
