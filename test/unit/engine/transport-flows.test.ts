// An engine with several flows: who speaks from where, and what one flow's trouble means for the others.

import { describe, expect, it } from 'vitest';
import { createEngine, reportError } from '../../../src/engine/index.ts';
import { COUNTER_MISSED_LATE, COUNTER_STRAY, createMetricsBlock } from '../../../src/metrics/index.ts';
import type { RunPlan } from '../../../src/scenario/index.ts';
import { counted, numbersOf, timesOf } from './books.ts';
import { drive, type Peer, type Run, SILENT, sentByOf } from './driver.ts';
import { accept, accepting, answer, answering, readRequest } from './messages.ts';
import { createPlan, type PlanParts, pause, refresh, register, SECOND } from './plans.ts';

/** `flows` flows, as many contexts as told, all of which start in the first millisecond. */
const crowd = (flows: number, count: number, parts: PlanParts = {}): RunPlan =>
  createPlan({
    identities: { count, password: 'secret' },
    load: { starts: count, startsPerPeriod: count, periodUs: 1000 },
    local: {
      addresses: [],
      firstPort: null,
      lastPort: null,
      socketsPerWorker: flows,
      sockets: 'auto',
      maxBurst: null,
      segmentation: false,
    },
    ...parts,
  });

const userOf = (text: string): number => Number(/u(\d+)/.exec(readRequest(text).value('To'))![1]);

/** Accepts what has credentials, and asks for them else. */
const challenging: Peer = answering((request) => {
  const isSigned = readRequest(request).credentials !== null;
  return isSigned
    ? accept(request)
    : answer(request, '401 X', 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"');
});

describe('a context speaks from one flow for its life', () => {
  it('its row modulo their number, in Via, in Contact and on the wire, through retransmissions, challenges and cleanup', () => {
    const flow = [register(), pause(SECOND), refresh()];
    const lossy: Peer = (request, nowUs) => (nowUs < 700_000 ? [] : challenging(request, nowUs));
    const run = drive({ plan: crowd(3, 20, { flow, cleanup: 'unregister' }), peer: lossy });
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ succeeded: 20 });
    // Three copies, one with credentials, the refresh and the cleanup.
    expect(run.sent.length).toBe(20 * 6);
    for (const { flow: from, text } of run.sent) {
      expect(from).toBe(userOf(text) % 3);
      const { value, contact } = readRequest(text);
      expect(value('Via')).toContain(`UDP ${sentByOf(from)};`);
      if (contact !== '') expect(contact).toMatch(new RegExp(`@${sentByOf(from)}$`));
    }
  });

  it('counted over all workers: worker w of W has the flows whose number is w modulo W', () => {
    for (const workerIndex of [0, 1]) {
      const run = drive({ plan: crowd(2, 12), peer: accepting(), workerIndex, workerCount: 2 });
      // Socket f * W + w is flow f of worker w.
      for (const { flow, text } of run.sent) expect(flow * 2 + workerIndex).toBe(userOf(text) % 4);
      expect(run.sent.length).toBe(6);
    }
  });
});

describe('an answer on another flow than its request’s', () => {
  const astray = (change: (right: string) => string): Run => {
    const peer: Peer = (request, nowUs) => {
      const right = accept(request);
      const other = (userOf(request) + 1) % 2;
      return [
        { atUs: nowUs + 10, bytes: change(right), flow: other },
        { atUs: nowUs + 1000, bytes: right },
      ];
    };
    return drive({ plan: crowd(2, 2), peer });
  };

  it('18.1.2 is a stray, as its sent-by is another one, and changes nothing', () => {
    const run = astray((right) => right);
    expect(counted(run, COUNTER_STRAY)).toBe(2);
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 2 });
    expect(timesOf(run, 'register', 'wire').min).toBe(1000);
  });

  it('18.1.2 is a stray even if its sent-by has been made to fit the flow', () => {
    const swapped = (right: string): string =>
      right.replace(/UDP ([^;]+);/, (_, own) => `UDP ${own === sentByOf(0) ? sentByOf(1) : sentByOf(0)};`);
    const run = astray(swapped);
    expect(counted(run, COUNTER_STRAY)).toBe(2);
    expect(timesOf(run, 'register', 'wire').min).toBe(1000);
  });

  it('17.1.3 and so is the second final answer, which comes late and astray', () => {
    const peer: Peer = (request, nowUs) => [
      { atUs: nowUs + 1000, bytes: accept(request) },
      { atUs: nowUs + 2000, bytes: accept(request), flow: (userOf(request) + 1) % 2 },
    ];
    const run = drive({ plan: crowd(2, 2), peer });
    expect(counted(run, COUNTER_STRAY)).toBe(2);
  });
});

