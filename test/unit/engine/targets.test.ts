// An engine with several targets, in virtual time: who goes where, and where to when a target fails.

import { describe, expect, it } from 'vitest';
import { type Engine, renewTargets, reportError } from '../../../src/engine/index.ts';
import {
  COUNTER_CLEANUP_ATTEMPTED,
  COUNTER_DATAGRAMS_SENT,
  COUNTER_MISSED_CONTEXT_BUSY,
  COUNTER_MISSED_LATE,
  COUNTER_REQUESTS_SENT,
  COUNTER_STRAY,
  COUNTER_VERIFY_MISSING,
  TARGET_FAILOVERS,
  TARGET_REQUESTS,
  TARGET_RESPONSES,
} from '../../../src/metrics/index.ts';
import * as layout from '../../../src/metrics/layout.ts';
import { orderTargets, type TargetWeights } from '../../../src/scenario/index.ts';
import { counted, numbersOf } from './books.ts';
import { type DriveOptions, drive, type Peer, type Run, SILENT, sentByOf } from './driver.ts';
import { accept, accepting, answer, readRequest } from './messages.ts';
import { createPlan, type PlanParts, pause, refresh, register, SECOND, unregister } from './plans.ts';

const TWO: TargetWeights = { count: 2, priority: [10, 20], weight: [1, 1] };
const THREE: TargetWeights = { count: 3, priority: [10, 10, 10], weight: [60, 30, 10] };
const LINES = 2;

const crowd = (count: number, parts: PlanParts = {}) =>
  createPlan({
    identities: { count, password: 'secret' },
    load: { starts: count, startsPerPeriod: count, periodUs: 1000 },
    local: {
      addresses: [],
      firstPort: null,
      lastPort: null,
      socketsPerWorker: LINES,
      sockets: 'auto',
      maxBurst: null,
      segmentation: false,
    },
    drainUs: 200 * SECOND,
    ...parts,
  });

const driveTo = (targets: TargetWeights, options: Omit<DriveOptions, 'engine'>): Run =>
  drive({ ...options, engine: { targets } });

const userOf = (text: string): number => Number(/u(\d+)/.exec(readRequest(text).value('To'))![1]);
const targetOf = (flow: number): number => Math.floor(flow / LINES);

const countOf = ({ metrics }: Pick<Run, 'metrics'>, what: number): number[] =>
  Array.from({ length: 3 }, (_, target) => metrics.targets[target * layout.TARGET_COUNTS + what]!);

/** By user, the targets of its requests in order, retransmissions left out. */
const routesOf = (run: Run): Map<number, number[]> => {
  const routes = new Map<number, number[]>();
  const seen = new Set<string>();
  for (const { text, flow } of run.sent) {
    const { branch } = readRequest(text);
    if (seen.has(branch)) continue;
    seen.add(branch);
    routes.set(userOf(text), [...(routes.get(userOf(text)) ?? []), targetOf(flow)]);
  }
  return routes;
};

/** Each target has an answer of its own; null: none. */
const byTarget =
  (...answers: readonly (((request: string) => string) | null)[]): Peer =>
  (request, nowUs, flow = 0) => {
    const made = answers[targetOf(flow)]?.(request);
    return made === undefined ? [] : [{ atUs: nowUs + 1000, bytes: made }];
  };

const unavailable = (request: string): string => answer(request, '503 Service Unavailable');

