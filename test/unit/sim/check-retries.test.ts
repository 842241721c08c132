// The checkers of what follows from failures, opposite a real engine that does right: told of other answers than it got, they have to
// see an engine that tries again too soon, too late, too often or not at all.

import { describe, expect, it } from 'vitest';
import type { AttemptStep, PlanRetry, RunPlan } from '../../../src/scenario/index.ts';
import type { Tally } from '../../../src/sim/checkers/index.ts';
import type { Peer } from '../engine/driver.ts';
import { createPlan, pause, query, refresh, register, SECOND } from '../engine/plans.ts';
import { misheard, numbered, watch } from './watched.ts';

const RETRY: PlanRetry = {
  policy: 'exponential',
  baseUs: 2 * SECOND,
  capUs: 60 * SECOND,
  jitter: 0.5,
  tries: 3,
  retryAfterCapUs: 100 * SECOND,
  on: null,
};
const retrying = (retry: Partial<PlanRetry> = {}): AttemptStep => ({
  ...register(60),
  onFailure: 'retry',
  retry: { ...RETRY, ...retry },
});

/** The load lasts long enough for every retry. */
const planOf = (flow: RunPlan['flow'], parts: Partial<RunPlan> = {}): RunPlan =>
  numbered(createPlan({ flow, retryBudget: 9, load: { starts: 1, durationUs: 900 * SECOND }, ...parts }));

const answerOf = (request: string, status: string, lines = ''): string => {
  const rows = request.split('\r\n').filter((row) => /^(Via|From|To|Call-ID|CSeq):/.test(row));
  const tagged = rows.map((row) => (row.startsWith('To:') ? `${row};tag=a` : row));
  return `SIP/2.0 ${status}\r\n${tagged.join('\r\n')}\r\n${lines}Content-Length: 0\r\n\r\n`;
};

const ok = (request: string): string => {
  const contact = /\r\nContact: (<[^>]*>)/.exec(request)?.[1];
  return answerOf(request, '200 OK', contact === undefined ? '' : `Contact: ${contact};expires=60\r\n`);
};

/** Refuses the first so many requests, and tells the engine when to come again. */
const refusing =
  (most: number, status: string, retryAfter = ''): Peer =>
  (request, nowUs) => {
    const isRefused = Number(/\r\nCSeq: (\d+)/.exec(request)?.[1]) <= most;
    const lines = retryAfter === '' ? '' : `Retry-After: ${retryAfter}\r\n`;
    return [{ atUs: nowUs + 1_000, bytes: isRefused ? answerOf(request, status, lines) : ok(request) }];
  };

const play = (plan: RunPlan, peer: Peer, hear: (answer: string) => string = (answer) => answer): Tally =>
  watch({ plan, peer, tamper: misheard(hear) });

describe('RFC 5626 §4.5, RFC 3261 §20.33: retries', () => {
  it.each<readonly [string, AttemptStep, Peer, number]>([
    ['three times, with growing waits', retrying(), refusing(3, '503 No'), 3],
    ['as often as it may, and then no more', retrying({ tries: 2 }), refusing(9, '503 No'), 2],
    ['after Retry-After', retrying(), refusing(1, '503 No', '30'), 1],
    ['after a Retry-After that is capped', retrying(), refusing(1, '480 No', '5000 (later)'), 1],
    ['after a Retry-After that says nothing', retrying(), refusing(1, '503 No', 'soon'), 1],
    ['a refusal that says when to come again', retrying(), refusing(1, '404 No', '3'), 1],
    ['not after a refusal that does not', retrying(), refusing(1, '404 No'), 0],
    ['at a fixed time', retrying({ policy: 'fixed', jitter: 0 }), refusing(2, '500 No'), 2],
    ['only after what is named', retrying({ on: ['4xx'] }), refusing(2, '500 No'), 0],
  ])('hold: %s', (_title, step, peer, count) => {
    const { followed, attempts } = play(planOf([step, query]), peer);
    const retries = Object.entries(followed).filter(([name]) => /^retry, /.test(name));
    expect(retries.reduce((sum, [, times]) => sum + times, 0)).toBe(count);
    expect(attempts).toBeGreaterThan(count);
  });

  it('hold: denied where the budget has none left, and the flow stops', () => {
    const plan = planOf([retrying()], { retryBudget: 0.5 });
    expect(play(plan, refusing(9, '503 No'))).toMatchObject({ attempts: 1, followed: { 'retry denied': 1 } });
  });

  it('retry: one that does not wait for Retry-After', () => {
    const heard = (answer: string): string => answer.replace('Retry-After: 3', 'Retry-After: 60');
    expect(() => play(planOf([retrying()]), refusing(1, '503 No', '3'), heard)).toThrow(/^retry: .*due at/);
  });

  it('retry: one that is sooner than its policy says, and one that never comes', () => {
    const sooner = (answer: string): string => answer.replace('SIP/2.0 404', 'SIP/2.0 503');
    expect(() => play(planOf([retrying()]), refusing(1, '404 No'), sooner)).toThrow(/^retry: .*has not/);
    const later = (answer: string): string => answer.replace('Retry-After: 50', 'Retry-After: 1');
    expect(() => play(planOf([retrying()]), refusing(1, '503 No', '50'), later)).toThrow(/^retry: .*has not/);
  });

  it('one-reply: one after an end that is not tried again', () => {
    const heard = (answer: string): string => answer.replace('SIP/2.0 503', 'SIP/2.0 403');
    expect(() => play(planOf([retrying()]), refusing(1, '503 No'), heard)).toThrow(/^one-reply: /);
  });
});

