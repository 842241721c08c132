import { describe, expect, it } from 'vitest';
import { abort, stopStarting } from '../../../src/engine/index.ts';
import {
  COUNTER_CLEANUP_ATTEMPTED,
  COUNTER_CLEANUP_SUCCEEDED,
  COUNTER_REQUESTS_SENT,
  COUNTER_VERIFY_CHECKED,
  COUNTER_VERIFY_MISSING,
  COUNTER_VERIFY_SAMPLED,
} from '../../../src/metrics/index.ts';
import type { RunPlan } from '../../../src/scenario/index.ts';
import { counted, numbersOf } from './books.ts';
import { drive, type Peer, type Run, SILENT } from './driver.ts';
import { accept, answer, answering, readRequest } from './messages.ts';
import { createPlan, discard, hold, type PlanParts, pause, query, register, SECOND, unregister } from './plans.ts';

const verifyOf = (run: Run): { sampled: number; checked: number; missing: number } => ({
  sampled: counted(run, COUNTER_VERIFY_SAMPLED),
  checked: counted(run, COUNTER_VERIFY_CHECKED),
  missing: counted(run, COUNTER_VERIFY_MISSING),
});

/** A registrar with a memory; `stores` decides for a user whether what it confirms is kept. */
const remembering = (stores: (user: number) => boolean = () => true, delayUs = 1000): Peer => {
  const kept = new Map<number, { readonly contact: string; readonly untilUs: number }>();
  return answering((request, nowUs) => {
    const { contact, values } = readRequest(request);
    const user = Number(/sip:u(\d+)@/.exec(request)![1]);
    const expires = Number(values('Expires')[0] ?? 'NaN');
    if (Number.isNaN(expires)) {
      const binding = kept.get(user);
      const left = binding === undefined ? 0 : Math.floor((binding.untilUs - nowUs) / SECOND);
      return answer(request, '200 OK', ...(left > 0 ? [`Contact: <${binding!.contact}>;expires=${left}`] : []));
    }
    if (expires === 0) kept.delete(user);
    else if (stores(user)) kept.set(user, { contact, untilUs: nowUs + expires * SECOND });
    return accept(request);
  }, delayUs);
};

const planOf = (count: number, parts: PlanParts = {}): RunPlan =>
  createPlan({
    verify: { sampleShare: 1 },
    ...parts,
    identities: { count, ...parts.identities },
    load: { starts: count, startsPerPeriod: 10, ...parts.load },
  });

const isQuery = (text: string): boolean => !text.includes('\r\nContact:');

