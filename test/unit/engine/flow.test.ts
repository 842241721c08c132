import { describe, expect, it } from 'vitest';
import {
  COUNTER_MISSED_CONTEXT_BUSY,
  COUNTER_MISSED_CONTEXT_BUSY_MEASURED,
  COUNTER_MISSED_LATE,
  COUNTER_MISSED_NO_SLOT,
  COUNTER_STARTS_DUE_MEASURED,
  COUNTER_STARTS_DUE_OTHER,
  COUNTER_STARTS_MADE_MEASURED,
} from '../../../src/metrics/index.ts';
import type { PlanWait, RunPlan } from '../../../src/scenario/index.ts';
import { counted, numbersOf, timesOf, unroll } from './books.ts';
import { drive, type Run } from './driver.ts';
import { accept, accepting, answer, answering, readRequest, timesOfSending } from './messages.ts';
import {
  createPlan,
  discard,
  pause,
  query,
  refresh,
  register,
  repeat,
  SECOND,
  unregister,
  waitFor,
  wildcard,
} from './plans.ts';

/** Each request as who, which and when. */
const movesOf = (run: Run): readonly string[] =>
  run.sent.map(({ text, atUs }) => {
    const { value, cseq } = readRequest(text);
    return `${/u\d+/.exec(value('To'))} ${cseq} ${atUs}`;
  });

describe('the steps of a flow', () => {
  it('a later step is due when the one before has ended, plus the wait', () => {
    const flow = [register(), pause(2 * SECOND), refresh(), pause(0), query, pause(5), unregister];
    const run = drive({ plan: createPlan({ flow }), peer: accepting(100) });
    expect(timesOfSending(run)).toEqual([0, 2 * SECOND + 100, 2 * SECOND + 200, 2 * SECOND + 305]);
    for (const procedure of ['register', 'refresh', 'query', 'unregister'] as const) {
      expect(timesOf(run, procedure, 'latency')).toEqual({ count: 1, sum: 100, min: 100, max: 100 });
      expect(timesOf(run, procedure, 'lag').max).toBe(0);
    }
  });

  it('two waits in a row add up', () => {
    const run = drive({ plan: createPlan({ flow: [pause(3), pause(4), register()] }), peer: accepting() });
    expect(timesOfSending(run)).toEqual([7]);
  });

  it('loops make their rounds, loops in loops too', () => {
    const flow = [repeat(2, register(), repeat(3, refresh(), pause(10)), repeat(1, query)), unregister];
    const run = drive({ plan: createPlan({ flow }), peer: accepting(1) });
    const asked = run.sent.map(({ text }) => readRequest(text).values('Expires')[0] ?? 'none');
    const round = ['1800', '1800', '1800', '1800', 'none'];
    expect(asked).toEqual([...round, ...round, '0']);
  });

  it('a loop of nothing but waits of no length ends too', () => {
    const run = drive({ plan: createPlan({ flow: [repeat(5000, pause(0)), register()] }), peer: accepting() });
    expect(timesOfSending(run)).toEqual([0]);
  });

  it('discard forgets the binding and says nothing', () => {
    const run = drive({ plan: createPlan({ flow: [register(), discard] }), peer: accepting() });
    expect(run.sent.length).toBe(1);
    expect(run.engine.contexts.boundUntilUs[0]).toBeLessThan(0);
  });

  it('wherever a flow stops, the attempts behind are skipped, by the rounds of every loop', () => {
    const flow = [register(), repeat(2, refresh(), repeat(3, query, refresh()), wildcard), repeat(2, unregister)];
    const attempts = unroll(flow);
    for (let last = 0; last < attempts.length; last++) {
      const peer = answering(
        (request, _now, number) => (number === last ? answer(request, '500 No') : accept(request)),
        1,
      );
      const run = drive({ plan: createPlan({ flow }), peer });
      for (const procedure of ['register', 'refresh', 'query', 'wildcard', 'unregister'] as const) {
        const behind = attempts.slice(last + 1).filter((name) => name === procedure).length;
        expect(numbersOf(run, procedure).skipped, `${procedure} after number ${last}`).toBe(behind);
      }
    }
  });
});

