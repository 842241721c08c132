import { describe, expect, it } from 'vitest';
import {
  COUNTER_EXPIRED_BEFORE_REFRESH,
  COUNTER_MISSED_CONTEXT_BUSY,
  COUNTER_RETRY_AFTER_CAPPED,
  COUNTER_RETRY_AFTER_HONOURED,
  COUNTER_RETRY_AFTER_IGNORED,
  COUNTER_STARTS_MADE_MEASURED,
} from '../../../src/metrics/index.ts';
import type { AttemptStep } from '../../../src/scenario/index.ts';
import { counted, numbersOf, timesOf } from './books.ts';
import { drive } from './driver.ts';
import { accept, accepting, answer, answering, readRequest, requestsOf, timesOfSending } from './messages.ts';
import {
  createPlan,
  discard,
  hold,
  pause,
  query,
  refresh,
  register,
  repeat,
  SECOND,
  unregister,
  waitFor,
} from './plans.ts';

const exactly = (share: number) => ({ leastShare: share, mostShare: share });

/** Grants this much of what is asked for, after a millisecond. */
const granting = (seconds: number) =>
  answering((request) => accept(request).replace(/expires=\d+/, `expires=${seconds}`), 1000);

const secondsOf = (times: readonly number[]): readonly number[] => times.map((us) => us / SECOND);