describe('The last retries of the budget, where several attempts end at once', () => {
  const flow: RunPlan['flow'] = [retrying(), { ...refresh(60), onFailure: 'retry', retry: RETRY }];
  const load = { starts: 2, durationUs: 900 * SECOND };
  const silentUntil =
    (untilUs: number): Peer =>
    (request, nowUs) =>
      nowUs < untilUs ? [] : [{ atUs: nowUs + 1_000, bytes: ok(request) }];

  it('hold: go to the oldest requests, whoever sent them', () => {
    const plan = numbered(createPlan({ flow, retryBudget: 0.5, load, identities: { count: 2 } }));
    // The refresh of the first phone is younger than the register of the second one.
    const peer: Peer = (request, nowUs) => {
      if (/u000@/.test(request) && nowUs === 0) return [{ atUs: 2 * SECOND, bytes: ok(request) }];
      return silentUntil(4 * SECOND)(request, nowUs);
    };
    const events = [{ kind: 'unreachable', atUs: 3 * SECOND, flow: 0 } as const];
    expect(watch({ plan, peer, events })).toMatchObject({
      outcomes: { unreachable: 2, succeeded: 3 },
      followed: { 'retry denied': 1, 'retry, exponential': 1 },
    });
  });

  // With two sockets the requests are composed in the order of their users, and those of u000 and u002 are offered first.
  it.each([1, 2, 3])('hold: go to any of those composed in one turn, with sockets: %d', (sockets) => {
    const { local } = createPlan();
    const plan = numbered(
      createPlan({
        flow,
        retryBudget: 0.5,
        load: { ...load, starts: 4, startsPerPeriod: 4, periodUs: 1 },
        identities: { count: 4 },
        local: { ...local, socketsPerWorker: sockets },
      }),
    );
    const tally = watch({ plan, peer: silentUntil(35 * SECOND) });
    expect(tally.outcomes).toMatchObject({ timeout: 4, succeeded: 4 });
  });
});

describe('Ends that the scenario expects, and flows that go on', () => {
  const expecting: AttemptStep = { ...register(60), expect: ['403'] };
  const going: AttemptStep = { ...register(60), onFailure: 'continue' };

  it('hold: a met expectation counts as succeeded, a success that is none does not', () => {
    expect(play(planOf([expecting, query]), refusing(1, '403 No'))).toMatchObject({
      attempts: 2,
      followed: { 'expected failure': 1 },
    });
    expect(play(planOf([expecting, query]), refusing(0, '403 No'))).toMatchObject({
      attempts: 1,
      followed: { 'unexpected success': 1 },
    });
  });

  it('hold: the next step comes at once, or after its wait', () => {
    const plan = planOf([going, query, { ...query, onFailure: 'continue' }, pause(SECOND), query]);
    expect(play(plan, refusing(1, '500 No'))).toMatchObject({
      attempts: 4,
      followed: { 'went on after a failure': 1 },
    });
  });

  it('one-reply, drain-end: told of another end, they see a flow that goes on or stops wrongly', () => {
    const heard = (answer: string): string => answer.replace('SIP/2.0 403', 'SIP/2.0 404');
    expect(() => play(planOf([expecting, query]), refusing(1, '403 No'), heard)).toThrow(/^one-reply: /);
    const met = (answer: string): string => answer.replace('SIP/2.0 404', 'SIP/2.0 403');
    expect(() => play(planOf([expecting, query]), refusing(1, '404 No'), met)).toThrow(/^drain-end: /);
  });
});
