import { describe, expect, it } from 'vitest';
import { abort, stopStarting } from '../../../src/engine/index.ts';
import {
  COUNTER_CLEANUP_ATTEMPTED,
  COUNTER_CLEANUP_FAILED,
  COUNTER_CLEANUP_SUCCEEDED,
  COUNTER_DATAGRAMS_SENT,
  COUNTER_REQUESTS_SENT,
  COUNTER_RETRANSMISSIONS,
  COUNTER_STARTS_DUE_MEASURED,
} from '../../../src/metrics/index.ts';
import { counted, numbersOf, timesOf } from './books.ts';
import { drive, type Peer, type Run, SILENT } from './driver.ts';
import { accept, accepting, answer, answering, readRequest, requestsOf } from './messages.ts';
import { createPlan, pause, query, refresh, register, repeat, SECOND, unregister } from './plans.ts';

const stopAt = (atUs: number, drainUs: number) => ({
  atUs,
  act: (engine: Run['engine']) => stopStarting(engine, atUs, drainUs),
});

const abortAt = (atUs: number) => ({ atUs, act: (engine: Run['engine']) => abort(engine, atUs) });

const cleanupOf = (run: Run): readonly number[] =>
  [COUNTER_CLEANUP_ATTEMPTED, COUNTER_CLEANUP_SUCCEEDED, COUNTER_CLEANUP_FAILED].map((counter) =>
    counted(run, counter),
  );

describe('the end of the load, and the drain', () => {
  const waiting = { flow: [register(), pause(1000 * SECOND), refresh(), unregister] };

  it('ends with the last flow when a number of starts bounds the run', () => {
    const run = drive({
      plan: createPlan({ load: { starts: 3 }, flow: [register(), pause(SECOND)] }),
      peer: accepting(10),
    });
    expect(run.endedUs).toBe(3 * SECOND + 10);
  });

  it('the end of the schedule is exclusive: a start due at that moment belongs to nobody', () => {
    const load = { starts: null, durationUs: 3 * SECOND };
    const run = drive({ plan: createPlan({ load, identities: { count: 9 } }), peer: accepting(10) });
    expect(numbersOf(run, 'register').started).toBe(3);
    expect(counted(run, COUNTER_STARTS_DUE_MEASURED)).toBe(3);
  });

  it('cuts waits short, and what follows the wait is still sent', () => {
    const plan = createPlan({ ...waiting, load: { starts: null, durationUs: 2 * SECOND }, identities: { count: 2 } });
    const run = drive({ plan, peer: accepting(10) });
    for (const procedure of ['register', 'refresh', 'unregister'] as const) {
      expect(numbersOf(run, procedure).outcomes).toEqual({ succeeded: 2 });
    }
    // The first wait ends at once; the other one is let go at the load's pace of one a second.
    expect(run.endedUs).toBe(3 * SECOND + 20);
  });

  it('lets the waits of many contexts go at a pace, and each in the end', () => {
    // With 114 over ten seconds, number 57 falls on a moment at which rounding decides whether it is due.
    const plan = createPlan({
      flow: [register(), pause(1000 * SECOND), unregister],
      identities: { count: 114 },
      load: { starts: 114, startsPerPeriod: 11 },
    });
    const run = drive({ plan, peer: accepting(10), events: [stopAt(11 * SECOND, 35 * SECOND)] });
    expect(numbersOf(run, 'unregister').outcomes).toEqual({ succeeded: 114 });
    const sentAt = run.sent.slice(114).map(({ atUs }) => atUs - 11 * SECOND);
    expect(sentAt.at(-1)).toBeGreaterThan(9.8 * SECOND);
    expect(sentAt.filter((us) => us < SECOND).length).toBe(12);
  });

  it('a shorter drain lets go faster, so that every unregister can still be sent', () => {
    const plan = createPlan({
      flow: [register(), pause(1000 * SECOND), unregister],
      identities: { count: 40 },
      load: { starts: 40, startsPerPeriod: 1, periodUs: 100_000 },
    });
    const run = drive({ plan, peer: accepting(10), events: [stopAt(5 * SECOND, 5 * SECOND)] });
    expect(numbersOf(run, 'unregister').outcomes).toEqual({ succeeded: 40 });
    const slow = createPlan({ ...plan, load: { starts: 40, startsPerPeriod: 1, periodUs: SECOND } });
    const second = drive({ plan: slow, peer: accepting(10), events: [stopAt(40 * SECOND, 5 * SECOND)] });
    expect(numbersOf(second, 'unregister').outcomes).toEqual({ succeeded: 40 });
  });

  it('aborts at its end what is under way, and counts what was not reached as skipped', () => {
    const flow = [register(), repeat(2, refresh(), query), unregister];
    const plan = createPlan({ flow, drainUs: 3 * SECOND, load: { starts: null, durationUs: SECOND } });
    const run = drive({
      plan,
      peer: answering((request) => (readRequest(request).cseq === 1 ? accept(request) : null)),
    });
    expect(numbersOf(run, 'refresh')).toEqual({ started: 1, skipped: 1, challenged: 0, outcomes: { aborted: 1 } });
    expect(numbersOf(run, 'query').skipped).toBe(2);
    expect(numbersOf(run, 'unregister').skipped).toBe(1);
    expect(run.endedUs).toBe(4 * SECOND);
    expect(timesOf(run, 'refresh', 'latency').count + timesOf(run, 'refresh', 'failureLatency').count).toBe(0);
  });

  it('without a drain waits are not followed by anything: their attempts are skipped', () => {
    const plan = createPlan({ ...waiting, drainUs: 0, load: { starts: null, durationUs: SECOND } });
    const run = drive({ plan, peer: accepting(10) });
    expect(run.endedUs).toBe(SECOND);
    expect(run.sent.length).toBe(1);
    expect(numbersOf(run, 'unregister')).toEqual({ started: 0, skipped: 1, challenged: 0, outcomes: {} });
  });

  it('the default drain lets Timer F end what was sent in the last moment', () => {
    const run = drive({ plan: createPlan({ load: { starts: null, durationUs: 1 } }) });
    expect(numbersOf(run, 'register').outcomes).toEqual({ timeout: 1 });
    expect(run.endedUs).toBe(32 * SECOND);
  });

  it('stopStarting ends the starts at once and the rest after the length it is given', () => {
    const plan = createPlan({ load: { starts: 100 }, identities: { count: 100 } });
    const run = drive({ plan, events: [stopAt(2.5 * SECOND, 5 * SECOND)] });
    expect(numbersOf(run, 'register')).toEqual({ started: 3, skipped: 0, challenged: 0, outcomes: { aborted: 3 } });
    expect(counted(run, COUNTER_STARTS_DUE_MEASURED)).toBe(3);
    expect(run.endedUs).toBe(7.5 * SECOND);
  });

  it('stopStarting in the drain makes the rest of it no longer than that', () => {
    const plan = createPlan({ load: { starts: null, durationUs: SECOND } });
    const again = [stopAt(4 * SECOND, 5 * SECOND), stopAt(5 * SECOND, 5 * SECOND), stopAt(6 * SECOND, 5 * SECOND)];
    expect(drive({ plan, events: again }).endedUs).toBe(9 * SECOND);
    expect(drive({ plan, events: [stopAt(20 * SECOND, 30 * SECOND)] }).endedUs).toBe(32 * SECOND);
  });
});

