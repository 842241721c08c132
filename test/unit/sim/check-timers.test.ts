// The checkers of timers, branches and ends: right behaviour passes, and each kind of wrong one is told by its rule.

import { describe, expect, it } from 'vitest';
import type { Observer } from '../../../src/sim/observer.ts';
import type { Peer } from '../engine/driver.ts';
import { SILENT } from '../engine/driver.ts';
import { accept, accepting, answer, answering } from '../engine/messages.ts';
import { createPlan, pause, refresh, register, repeat, SECOND } from '../engine/plans.ts';
import { changed, heard, numbered, watch } from './watched.ts';

const ONE = numbered(createPlan());
const TRYING: Peer = answering((request) => answer(request, '100 Trying'));

/** Leaves out what is offered for the given time, the first or all later copies of it. */
const silenced =
  (isHidden: (nowUs: number, number: number) => boolean) =>
  (told: Observer): Partial<Observer> => {
    const hidden = new Set<Uint8Array>();
    let number = 0;
    return {
      onOffered: (worker, nowUs, bytes) => {
        if (isHidden(nowUs, number++)) hidden.add(bytes);
        else told.onOffered(worker, nowUs, bytes);
      },
      onSent: (worker, nowUs, bytes) => {
        if (!hidden.has(bytes)) told.onSent(worker, nowUs, bytes);
      },
    };
  };

/** The offer with this number is told again in the first turn at or after some time, once more. */
const repeated =
  (number: number, atUs: number) =>
  (told: Observer): Partial<Observer> => {
    let seen = 0;
    let kept: Uint8Array | null = null;
    return {
      onOffered: (worker, nowUs, bytes) => {
        if (seen++ === number) kept = bytes;
        told.onOffered(worker, nowUs, bytes);
      },
      onTurn: (worker, nowUs, isBlocked) => {
        if (kept !== null && nowUs >= atUs) {
          const bytes = kept;
          kept = null;
          told.onOffered(worker, nowUs, bytes);
          told.onSent(worker, nowUs, bytes);
        }
        told.onTurn(worker, nowUs, isBlocked);
      },
    };
  };

describe('RFC 3261 §17.1.2.2: a silent peer', () => {
  it('eleven sends and a timeout are right', () => {
    const tally = watch({ plan: ONE, peer: SILENT });
    expect(tally).toMatchObject({ attempts: 1, outcomes: { timeout: 1 }, requests: 1, retransmissions: 10 });
    expect(tally.checks).toBeGreaterThan(100);
  });

  it('and so they are with odd timers, late turns and standstills', () => {
    const timers = { t1Us: 333_000, t2Us: 500_000 };
    const kernel = { quantumUs: 100_000, stalls: [{ fromUs: 2 * SECOND, toUs: 5 * SECOND }] };
    const tally = watch({ plan: numbered(createPlan({ timers })), peer: SILENT, kernel });
    expect(tally.outcomes).toEqual({ timeout: 1 });
  });

  it('timer-e: a copy that is missing', () => {
    const tamper = silenced((_nowUs, number) => number === 4);
    expect(() => watch({ plan: ONE, peer: SILENT, tamper })).toThrow(/^timer-e: .*copy 5 was due at 7500000/);
  });

  it('timer-e: the last copy is missing', () => {
    const tamper = silenced((_nowUs, number) => number === 10);
    expect(() => watch({ plan: ONE, peer: SILENT, tamper })).toThrow(/^timer-e: .*copy 11 was due at 31500000/);
  });

  it('timer-e: a copy too many', () => {
    const events = [{ kind: 'stop', atUs: 1_200_000, drainUs: 35 * SECOND } as const];
    const tamper = repeated(0, 1_200_000);
    expect(() => watch({ plan: ONE, peer: SILENT, tamper, events })).toThrow(
      /^timer-e: .*before it was due, at 1500000/,
    );
  });

  it('timer-f: a copy at 64*T1', () => {
    expect(() => watch({ plan: ONE, peer: SILENT, tamper: repeated(3, 32 * SECOND) })).toThrow(/^timer-f: /);
  });

  it('branch-unique: the branch of an earlier request', () => {
    const plan = numbered(createPlan({ load: { starts: 2, periodUs: 40 * SECOND } }));
    let first = '';
    const tamper = changed((text, number) => {
      if (number === 0) first = /branch=[^;]+/.exec(text)![0];
      return number < 11 ? text : text.replace(/branch=[^;]+/, first);
    });
    expect(() => watch({ plan, peer: SILENT, tamper })).toThrow(/^branch-unique: /);
  });

  it('retransmission-identical: a copy with one byte changed', () => {
    const tamper = changed((text, number) =>
      number === 2 ? text.replace('Max-Forwards: 70', 'Max-Forwards: 69') : text,
    );
    expect(() => watch({ plan: ONE, peer: SILENT, tamper })).toThrow(/^retransmission-identical: /);
  });
});