describe('contexts over several targets', () => {
  it('RFC 2782 are spread by weight, each with an order of its own, whatever the number of workers', () => {
    const plan = crowd(300);
    const placesWith = (workerCount: number): string[] =>
      Array.from({ length: workerCount }, (_, workerIndex) =>
        driveTo(THREE, { plan, peer: accepting(), workerIndex, workerCount }).sent.map(
          ({ text, flow }) => `${userOf(text)} at ${targetOf(flow)}`,
        ),
      )
        .flat()
        .sort();
    const alone = placesWith(1);
    expect(alone).toHaveLength(300);
    expect(placesWith(3)).toEqual(alone);
    const first = alone.filter((place) => place.endsWith('at 0')).length;
    // Four standard deviations of 300 draws at 0.6 are 34.
    expect(Math.abs(first - 180)).toBeLessThan(34);
  });

  it('are the same phone towards each of them: one address and port, Call-ID and From tag, the CSeq going on', () => {
    const run = driveTo(TWO, { plan: crowd(6), peer: byTarget(unavailable, accept) });
    for (const { text, flow } of run.sent) {
      const { value, contact } = readRequest(text);
      expect(value('Via')).toContain(`UDP ${sentByOf(flow % LINES)};`);
      expect(contact).toMatch(new RegExp(`@${sentByOf(flow % LINES)}$`));
      expect(flow % LINES).toBe(userOf(text) % LINES);
    }
    for (let user = 0; user < 6; user++) {
      const own = run.sent.filter(({ text }) => userOf(text) === user).map(({ text }) => readRequest(text));
      expect(own.map(({ cseq }) => cseq)).toEqual([1, 2]);
      expect(new Set(own.map(({ callId, fromTag }) => `${callId} ${fromTag}`)).size).toBe(1);
      expect(new Set(own.map(({ branch }) => branch)).size).toBe(2);
    }
  });

  it('count requests and responses by target, and the sums are the run’s', () => {
    const run = driveTo(THREE, { plan: crowd(60, { flow: [register(), refresh()] }), peer: accepting() });
    const sum = (counts: number[]): number => counts.reduce((a, b) => a + b, 0);
    expect(sum(countOf(run, TARGET_REQUESTS))).toBe(counted(run, COUNTER_REQUESTS_SENT));
    expect(sum(countOf(run, TARGET_RESPONSES))).toBe(120);
    expect(countOf(run, TARGET_FAILOVERS)).toEqual([0, 0, 0]);
    for (const route of routesOf(run).values()) expect(new Set(route).size).toBe(1);
  });
});