describe('the clean-up', () => {
  const count = 6;
  const identities = { count };
  const load = { starts: count, startsPerPeriod: 10 };
  /** Says nothing to some, refuses others, accepts the rest: by the number of the identity. */
  const mixed: Peer = answering((request) => {
    const number = Number(/sip:u(\d+)@/.exec(request)![1]);
    if (readRequest(request).values('Expires')[0] === '0' || number >= 4) return accept(request);
    if (number < 2) return null;
    return number === 2
      ? answer(request, '403 Forbidden')
      : answer(request, '401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n"');
  }, 10);

  it.each(['unregister', 'wildcard'] as const)(
    '10.2.2 %s: asked of those that may be bound, after a timeout too',
    (cleanup) => {
      const run = drive({ plan: createPlan({ cleanup, identities, load }), peer: mixed });
      const last = run.sent.filter(({ isCleanup }) => isCleanup).map(({ text }) => readRequest(text));
      expect(last.map(({ value }) => /u\d+/.exec(value('To'))![0])).toEqual(['u000', 'u001', 'u004', 'u005']);
      for (const request of last) {
        expect(request.value('Expires')).toBe('0');
        expect(request.value('Contact')).toBe(cleanup === 'wildcard' ? '*' : `<${request.contact}>`);
      }
      expect(cleanupOf(run)).toEqual([4, 4, 0]);
    },
  );

  it('leaves alone what has unregistered itself', () => {
    const run = drive({
      plan: createPlan({ cleanup: 'unregister', flow: [register(), unregister] }),
      peer: accepting(),
    });
    expect(run.sent.length).toBe(2);
    expect(cleanupOf(run)).toEqual([0, 0, 0]);
  });

  it('10.2.2 asks for what was only discarded', () => {
    const flow = [register(), { kind: 'discard' } as const];
    const run = drive({ plan: createPlan({ cleanup: 'unregister', flow }), peer: accepting() });
    expect(cleanupOf(run)).toEqual([1, 1, 0]);
  });

  it('a request of the flow that leaves only while the cleanup goes on is in the run’s numbers all the same', () => {
    const plan = createPlan({ cleanup: 'unregister', drainUs: SECOND });
    const lets = (nowUs: number): number => (nowUs < 2 * SECOND ? 0 : Number.POSITIVE_INFINITY);
    const run = drive({ plan, peer: accepting(), lets, events: [stopAt(100, SECOND)] });
    expect(run.sent.map(({ isCleanup }) => isCleanup)).toEqual([false, false, true, true]);
    const counters = [COUNTER_REQUESTS_SENT, COUNTER_RETRANSMISSIONS, COUNTER_DATAGRAMS_SENT];
    expect(counters.map((counter) => counted(run, counter))).toEqual([1, 1, 2]);
    expect(numbersOf(run, 'register').outcomes).toEqual({ aborted: 1 });
  });

  it('stays outside all numbers', () => {
    const run = drive({ plan: createPlan({ cleanup: 'unregister', identities, load }), peer: accepting() });
    expect(run.sent.length).toBe(2 * count);
    expect(numbersOf(run, 'unregister')).toEqual({ started: 0, skipped: 0, challenged: 0, outcomes: {} });
    expect(numbersOf(run, 'register').started).toBe(count);
  });

  it('10.2 goes on with the CSeq and the nonce of each context', () => {
    const plan = createPlan({ cleanup: 'unregister', identities: { password: 'secret' } });
    const peer = answering((request) =>
      readRequest(request).credentials === null
        ? answer(request, '401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"')
        : accept(request),
    );
    const run = drive({ plan, peer });
    expect(requestsOf(run).map(({ cseq }) => cseq)).toEqual([1, 2, 3]);
    expect(requestsOf(run)[2]!.credentials!.get('nc')).toBe('00000002');
  });

  it('is bounded in time: a registrar that has gone leaves it failed after Timer F', () => {
    const plan = createPlan({ cleanup: 'unregister', identities, load });
    const peer = answering((request) => (readRequest(request).value('Expires') === '0' ? null : accept(request)));
    const run = drive({ plan, peer });
    expect(cleanupOf(run)).toEqual([count, 0, count]);
    expect(run.endedUs).toBeLessThan(45 * SECOND);
  });

  it('comes at a pace even when there is no drain', () => {
    const plan = createPlan({
      cleanup: 'unregister',
      drainUs: 0,
      identities: { count: 100 },
      load: { starts: 100, startsPerPeriod: 10 },
    });
    const run = drive({ plan, peer: accepting(10) });
    const last = run.sent.filter(({ isCleanup }) => isCleanup).map(({ atUs }) => atUs);
    expect(last.length).toBe(100);
    expect(last.at(-1)! - last[0]!).toBeGreaterThan(9 * SECOND);
  });

  it('begins also when the run was stopped', () => {
    const plan = createPlan({ cleanup: 'unregister', load: { starts: 50 }, identities: { count: 50 } });
    const run = drive({ plan, peer: accepting(10), events: [stopAt(1.5 * SECOND, 5 * SECOND)] });
    expect(cleanupOf(run)).toEqual([2, 2, 0]);
  });

  it('sends nothing once the run is over, whatever still arrives', () => {
    const plan = createPlan({ cleanup: 'unregister', drainUs: SECOND, load: { starts: null, durationUs: SECOND } });
    const run = drive({ plan, peer: answering(accept, 50 * SECOND) });
    expect(numbersOf(run, 'register').outcomes).toEqual({ aborted: 1 });
    expect(cleanupOf(run)).toEqual([1, 0, 1]);
    expect(run.sent.at(-1)!.atUs).toBeLessThan(run.endedUs);
  });

  it('has nothing to do after a silent flow that never registered', () => {
    const run = drive({ plan: createPlan({ cleanup: 'unregister', flow: [query] }), peer: SILENT });
    expect(cleanupOf(run)).toEqual([0, 0, 0]);
  });
});