describe('waits', () => {
  const lengths = (wait: PlanWait, count: number): readonly number[] => {
    const load = { starts: count, startsPerPeriod: 1_000_000 };
    const plan = createPlan({ flow: [waitFor(wait), register()], identities: { count }, load });
    return drive({ plan, peer: accepting() }).sent.map(({ text, atUs }) => atUs - Number(/sip:u(\d+)@/.exec(text)![1]));
  };
  const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

  it('uniform lies between its ends, both included, with their mean', () => {
    const few = lengths({ kind: 'uniform', leastUs: 5, mostUs: 8 }, 400);
    expect([...new Set(few)].sort()).toEqual([5, 6, 7, 8]);
    expect(Math.abs(meanOf(lengths({ kind: 'uniform', leastUs: 0, mostUs: SECOND }, 400)) / SECOND - 0.5)).toBeLessThan(
      0.05,
    );
  });

  it('exponential has its mean, and as much deviation', () => {
    const values = lengths({ kind: 'exponential', meanUs: SECOND }, 900);
    expect(Math.abs(meanOf(values) / SECOND - 1)).toBeLessThan(0.12);
    const variance = meanOf(values.map((value) => (value / SECOND - 1) ** 2));
    expect(Math.abs(variance - 1)).toBeLessThan(0.35);
  });

  it('differ from start to start and from round to round of one context', () => {
    const flow = [repeat(4, waitFor({ kind: 'uniform', leastUs: 0, mostUs: SECOND }), query)];
    const run = drive({ plan: createPlan({ flow, load: { starts: 2, periodUs: 10 * SECOND } }), peer: accepting(0) });
    const times = timesOfSending(run);
    const gaps = times.map((us, at) => us - (at === 0 ? 0 : at === 4 ? 10 * SECOND : times[at - 1]!));
    expect(new Set(gaps).size).toBe(8);
  });

  it('depend on the seed', () => {
    const plan = createPlan({ flow: [waitFor({ kind: 'exponential', meanUs: SECOND }), register()] });
    const [first, second] = [1, 2].map((seed) => timesOfSending(drive({ plan, seed, peer: accepting() }))[0]);
    expect(first).not.toBe(second);
  });
});

describe('who runs when', () => {
  const flow = [
    register(20),
    repeat(
      2,
      waitFor({ kind: 'exponential', meanUs: SECOND }),
      refresh(20),
      waitFor({ kind: 'uniform', leastUs: 1, mostUs: SECOND }),
    ),
    waitFor({ kind: 'ofExpires', fraction: 0.1 }),
    unregister,
  ];

  it('any number of workers together make the same requests at the same microseconds as one', () => {
    const plan = createPlan({ flow, identities: { count: 7 }, load: { starts: 20 } });
    const all = (workerCount: number): readonly string[] =>
      Array.from({ length: workerCount }, (_, workerIndex) =>
        movesOf(drive({ plan, workerIndex, workerCount, peer: accepting() })),
      )
        .flat()
        .sort();
    const one = all(1);
    expect(one.length).toBeGreaterThan(40);
    for (const workerCount of [2, 3, 5, 9]) expect(all(workerCount)).toEqual(one);
  });

  it('start k is due at k * period / starts, rounded down, on context k mod count', () => {
    const load = { starts: 7, startsPerPeriod: 3, periodUs: 1000 };
    const run = drive({ plan: createPlan({ load, identities: { count: 4 } }), peer: accepting(1) });
    expect(movesOf(run)).toEqual([
      'u000 1 0',
      'u001 1 333',
      'u002 1 666',
      'u003 1 1000',
      'u000 2 1333',
      'u001 2 1666',
      'u002 2 2000',
    ]);
  });

  it('an attempt belongs to the phase in which it was due, whenever it ends', () => {
    const load = { starts: null, warmupUs: 2 * SECOND, durationUs: 3 * SECOND, cooldownUs: 2 * SECOND };
    const plan = createPlan({ load, flow: [register(), pause(SECOND), refresh()], identities: { count: 20 } });
    const run = drive({ plan, peer: accepting(0) });
    expect(numbersOf(run, 'register', 'measured').started).toBe(3);
    expect(numbersOf(run, 'register', 'other').started).toBe(4);
    // Due at 3, 4 and no longer at 5 s; the one due at 2 s followed a register of the warm-up.
    expect(numbersOf(run, 'refresh', 'measured').started).toBe(3);
    expect(numbersOf(run, 'refresh', 'other').started).toBe(4);
    expect(counted(run, COUNTER_STARTS_DUE_MEASURED)).toBe(3);
    expect(counted(run, COUNTER_STARTS_DUE_OTHER)).toBe(4);
  });

  it('a timeout counts in the phase in which its attempt was due', () => {
    const load = { starts: null, warmupUs: SECOND, durationUs: SECOND };
    const run = drive({ plan: createPlan({ load, identities: { count: 2 } }) });
    expect(numbersOf(run, 'register', 'other').outcomes).toEqual({ timeout: 1 });
    expect(numbersOf(run, 'register', 'measured').outcomes).toEqual({ timeout: 1 });
  });

  it('a context whose flow still runs is not started again, and that is counted', () => {
    const load = { starts: 8, durationUs: 6 * SECOND, warmupUs: 2 * SECOND };
    const plan = createPlan({ load, flow: [register(), pause(2.5 * SECOND)] });
    const run = drive({ plan, peer: accepting() });
    // Made at 0, 3 and 6 s; busy at 1, 2, 4, 5 and 7 s, of which all but the first lie in the measured window.
    expect(timesOfSending(run)).toEqual([0, 3 * SECOND, 6 * SECOND]);
    expect(counted(run, COUNTER_MISSED_CONTEXT_BUSY)).toBe(5);
    expect(counted(run, COUNTER_MISSED_CONTEXT_BUSY_MEASURED)).toBe(4);
  });

  it('after a stall, starts more than a second late are counted and not made; later ones carry their intended time', () => {
    const plan = createPlan({ load: { starts: 50, startsPerPeriod: 10 }, identities: { count: 50 } });
    const run = drive({ plan, peer: accepting(0), stall: { fromUs: SECOND, toUs: 4 * SECOND } });
    expect(counted(run, COUNTER_MISSED_LATE)).toBe(19);
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 31 });
    expect(timesOf(run, 'register', 'lag').max).toBe(SECOND);
    expect(timesOf(run, 'register', 'latency').max).toBe(SECOND);
    expect(counted(run, COUNTER_STARTS_MADE_MEASURED)).toBe(31);
  });

  it('starts that the end of the load finds unmade are late', () => {
    const load = { starts: null, durationUs: 2 * SECOND, startsPerPeriod: 10 };
    const run = drive({
      plan: createPlan({ load, identities: { count: 50 } }),
      stall: { fromUs: SECOND, toUs: 60 * SECOND },
    });
    expect(counted(run, COUNTER_MISSED_LATE)).toBe(9);
    expect(counted(run, COUNTER_STARTS_DUE_MEASURED)).toBe(20);
  });
});