describe('a target that fails', () => {
  it('RFC 3263 §4.3 with 503: the attempt goes on at the next target, and the context stays there', () => {
    const plan = crowd(10, { flow: [register(), pause(SECOND), refresh()] });
    const run = driveTo(TWO, { plan, peer: byTarget(unavailable, accept) });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 10 });
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ succeeded: 10 });
    expect([...routesOf(run).values()]).toEqual(Array(10).fill([0, 1, 1]));
    expect(countOf(run, TARGET_FAILOVERS)).toEqual([10, 0, 0]);
    expect(run.metrics.responses[503]).toBe(10);
  });

  it('RFC 3263 §4.3 with silence: after Timer F, and the latency counts from the intended start', () => {
    const run = driveTo(TWO, { plan: crowd(4), peer: byTarget(null, accept) });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 4 });
    expect(counted(run, COUNTER_DATAGRAMS_SENT)).toBe(4 * 12);
    const [first] = run.sent.filter(({ flow }) => targetOf(flow) === 1);
    expect(first!.atUs).toBe(32 * SECOND);
    const latency = layout.histogramOf(0, 0, layout.KIND_LATENCY) * layout.STATS_PER_HISTOGRAM;
    expect(run.metrics.stats[latency + layout.STAT_MIN]).toBe(32 * SECOND + 1000);
    // Lag is of the first target's first datagram alone: what came later was the target's doing.
    const lag = layout.histogramOf(0, 0, layout.KIND_LAG) * layout.STATS_PER_HISTOGRAM;
    expect(run.metrics.stats[lag + layout.STAT_COUNT]).toBe(4);
    expect(run.metrics.stats[lag + layout.STAT_MAX]).toBe(0);
  });

  it('RFC 3263 §4.3 with an ICMP error: those of that socket move at once, and no others', () => {
    const gone = (engine: Engine): void => reportError(engine, 500, 0);
    const run = driveTo(TWO, { plan: crowd(6), peer: byTarget(null, accept), events: [{ atUs: 500, act: gone }] });
    const movedAt = run.sent
      .filter(({ flow }) => targetOf(flow) === 1)
      .map(({ atUs, text }) => ({ atUs, user: userOf(text) }));
    const early = movedAt.filter(({ atUs }) => atUs < SECOND).map(({ user }) => user);
    expect(early.length).toBeGreaterThan(0);
    for (const user of early) expect(user % LINES).toBe(0);
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 6 });
  });

  it('RFC 3263 §4.3 not with a provisional answer and silence behind it, nor with any other status', () => {
    const trying = (request: string): string => answer(request, '100 Trying');
    const busy = (request: string): string => answer(request, '500 Server Internal Error');
    const provisional = driveTo(TWO, { plan: crowd(2), peer: byTarget(trying, accept) });
    expect(numbersOf(provisional, 'register').outcomes).toEqual({ 'timeout-after-provisional': 2 });
    const refused = driveTo(TWO, { plan: crowd(2), peer: byTarget(busy, accept) });
    expect(numbersOf(refused, 'register').outcomes).toEqual({ 'status-500': 2 });
    for (const run of [provisional, refused]) expect(countOf(run, TARGET_FAILOVERS)).toEqual([0, 0, 0]);
  });

  it('RFC 3263 §4.3 where all fail, the attempt ends as the last one did, and the next attempt begins at the next target', () => {
    const plan = crowd(3, { load: { starts: 6, startsPerPeriod: 3, periodUs: 200 * SECOND } });
    const run = driveTo(THREE, { plan, peer: byTarget(unavailable, null, unavailable) });
    const outcomes = numbersOf(run, 'register').outcomes;
    expect((outcomes['status-503'] ?? 0) + (outcomes.timeout ?? 0)).toBe(6);
    for (const [user, route] of routesOf(run)) {
      const order = new Uint8Array(3);
      orderTargets(THREE, run.engine.targets!.seed, user, order);
      expect(route).toEqual([...order, ...order]);
    }
    expect(countOf(run, TARGET_FAILOVERS)).toEqual([6, 6, 6]);
  });

  it('10.2.2 what a silent target may have done is in doubt, whatever the next one says: it is cleaned up, and no loss of the registrar', () => {
    const forbidden = (request: string): string => answer(request, '403 Forbidden');
    const isCleanup = (request: string): boolean => request.includes('\r\nExpires: 0\r\n');
    const silent = byTarget(null, (request) => (isCleanup(request) ? accept(request) : forbidden(request)));
    const registered = driveTo(TWO, { plan: crowd(3, { cleanup: 'unregister' }), peer: silent });
    expect(numbersOf(registered, 'register').outcomes).toEqual({ 'status-403': 3 });
    expect(counted(registered, COUNTER_CLEANUP_ATTEMPTED)).toBe(3);
    // Nothing is bound any more once the silent target has obeyed.
    const plan = crowd(3, { flow: [register(), unregister], verify: { sampleShare: 1 } });
    const obeying: Peer = (request, nowUs, flow) => {
      const isSilent = isCleanup(request) && targetOf(flow ?? 0) === 0;
      const said =
        request.includes('\r\nContact:') && !isCleanup(request) ? accept(request) : answer(request, '200 OK');
      return isSilent ? [] : [{ atUs: nowUs + 1000, bytes: isCleanup(request) ? forbidden(request) : said }];
    };
    const removed = driveTo(TWO, { plan, peer: obeying });
    expect(numbersOf(removed, 'unregister').outcomes).toEqual({ 'status-403': 3 });
    expect(counted(removed, COUNTER_VERIFY_MISSING)).toBe(0);
  });

  it('a challenge by each target is answered, and is one challenged attempt', () => {
    const challenging =
      (nonce: string, after: (request: string) => string) =>
      (request: string): string => {
        const nonceUsed = readRequest(request).credentials?.get('nonce');
        if (nonceUsed === `"${nonce}"`) return after(request);
        return answer(request, '401 X', `WWW-Authenticate: Digest realm="r", nonce="${nonce}", qop="auth"`);
      };
    const run = driveTo(TWO, {
      plan: crowd(4),
      peer: byTarget(challenging('one', unavailable), challenging('two', accept)),
    });
    expect(numbersOf(run, 'register')).toMatchObject({ challenged: 4, outcomes: { succeeded: 4 } });
    expect([...routesOf(run).values()]).toEqual(Array(4).fill([0, 0, 1, 1]));
  });

  it('RFC 3261 §17.1.2.2 a late answer of the old target is absorbed by its own transaction, not a stray', () => {
    const peer: Peer = (request, nowUs, flow = 0) => {
      if (targetOf(flow) === 1) return [{ atUs: nowUs + 1000, bytes: accept(request) }];
      return [1000, 2_000_000].map((delayUs) => ({ atUs: nowUs + delayUs, bytes: unavailable(request) }));
    };
    const run = driveTo(TWO, { plan: crowd(3), peer });
    expect(counted(run, COUNTER_STRAY)).toBe(0);
    expect(countOf(run, TARGET_RESPONSES)).toEqual([6, 3, 0]);
  });

  it('a run that ends while contexts are on their way to the next target closes its books', () => {
    const run = driveTo(TWO, {
      plan: crowd(5, { drainUs: 0, load: { starts: null, durationUs: 1000, startsPerPeriod: 5, periodUs: 1000 } }),
      peer: byTarget(unavailable, null),
    });
    const { outcomes } = numbersOf(run, 'register');
    expect(Object.values(outcomes).reduce((a, b) => a + b, 0)).toBe(5);
  });

  it('a socket that takes nothing holds its requests up, and they leave in order when it does', () => {
    const takes = (nowUs: number, flow: number): number => (targetOf(flow) === 0 && nowUs < 300_000 ? 0 : 100);
    const run = driveTo(TWO, { plan: crowd(200), peer: accepting(), takes });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 200 });
  });

  it('silent targets all: every attempt times out after one Timer F for each', () => {
    const run = driveTo(TWO, { plan: crowd(2), peer: SILENT });
    expect(numbersOf(run, 'register').outcomes).toEqual({ timeout: 2 });
    expect(run.sent.at(-1)!.atUs).toBeGreaterThan(63 * SECOND);
  });
});