describe('RFC 3261 §17.1.2.2: a peer that says 100 and nothing else', () => {
  it('after the running Timer E copies go every T2', () => {
    const tally = watch({ plan: ONE, peer: TRYING });
    expect(tally.outcomes).toEqual({ 'timeout-after-provisional': 1 });
    // At 0, 0.5, then 4.5, 8.5 … 28.5 s; each gets its 100.
    expect(tally).toMatchObject({ retransmissions: 8, responses: 9 });
  });

  it('timer-e: copies that go on doubling after a 1xx', () => {
    const events = [{ kind: 'stop', atUs: 1_500_000, drainUs: 35 * SECOND } as const];
    const tamper = repeated(0, 1_500_000);
    expect(() => watch({ plan: ONE, peer: TRYING, tamper, events })).toThrow(/^timer-e: .*due, at 4500000/);
  });

  it('timer-e: a 1xx that is not heeded', () => {
    const tamper = heard(500_000, (request) => answer(request, '100 Trying'));
    expect(() => watch({ plan: ONE, peer: SILENT, tamper })).toThrow(
      /^timer-e: .*sent again before it was due, at 5500000/,
    );
  });
});

describe('RFC 3261 §17.1.2.2: a blocked socket', () => {
  const plan = numbered(
    createPlan({ identities: { count: 20 }, load: { starts: 60, startsPerPeriod: 60, periodUs: 12 * SECOND } }),
  );

  it('what was composed meanwhile may go late, and times are known only between two', () => {
    const takes = (nowUs: number): number => (nowUs % (3 * SECOND) < SECOND ? 0 : 2);
    const tally = watch({ plan, peer: accepting(600_000), takes });
    expect(tally.attempts).toBeGreaterThan(40);
    expect(tally.outcomes.succeeded).toBeGreaterThan(40);
  });

  it('a blockade longer than 64*T1 hides whole attempts', () => {
    const timers = { t1Us: 20_000, t2Us: 40_000, t4Us: 100_000 };
    const takes = (nowUs: number): number => (nowUs % (5 * SECOND) < 2 * SECOND ? 0 : 100);
    const tally = watch({ plan: { ...plan, timers }, peer: SILENT, takes });
    expect(tally.attempts).toBeLessThan(60);
    expect(tally.attempts).toBeGreaterThan(10);
  });

  it('where Timer F may have fired before what else would have ended it, either end is right', () => {
    const timers = { t1Us: 20_000, t2Us: 40_000, t4Us: 100_000 };
    const takes = (nowUs: number): number => (nowUs < SECOND ? 0 : 100);
    const peer: Peer = (request, nowUs) => [
      { atUs: nowUs + 10_000, bytes: answer(request, '100 Trying') },
      { atUs: nowUs + 30_000, bytes: accept(request) },
    ];
    const once = numbered(createPlan({ timers }));
    for (const atUs of [1_010_000, 1_020_000, 1_100_000]) {
      const events = [{ kind: 'unreachable', atUs, flow: 0 } as const];
      expect(() => watch({ plan: once, peer, takes, events })).not.toThrow();
      expect(() => watch({ plan: once, peer: SILENT, takes, events })).not.toThrow();
    }
  });

  it('timer-e: what waited for the socket must go once it takes again', () => {
    const takes = (nowUs: number): number => (nowUs < SECOND ? 0 : 100);
    const tamper = silenced((nowUs, number) => nowUs >= SECOND && (number === 1 || number === 2));
    const once = numbered(createPlan());
    expect(() => watch({ plan: once, peer: SILENT, takes, tamper })).toThrow(/^timer-e: .*was due between/);
  });
});

