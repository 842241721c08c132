// The checkers that hold an engine's tables, numbers, times and beliefs against what was seen.

import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/index.ts';
import {
  addCounter,
  COUNTER_DATAGRAMS_SENT,
  COUNTER_MALFORMED,
  COUNTER_MISSED_LATE,
  COUNTER_REQUESTS_SENT,
  COUNTER_RETRANSMISSIONS,
  COUNTER_STRAY,
  countChallenged,
  countOutcome,
  countResponse,
  countStarted,
  type MetricsBlock,
  OUTCOME_SUCCEEDED,
  OUTCOME_TIMEOUT,
  recordFailureLatency,
  recordLatency,
  recordWire,
} from '../../../src/metrics/index.ts';
import * as layout from '../../../src/metrics/layout.ts';
import type { Observer } from '../../../src/sim/observer.ts';
import type { Peer } from '../engine/driver.ts';
import { SILENT } from '../engine/driver.ts';
import { accept, accepting, answer, answering, readRequest } from '../engine/messages.ts';
import { createPlan, discard, pause, query, refresh, register, repeat, SECOND, unregister } from '../engine/plans.ts';
import type { WatchOptions } from './watched.ts';
import { numbered, watch } from './watched.ts';

const PLAN = numbered(
  createPlan({
    flow: [register(60), pause(SECOND), refresh(60), unregister],
    identities: { count: 4 },
    load: { starts: 12, startsPerPeriod: 2, durationUs: 4 * SECOND, warmupUs: SECOND, cooldownUs: 2 * SECOND },
  }),
);

const told =
  (options: Partial<WatchOptions>): (() => unknown) =>
  () =>
    watch({ plan: PLAN, peer: accepting(), ...options });

describe('rows', () => {
  const spoiled =
    (spoil: (engine: Engine) => void) =>
    (said: Observer, engine: Engine): Partial<Observer> => ({
      onTurn: (worker, nowUs, isBlocked) => {
        if (nowUs > 2 * SECOND) spoil(engine);
        said.onTurn(worker, nowUs, isBlocked);
      },
    });

  it.each<readonly [string, (engine: Engine) => void]>([
    [
      'a row that is free and used',
      ({ transactions }) => {
        transactions.free = transactions.capacity;
      },
    ],
    [
      'a row that nobody gave back',
      ({ transactions }) => {
        transactions.free = 0;
      },
    ],
    [
      'a flow too many',
      (engine) => {
        engine.activeFlows += 1;
      },
    ],
  ])('%s', (_title, spoil) => {
    expect(told({ tamper: spoiled(spoil) })).toThrow(/^rows: /);
  });

  it('at the end a flow that goes on, and a transaction that is pending', () => {
    expect(
      told({
        spoil: (engine) => {
          engine.activeFlows = 1;
        },
      }),
    ).toThrow(/^rows: .*flows go on/);
    const spoil = ({ transactions }: Engine): void => {
      transactions.state[0] = 1;
      transactions.free = transactions.capacity - 1;
    };
    expect(told({ spoil })).toThrow(/^rows: .*pending after the end/);
  });

  it('the oldest that wait for Timer K give way to new ones, rightly', () => {
    const crowd = numbered(
      createPlan({
        flow: [repeat(40, register(60))],
        identities: { count: 8 },
        load: { starts: 8, startsPerPeriod: 8 },
      }),
    );
    const peer: Peer = (request, nowUs) =>
      [3_000, 5_000, 90_000].map((us) => ({ atUs: nowUs + us, bytes: accept(request) }));
    const tally = watch({ plan: crowd, peer });
    expect(tally.outcomes).toEqual({ succeeded: 320 });
    expect(tally.stray).toBeGreaterThan(100);
  });
});