describe('verify', () => {
  it('10.2.3 asks those that believe to be registered for their bindings, and finds each', () => {
    const run = drive({ plan: planOf(30), peer: remembering() });
    expect(verifyOf(run)).toEqual({ sampled: 30, checked: 30, missing: 0 });
    expect(run.sent.filter(({ text }) => isQuery(text)).length).toBe(30);
  });

  it('counts what a registrar has confirmed and not stored', () => {
    const run = drive({ plan: planOf(30), peer: remembering((user) => user % 5 !== 0) });
    expect(verifyOf(run)).toEqual({ sampled: 30, checked: 30, missing: 6 });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 30 });
  });

  it('stays outside all numbers, and comes before the clean-up, which is counted as ever', () => {
    const plan = planOf(20, { flow: [register(), query], cleanup: 'unregister' });
    const run = drive({ plan, peer: remembering() });
    expect(numbersOf(run, 'query')).toEqual({ started: 20, skipped: 0, challenged: 0, outcomes: { succeeded: 20 } });
    expect(numbersOf(run, 'unregister').started).toBe(0);
    expect(counted(run, COUNTER_REQUESTS_SENT)).toBe(40);
    expect([COUNTER_CLEANUP_ATTEMPTED, COUNTER_CLEANUP_SUCCEEDED].map((each) => counted(run, each))).toEqual([20, 20]);
    const aside = run.sent.filter(({ isCleanup }) => isCleanup).map(({ text }) => isQuery(text));
    expect(aside).toEqual([...Array(20).fill(true), ...Array(20).fill(false)]);
    expect(run.engine.verifyStartedUs).toBeLessThan(run.engine.cleanupStartedUs);
  });

  it('the sample follows from the seed and the identity, whatever the number of workers', () => {
    const plan = planOf(200, { verify: { sampleShare: 0.2 } });
    const asked = (workerCount: number, seed = 1): readonly string[] =>
      Array.from({ length: workerCount }, (_, workerIndex) =>
        drive({ plan, workerIndex, workerCount, seed, peer: remembering() })
          .sent.filter(({ text }) => isQuery(text))
          .map(({ text }) => readRequest(text).value('To')),
      )
        .flat()
        .sort();
    const one = asked(1);
    expect(one.length).toBeGreaterThan(20);
    expect(one.length).toBeLessThan(65);
    expect(asked(3)).toEqual(one);
    expect(asked(1, 2)).not.toEqual(one);
  });

  it('asks nobody who has unregistered, forgotten, never registered or expired', () => {
    const flows = [[register(), unregister], [register(), discard], [query], [register(5), pause(10 * SECOND), query]];
    for (const flow of flows) {
      const run = drive({ plan: planOf(4, { flow }), peer: remembering() });
      expect(verifyOf(run)).toEqual({ sampled: 0, checked: 0, missing: 0 });
    }
  });

  it('asks nobody whose unregister or refresh got no answer: the registrar may have obeyed it', () => {
    const peer = remembering();
    const silentAtEnd: Peer = (request, nowUs) => {
      const replies = peer(request, nowUs);
      return readRequest(request).cseq === 2 && !isQuery(request) ? [] : replies;
    };
    for (const step of [unregister, hold(1800 * SECOND, { leastShare: 0.5, mostShare: 0.5 }, 60)]) {
      const run = drive({ plan: planOf(3, { flow: [register(60), step] }), peer: silentAtEnd });
      expect(run.sent.length).toBeGreaterThan(3);
      expect(verifyOf(run)).toEqual({ sampled: 0, checked: 0, missing: 0 });
    }
  });

  it('does not hold against the registrar that it counts from the request: the answer was long on its way', () => {
    // Granted for 30 s at 0, told after 12 s; at 31 s the context believes for 11 s more, and the registrar is right to have none.
    const plan = planOf(1, {
      flow: [register(30), pause(19 * SECOND), query],
      timers: { t1Us: 20 * SECOND, t2Us: 40 * SECOND },
    });
    const peer = remembering(undefined, 12 * SECOND);
    const run = drive({ plan, peer });
    expect(run.engine.contexts.boundUntilUs[0]).toBe(42 * SECOND);
    expect(verifyOf(run)).toEqual({ sampled: 0, checked: 0, missing: 0 });
  });

  it('compares no answer that comes when the binding may have expired meanwhile', () => {
    const plan = planOf(1, { flow: [register(30), pause(28 * SECOND), query] });
    const peer = remembering();
    const slow: Peer = (request, nowUs) =>
      peer(request, nowUs).map((reply) =>
        readRequest(request).cseq === 3 ? { ...reply, atUs: nowUs + 2 * SECOND } : reply,
      );
    expect(verifyOf(drive({ plan, peer: slow }))).toEqual({ sampled: 1, checked: 0, missing: 0 });
  });

  it('is no judgement without a 200: a refusal and a silence are neither found nor missing', () => {
    const refusing = answering((request) => (isQuery(request) ? answer(request, '403 No') : accept(request)));
    expect(verifyOf(drive({ plan: planOf(5), peer: refusing }))).toEqual({ sampled: 5, checked: 0, missing: 0 });
    const silent: Peer = (request, nowUs) => (isQuery(request) ? [] : [{ atUs: nowUs + 10, bytes: accept(request) }]);
    const run = drive({ plan: planOf(5), peer: silent });
    expect(verifyOf(run)).toEqual({ sampled: 5, checked: 0, missing: 0 });
    // The last start is made at 0.4 s; Timer F and the pace bound what follows.
    expect(run.endedUs).toBeLessThan(45 * SECOND);
  });

  it('goes at a pace', () => {
    const run = drive({ plan: planOf(200, { load: { periodUs: 100_000 } }), peer: remembering() });
    const times = run.sent.filter(({ text }) => isQuery(text)).map(({ atUs }) => atUs);
    expect(times.length).toBe(200);
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(1.9 * SECOND);
  });

  it('10.2 goes on with the CSeq and the nonce of each context', () => {
    const challenging: Peer = answering((request) =>
      readRequest(request).credentials === null
        ? answer(request, '401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"')
        : accept(request),
    );
    const run = drive({ plan: planOf(1, { identities: { password: 'secret' } }), peer: challenging });
    const last = readRequest(run.sent.at(-1)!.text);
    expect([last.cseq, last.credentials!.get('nc'), last.contact]).toEqual([3, '00000002', '']);
    // accept() lists no Contact where none was sent: this registrar has lost it.
    expect(verifyOf(run)).toEqual({ sampled: 1, checked: 1, missing: 1 });
  });

  it('an operator who wants the end gets it without one, and the clean-up all the same', () => {
    const plan = planOf(50, { load: { starts: 50 }, cleanup: 'unregister' });
    const stop = { atUs: 2 * SECOND, act: (engine: Run['engine']) => stopStarting(engine, 2 * SECOND, 5 * SECOND) };
    const run = drive({ plan, peer: remembering(), events: [stop] });
    expect(verifyOf(run).sampled).toBe(0);
    expect(counted(run, COUNTER_CLEANUP_ATTEMPTED)).toBeGreaterThan(10);
  });

  it('ends at once in an abort, with its books as they are', () => {
    const plan = planOf(100, { load: { startsPerPeriod: 10, periodUs: SECOND } });
    const atUs = 12 * SECOND;
    const run = drive({
      plan,
      peer: remembering(),
      events: [{ atUs, act: (engine: Run['engine']) => abort(engine, atUs) }],
    });
    const { sampled, checked } = verifyOf(run);
    expect(sampled).toBeGreaterThan(checked - 1);
    expect(checked).toBeGreaterThan(5);
    expect(run.endedUs).toBe(atUs);
  });

  it('a run in which nobody registered has nothing to ask', () => {
    const run = drive({ plan: planOf(3), peer: SILENT });
    expect(verifyOf(run)).toEqual({ sampled: 0, checked: 0, missing: 0 });
  });
});

describe('a plan without verification', () => {
  it('has no column for it', () => {
    const names = (parts: PlanParts) =>
      drive({ plan: planOf(1, parts), peer: remembering() })
        .engine.memory.lines()
        .map(({ consumer }) => consumer);
    expect(names({ verify: null })).not.toContain('verify');
    expect(names({})).toContain('verify');
  });
});