describe('RFC 3261 §17.1.2: nothing is sent for a transaction that has ended', () => {
  it('terminated: after its final answer', () => {
    const plan = numbered(createPlan({ flow: [register(), pause(SECOND), refresh()] }));
    expect(() => watch({ plan, peer: accepting(), tamper: repeated(0, 1_000) })).toThrow(
      /^terminated: .*after a final answer/,
    );
  });

  it('terminated: after a transport error (§17.1.4)', () => {
    const events = [{ kind: 'unreachable', atUs: 700_000, flow: 0 } as const];
    expect(watch({ plan: ONE, peer: SILENT, events }).outcomes).toEqual({ unreachable: 1 });
    expect(() => watch({ plan: ONE, peer: SILENT, events, tamper: repeated(0, 700_000) })).toThrow(
      /^terminated: .*after a transport error/,
    );
  });

  it('terminated: after the end of the run', () => {
    const events = [{ kind: 'abort', atUs: 700_000 } as const];
    expect(watch({ plan: ONE, peer: SILENT, events }).outcomes).toEqual({ aborted: 1 });
    expect(() => watch({ plan: ONE, peer: SILENT, events, tamper: repeated(0, 700_000) })).toThrow(/^terminated: /);
  });

  it('terminated: after the kernel has refused it', () => {
    const kernel = { refusedShare: 1 };
    const tally = watch({ plan: ONE, peer: SILENT, kernel });
    expect(['send-error', 'unreachable']).toContain(Object.keys(tally.outcomes)[0]);
    expect(() => watch({ plan: ONE, peer: SILENT, kernel, tamper: repeated(0, 0) })).toThrow(/^terminated: .*refusal/);
  });

  it('a request of the operator during the drain may shorten it, and does not lengthen it', () => {
    const plan = numbered(createPlan({ load: { starts: null, durationUs: SECOND }, drainUs: SECOND }));
    for (const drainUs of [0, 40 * SECOND]) {
      const events = [{ kind: 'stop', atUs: 1_600_000, drainUs } as const];
      expect(watch({ plan, peer: SILENT, events }).outcomes).toEqual({ aborted: 1 });
    }
  });

  it('drain-end: flows are not cut off before their time', () => {
    const plan = numbered(createPlan({ load: { starts: null, durationUs: 2 * SECOND }, drainUs: 3 * SECOND }));
    expect(watch({ plan, peer: SILENT }).outcomes).toEqual({ aborted: 1 });
    const tamper = (told: Observer): Partial<Observer> => ({
      onStop: (worker, nowUs) => told.onStop(worker, nowUs, 9 * SECOND),
    });
    const events = [{ kind: 'stop', atUs: SECOND, drainUs: SECOND } as const];
    expect(() => watch({ plan, peer: SILENT, events, tamper })).toThrow(/^drain-end: /);
  });
});

it('many phones, many rounds, answers late, twice and out of turn', () => {
  const plan = numbered(
    createPlan({
      flow: [register(60), repeat(3, pause(200_000), refresh(60))],
      identities: { count: 30 },
      load: { starts: 90, startsPerPeriod: 30, periodUs: 3 * SECOND },
    }),
  );
  const peer: Peer = (request, nowUs) =>
    [900_000, 2_500, 900_001].map((delayUs) => ({ atUs: nowUs + delayUs, bytes: accept(request) }));
  const tally = watch({ plan, peer });
  expect(tally).toMatchObject({ attempts: 360, outcomes: { succeeded: 360 }, requests: 360, stray: 0 });
  expect(tally.responses).toBeGreaterThan(1_000);
});
