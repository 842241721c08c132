import { describe, expect, it } from 'vitest';
import type { RunPlan } from '../../../src/scenario/index.ts';
import { loadScenario } from '../../../src/scenario/index.ts';
import { timesOf } from './books.ts';
import { drive, type Run } from './driver.ts';
import { allNumbersOf } from './follow-ups.ts';
import { accept, answer, answering, readRequest, requestsOf } from './messages.ts';
import { createPlan, pause, query, refresh, register, repeat, SECOND, unregister, wildcard } from './plans.ts';

const askedIn = (run: Run): readonly (string | undefined)[] =>
  requestsOf(run).map(({ values }) => values('Expires')[0]);

/** Refuses what is below a least interval, and says so with these headers. */
const insisting = (leastSeconds: number, ...headers: readonly string[]) =>
  answering((request) => {
    const asked = Number(readRequest(request).values('Expires')[0] ?? 0);
    return asked > 0 && asked < leastSeconds ? answer(request, '423 Interval Too Brief', ...headers) : accept(request);
  });

const outcomesOf = (run: Run): Readonly<Record<string, number>> => allNumbersOf(run, 'register').outcomes;

describe('RFC 3261 §10.2.8: 423 Interval Too Brief', () => {
  it('10.2.8 the same attempt asks again for Min-Expires, as the next request of the same registration', () => {
    const run = drive({ plan: createPlan({ flow: [register(60)] }), peer: insisting(1800, 'Min-Expires: 1800') });
    expect(allNumbersOf(run, 'register')).toMatchObject({
      started: 1,
      raised: 1,
      challenged: 0,
      outcomes: { succeeded: 1 },
    });
    const [first, second, ...rest] = requestsOf(run);
    expect(rest).toEqual([]);
    expect(askedIn(run)).toEqual(['60', '1800']);
    expect([second!.callId, second!.fromTag, second!.cseq]).toEqual([first!.callId, first!.fromTag, first!.cseq + 1]);
    expect(second!.branch).not.toBe(first!.branch);
    expect(second!.contact).toBe(first!.contact);
    expect(run.engine.contexts.grantedSeconds[0]).toBe(1800);
  });

  it('10.2.8 both requests count in one latency and one wire time, and only the first has a lag', () => {
    const run = drive({ plan: createPlan({ flow: [register(60)] }), peer: insisting(1800, 'Min-Expires: 1800') });
    expect(timesOf(run, 'register', 'latency')).toMatchObject({ count: 1, sum: 2000 });
    expect(timesOf(run, 'register', 'wire')).toMatchObject({ count: 1, sum: 2000 });
    expect(timesOf(run, 'register', 'lag').count).toBe(1);
    expect(timesOf(run, 'register', 'failureLatency').count).toBe(0);
  });

  it('10.2.8 later requests of the context ask for it from the start; where the step asks for more, that stays', () => {
    const flow = [register(60), refresh(120), refresh(7200), unregister, register(60)];
    const run = drive({ plan: createPlan({ flow, load: { starts: 2 } }), peer: insisting(1800, 'Min-Expires: 1800') });
    const asked = ['1800', '1800', '7200', '0', '1800'];
    expect(askedIn(run)).toEqual(['60', ...asked, ...asked]);
    expect(allNumbersOf(run, 'register')).toMatchObject({ started: 4, raised: 1, outcomes: { succeeded: 4 } });
    expect(allNumbersOf(run, 'refresh')).toMatchObject({ started: 4, raised: 0, outcomes: { succeeded: 4 } });
  });

  it('10.2.8 each context learns for itself', () => {
    const plan = createPlan({ identities: { count: 2 }, load: { starts: 2 }, flow: [register(60)] });
    const run = drive({ plan, peer: insisting(1800, 'Min-Expires: 1800') });
    expect(askedIn(run)).toEqual(['60', '1800', '60', '1800']);
    expect(allNumbersOf(run, 'register').raised).toBe(2);
  });

  it('10.2.8 a registrar that wants ever more is followed once per attempt, and no further', () => {
    const greedy = answering((request) => {
      const asked = Number(readRequest(request).value('Expires'));
      return answer(request, '423 Interval Too Brief', `Min-Expires: ${asked * 10}`);
    });
    const run = drive({ plan: createPlan({ flow: [register(60)], load: { starts: 3 } }), peer: greedy });
    expect(askedIn(run)).toEqual(['60', '600', '600', '6000', '6000', '60000']);
    expect(outcomesOf(run)).toEqual({ 'status-423': 3 });
    expect(allNumbersOf(run, 'register').raised).toBe(3);
  });

  it.each([
    ['no Min-Expires', []],
    ['10^12 s', ['Min-Expires: 1000000000000']],
    ['2^32 - 1 s, which is what anything larger reads as', ['Min-Expires: 4294967295']],
    ['text', ['Min-Expires: soon']],
    ['an empty value', ['Min-Expires: ']],
    ['a negative number', ['Min-Expires: -60']],
    ['what was asked for', ['Min-Expires: 60']],
    ['less than was asked for', ['Min-Expires: 1']],
    ['a first header that asks for less, whatever the second says', ['Min-Expires: 5', 'Min-Expires: 1800']],
  ])('20.23 fails with its status and is no loop: %s', (_, headers) => {
    const flow = [register(60), refresh()];
    const peer = answering((request) => answer(request, '423 Interval Too Brief', ...headers));
    const run = drive({ plan: createPlan({ flow }), peer });
    expect(outcomesOf(run)).toEqual({ 'status-423': 1 });
    expect(allNumbersOf(run, 'register').raised).toBe(0);
    expect(allNumbersOf(run, 'refresh').skipped).toBe(1);
    expect(run.sent.length).toBe(1);
  });

  it('10.2.8 the context lives on after a 423 without Min-Expires: its next start is made', () => {
    const peer = answering((request, _now, number) =>
      number === 0 ? answer(request, '423 Interval Too Brief') : accept(request),
    );
    const run = drive({ plan: createPlan({ flow: [register(60)], load: { starts: 2 } }), peer });
    expect(outcomesOf(run)).toEqual({ 'status-423': 1, succeeded: 1 });
    expect(askedIn(run)).toEqual(['60', '60']);
  });

  it.each([
    ['wildcard', wildcard],
    ['unregister', unregister],
    ['query', query],
    ['a register that asks for 0', register(0)],
  ] as const)('10.2.8 nothing is raised that did not ask for a time: %s', (_, step) => {
    const peer = answering((request) => answer(request, '423 Interval Too Brief', 'Min-Expires: 1800'));
    const run = drive({ plan: createPlan({ flow: [step] }), peer });
    expect(allNumbersOf(run, step.procedure)).toMatchObject({ raised: 0, outcomes: { 'status-423': 1 } });
    expect(run.sent.length).toBe(1);
  });

  it('22.2 with credentials: the raised request carries the nonce of the one before, counted on', () => {
    const plan = createPlan({ flow: [register(60)], identities: { password: 'secret' } });
    const peer = answering((request) => {
      const { credentials, value } = readRequest(request);
      if (credentials === null) {
        return answer(request, '401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n1", qop="auth"');
      }
      return value('Expires') === '60' ? answer(request, '423 Brief', 'Min-Expires: 1800') : accept(request);
    });
    const run = drive({ plan, peer });
    expect(allNumbersOf(run, 'register')).toMatchObject({ challenged: 1, raised: 1, outcomes: { succeeded: 1 } });
    const carried = requestsOf(run).map(({ credentials }) => [credentials?.get('nonce'), credentials?.get('nc')]);
    expect(carried).toEqual([
      [undefined, undefined],
      ['"n1"', '00000001'],
      ['"n1"', '00000002'],
    ]);
  });

  it('22.2 a registrar that challenges only what is long enough: the raised request answers it', () => {
    const plan = createPlan({ flow: [register(60)], identities: { password: 'secret' } });
    const peer = answering((request) => {
      const { credentials, value } = readRequest(request);
      if (value('Expires') === '60') return answer(request, '423 Brief', 'Min-Expires: 1800');
      return credentials === null
        ? answer(request, '401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n1"')
        : accept(request);
    });
    const run = drive({ plan, peer });
    expect(askedIn(run)).toEqual(['60', '1800', '1800']);
    expect(allNumbersOf(run, 'register')).toMatchObject({ challenged: 1, raised: 1, outcomes: { succeeded: 1 } });
  });

  it('17.1.2.2 the raised request is sent again by Timer E with the same bytes, and has a Timer F of its own', () => {
    const peer = answering((request) =>
      readRequest(request).value('Expires') === '60' ? answer(request, '423 Brief', 'Min-Expires: 4294967294') : null,
    );
    const run = drive({ plan: createPlan({ flow: [register(60)] }), peer });
    expect(outcomesOf(run)).toEqual({ timeout: 1 });
    expect(run.sent.length).toBe(12);
    expect(new Set(askedIn(run).slice(1))).toEqual(new Set(['4294967294']));
    expect(timesOf(run, 'register', 'latency').sum).toBe(32 * SECOND + 1000);
  });

  it('an attempt that waits for room to ask again is aborted with the run, and the sums close', () => {
    const plan = createPlan({
      flow: [register(60), refresh()],
      drainUs: 0,
      load: { durationUs: 2 * SECOND, starts: 1 },
    });
    const run = drive({
      plan,
      peer: insisting(1800, 'Min-Expires: 1800'),
      takes: (nowUs) => (nowUs < 500 ? 1 : 0),
    });
    expect(outcomesOf(run)).toEqual({ aborted: 1 });
    expect(allNumbersOf(run, 'refresh').skipped).toBe(1);
  });

  it('with many loops and starts the sums close', () => {
    const flow = [register(60), repeat(3, pause(SECOND), refresh(120)), unregister];
    const plan = createPlan({ flow, identities: { count: 5 }, load: { starts: 20 } });
    const run = drive({ plan, peer: insisting(1800, 'Min-Expires: 1800') });
    expect(allNumbersOf(run, 'register').raised).toBe(5);
    expect(allNumbersOf(run, 'refresh')).toMatchObject({ raised: 0, outcomes: { succeeded: 60 } });
  });
});

describe('the memory of least intervals', () => {
  const planOf = (flow: string): RunPlan =>
    loadScenario({
      file: 'memory.yaml',
      text: `version: 1\ntarget: embedded\nidentities: { count: 10, user: "u{index}", domain: test.example }\nload: { rate: 1/s, starts: 1 }\nflow: ${flow}\n`,
    });

  it('is taken only where a step asks for a time', () => {
    const memoryOf = (flow: string): string =>
      drive({ plan: planOf(flow), peer: answering(accept) }).engine.memory.describe();
    expect(memoryOf('[query, unregister, wildcard, register: { expires: 0s }]')).not.toContain('intervals');
    expect(memoryOf('[query, refresh]')).toContain('intervals');
  });
});
