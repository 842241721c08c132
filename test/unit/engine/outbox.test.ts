import { describe, expect, it } from 'vitest';
import { reportError } from '../../../src/engine/index.ts';
import { COUNTER_OVERTAKEN, COUNTER_RETRANSMISSIONS } from '../../../src/metrics/index.ts';
import { counted, numbersOf, timesOf } from './books.ts';
import { drive, type Run, SILENT } from './driver.ts';
import { accepting, readRequest, requestsOf, timesOfSending } from './messages.ts';
import { createPlan, pause, refresh, register, SECOND, unregister } from './plans.ts';

/** `count` contexts, all of which start in the first millisecond. */
const crowd = (count: number, parts = {}): ReturnType<typeof createPlan> =>
  createPlan({ identities: { count }, load: { starts: count, startsPerPeriod: count, periodUs: 1000 }, ...parts });

const usersOf = (run: Run): readonly string[] => requestsOf(run).map(({ value }) => /u\d+/.exec(value('To'))![0]);

describe('a socket that takes little', () => {
  it('nothing for three seconds: nothing is lost, the order is kept, and the lag is told', () => {
    const run = drive({ plan: crowd(20), peer: accepting(), takes: (nowUs) => (nowUs < 3 * SECOND ? 0 : 1000) });
    expect(usersOf(run).slice(0, 20)).toEqual([...usersOf(run).slice(0, 20)].sort());
    expect(new Set(usersOf(run)).size).toBe(20);
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 20 });
    expect(timesOf(run, 'register', 'lag').min).toBeGreaterThan(2.9 * SECOND);
    expect(timesOf(run, 'register', 'wire').max).toBe(1000);
  });

  it('one a turn: nothing is lost and the order is kept', () => {
    const flow = [register(), refresh(), unregister];
    const run = drive({ plan: crowd(300, { flow }), peer: accepting(), takes: () => 1 });
    expect(run.sent.length).toBe(900);
    expect(numbersOf(run, 'unregister').outcomes).toEqual({ succeeded: 300 });
    for (const user of new Set(usersOf(run))) {
      const cseqs = requestsOf(run)
        .filter(({ value }) => value('To').includes(user))
        .map(({ cseq }) => cseq);
      expect(cseqs).toEqual([1, 2, 3]);
    }
  });

  it('nothing ever: every attempt times out, and no datagram is counted', () => {
    const run = drive({ plan: crowd(5), peer: accepting(), takes: () => 0 });
    expect(run.sent.length).toBe(0);
    expect(numbersOf(run, 'register').outcomes).toEqual({ timeout: 5 });
    // Nobody but we is to blame: Timer E fired ten times for each, and Timer F once, for what had not left.
    expect(counted(run, COUNTER_OVERTAKEN)).toBe(5 * 11);
  });

  it('more than the outbox holds: the rest waits its turn and is sent with its intended time', () => {
    const run = drive({ plan: crowd(6000), peer: accepting(), takes: () => 500 });
    expect(run.sent.length).toBe(6000);
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 6000 });
    expect(usersOf(run)).toEqual([...usersOf(run)].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1))));
  });

  it('takes messages and lets them go later: requests and retransmissions are counted when they leave', () => {
    const plan = crowd(10, { flow: [register(), pause(5 * SECOND)] });
    const run = drive({ plan, peer: accepting(), lets: (nowUs) => (nowUs < 2 * SECOND ? 0 : 1) });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 10 });
    // Each was queued again after 0.5 and after 1.5 s; what the socket has taken cannot be called back.
    expect(run.sent.length).toBe(30);
    expect(counted(run, COUNTER_RETRANSMISSIONS)).toBe(20);
    expect(counted(run, COUNTER_OVERTAKEN)).toBe(20);
    expect(timesOf(run, 'register', 'wire').max).toBe(1000);
  });

  it('17.1.2.2 what the answer overtakes in the queue is not sent any more', () => {
    // The retransmission of 0.5 s is still queued when the answer comes at 0.7 s.
    const plan = createPlan();
    const run = drive({
      plan,
      peer: accepting(0.7 * SECOND),
      takes: (nowUs) => (nowUs === 0 || nowUs > SECOND ? 10 : 0),
    });
    expect(timesOfSending(run)).toEqual([0]);
    expect(counted(run, COUNTER_RETRANSMISSIONS)).toBe(0);
  });

  it('17.1.2.2 what is queued when Timer F fires is not sent any more', () => {
    const run = drive({ plan: createPlan({ flow: [register()] }), takes: (nowUs) => (nowUs < 40 * SECOND ? 0 : 10) });
    expect(run.sent.length).toBe(0);
  });
});

describe('RFC 3261 §17.1.4, §18.4: a transport error', () => {
  const errorAt = (atUs: number) => ({ atUs, act: (engine: Run['engine']) => reportError(engine, atUs, 0) });

  it('17.1.4 ends everything in flight as unreachable at once, and the run goes on', () => {
    const plan = createPlan({ identities: { count: 10 }, load: { starts: 10 } });
    const run = drive({ plan, peer: SILENT, events: [errorAt(4.5 * SECOND)] });
    const { outcomes } = numbersOf(run, 'register');
    expect(outcomes).toEqual({ unreachable: 5, timeout: 5 });
    expect(timesOf(run, 'register', 'failureLatency').max).toBe(4.5 * SECOND);
    const late = run.sent.filter(({ atUs }) => atUs > 4.5 * SECOND).map(({ text }) => readRequest(text).value('To'));
    expect(late.some((to) => /u00[0-4]/.test(to))).toBe(false);
  });

  it('18.4 drops what is queued: it is never sent and never counted', () => {
    const run = drive({
      plan: crowd(20),
      takes: (nowUs) => (nowUs < SECOND ? 0 : 10),
      events: [errorAt(0.9 * SECOND)],
    });
    expect(numbersOf(run, 'register').outcomes).toEqual({ unreachable: 20 });
    expect(run.sent.length).toBe(0);
  });

  it('17.1.4 leaves alone a context that waits, and one that has its answer', () => {
    const plan = createPlan({ flow: [register(), pause(2 * SECOND), refresh()] });
    const run = drive({ plan, peer: accepting(), events: [errorAt(SECOND)] });
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ succeeded: 1 });
  });

  it('when nothing is under way it changes nothing', () => {
    const run = drive({ plan: createPlan(), peer: accepting(), events: [errorAt(0), errorAt(10 * SECOND)] });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
  });
});

describe('a message that the kernel refuses for good', () => {
  it('ends its attempt with send-error, is counted nowhere else, and its neighbours are sent', () => {
    const plan = crowd(6, { flow: [register(), refresh()] });
    const run = drive({ plan, peer: accepting(), refuses: (text) => /u00[14]@/.test(text) });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 4, 'send-error': 2 });
    expect(numbersOf(run, 'refresh').skipped).toBe(2);
    expect(run.sent.length).toBe(8);
  });

  it('may be a retransmission: the attempt ends there', () => {
    let copies = 0;
    const run = drive({ plan: createPlan(), refuses: () => ++copies === 3 });
    expect(timesOfSending(run)).toEqual([0, 500_000]);
    expect(numbersOf(run, 'register').outcomes).toEqual({ 'send-error': 1 });
    expect(timesOf(run, 'register', 'failureLatency').max).toBe(1_500_000);
  });
});
