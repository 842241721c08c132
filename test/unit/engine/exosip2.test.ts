import { describe, expect, it } from 'vitest';
import { refreshAfterSeconds } from '../../../src/engine/exosip2.ts';
import type { RunPlan } from '../../../src/scenario/index.ts';
import { numbersOf } from './books.ts';
import { drive } from './driver.ts';
import { accept, answer, answering, readRequest, requestsOf, timesOfSending } from './messages.ts';
import { createPlan, hold, type PlanParts, refresh, register, repeat, SECOND } from './plans.ts';

/** As applyProfile leaves a hold; the engine does not look at these. */
const TIMING = { leastShare: 0.9, mostShare: 0.9, marginUs: 6 * SECOND, capUs: 900 * SECOND };

const planOf = (forSeconds: number, asked: number, parts: PlanParts = {}): RunPlan =>
  createPlan({ profile: 'exosip2', flow: [register(asked), hold(forSeconds * SECOND, TIMING, asked)], ...parts });

const granting = (seconds: number, delayUs = 1000) =>
  answering((request) => accept(request).replace(/expires=\d+/, `expires=${seconds}`), delayUs);

describe('profile exosip2', () => {
  it.each([
    [30, 25],
    [60, 55],
    [120, 109],
    [300, 271],
    [600, 541],
    [900, 811],
    [1000, 901],
    [1800, 901],
    [3600, 901],
  ])(
    'a period of %i s is refreshed after %i s: 900 s, 90 %% or 6 s before the end, whichever is first',
    (period, seconds) => {
      expect(refreshAfterSeconds(period)).toBe(seconds);
      const run = drive({ plan: planOf(seconds + 5, period), peer: granting(period) });
      expect(timesOfSending(run)).toEqual([0, seconds * SECOND]);
    },
  );

  it('periods of a few seconds are refreshed each second, and no faster', () => {
    expect([1, 2, 5, 6, 7, 8].map(refreshAfterSeconds)).toEqual([1, 1, 1, 1, 2, 3]);
  });

  it('counts from the start of the transaction that was answered, not from its 200', () => {
    const peer = answering(
      (request) =>
        readRequest(request).credentials === null
          ? answer(request, '401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"')
          : accept(request),
      400_000,
    );
    const run = drive({ plan: planOf(60, 60, { identities: { password: 'secret' } }), peer });
    // Challenged at 0.4 s; the request with credentials leaves then, and its 200 comes at 0.8 s.
    expect(timesOfSending(run)).toEqual([0, 400_000, 55_400_000]);
  });

  it('all of a fleet alike: nothing is drawn', () => {
    const plan = planOf(600, 60, { identities: { count: 20 }, load: { starts: 20, periodUs: 1000 } });
    const run = drive({ plan, peer: granting(60) });
    const gaps = new Set<number>();
    const last = new Map<string, number>();
    for (const { text, atUs } of run.sent) {
      const { callId } = readRequest(text);
      const before = last.get(callId);
      if (before !== undefined) gaps.add(atUs - before);
      last.set(callId, atUs);
    }
    expect(run.sent.length).toBe(20 * 11);
    expect([...gaps]).toEqual([55 * SECOND]);
  });

  it.each([
    ['50 s granted of 60 s asked for are taken for 60: the binding expires before its refresh', 60, 50, 55],
    ['45 s granted of 60 s: still taken for 60', 60, 45, 55],
    ['44 s granted of 60 s: the answer counts', 60, 44, 39],
    ['more than was asked for counts', 60, 120, 109],
  ])('%s', (_, asked, granted, seconds) => {
    const run = drive({ plan: planOf(seconds + 5, asked), peer: granting(granted) });
    expect(timesOfSending(run)[1]).toBe(seconds * SECOND);
  });

  it('a hold that goes on tries again 120 s after a refresh that failed, as the devices do', () => {
    const { refresh: step, ...rest } = hold(2000 * SECOND, TIMING, 3600);
    const plan = createPlan({
      profile: 'exosip2',
      flow: [register(3600), { ...rest, refresh: { ...step, onFailure: 'continue' } }],
    });
    const peer = answering((request, _now, number) =>
      number === 0 || number === 3 ? accept(request) : answer(request, '503 Busy'),
    );
    const seconds = timesOfSending(drive({ plan, peer })).map((us) => Math.round(us / SECOND));
    expect(seconds).toEqual([0, 901, 901 + 121, 901 + 242]);
  });

  it('writes nc in decimal, and the digest is over what it writes', () => {
    const flow = [register(), repeat(11, refresh())];
    const peer = answering((request) =>
      readRequest(request).credentials === null
        ? answer(request, '401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"')
        : accept(request),
    );
    const counts = (profile: RunPlan['profile']): readonly (string | undefined)[] =>
      requestsOf(drive({ plan: createPlan({ profile, flow, identities: { password: 'secret' } }), peer }))
        .slice(9)
        .map(({ credentials }) => credentials?.get('nc'));
    expect(counts('exosip2')).toEqual(['00000009', '00000010', '00000011', '00000012']);
    expect(counts('rfc3261')).toEqual(['00000009', '0000000a', '0000000b', '0000000c']);
  });

  it.each([
    ['a nonce of its own in each challenge', (number: number) => `n${number}`],
    ['always the same nonce', () => 'n'],
  ])('22.1 refused credentials are sent three times in all, and then it is auth-failed: %s', (_, nonceOf) => {
    const peer = answering((request, _now, number) =>
      answer(request, '401 Unauthorized', `WWW-Authenticate: Digest realm="r", nonce="${nonceOf(number)}", qop="auth"`),
    );
    const identities = { password: 'wrong' };
    const signed = (profile: RunPlan['profile']): readonly boolean[] => {
      const run = drive({ plan: createPlan({ profile, identities }), peer });
      expect(numbersOf(run, 'register').outcomes).toEqual({ 'auth-failed': 1 });
      return requestsOf(run).map(({ credentials }) => credentials !== null);
    };
    expect(signed('exosip2')).toEqual([false, true, true, true]);
    expect(signed('rfc3261')).toEqual([false, true]);
  });

  it('takes no column where nothing is held', () => {
    const table = (plan: RunPlan) => drive({ plan, peer: granting(60) }).engine.holds;
    expect(table(createPlan({ profile: 'exosip2' }))).toBeNull();
    expect(table(planOf(1, 60, { profile: 'rfc3261' }))!.exosip).toBeNull();
    expect(table(planOf(1, 60))!.exosip).not.toBeNull();
  });
});