describe('hold', () => {
  it('10.2.4 refreshes at a share of the granted interval, counted from the 200, not of what was asked for', () => {
    const flow = [register(1800), hold(250 * SECOND, exactly(0.9), 1800), unregister];
    const run = drive({ plan: createPlan({ flow }), peer: granting(100) });
    // Each 200 arrives a millisecond after its request; the hold ends 250 s after the first of them.
    expect(secondsOf(timesOfSending(run))).toEqual([0, 90.001, 180.002, 250.001]);
    expect(numbersOf(run, 'refresh')).toEqual({ started: 2, skipped: 0, challenged: 0, outcomes: { succeeded: 2 } });
    expect(requestsOf(run).map(({ values }) => values('Expires')[0])).toEqual(['1800', '1800', '1800', '0']);
    expect(timesOf(run, 'refresh', 'lag').max).toBe(0);
    expect(timesOf(run, 'refresh', 'latency')).toEqual({ count: 2, sum: 2000, min: 1000, max: 1000 });
  });

  it('draws each refresh anew from its range, for each phone and each refresh, and from the seed alone', () => {
    const shares = { leastShare: 0.5, mostShare: 0.9 };
    const plan = createPlan({
      flow: [register(100), hold(1000 * SECOND, shares, 100)],
      identities: { count: 5 },
      load: { starts: 5 },
    });
    const gapsOf = (seed: number, workerCount = 1): readonly string[] =>
      Array.from({ length: workerCount }, (_, workerIndex) => {
        const run = drive({ plan, seed, workerIndex, workerCount, peer: accepting(0) });
        const last = new Map<string, number>();
        return run.sent.flatMap(({ text, atUs }) => {
          const user = readRequest(text).value('To');
          const before = last.get(user);
          last.set(user, atUs);
          return before === undefined ? [] : [`${user} ${atUs} ${atUs - before}`];
        });
      })
        .flat()
        .sort();
    const one = gapsOf(1);
    const gaps = one.map((line) => Number(line.split(' ')[2]));
    expect(one.length).toBeGreaterThan(50);
    expect(new Set(gaps).size).toBe(gaps.length);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(50 * SECOND);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(90 * SECOND);
    expect(Math.abs(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length / SECOND - 70)).toBeLessThan(5);
    expect(gapsOf(1, 3)).toEqual(one);
    expect(gapsOf(2)).not.toEqual(one);
  });

  it.each([
    ['a margin: at the latest so long before the end', { ...exactly(0.95), marginUs: 30 * SECOND }, 70],
    ['a cap: at the latest so long after the 200', { ...exactly(0.95), capUs: 40 * SECOND }, 40],
    ['the earliest of all three', { ...exactly(0.6), marginUs: 30 * SECOND, capUs: 65 * SECOND }, 60],
    ['of a margin of more than half of the interval, half', { ...exactly(0.95), marginUs: 99 * SECOND }, 50],
  ])('%s', (_, timing, seconds) => {
    const run = drive({ plan: createPlan({ flow: [register(), hold(120 * SECOND, timing)] }), peer: granting(100) });
    expect(timesOfSending(run)[1]).toBe(seconds * SECOND + 1000);
  });

  it('agrees with a wait that is a share of the granted interval, to the microsecond', () => {
    const share = 0.777777;
    const held = [register(), hold(100 * SECOND, exactly(share))];
    const waited = [register(), waitFor({ kind: 'ofExpires', fraction: share }), refresh()];
    const [one, other] = [held, waited].map((flow) => drive({ plan: createPlan({ flow }), peer: granting(97) }));
    expect(timesOfSending(one!).slice(0, 2)).toEqual(timesOfSending(other!));
  });

  it('counts from the 200 although something else was said since, and not from before the hold', () => {
    const pausing = (lengthUs: number) => [register(), pause(lengthUs), query, hold(95 * SECOND, exactly(0.8))];
    const early = drive({ plan: createPlan({ flow: pausing(30 * SECOND) }), peer: granting(100) });
    expect(timesOfSending(early)[2]).toBe(80 * SECOND + 1000);
    const late = drive({ plan: createPlan({ flow: pausing(85 * SECOND) }), peer: granting(100) });
    expect(timesOfSending(late)[2]).toBe(85 * SECOND + 2000);
    expect(timesOf(late, 'refresh', 'lag').max).toBe(0);
  });

  it('counts bindings that expired before their refresh', () => {
    const plan = createPlan({ flow: [register(), hold(250 * SECOND, exactly(1.1))] });
    const run = drive({ plan, peer: granting(100) });
    expect(numbersOf(run, 'refresh').started).toBe(2);
    expect(counted(run, COUNTER_EXPIRED_BEFORE_REFRESH)).toBe(2);
  });

  it('waits out its time without a binding, and refreshes nothing', () => {
    const flow = [register(), discard, hold(50 * SECOND, exactly(0.5)), query];
    const run = drive({ plan: createPlan({ flow }), peer: granting(10) });
    expect(secondsOf(timesOfSending(run))).toEqual([0, 50.001]);
  });

  it('a step behind it is due when its time is over, or when the answer to its last refresh came later', () => {
    const flow = [register(), hold(95 * SECOND, exactly(0.9)), unregister];
    const peer = answering((request) => accept(request).replace('expires=1800', 'expires=100'), 10 * SECOND);
    const run = drive({ plan: createPlan({ flow, timers: { t1Us: 20 * SECOND, t2Us: 40 * SECOND } }), peer });
    expect(secondsOf(timesOfSending(run))).toEqual([0, 100, 110]);
    expect(timesOf(run, 'unregister', 'lag').max).toBe(0);
  });

  it('inside loops begins anew in each round', () => {
    const flow = [register(), repeat(2, hold(150 * SECOND, exactly(0.9)), query), unregister];
    const run = drive({ plan: createPlan({ flow }), peer: granting(100) });
    const asked = requestsOf(run).map(({ values }) => values('Expires')[0] ?? 'query');
    expect(asked).toEqual(['1800', '1800', 'query', '1800', '1800', 'query', '0']);
  });

  it('a refresh that fails ends the flow; what is behind is skipped, and of refreshes none is', () => {
    const flow = [register(), repeat(3, hold(150 * SECOND, exactly(0.9)), query), unregister];
    const peer = answering((request, _now, number) =>
      number === 2 ? answer(request, '503 Busy') : accept(request).replace('expires=1800', 'expires=60'),
    );
    const run = drive({ plan: createPlan({ flow }), peer });
    expect(numbersOf(run, 'refresh')).toEqual({
      started: 2,
      skipped: 0,
      challenged: 0,
      outcomes: { succeeded: 1, 'status-503': 1 },
    });
    expect(numbersOf(run, 'query').skipped).toBe(3);
    expect(numbersOf(run, 'unregister').skipped).toBe(1);
  });

  it('that goes on after a failed refresh rests as after one that granted the same again', () => {
    const step = hold(400 * SECOND, exactly(0.9), 100);
    const flow = [register(100), { ...step, refresh: { ...step.refresh, onFailure: 'continue' } as const }, unregister];
    const peer = answering((request, _now, number) =>
      number === 1 || number === 2 ? answer(request, '503 Busy') : accept(request),
    );
    const run = drive({ plan: createPlan({ flow }), peer });
    expect(secondsOf(timesOfSending(run))).toEqual([0, 90.001, 180.002, 270.003, 360.004, 400.001]);
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ succeeded: 2, 'status-503': 2 });
    expect(counted(run, COUNTER_EXPIRED_BEFORE_REFRESH)).toBe(2);
  });

  const goingOn = (failure: Pick<AttemptStep, 'expect' | 'onFailure'>, forUs = 400 * SECOND) => {
    const step = hold(forUs, exactly(0.9), 100);
    return createPlan({ flow: [register(100), { ...step, refresh: { ...step.refresh, ...failure } }, unregister] });
  };
  const telling = (status: string, retryAfter: string) =>
    answering((request, _now, number) =>
      number === 1 ? answer(request, status, `Retry-After: ${retryAfter}`) : accept(request),
    );

  it.each<readonly [string, Pick<AttemptStep, 'expect' | 'onFailure'>, string, string, readonly number[]]>([
    [
      'later than its next refresh',
      { onFailure: 'continue' },
      '503 Busy',
      '150',
      [0, 90.001, 240.002, 330.003, 400.001],
    ],
    [
      'also where the failure was expected',
      { expect: ['success', '503'] },
      '503 Busy',
      '150',
      [0, 90.001, 240.002, 330.003, 400.001],
    ],
    ['and not earlier', { onFailure: 'continue' }, '480 Gone', '7', [0, 90.001, 180.002, 270.003, 360.004, 400.001]],
    ['300 s at the most', { onFailure: 'continue' }, '500 No', '7200', [0, 90.001, 390.002, 400.001]],
    [
      'of an answer that may have it',
      { onFailure: 'continue' },
      '403 No',
      '150',
      [0, 90.001, 180.002, 270.003, 360.004, 400.001],
    ],
  ])('20.33 that goes on after a failed refresh waits for Retry-After, %s', (_, failure, status, told, times) => {
    const run = drive({ plan: goingOn(failure), peer: telling(status, told) });
    expect(secondsOf(timesOfSending(run))).toEqual(times);
    const isTold = status.startsWith('403') ? 0 : 1;
    const isCapped = told === '7200' ? 1 : 0;
    expect(counted(run, COUNTER_RETRY_AFTER_HONOURED)).toBe(isTold - isCapped);
    expect(counted(run, COUNTER_RETRY_AFTER_CAPPED)).toBe(isCapped);
    expect(counted(run, COUNTER_RETRY_AFTER_IGNORED)).toBe(0);
  });

  it('20.33 a Retry-After that outlasts the hold leaves it without a refresh, and says nothing to the next one', () => {
    const { flow } = goingOn({ onFailure: 'continue' }, 150 * SECOND);
    const [first, held, last] = flow;
    const run = drive({
      plan: createPlan({ flow: [first!, repeat(2, held!), last!] }),
      peer: telling('503 Busy', '299'),
    });
    // The first hold ends at 150 s, where the binding's next refresh is overdue by the interval that it was granted.
    expect(secondsOf(timesOfSending(run)).slice(0, 3)).toEqual([0, 90.001, 150.001]);
  });

  it('20.33 a refresh that fails in the drain puts nothing off: what it was told is ignored', () => {
    const plan = { ...goingOn({ onFailure: 'continue' }), drainUs: 60 * SECOND };
    const load = { ...plan.load, durationUs: 90 * SECOND + 500 };
    const run = drive({ plan: { ...plan, load }, peer: telling('503 Busy', '9') });
    expect(counted(run, COUNTER_RETRY_AFTER_IGNORED)).toBe(1);
    expect(counted(run, COUNTER_RETRY_AFTER_HONOURED)).toBe(0);
  });

  it('of refreshes beside a hold those of the scenario are skipped as ever', () => {
    const flow = [register(), refresh(), hold(150 * SECOND, exactly(0.9)), repeat(2, refresh())];
    const peer = answering((request, _now, number) => (number === 1 ? answer(request, '500 No') : accept(request)));
    const run = drive({ plan: createPlan({ flow }), peer });
    expect(numbersOf(run, 'refresh')).toEqual({ started: 1, skipped: 2, challenged: 0, outcomes: { 'status-500': 1 } });
  });

  it('its refreshes use the kept nonce, and belong to the phase in which they are due', () => {
    const load = { starts: 1, durationUs: 300 * SECOND, warmupUs: 100 * SECOND };
    const flow = [register(), hold(1000 * SECOND, exactly(0.9))];
    const plan = createPlan({ flow, load, identities: { password: 'secret' } });
    const peer = answering((request) =>
      readRequest(request).credentials === null
        ? answer(request, '401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"')
        : accept(request).replace('expires=1800', 'expires=100'),
    );
    const run = drive({ plan, peer });
    const [, ...authorized] = requestsOf(run);
    expect(authorized.map(({ credentials }) => credentials!.get('nc'))).toEqual([
      '00000001',
      '00000002',
      '00000003',
      '00000004',
      '00000005',
    ]);
    expect(numbersOf(run, 'refresh', 'other').started).toBe(1);
    expect(numbersOf(run, 'refresh', 'measured').started).toBe(3);
  });

  it('a context that holds is busy for another start', () => {
    const plan = createPlan({
      flow: [register(), hold(95 * SECOND, exactly(0.9))],
      load: { starts: 10, periodUs: 10 * SECOND },
    });
    const run = drive({ plan, peer: granting(100) });
    expect(counted(run, COUNTER_STARTS_MADE_MEASURED)).toBe(1);
    expect(counted(run, COUNTER_MISSED_CONTEXT_BUSY)).toBe(9);
  });

  it('ends early in the drain, at a pace, without another refresh; a following unregister still runs', () => {
    const count = 40;
    const plan = createPlan({
      flow: [register(), hold(3600 * SECOND, exactly(0.5)), unregister],
      identities: { count },
      load: { starts: count, startsPerPeriod: 10, durationUs: 60 * SECOND },
    });
    const run = drive({ plan, peer: granting(100) });
    expect(numbersOf(run, 'unregister').outcomes).toEqual({ succeeded: count });
    expect(numbersOf(run, 'refresh').started).toBe(count);
    const atDrain = run.sent.filter(({ atUs }) => atUs >= 60 * SECOND);
    expect(atDrain.map(({ text }) => readRequest(text).value('Expires'))).toEqual(Array(count).fill('0'));
    expect(atDrain.at(-1)!.atUs - atDrain[0]!.atUs).toBeGreaterThan(3 * SECOND);
  });

  it('a refresh under way when the drain begins is finished, and the hold is over', () => {
    const plan = createPlan({
      flow: [register(), hold(3600 * SECOND, exactly(0.9)), unregister],
      load: { starts: 1, durationUs: 105 * SECOND },
    });
    const peer = answering((request) => accept(request).replace('expires=1800', 'expires=100'), 11 * SECOND);
    const run = drive({ plan, peer });
    const firsts = [...new Map(requestsOf(run).map((request) => [request.cseq, request])).values()];
    expect(firsts.map(({ values }) => values('Expires')[0])).toEqual(['1800', '1800', '0']);
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ succeeded: 1 });
  });

  it('without a drain nothing follows: what is behind the hold is skipped', () => {
    const plan = createPlan({
      flow: [register(), hold(3600 * SECOND, exactly(0.9)), unregister],
      load: { starts: 1, durationUs: 10 * SECOND },
      drainUs: 0,
    });
    const run = drive({ plan, peer: granting(100) });
    expect(numbersOf(run, 'unregister').skipped).toBe(1);
    expect(numbersOf(run, 'refresh').skipped).toBe(0);
  });
});

describe('a flow without a hold', () => {
  it('has no column for one', () => {
    const names = (flow: Parameters<typeof createPlan>[0]) =>
      drive({ plan: createPlan(flow), peer: accepting() })
        .engine.memory.lines()
        .map(({ consumer }) => consumer);
    expect(names({ flow: [register()] })).not.toContain('holds');
    expect(names({ flow: [register(), hold(SECOND, exactly(0.5))] })).toContain('holds');
  });
});
