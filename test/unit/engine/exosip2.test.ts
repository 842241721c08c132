import { describe, expect, it } from 'vitest';
import { refreshAfterSeconds } from '../../../src/engine/exosip2.ts';
import { reportError } from '../../../src/engine/index.ts';
import { COUNTER_RETRY_AFTER_HONOURED, COUNTER_RETRY_AFTER_IGNORED } from '../../../src/metrics/index.ts';
import type { AttemptStep, PlanRetry, RunPlan } from '../../../src/scenario/index.ts';
import { counted, numbersOf, timesOf } from './books.ts';
import { drive, type Peer, type Run, SILENT } from './driver.ts';
import { allNumbersOf } from './follow-ups.ts';
import { accept, accepting, answer, answering, readRequest, requestsOf, timesOfSending } from './messages.ts';
import { createPlan, hold, type PlanParts, refresh, register, repeat, SECOND, unregister } from './plans.ts';

/** First sends alone, each with its time: retransmissions repeat a branch. */
const firstSent = (run: Run) => {
  const seen = new Set<string>();
  return run.sent.filter(({ text }) => {
    const { branch } = readRequest(text);
    return !seen.has(branch) && seen.add(branch);
  });
};
const firstSends = (run: Run): readonly number[] => firstSent(run).map(({ atUs }) => atUs);
const firstRequests = (run: Run) => firstSent(run).map(({ text }) => readRequest(text));

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

  describe('tries again', () => {
    const RETRY: PlanRetry = {
      policy: 'exosip2',
      baseUs: 30 * SECOND,
      capUs: 1800 * SECOND,
      jitter: 0,
      tries: null,
      retryAfterCapUs: 300 * SECOND,
      on: null,
    };
    const again = (step: AttemptStep): AttemptStep => ({ ...step, onFailure: 'retry', retry: RETRY });
    const LONG: PlanParts = { load: { starts: null, durationUs: 900 * SECOND, periodUs: 3600 * SECOND } };
    const planFor = (flow: PlanParts['flow'], parts: PlanParts = {}): RunPlan =>
      createPlan({ profile: 'exosip2', retryBudget: null, drainUs: 0, ...LONG, ...parts, flow: flow! });
    const secondsOf = (run: Run): readonly number[] => firstSends(run).map((us) => Math.round(us / SECOND));
    const refusals = (status: string, ...headers: readonly string[]) =>
      answering((request) => answer(request, status, ...headers));

    it('a first registration that is refused every 121 s, from the start of its request, without end and without a budget', () => {
      const run = drive({ plan: planFor([again(register(3600))]), peer: refusals('403 No') });
      expect(secondsOf(run)).toEqual([0, 121, 242, 363, 484, 605, 726, 847]);
      expect(allNumbersOf(run, 'register')).toMatchObject({
        started: 8,
        retries: 7,
        denied: 0,
        outcomes: { 'status-403': 8 },
      });
    });

    it('where the refresh of what was asked for would come sooner, then', () => {
      const run = drive({ plan: planFor([again(register(60))]), peer: refusals('480 Away', 'Retry-After: 300') });
      expect(secondsOf(run).slice(0, 4)).toEqual([0, 55, 110, 165]);
      // Of no several targets: Retry-After is not minded, and counted so.
      expect(counted(run, COUNTER_RETRY_AFTER_IGNORED)).toBe(run.sent.length);
    });

    it('silence ends after 32 s, and the next try counts from the start of the request', () => {
      const run = drive({ plan: planFor([again(register(3600))]), peer: SILENT });
      expect(secondsOf(run)).toEqual([0, 121, 242, 363, 484, 605, 726, 847]);
      expect(allNumbersOf(run, 'register').outcomes).toEqual({ timeout: 8 });
    });

    it('a request after silence has no credentials, and costs another challenge', () => {
      const peer = answering((request, _now, number) => {
        if (number >= 3 && number < 14) return '';
        return readRequest(request).credentials === null
          ? answer(request, '401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"')
          : accept(request);
      });
      const flow = [again(register(600)), again(refresh(600)), again(refresh(600))];
      const run = drive({ plan: planFor(flow, { identities: { password: 'secret' } }), peer });
      expect(firstRequests(run).map(({ credentials }) => credentials?.get('nc') ?? null)).toEqual([
        null,
        '00000001',
        '00000002',
        '00000003',
        null,
        '00000001',
      ]);
      expect(numbersOf(run, 'refresh').outcomes).toMatchObject({ timeout: 1 });
    });

    it('after transport failures 5, 10, 20, 40, 80, 80 s after them', () => {
      // Each comes half a second after the request, and the next request 5 s and so on after that.
      const errors = [0.5, 6, 16.5, 37, 77.5, 158].map((seconds) => seconds * SECOND);
      const plan = planFor([again(register(3600)), again(refresh(3600))]);
      const peer: Peer = (request, nowUs) => (nowUs < 200 * SECOND ? [] : accepting()(request, nowUs));
      const events = errors.map((atUs) => ({
        atUs,
        act: (engine: Run['engine']) => reportError(engine, atUs, 0),
      }));
      const run = drive({ plan, peer, events });
      expect(
        firstSends(run)
          .slice(0, 7)
          .map((us) => Math.floor(us / SECOND)),
      ).toEqual([0, 5, 16, 36, 77, 157, 238]);
      expect(allNumbersOf(run, 'register').outcomes).toEqual({ unreachable: 6, succeeded: 1 });
    });

    it('a 503 of all targets is backed off from, and its Retry-After honoured', () => {
      const targets = { count: 2, priority: [10, 20], weight: [1, 1] };
      const plain = drive({ plan: planFor([again(register(3600))]), peer: refusals('503 Full'), engine: { targets } });
      expect(secondsOf(plain).slice(0, 8)).toEqual([0, 0, 5, 5, 15, 15, 35, 35]);
      const told = refusals('503 Full', 'Retry-After: 60');
      const run = drive({ plan: planFor([again(register(3600))]), peer: told, engine: { targets } });
      expect(secondsOf(run).slice(0, 4)).toEqual([0, 0, 60, 60]);
      expect(counted(run, COUNTER_RETRY_AFTER_HONOURED)).toBeGreaterThan(1);
    });

    it('backs off from 5 s again after a 2xx', () => {
      const targets = { count: 2, priority: [10, 20], weight: [1, 1] };
      const peer = answering((request, _now, number) => (number === 4 ? accept(request) : answer(request, '503 Full')));
      const plan = planFor([again(register(3600)), again(refresh(3600))]);
      expect(secondsOf(drive({ plan, peer, engine: { targets } })).slice(0, 9)).toEqual([
        0, 0, 5, 5, 15, 15, 15, 20, 20,
      ]);
    });

    it('a hold tries again until its time is over, and goes on with the next step; no 200 is missed for that', () => {
      const { refresh: step, ...rest } = hold(500 * SECOND, TIMING, 100);
      const plan = planFor([register(100), { ...rest, refresh: again(step) }, unregister]);
      const peer = answering((request, _now, number) => (number === 0 ? accept(request) : answer(request, '500 Oops')));
      const run = drive({ plan, peer });
      // 91 s for the refresh of 100 s, and for each try after it.
      expect(secondsOf(run)).toEqual([0, 91, 182, 273, 364, 455, 500]);
      expect(allNumbersOf(run, 'refresh')).toMatchObject({ started: 5, retries: 4, outcomes: { 'status-500': 5 } });
      expect(numbersOf(run, 'unregister').started).toBe(1);
    });

    it('a budget of the scenario bounds it all the same', () => {
      const run = drive({ plan: planFor([again(register(3600))], { retryBudget: 0 }), peer: refusals('403 No') });
      expect(allNumbersOf(run, 'register')).toMatchObject({ started: 1, denied: 1 });
    });

    it('policy exosip2 without the profile has its times, and none of its other habits', () => {
      const plan = planFor([again(register(3600))], { profile: 'rfc3261', identities: { password: 'wrong' } });
      const challenge = 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"';
      const run = drive({ plan, peer: refusals('401 Unauthorized', challenge) });
      expect(secondsOf(run).slice(0, 6)).toEqual([0, 0, 121, 121, 242, 242]);
      const refused = drive({ plan, peer: refusals('606 No') });
      expect(secondsOf(refused).slice(0, 3)).toEqual([0, 121, 242]);
    });

    it('22.1 after refused credentials each try is one request, with those for the last challenge', () => {
      const peer = answering((request, _now, number) =>
        answer(request, '401 Unauthorized', `WWW-Authenticate: Digest realm="r", nonce="n${number}", qop="auth"`),
      );
      const run = drive({ plan: planFor([again(register(3600))], { identities: { password: 'wrong' } }), peer });
      expect(secondsOf(run).slice(0, 6)).toEqual([0, 0, 0, 0, 121, 242]);
      expect(
        requestsOf(run)
          .slice(0, 6)
          .map(({ credentials }) => credentials?.get('nonce') ?? null),
      ).toEqual([null, '"n0"', '"n1"', '"n2"', '"n3"', '"n4"']);
    });
  });

  describe('repeats a request at once', () => {
    it.each([
      ['21.6.4 a 606', '606 Not Acceptable', 'status-606'],
      ['22.2 a 401 that it has no credentials for', '401 Unauthorized', 'no-credentials'],
      ['22.3 a 407 without a challenge', '407 Proxy Authentication Required', 'no-credentials'],
    ])('three times after %s, and then it has failed', (_, status, outcome) => {
      const peer = answering((request) => answer(request, status));
      const run = drive({ plan: createPlan({ profile: 'exosip2' }), peer });
      expect(allNumbersOf(run, 'register')).toMatchObject({ started: 1, outcomes: { [outcome]: 1 } });
      expect(requestsOf(run).map(({ cseq }) => cseq)).toEqual([1, 2, 3, 4]);
      expect(timesOf(run, 'register', 'lag').count).toBe(1);
      expect(drive({ plan: createPlan(), peer }).sent.length).toBe(1);
    });

    it('and succeeds when it is accepted; the repetitions are counted anew after a 2xx', () => {
      const peer = answering((request, _now, number) =>
        number % 4 === 3 ? accept(request) : answer(request, '606 No'),
      );
      const run = drive({ plan: createPlan({ profile: 'exosip2', flow: [register(), refresh()] }), peer });
      expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
      expect(numbersOf(run, 'refresh').outcomes).toEqual({ succeeded: 1 });
      expect(run.sent.length).toBe(8);
    });
  });

  it('7616 3.3 passes over -sess and SHA-512-256, and names the algorithm that it uses', () => {
    const challenges = ['SHA-512-256', 'MD5-sess', 'SHA-256'].map(
      (algorithm) => `WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=${algorithm}`,
    );
    const used = (profile: RunPlan['profile'], ...headers: readonly string[]): readonly (string | undefined)[] => {
      const peer = answering((request) =>
        readRequest(request).credentials === null ? answer(request, '401 Unauthorized', ...headers) : accept(request),
      );
      const run = drive({ plan: createPlan({ profile, identities: { password: 'secret' } }), peer });
      expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
      return requestsOf(run)
        .slice(1)
        .map(({ credentials }) => credentials?.get('algorithm'));
    };
    expect(used('exosip2', ...challenges)).toEqual(['SHA-256']);
    expect(used('rfc3261', ...challenges)).toEqual(['SHA-512-256']);
    expect(used('exosip2', 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"')).toEqual(['MD5']);
    expect(used('rfc3261', 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"')).toEqual([undefined]);
  });

  it('takes no column where nothing is held', () => {
    const table = (plan: RunPlan) => drive({ plan, peer: granting(60) }).engine.holds;
    expect(table(createPlan({ profile: 'exosip2' }))).toBeNull();
    expect(table(planOf(1, 60, { profile: 'rfc3261' }))!.exosip).toBeNull();
    expect(table(planOf(1, 60))!.exosip).not.toBeNull();
  });
});
