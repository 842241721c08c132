// Answers at line rate for contexts that don't exist: sound 200s of another run, and with our run's tag of other workers, rows
// and generations. Each is counted as a stray, none changes how an attempt ends or makes a request.

import { describe, expect, it } from 'vitest';
import { composeAnswer, ok, type SipRequest } from '../integration/hostile-message.ts';
import { BOTH_SOCKETS, TEST_MS } from '../integration/hostile-run.ts';
import { expectAllCounted, runFlooded } from './hostile-flood.ts';
import type { Send } from './line-rate-peer.ts';

const FLOOD = 200_000;
/** In the two seconds that a flood may last: tens of thousands a second, whatever the machine. */
const FLOOD_LEAST = 50_000;
const COUNT = 300;
/** The run outlasts the flood. */
const PARTS = { count: COUNT, ratePerSecond: 100, quickTimers: false, drainSeconds: 5 } as const;

interface Branch {
  readonly runTag: string;
  readonly worker: string;
  readonly slot: string;
  readonly generation: string;
}

const hex = (value: number, width: number): string => (value >>> 0).toString(16).padStart(width, '0').slice(-width);

/** The parts of a branch as src/sip/branch.ts draws them. */
const branchOf = (request: SipRequest): Branch => {
  const parts = /branch=z9hG4bK([0-9a-f]{8})([0-9a-f]{2})([0-9a-f]{6})([0-9a-f]{8})/.exec(request.via) ?? [];
  const [, runTag = '', worker = '', slot = '', generation = ''] = parts;
  return { runTag, worker, slot, generation };
};

/** Of other runs; and of ours: other workers, rows that no table has, generations to come, the last row and generation. */
const FOREIGN: readonly ((branch: Branch, number: number) => Partial<Branch>)[] = [
  ({ runTag }, number) => ({ runTag: hex(Number.parseInt(runTag, 16) + 1 + number, 8) }),
  (_, number) => ({ worker: hex(1 + (number % 255), 2) }),
  (_, number) => ({ slot: hex(0x800000 + number, 6) }),
  (_, number) => ({ slot: hex(number % 1_024, 6), generation: hex(0x40000000 + number, 8) }),
  () => ({ slot: 'ffffff', generation: 'ffffffff' }),
];

const answerFor = (request: SipRequest, number: number): string => {
  const branch = branchOf(request);
  const { runTag, worker, slot, generation } = { ...branch, ...FOREIGN[number % FOREIGN.length]!(branch, number) };
  const via = request.via.replace(/branch=[^;]*/, `branch=z9hG4bK${runTag}${worker}${slot}${generation}`);
  return composeAnswer(request, { status: 200, via });
};

describe('answers for contexts that do not exist', () => {
  it.each(BOTH_SOCKETS)(
    '17.1.3 of other runs, workers, rows and generations, at line rate over %s: strays, and every attempt succeeds by its own',
    async (sockets) => {
      let last: SipRequest | null = null;
      const answer = (request: SipRequest, send: Send): void => {
        last = request;
        send(ok(request));
      };
      const flood = (send: Send, sent: number): boolean => {
        send(answerFor(last!, sent));
        return sent + 1 < FLOOD;
      };
      const run = await runFlooded(`strays, ${sockets}`, { answer, flood }, { ...PARTS, sockets });
      const { summary, counts } = run;
      expect(counts.floodSent).toBeGreaterThanOrEqual(FLOOD_LEAST);
      expectAllCounted(run);
      expect(summary.totals.register?.outcomes).toEqual({ succeeded: COUNT });
      expect(summary.transactions).toMatchObject({ requestsSent: COUNT, malformed: 0 });
      // How many of them the kernel drops is the machine's affair; expectAllCounted has seen that none is missing.
      expect(summary.transactions.stray).toBeGreaterThan(COUNT);
    },
    TEST_MS,
  );
});
