import { describe, expect, it } from 'vitest';
import { reportError } from '../../../src/engine/index.ts';
import {
  COUNTER_RETRY_AFTER_CAPPED,
  COUNTER_RETRY_AFTER_HONOURED,
  COUNTER_RETRY_AFTER_IGNORED,
  COUNTER_RETRY_AFTER_MALFORMED,
  mergeBlocks,
} from '../../../src/metrics/index.ts';
import type { AttemptStep, PlanRetry, RunPlan } from '../../../src/scenario/index.ts';
import { counted, numbersOf, timesOf } from './books.ts';
import { drive, type Run, SILENT } from './driver.ts';
import { allNumbersOf } from './follow-ups.ts';
import { accept, answer, answering, requestsOf, timesOfSending } from './messages.ts';
import { createPlan, type PlanParts, pause, refresh, register, SECOND, unregister } from './plans.ts';

const FIXED: PlanRetry = {
  policy: 'fixed',
  baseUs: SECOND,
  capUs: 1800 * SECOND,
  jitter: 0,
  tries: 3,
  retryAfterCapUs: 300 * SECOND,
  on: null,
};

const retrying = (retry: Partial<PlanRetry> = {}, step: AttemptStep = register()): AttemptStep => ({
  ...step,
  onFailure: 'retry',
  retry: { ...FIXED, ...retry },
});

/** Retries cost nothing unless told otherwise. */
const planOf = (parts: PlanParts): RunPlan => createPlan({ retryBudget: 1, load: { starts: 20 }, ...parts });

/** One start that may retry as often as its step says: twenty contexts that succeed earn it its budget. */
const single = (flow: PlanParts['flow'], parts: PlanParts = {}): RunPlan =>
  createPlan({ retryBudget: 1, ...parts, flow: flow! });

/** Refuses the first so many requests, and accepts the rest. */
const refusing = (times: number, status: string, ...headers: readonly string[]) =>
  answering((request, _now, number) => (number < times ? answer(request, status, ...headers) : accept(request)));

const retryAfterOf = (run: Run): readonly number[] =>
  [
    COUNTER_RETRY_AFTER_HONOURED,
    COUNTER_RETRY_AFTER_CAPPED,
    COUNTER_RETRY_AFTER_MALFORMED,
    COUNTER_RETRY_AFTER_IGNORED,
  ].map((counter) => counted(run, counter));