describe('a flow whose socket takes nothing', () => {
  const BLOCKED = 1;
  const isBlocked = (flow: number): boolean => flow === BLOCKED;

  it('holds up no other: those start on time, answer challenges and go on, and its own are told as late', () => {
    // More starts than its outbox holds, so that some wait as starts, some as ready contexts and some as messages.
    const count = 6000;
    const run = drive({
      plan: crowd(3, count, { flow: [register(), refresh()] }),
      peer: challenging,
      takes: (nowUs, flow) => (isBlocked(flow) && nowUs < 0.9 * SECOND ? 0 : Number.POSITIVE_INFINITY),
    });
    const early = run.sent.filter(({ atUs }) => atUs < 0.9 * SECOND);
    expect(early.every(({ flow }) => !isBlocked(flow))).toBe(true);
    expect(new Set(early.map(({ text }) => userOf(text))).size).toBe((count * 2) / 3);
    // Those are through with everything: register with a challenge, and refresh.
    expect(early.length).toBe(((count * 2) / 3) * 3);
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ succeeded: count });
    expect(counted(run, COUNTER_MISSED_LATE)).toBe(0);
  });

  it('loses no start: within a second they are made with their intended time, in order, after that counted as missed', () => {
    const load = { starts: 9000, startsPerPeriod: 9000, periodUs: 3 * SECOND };
    const run = drive({
      plan: crowd(3, 9000, { load: { ...createPlan().load, ...load } }),
      peer: accepting(),
      takes: (nowUs, flow) => (isBlocked(flow) && nowUs < 2.5 * SECOND ? 0 : Number.POSITIVE_INFINITY),
    });
    const { outcomes, started } = numbersOf(run, 'register');
    const missed = counted(run, COUNTER_MISSED_LATE);
    expect(started + missed).toBe(9000);
    expect(outcomes).toEqual({ succeeded: started });
    expect(missed).toBeGreaterThan(0);
    expect(missed).toBeLessThan(3000);
    const own = run.sent.filter(({ flow }) => isBlocked(flow)).map(({ text }) => readRequest(text));
    const first = own.filter(({ cseq }) => cseq === 1).map((request) => Number(/u(\d+)/.exec(request.value('To'))![1]));
    expect([...new Set(first)]).toEqual([...new Set(first)].sort((one, other) => one - other));
    expect(timesOf(run, 'register', 'lag').count).toBe(started);
  });

  it('for good: its attempts time out, the others succeed, and no datagram of it is counted', () => {
    const run = drive({
      plan: crowd(2, 10),
      peer: accepting(),
      takes: (_nowUs, flow) => (isBlocked(flow) ? 0 : 100),
    });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 5, timeout: 5 });
    expect(run.sent.length).toBe(5);
  });

  it('17.1.2.2 leaves the others their retransmissions at 0.5, 1.5, 3.5 s', () => {
    const run = drive({
      plan: crowd(2, 2000, {
        drainUs: 3 * SECOND,
        load: { ...createPlan().load, starts: 2000, startsPerPeriod: 2000, periodUs: 1000, durationUs: SECOND },
      }),
      peer: SILENT,
      takes: (_nowUs, flow) => (isBlocked(flow) ? 0 : Number.POSITIVE_INFINITY),
    });
    const times = run.sent.filter(({ text }) => userOf(text) === 0).map(({ atUs }) => atUs);
    expect(times).toEqual([0, 500_000, 1_500_000, 3_500_000]);
  });
});

describe('RFC 3261 §18.4: an error of one flow', () => {
  it('17.1.4 ends what it has under way and drops what it has queued; the other flows go on', () => {
    const run = drive({
      plan: crowd(3, 9),
      peer: (request, nowUs) => (nowUs < SECOND ? [] : accepting()(request, nowUs)),
      events: [{ atUs: 0.7 * SECOND, act: (engine) => reportError(engine, 0.7 * SECOND, 1) }],
    });
    expect(numbersOf(run, 'register').outcomes).toEqual({ unreachable: 3, succeeded: 6 });
    const late = run.sent.filter(({ atUs }) => atUs > 0.7 * SECOND);
    expect(late.map(({ flow }) => flow).sort()).toEqual([0, 0, 0, 2, 2, 2]);
  });

  it('of each flow in its turn: everything ends, and the sums close', () => {
    const events = [0, 1, 2].map((flow) => {
      const atUs = (flow + 1) * 200_000;
      return { atUs, act: (engine: Run['engine']) => reportError(engine, atUs, flow) };
    });
    const run = drive({ plan: crowd(3, 9), peer: SILENT, events });
    expect(numbersOf(run, 'register').outcomes).toEqual({ unreachable: 9 });
    expect(timesOf(run, 'register', 'failureLatency').max).toBeLessThanOrEqual(600_000);
  });
});

describe('the outboxes of many flows', () => {
  const bytesOf = (flows: number): number => {
    const plan = crowd(flows, 2000);
    const engine = createEngine({
      plan,
      workerIndex: 0,
      workerCount: 1,
      runId: 'run-a',
      seed: 1,
      userAgent: 'test',
      metrics: createMetricsBlock(1),
    });
    return Number(/^outbox: (\d+)$/m.exec(engine.memory.describe())![1]);
  };

  it('share the memory of one, as long as each has room for its least', () => {
    expect(bytesOf(8)).toBeLessThan(1.01 * bytesOf(1));
    expect(bytesOf(1000)).toBeLessThan(1000 * 64 * 1024);
  });
});