describe('a run that is ended at once keeps its books', () => {
  const load = { startsPerPeriod: 10, starts: null, durationUs: 10 * SECOND };
  const flow = [register(), pause(2 * SECOND), refresh(), unregister];
  const plan = createPlan({ load, identities: { count: 1000 }, flow });

  it('in the load: what is under way is aborted, the steps behind it are skipped, and nothing more is sent', () => {
    const run = drive({ plan, peer: SILENT, events: [abortAt(3 * SECOND)] });
    const { started, outcomes } = numbersOf(run, 'register');
    expect(outcomes).toEqual({ aborted: started });
    expect(numbersOf(run, 'refresh').skipped).toBe(started);
    expect(Math.max(...run.sent.map(({ atUs }) => atUs))).toBeLessThanOrEqual(3 * SECOND);
  });

  it('in the drain: flows that wait are skipped, attempts that talk are aborted', () => {
    const run = drive({ plan, peer: SILENT, events: [stopAt(3 * SECOND, 5 * SECOND), abortAt(4 * SECOND)] });
    const { started, outcomes } = numbersOf(run, 'register');
    expect(outcomes).toEqual({ aborted: started });
  });

  it('in the clean-up: what it has done is counted, and what it has not heard of has failed', () => {
    const peer: Peer = (request, nowUs) =>
      request.includes('Expires: 0') ? [] : [{ atUs: nowUs + 10, bytes: accept(request) }];
    const cleaned = createPlan({ load: { starts: 20 }, identities: { count: 20 }, cleanup: 'unregister' });
    const run = drive({ plan: cleaned, peer, events: [abortAt(25 * SECOND)] });
    const [attempted, succeeded, failed] = cleanupOf(run);
    expect([succeeded, failed]).toEqual([0, attempted]);
    expect(attempted).toBeGreaterThan(0);
  });
});