describe('onFailure', () => {
  it('stop, the default: the steps behind are skipped, and nothing is tried again', () => {
    const run = drive({ plan: createPlan({ flow: [register(), refresh()] }), peer: refusing(1, '503 Full') });
    expect(allNumbersOf(run, 'register')).toMatchObject({ started: 1, retries: 0, outcomes: { 'status-503': 1 } });
    expect(numbersOf(run, 'refresh')).toMatchObject({ started: 0, skipped: 1 });
  });

  it('continue: the next step is due when the failed one ended, and nothing is skipped', () => {
    const flow = [{ ...register(), onFailure: 'continue' as const }, refresh(), unregister];
    const run = drive({ plan: createPlan({ flow }), peer: refusing(1, '503 Full') });
    expect(numbersOf(run, 'register').outcomes).toEqual({ 'status-503': 1 });
    expect(numbersOf(run, 'refresh')).toMatchObject({ started: 1, skipped: 0, outcomes: { succeeded: 1 } });
    expect(timesOfSending(run)).toEqual([0, 1000, 2000]);
    expect(timesOf(run, 'refresh', 'latency').sum).toBe(1000);
  });

  it('continue goes on after a timeout and an unreachable peer, but not after the end of the run', () => {
    const flow = [{ ...register(), onFailure: 'continue' as const }, pause(SECOND), unregister];
    const events = [{ atUs: SECOND, act: (engine: Run['engine']) => reportError(engine, SECOND, 0) }];
    const gone = drive({ plan: createPlan({ flow }), peer: SILENT, events });
    expect(numbersOf(gone, 'register').outcomes).toEqual({ unreachable: 1 });
    expect(numbersOf(gone, 'unregister').outcomes).toEqual({ timeout: 1 });
    const cut = drive({
      plan: createPlan({ flow, drainUs: 0, load: { durationUs: SECOND, starts: 1 } }),
      peer: SILENT,
    });
    expect(numbersOf(cut, 'register').outcomes).toEqual({ aborted: 1 });
    expect(numbersOf(cut, 'unregister')).toMatchObject({ started: 0, skipped: 1 });
  });

  it('retry: each try is an attempt of its own, due at the end of the last one plus the wait', () => {
    const run = drive({ plan: single([retrying(), refresh()]), peer: refusing(1, '503 Full') });
    expect(timesOfSending(run)).toEqual([0, SECOND + 1000, SECOND + 2000]);
    expect(allNumbersOf(run, 'register')).toMatchObject({
      started: 2,
      retries: 1,
      denied: 0,
      outcomes: { 'status-503': 1, succeeded: 1 },
    });
    expect(timesOf(run, 'register', 'latency')).toMatchObject({ count: 1, sum: 1000 });
    expect(timesOf(run, 'register', 'failureLatency')).toMatchObject({ count: 1, sum: 1000 });
    expect(timesOf(run, 'register', 'lag')).toMatchObject({ count: 2, sum: 0 });
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ succeeded: 1 });
  });

  it('8.1.1.4 a retry is the next request of the same registration', () => {
    const run = drive({ plan: single([retrying()]), peer: refusing(1, '503 Full') });
    const [first, second] = requestsOf(run);
    expect([second!.callId, second!.fromTag, second!.cseq]).toEqual([first!.callId, first!.fromTag, first!.cseq + 1]);
  });

  it('at most so many tries, and then the flow stops', () => {
    const plan = planOf({ identities: { count: 20 }, flow: [retrying({ tries: 2 }), refresh()] });
    const run = drive({ plan, peer: answering((request) => answer(request, '503 Full')) });
    const { started, retries, denied } = allNumbersOf(run, 'register');
    // The budget allows one retry for each first try.
    expect([started, retries]).toEqual([40, 20]);
    expect(denied).toBeGreaterThan(0);
    expect(numbersOf(run, 'refresh').skipped).toBe(20);
  });

  it('the tries of one step leave those of the next alone', () => {
    const flow = [retrying({ tries: 1 }), retrying({ tries: 1 }, refresh())];
    const peer = answering((request, _now, number) =>
      number % 2 === 0 ? answer(request, '503 Full') : accept(request),
    );
    const run = drive({ plan: single(flow, { load: { starts: 3, periodUs: 60 * SECOND } }), peer });
    expect(allNumbersOf(run, 'register')).toMatchObject({ started: 6, retries: 3 });
    expect(allNumbersOf(run, 'refresh')).toMatchObject({ started: 6, retries: 3 });
  });

  it.each(['403 No', '400 Bad', '404 Unknown', '501 What', '600 Busy'])(
    '21.4 %s alone is not tried again',
    (status) => {
      const run = drive({ plan: single([retrying()]), peer: answering((request) => answer(request, status)) });
      expect(run.sent.length).toBe(1);
    },
  );

  it('retry.on says what is tried again, and nothing else is', () => {
    const plan = single([retrying({ on: ['403', 'auth-failed'] })], { load: { starts: 4, periodUs: 60 * SECOND } });
    const again = drive({ plan, peer: refusing(1, '403 No') });
    expect(allNumbersOf(again, 'register')).toMatchObject({ retries: 1, outcomes: { 'status-403': 1, succeeded: 4 } });
    const not = drive({ plan, peer: refusing(1, '503 Full', 'Retry-After: 1') });
    expect(allNumbersOf(not, 'register')).toMatchObject({ retries: 0, outcomes: { 'status-503': 1, succeeded: 3 } });
  });

  it('a timeout is tried again: 32 s of silence, the wait, and once more', () => {
    let isSilent = true;
    const peer = answering((request, nowUs) => {
      if (nowUs >= 33 * SECOND) isSilent = false;
      return isSilent ? null : accept(request);
    });
    const run = drive({ plan: single([retrying()]), peer });
    expect(numbersOf(run, 'register').outcomes).toEqual({ timeout: 1, succeeded: 1 });
    expect(run.sent.at(-1)!.atUs).toBe(33 * SECOND);
  });

  it('policy none never tries again', () => {
    const run = drive({ plan: single([retrying({ policy: 'none' })]), peer: refusing(1, '503 Full') });
    expect(run.sent.length).toBe(1);
  });
});