describe('books', () => {
  const peer: Peer = (request, nowUs) => [
    { atUs: nowUs + 1_000, bytes: accept(request) },
    { atUs: nowUs + 2_000, bytes: accept(request) },
    { atUs: nowUs + 3_000, bytes: 'nonsense' },
    { atUs: nowUs + 4_000, bytes: accept(request).replace('branch=z9hG4bK', 'branch=z9hG4bKx') },
    { atUs: nowUs + 5_000, bytes: accept(request).replace('Via: ', 'Via: SIP/2.0/UDP 192.0.2.1, ') },
  ];

  it('all that arrived is counted as what it is', () => {
    const tally = watch({ plan: PLAN, peer });
    expect(tally).toMatchObject({ attempts: 36, requests: 36, outcomes: { succeeded: 36 }, ambiguous: 0 });
    expect(tally.malformed).toBeGreaterThan(20);
    expect(tally.stray).toBeGreaterThan(40);
    expect(tally.responses).toBeGreaterThan(60);
  });

  it.each<readonly [string, (metrics: MetricsBlock) => void]>([
    ['requests', (metrics) => addCounter(metrics, COUNTER_REQUESTS_SENT, 1)],
    ['retransmissions', (metrics) => addCounter(metrics, COUNTER_RETRANSMISSIONS, 1)],
    ['datagrams', (metrics) => addCounter(metrics, COUNTER_DATAGRAMS_SENT, 1)],
    ['strays', (metrics) => addCounter(metrics, COUNTER_STRAY, 1)],
    ['malformed datagrams', (metrics) => addCounter(metrics, COUNTER_MALFORMED, 1)],
    ['responses', (metrics) => countResponse(metrics, 200)],
    ['responses of a status that never came', (metrics) => countResponse(metrics, 503)],
    ['starts', (metrics) => addCounter(metrics, COUNTER_MISSED_LATE, 1)],
    ['attempts', (metrics) => countStarted(metrics, 0, 0)],
    ['outcomes', (metrics) => countOutcome(metrics, 0, 0, OUTCOME_SUCCEEDED)],
    ['challenges', (metrics) => countChallenged(metrics, 0, 0)],
    [
      'a timeout that was none',
      (metrics) => {
        countStarted(metrics, 0, 0);
        countOutcome(metrics, 0, 0, OUTCOME_TIMEOUT);
      },
    ],
  ])('one too many: %s', (_title, spoil) => {
    expect(told({ peer, spoil: (_engine, metrics) => spoil(metrics) })).toThrow(/^books: /);
  });

  it('one outcome taken for another', () => {
    const spoil = (_engine: Engine, metrics: MetricsBlock): void => {
      const at = metrics.outcomes.findIndex((count) => count > 0);
      metrics.outcomes[at]! -= 1;
      metrics.outcomes[at + 1]! += 1;
    };
    expect(told({ spoil })).toThrow(/^books: .*register/);
  });

  it('a datagram that left without having been offered, or out of turn', () => {
    const tamper = (said: Observer): Partial<Observer> => ({
      onSent: (worker, nowUs, bytes) => {
        said.onSent(worker, nowUs, bytes);
        said.onSent(worker, nowUs, bytes);
      },
    });
    expect(told({ tamper })).toThrow(/^books: .*not the oldest/);
  });

  it.each<readonly [string, string, string]>([
    ['the binding is not in it', 'Contact: <sip:other@192.0.2.1>;expires=60', 'binding-missing'],
    ['the binding has ended', 'CONTACT;expires=0', 'binding-missing'],
    ['the interval is in the Expires header', 'CONTACT\r\nExpires: 30', 'succeeded'],
    ['the interval is what was asked for', 'CONTACT', 'succeeded'],
    ['the binding is one of several', 'Contact: <sip:other@192.0.2.1>;expires=9, OURS;expires=60', 'succeeded'],
  ])('RFC 3261 §10.2.4: a 200 in which %s', (_title, header, outcome) => {
    const granting = answering((request) => {
      const { contact } = readRequest(request);
      return answer(
        request,
        '200 OK',
        header.replace('CONTACT', `Contact: <${contact}>`).replace('OURS', `<${contact}>`),
      );
    });
    const plan = numbered(createPlan({ flow: [register(60)] }));
    expect(watch({ plan, peer: granting }).outcomes).toEqual({ [outcome]: 1 });
  });

  it('a binding in another spelling counts as either', () => {
    const peer = answering((request) =>
      answer(request, '200 OK', `Contact: <${readRequest(request).contact.replace('u000', '%75000')}>;expires=60`),
    );
    expect(watch({ plan: numbered(createPlan()), peer })).toMatchObject({ outcomes: {}, ambiguous: 1 });
  });
});

