// The checkers, where a worker has several sockets: who speaks from which, and that one's trouble excuses no other.

import { describe, expect, it } from 'vitest';
import type { Observer } from '../../../src/sim/observer.ts';
import type { Peer } from '../engine/driver.ts';
import { SILENT } from '../engine/driver.ts';
import { accept, accepting, readRequest } from '../engine/messages.ts';
import { createPlan, pause, refresh, register, SECOND } from '../engine/plans.ts';
import type { WatchOptions } from './watched.ts';
import { numbered, watch } from './watched.ts';

/** Two sockets, and four contexts, two on each, that start a second apart. */
const PLAN = numbered(
  createPlan({
    flow: [register(), pause(SECOND), refresh()],
    identities: { count: 4 },
    load: { starts: 4 },
    local: {
      addresses: [],
      firstPort: null,
      lastPort: null,
      socketsPerWorker: 2,
      sockets: 'auto',
      maxBurst: null,
      segmentation: false,
    },
  }),
);

const told = (parts: Partial<WatchOptions>) => watch({ plan: PLAN, peer: accepting(), ...parts });

/** The checkers hear that what one socket sent left by the other. */
const swapped =
  (when: (number: number) => boolean) =>
  (observer: Observer): Partial<Observer> => {
    let number = 0;
    const seen = new Map<Uint8Array, number>();
    const other = (socket: number, bytes: Uint8Array): number => {
      if (!seen.has(bytes)) seen.set(bytes, number++);
      return when(seen.get(bytes)!) ? 1 - socket : socket;
    };
    return {
      onOffered: (socket, nowUs, bytes) => observer.onOffered(other(socket, bytes), nowUs, bytes),
      onSent: (socket, nowUs, bytes) => observer.onSent(other(socket, bytes), nowUs, bytes),
    };
  };

/** The checkers never hear of what this socket sends after a time. */
const silenced =
  (muted: number, fromUs: number) =>
  (observer: Observer): Partial<Observer> => ({
    onOffered: (socket, nowUs, bytes) => {
      if (socket !== muted || nowUs < fromUs) observer.onOffered(socket, nowUs, bytes);
    },
    onSent: (socket, nowUs, bytes) => {
      if (socket !== muted || nowUs < fromUs) observer.onSent(socket, nowUs, bytes);
    },
  });

describe('A context speaks from one socket for its life', () => {
  it('and an engine that keeps to it is not accused', () => {
    expect(told({}).outcomes).toEqual({ succeeded: 8 });
  });

  it('request-form: its first request comes from another one', () => {
    expect(() => told({ tamper: swapped((number) => number === 0) })).toThrow(/^request-form: .*of another socket/);
  });

  it('request-form: a later one does', () => {
    expect(() => told({ tamper: swapped((number) => number === 3) })).toThrow(/^request-form: .*of another socket/);
  });

  it('branch-unique: a retransmission does', () => {
    expect(() => told({ peer: SILENT, tamper: swapped((number) => number === 1) })).toThrow(
      /^branch-unique: .*used from 127\.0\.0\.1:40000 before/,
    );
  });
});

describe('An answer that comes to another socket', () => {
  it('is a stray for the checkers as it is for the engine', () => {
    const peer: Peer = (request, nowUs) => {
      const own = Number(/u(\d+)/.exec(readRequest(request).value('To'))![1]) % 2;
      return [
        { atUs: nowUs + 500, bytes: accept(request), flow: 1 - own },
        { atUs: nowUs + 1_000, bytes: accept(request) },
      ];
    };
    expect(told({ peer })).toMatchObject({ outcomes: { succeeded: 8 }, stray: 8 });
  });
});

describe('A socket in trouble', () => {
  const blockades = [{ fromUs: 0, toUs: 20 * SECOND, flow: 1 }];

  it('that is shut, with another one that is not: nobody is accused', () => {
    const tally = told({ kernel: { blockades } });
    expect(tally.outcomes).toEqual({ succeeded: 8 });
  });

  it('timer-e: does not excuse a retransmission that another socket owes', () => {
    const tamper = silenced(0, 400_000);
    expect(() => told({ peer: SILENT, kernel: { blockades }, tamper })).toThrow(/^timer-e: .*copy 2 was due/);
  });

  it('that has an error: the transactions of the other go on, and have to', () => {
    const events = [{ kind: 'unreachable', atUs: 900_000, flow: 1 } as const];
    const crowd = { ...PLAN, load: { ...PLAN.load, startsPerPeriod: 4 } };
    const peer: Peer = (request, nowUs) => (nowUs < SECOND ? [] : accepting()(request, nowUs));
    const tally = watch({ plan: crowd, peer, events });
    expect(tally.outcomes.succeeded).toBeGreaterThan(3);
    expect(tally.outcomes.unreachable).toBeGreaterThan(0);
    expect(() => watch({ plan: crowd, peer: SILENT, events, tamper: silenced(0, 900_000) })).toThrow(/^timer-e: /);
  });
});