describe('RFC 5626 §4.5: how long a retry waits', () => {
  const waitsOf = (retry: Partial<PlanRetry>, seed = 1): readonly number[] => {
    const plan = single([
      register(1),
      register(1),
      register(1),
      register(1),
      register(1),
      retrying({ tries: 5, ...retry }),
    ]);
    const peer = answering((request, _now, number) => (number < 5 ? accept(request) : answer(request, '503 Full')));
    const times = timesOfSending(drive({ plan, peer, seed })).slice(5);
    return times.slice(1).map((time, i) => time - times[i]! - 1000);
  };

  it('4.5 exponential doubles from twice the base up to the cap', () => {
    const waits = waitsOf({ policy: 'exponential', baseUs: 30 * SECOND, capUs: 300 * SECOND });
    expect(waits).toEqual([60, 120, 240, 300, 300].map((seconds) => seconds * SECOND));
  });

  it('4.5 with a jitter of 50 % each wait lies between half and the whole, and hangs on the seed', () => {
    const exponential = { policy: 'exponential', baseUs: 30 * SECOND, capUs: 1800 * SECOND, jitter: 0.5 } as const;
    const whole = [60, 120, 240, 480, 960];
    const waits = waitsOf(exponential);
    waits.forEach((wait, i) => {
      expect(wait).toBeGreaterThanOrEqual((whole[i]! * SECOND) / 2);
      expect(wait).toBeLessThanOrEqual(whole[i]! * SECOND);
    });
    expect(new Set(waits.map((wait, i) => wait / whole[i]!)).size).toBe(5);
    expect(waitsOf(exponential)).toEqual(waits);
    expect(waitsOf(exponential, 2)).not.toEqual(waits);
  });

  it('fixed is the base each time', () => {
    expect(waitsOf({ baseUs: 7 * SECOND })).toEqual([7, 7, 7, 7, 7].map((seconds) => seconds * SECOND));
  });

  it('a hundred tries of an exponential wait never get beyond the cap', () => {
    const plan = createPlan({
      retryBudget: 1,
      identities: { count: 1 },
      load: { starts: 100, periodUs: 1, startsPerPeriod: 1 },
      flow: [retrying({ policy: 'exponential', baseUs: 1, capUs: 4, tries: 100, on: ['503'] })],
    });
    const run = drive({ plan, peer: answering((request) => answer(request, '503 Full')) });
    expect(run.sent.length).toBeGreaterThan(1);
    expect(run.endedUs).toBeLessThan(SECOND);
  });
});

describe('RFC 3261 §20.33: Retry-After', () => {
  it.each([404, 413, 480, 486, 500, 503, 600, 603])(
    '20.33 %d with Retry-After is tried again, and not before',
    (status) => {
      const peer = refusing(1, `${status} Later`, 'Retry-After: 120 (soon (I hope));duration=60');
      const run = drive({ plan: single([retrying()]), peer });
      expect(timesOfSending(run)).toEqual([0, 120 * SECOND + 1000]);
      expect(retryAfterOf(run)).toEqual([1, 0, 0, 0]);
    },
  );

  it('20.33 it puts a retry off, and never brings it forward', () => {
    const run = drive({
      plan: single([retrying({ baseUs: 10 * SECOND })]),
      peer: refusing(1, '503 Full', 'Retry-After: 0'),
    });
    expect(timesOfSending(run)).toEqual([0, 10 * SECOND + 1000]);
    expect(retryAfterOf(run)).toEqual([1, 0, 0, 0]);
  });

  it('20.33 one beyond the cap counts as the cap', () => {
    const run = drive({
      plan: single([retrying({ retryAfterCapUs: 5 * SECOND })]),
      peer: refusing(1, '503 Full', 'Retry-After: 99999999999999999999'),
    });
    expect(timesOfSending(run)).toEqual([0, 5 * SECOND + 1000]);
    expect(retryAfterOf(run)).toEqual([0, 1, 0, 0]);
  });

  it.each(['soon', '', '-1', '5 minutes', '5;duration=long', '5 (without an end', '5;'])(
    '20.33 a malformed one is counted, and the policy decides alone: %s',
    (value) => {
      const run = drive({ plan: single([retrying()]), peer: refusing(1, '503 Full', `Retry-After: ${value}`) });
      expect(timesOfSending(run)).toEqual([0, SECOND + 1000]);
      expect(retryAfterOf(run)).toEqual([0, 0, 1, 0]);
    },
  );

  it('20.33 of several the first one stands', () => {
    const run = drive({
      plan: single([retrying()]),
      peer: refusing(1, '503 Full', 'Retry-After: 3', 'Retry-After: 300', 'Retry-After: soon'),
    });
    expect(timesOfSending(run)).toEqual([0, 3 * SECOND + 1000]);
    expect(retryAfterOf(run)).toEqual([1, 0, 0, 0]);
  });

  it('20.33 where nothing follows it is ignored: no policy, all tries used, no budget', () => {
    const always = answering((request) => answer(request, '503 Full', 'Retry-After: 1'));
    expect(retryAfterOf(drive({ plan: createPlan(), peer: always }))).toEqual([0, 0, 0, 1]);
    const used = drive({ plan: single([retrying({ tries: 1 })]), peer: always });
    expect(retryAfterOf(used)).toEqual([1, 0, 0, 1]);
    const poor = drive({ plan: single([retrying()], { retryBudget: 0 }), peer: always });
    expect(retryAfterOf(poor)).toEqual([0, 0, 0, 1]);
    expect(allNumbersOf(poor, 'register')).toMatchObject({ started: 1, retries: 0, denied: 1 });
  });

  it('20.33 with another status it means nothing', () => {
    const run = drive({ plan: single([retrying()]), peer: refusing(1, '403 No', 'Retry-After: 1') });
    expect(run.sent.length).toBe(1);
    expect(retryAfterOf(run)).toEqual([0, 0, 0, 0]);
  });
});