describe('latency', () => {
  const stat = (metrics: MetricsBlock, kind: number, by: number): void => {
    metrics.stats[layout.histogramOf(0, 0, kind) * layout.STATS_PER_HISTOGRAM + layout.STAT_SUM]! += by;
  };

  it('times of answers, failures and timeouts, over fixed waits, are right to the microsecond', () => {
    let number = 0;
    const peer: Peer = (request, nowUs) => {
      const delayUs = 1_000 + 37 * ++number;
      if (number % 7 === 3) return [];
      return [{ atUs: nowUs + delayUs, bytes: number % 5 === 0 ? answer(request, '503 No') : accept(request) }];
    };
    const tally = watch({ plan: PLAN, peer });
    expect(Object.keys(tally.outcomes)).toEqual(['status-503', 'succeeded']);
    expect(watch({ plan: PLAN, peer: SILENT }).outcomes).toEqual({ timeout: 4 });
  });

  it('what waits in the socket while the drain ends leaves without lag', () => {
    const events = [{ kind: 'stop', atUs: 3_000, drainUs: 0 } as const];
    const kernel = { hamperedShare: 1, takesMost: 9, letsMost: 1 };
    const load = { starts: 300, startsPerPeriod: 90_000_000 };
    const crowd = numbered(createPlan({ identities: { count: 300 }, load }));
    const tally = watch({ plan: crowd, peer: accepting(), kernel, events });
    expect(tally.outcomes.aborted).toBeGreaterThan(10);
  });

  it.each<readonly [string, (metrics: MetricsBlock) => void]>([
    ['one recorded twice', (metrics) => recordLatency(metrics, 0, 0, 5)],
    ['a wire time too many', (metrics) => recordWire(metrics, 0, 0, 5)],
    ['one microsecond more', (metrics) => stat(metrics, layout.KIND_LATENCY, 1)],
    ['one microsecond less', (metrics) => stat(metrics, layout.KIND_LATENCY, -1)],
    ['a microsecond more on the wire', (metrics) => stat(metrics, layout.KIND_WIRE, 1)],
    ['a microsecond less lag', (metrics) => stat(metrics, layout.KIND_LAG, -1)],
    ['a failure that was none', (metrics) => recordFailureLatency(metrics, 0, 0, 5)],
  ])('%s', (_title, spoil) => {
    expect(told({ spoil: (_engine, metrics) => spoil(metrics) })).toThrow(/^latency: /);
  });
});

describe('belief', () => {
  const plan = numbered(createPlan({ flow: [register(60), pause(SECOND), refresh(30), query] }));
  const bind =
    (untilUs: number) =>
    ({ contexts }: Engine): void => {
      contexts.boundUntilUs[0] = untilUs;
    };

  it('lasts as long as the last 2xx granted, from when it came', () => {
    expect(told({ plan })).not.toThrow();
    expect(told({ plan, spoil: bind(31_003_000) })).toThrow(/^belief: .*until 31003000, not 31002000/);
    expect(told({ plan, spoil: bind(-1) })).toThrow(/^belief: .*no binding/);
    expect(
      told({
        plan,
        spoil: ({ contexts }) => {
          contexts.grantedSeconds[0] = 60;
        },
      }),
    ).toThrow(/^belief: .*was granted 30 s/);
  });

  it.each([
    ['an unregister', [register(60), unregister]],
    ['a discard', [register(60), discard]],
    ['a discard after a wait', [register(60), pause(SECOND), discard]],
    ['a discard and a query', [register(60), discard, query]],
  ])('is none after %s', (_title, flow) => {
    const ended = numbered(createPlan({ flow }));
    expect(told({ plan: ended })).not.toThrow();
    expect(told({ plan: ended, spoil: bind(60_001_000) })).toThrow(/^belief: /);
  });

  it('stays as it was after a failure', () => {
    const peer = answering((request) =>
      readRequest(request).values('Expires')[0] === '30' ? answer(request, '503 No') : accept(request),
    );
    expect(told({ plan, peer })).not.toThrow();
    expect(told({ plan, peer, spoil: bind(-1) })).toThrow(/^belief: /);
  });

  it('may be either where a discard was cut off by the end', () => {
    const cut = numbered(createPlan({ flow: [register(60), pause(90 * SECOND), discard] }));
    const events = [{ kind: 'abort', atUs: 5 * SECOND } as const];
    expect(told({ plan: cut, events })).not.toThrow();
    expect(told({ plan: cut, events, spoil: bind(-1) })).not.toThrow();
    expect(told({ plan: cut, events, spoil: bind(7) })).toThrow(/^belief: /);
  });
});