describe('targets that are looked up again', () => {
  const renewed = (slots: Parameters<typeof renewTargets>[1], atUs: number) => ({
    atUs,
    act: (engine: Engine) => renewTargets(engine, slots),
  });
  const flow = [register(), pause(10 * SECOND), refresh()];

  it('RFC 3263 §4 contexts go back to the target that had failed them, and are counted there', () => {
    const recovering: Peer = (request, nowUs, from = 0) => {
      const isDown = targetOf(from) === 0 && nowUs < 5 * SECOND;
      return [{ atUs: nowUs + 1000, bytes: isDown ? unavailable(request) : accept(request) }];
    };
    const events = [
      renewed(
        [
          { priority: 10, weight: 1 },
          { priority: 20, weight: 1 },
        ],
        5 * SECOND,
      ),
    ];
    const run = driveTo(TWO, { plan: crowd(8, { flow }), peer: recovering, events });
    expect([...routesOf(run).values()]).toEqual(Array(8).fill([0, 1, 0]));
    expect(countOf(run, TARGET_FAILOVERS)).toEqual([8, 0, 0]);
  });

  it('by other priorities and weights, contexts choose anew at their next attempt', () => {
    const events = [
      renewed(
        [
          { priority: 30, weight: 1 },
          { priority: 20, weight: 1 },
        ],
        5 * SECOND,
      ),
    ];
    const run = driveTo(TWO, { plan: crowd(8, { flow }), peer: accepting(), events });
    expect([...routesOf(run).values()]).toEqual(Array(8).fill([0, 1]));
  });

  it('a slot that leads nowhere is chosen by nobody, and what is under way there goes on', () => {
    const events = [renewed([null, { priority: 20, weight: 1 }, null], 500)];
    const slow: Peer = (request, nowUs) => [{ atUs: nowUs + 100_000, bytes: accept(request) }];
    const run = driveTo(THREE, { plan: crowd(20, { flow }), peer: slow, events });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 20 });
    const routes = [...routesOf(run).values()];
    expect(new Set(routes.map(([first]) => first)).size).toBeGreaterThan(1);
    for (const [, second] of routes) expect(second).toBe(1);
  });

  it('a context whose target fails after that takes the first of the new list', () => {
    const events = [
      renewed(
        [
          { priority: 10, weight: 1 },
          { priority: 20, weight: 1 },
        ],
        SECOND,
      ),
    ];
    const run = driveTo(TWO, { plan: crowd(2), peer: byTarget(null, accept), events });
    // Its first choice is asked once more, and silent again.
    expect([...routesOf(run).values()]).toEqual(Array(2).fill([0, 0]));
    expect(numbersOf(run, 'register').outcomes).toEqual({ timeout: 2 });
  });
});