describe('the budget of retries', () => {
  const failing = answering((request) => answer(request, '503 Full'));
  const budgetPlan = (parts: PlanParts): RunPlan =>
    createPlan({
      identities: { count: 200 },
      load: { starts: 200, startsPerPeriod: 100 },
      flow: [retrying()],
      retryBudget: 0.1,
      ...parts,
    });

  it('is a share of the attempts that are no retries, to the last one', () => {
    const run = drive({ plan: budgetPlan({}), peer: failing });
    const { started, retries, denied } = allNumbersOf(run, 'register');
    expect([started, retries]).toEqual([220, 20]);
    expect(denied).toBe(200);
  });

  it.each([1, 2, 3, 7])('%d workers together allow as many as one would', (workerCount) => {
    const plan = budgetPlan({
      identities: { count: 210 },
      load: { starts: 210, startsPerPeriod: 100 },
      retryBudget: 0.07,
    });
    let retries = 0;
    for (let workerIndex = 0; workerIndex < workerCount; workerIndex++) {
      retries += allNumbersOf(drive({ plan, peer: failing, workerIndex, workerCount }), 'register').retries;
    }
    expect(retries).toBe(14);
  });

  it('at no time more retries have been sent than the share of what was started', () => {
    const run = drive({
      plan: budgetPlan({}),
      peer: failing,
      watch: ({ metrics }) => {
        const attempts = metrics.attempts;
        const [started, retries] = [attempts[0]! + attempts[30]!, attempts[4]! + attempts[34]!];
        expect(retries).toBeLessThanOrEqual((started - retries) * 0.1 + 1e-9);
      },
    });
    expect(allNumbersOf(run, 'register').retries).toBe(20);
  });

  it('keeps no more than ten seconds’ worth: a long time without failures pays for no storm', () => {
    const plan = budgetPlan({ identities: { count: 4000 }, load: { starts: 4000, startsPerPeriod: 100 } });
    const peer = answering((request, nowUs) => (nowUs < 39 * SECOND ? accept(request) : answer(request, '503 Full')));
    const { retries } = allNumbersOf(drive({ plan, peer }), 'register');
    // Ten seconds at 100/s are worth 100 retries, of which the last second's 100 attempts use what they can.
    expect(retries).toBeGreaterThanOrEqual(100);
    expect(retries).toBeLessThanOrEqual(111);
  });

  it('with 0 % nothing is tried again, and each wish is counted', () => {
    const { retries, denied } = allNumbersOf(
      drive({ plan: budgetPlan({ retryBudget: 0 }), peer: failing }),
      'register',
    );
    expect([retries, denied]).toEqual([0, 200]);
  });
});