describe('no row is free', () => {
  /** Every refresh is due at one moment, and then nobody answers any more. */
  const crowd = (plan: RunPlan, togetherAtUs: number): Run =>
    drive({
      plan,
      peer: answering((request, nowUs) => {
        if (nowUs >= togetherAtUs) return null;
        const seconds = (togetherAtUs - nowUs) / SECOND;
        return accept(request).replace('expires=1800', `expires=${seconds}`);
      }, 0),
    });
  const flow = [register(), waitFor({ kind: 'ofExpires', fraction: 1 }), refresh()];

  it('while loading, what is due waits for Timer F, starts are counted as missed, and time goes on', () => {
    const plan = createPlan({ flow, identities: { count: 5000 }, load: { starts: 1700 } });
    const run = crowd(plan, 1600 * SECOND);
    expect(run.engine.transactions.capacity).toBeLessThan(1500);
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ timeout: 1600 });
    const waited = run.sent.filter(({ atUs }) => atUs === 1632 * SECOND).map(({ text }) => readRequest(text));
    const refreshed = waited
      .filter(({ cseq }) => cseq === 2)
      .map(({ value }) => Number(/u(\d+)/.exec(value('To'))![1]));
    expect(refreshed.length).toBeGreaterThan(100);
    expect(refreshed, 'in the order in which they were due').toEqual([...refreshed].sort((a, b) => a - b));
    // The rows come free after 32 s, are taken at once by those that waited, and the rest of the starts finds room.
    expect(counted(run, COUNTER_MISSED_NO_SLOT)).toBeGreaterThan(30);
    expect(counted(run, COUNTER_MISSED_LATE)).toBe(0);
    expect(timesOf(run, 'refresh', 'latency').max).toBe(64 * SECOND);
  });

  it('while draining, what is still waiting for a row at the end is skipped', () => {
    const load = { starts: null, durationUs: 1600 * SECOND };
    const plan = createPlan({ flow, identities: { count: 5000 }, load, drainUs: 10 * SECOND });
    const run = crowd(plan, 1600 * SECOND);
    const { started, skipped, outcomes } = numbersOf(run, 'refresh');
    expect(outcomes).toEqual({ aborted: started });
    expect(started + skipped).toBe(1600);
    expect(skipped).toBeGreaterThan(100);
    expect(run.endedUs).toBe(1610 * SECOND);
  });
});