describe('a target whose socket takes nothing', () => {
  const BLOCKED = 0;
  const EVEN: TargetWeights = { count: 2, priority: [10, 10], weight: [100, 100] };
  /** More than an outbox holds, so that some wait as messages, some as ready contexts and some as starts. */
  const COUNT = 6000;
  const blockedUntil = (untilUs: number) => (nowUs: number, flow: number) =>
    targetOf(flow) === BLOCKED && nowUs < untilUs ? 0 : Number.POSITIVE_INFINITY;

  it('holds up no one who speaks to another: those start on time and go on, and its own follow when it takes again', () => {
    const run = driveTo(EVEN, {
      plan: crowd(COUNT, { flow: [register(), refresh()] }),
      peer: accepting(),
      takes: blockedUntil(0.9 * SECOND),
    });
    const early = run.sent.filter(({ atUs }) => atUs < 0.9 * SECOND);
    expect(early.every(({ flow }) => targetOf(flow) !== BLOCKED)).toBe(true);
    const others = new Set(early.map(({ text }) => userOf(text))).size;
    expect(others).toBeGreaterThan(COUNT * 0.45);
    expect(others).toBeLessThan(COUNT * 0.55);
    // They are through with both steps, within milliseconds.
    expect(early.length).toBe(2 * others);
    expect(Math.max(...early.map(({ atUs }) => atUs))).toBeLessThan(50_000);
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ succeeded: COUNT });
    expect(counted(run, COUNTER_MISSED_LATE)).toBe(0);
    expect(new Set(run.sent.map(({ text }) => userOf(text))).size).toBe(COUNT);
  });

  it('for longer than a second: its starts are missed as late, all others made', () => {
    const run = driveTo(EVEN, { plan: crowd(COUNT), peer: accepting(), takes: blockedUntil(2 * SECOND) });
    const { started, outcomes } = numbersOf(run, 'register');
    const missed = counted(run, COUNTER_MISSED_LATE);
    expect(missed).toBeGreaterThan(0);
    expect(started + missed).toBe(COUNT);
    expect(outcomes).toEqual({ succeeded: started });
    expect(routesOf(run).size).toBe(started);
  });

  it('for good: what had left the context ends by timeout and fails over, what had not begun is missed, and the run ends', () => {
    const plan = crowd(COUNT, { load: { starts: COUNT, startsPerPeriod: COUNT, periodUs: 1000, durationUs: SECOND } });
    const run = driveTo(EVEN, { plan, peer: accepting(), takes: blockedUntil(Number.POSITIVE_INFINITY) });
    const { started, outcomes } = numbersOf(run, 'register');
    expect(run.sent.every(({ flow }) => targetOf(flow) !== BLOCKED)).toBe(true);
    expect(outcomes.succeeded).toBeGreaterThan(COUNT * 0.45);
    expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(started);
    expect(started + counted(run, COUNTER_MISSED_LATE)).toBe(COUNT);
  });

  it('a start of a context whose last one still waits is missed as busy', () => {
    const plan = crowd(COUNT, { load: { starts: 2 * COUNT, startsPerPeriod: COUNT, periodUs: 1000 } });
    const run = driveTo(EVEN, { plan, peer: accepting(), takes: blockedUntil(0.5 * SECOND) });
    const { started } = numbersOf(run, 'register');
    const busy = counted(run, COUNTER_MISSED_CONTEXT_BUSY);
    expect(busy).toBeGreaterThan(0);
    expect(started + busy).toBe(2 * COUNT);
  });
});