describe('retries and the end of a run', () => {
  const always = answering((request) => answer(request, '503 Full'));
  const flow = [retrying({ baseUs: 20 * SECOND }), refresh()];

  it('once nothing starts any more nothing is tried again, and what was to follow is skipped', () => {
    const plan = single(flow, { load: { starts: 1, durationUs: 5 * SECOND } });
    const run = drive({ plan, peer: always });
    expect(run.sent.length).toBe(1);
    expect(allNumbersOf(run, 'register')).toMatchObject({ started: 1, retries: 0, skipped: 0 });
    expect(numbersOf(run, 'refresh')).toMatchObject({ started: 0, skipped: 1 });
    expect(run.endedUs).toBeLessThan(6 * SECOND);
  });

  it('without a drain what waits for its retry is cut off, and the sums close', () => {
    const run = drive({
      plan: single(flow, { drainUs: 0, load: { starts: 1, durationUs: 5 * SECOND } }),
      peer: always,
    });
    expect(allNumbersOf(run, 'register')).toMatchObject({ started: 1, skipped: 0, outcomes: { 'status-503': 1 } });
    expect(numbersOf(run, 'refresh').skipped).toBe(1);
  });

  it('a retry that is due and finds no room in the socket is not made after the end either', () => {
    const plan = single([retrying(), refresh()], { drainUs: 0, load: { starts: 1, durationUs: 5 * SECOND } });
    const run = drive({ plan, peer: always, takes: (nowUs) => (nowUs < 500 ? 10 : 0) });
    const { started, skipped } = allNumbersOf(run, 'register');
    expect(started + skipped).toBe(2);
  });
});

describe('expect', () => {
  const expecting = (...expect: readonly string[]): AttemptStep => ({ ...register(), expect });
  const resultOf = (run: Run) => mergeBlocks([run.metrics]).total.register;

  it('a met expectation counts as succeeded, and outcomes keep what it was', () => {
    const run = drive({ plan: createPlan({ flow: [expecting('403'), refresh()] }), peer: refusing(1, '403 No') });
    expect(resultOf(run)).toMatchObject({ succeeded: 1, failed: 0, failures: {}, outcomes: { 'status-403': 1 } });
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ succeeded: 1 });
    expect(timesOf(run, 'register', 'latency')).toMatchObject({ count: 1, sum: 1000 });
    expect(timesOf(run, 'register', 'wire').count).toBe(1);
    expect(timesOf(run, 'register', 'failureLatency').count).toBe(0);
  });

  it('a success that nobody expected is a failure, and the flow stops', () => {
    const run = drive({ plan: createPlan({ flow: [expecting('403'), refresh()] }), peer: answering(accept) });
    expect(resultOf(run)).toMatchObject({
      succeeded: 0,
      failed: 1,
      failures: { 'unexpected-success': 1 },
      outcomes: { succeeded: 1 },
    });
    expect(numbersOf(run, 'refresh').skipped).toBe(1);
    expect(timesOf(run, 'register', 'failureLatency').count).toBe(1);
  });

  it.each([
    ['4xx', '499 Odd', true],
    ['4xx', '500 Odd', false],
    ['6xx', '699 Odd', true],
    ['503', '500 Odd', false],
  ])('8.1.3.2 %s and %s: %s', (word, status, isMet) => {
    const run = drive({ plan: createPlan({ flow: [expecting(word)] }), peer: refusing(1, status) });
    expect(resultOf(run).succeeded).toBe(isMet ? 1 : 0);
  });

  it('several: a success, a timeout and an authentication that fails', () => {
    const plan = createPlan({
      flow: [expecting('success', 'timeout', 'no-credentials')],
      load: { starts: 2, periodUs: 60 * SECOND },
    });
    const peer = answering((request, nowUs) => {
      if (nowUs < 60 * SECOND) return null;
      return answer(request, '401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n"');
    });
    const run = drive({ plan, peer });
    expect(resultOf(run)).toMatchObject({ succeeded: 2, failed: 0, outcomes: { timeout: 1, 'no-credentials': 1 } });
    expect(timesOf(run, 'register', 'latency').count).toBe(2);
  });

  it('what meets the expectation is not tried again', () => {
    const plan = single([{ ...retrying(), expect: ['503'] }]);
    expect(drive({ plan, peer: refusing(1, '503 Full') }).sent.length).toBe(1);
  });
});
