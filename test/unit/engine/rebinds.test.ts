// A NAT forgets some phones: from then on they speak from another port, and are the same phones.

import { describe, expect, it } from 'vitest';
import { seenAddresses } from '../../../src/engine/index.ts';
import { COUNTER_STRAY, mergeBlocks } from '../../../src/metrics/index.ts';
import type { PlanLocal, PlanRebind, RunPlan } from '../../../src/scenario/index.ts';
import { counted, numbersOf } from './books.ts';
import { type DriveOptions, drive, type Run, type Sent, sentByOf } from './driver.ts';
import { readRequest } from './messages.ts';
import { createNattedRegistrar, hostOf, type NattedRegistrar } from './natted-registrar.ts';
import { createPlan, hold, type PlanParts, pause, refresh, register, repeat, SECOND, unregister } from './plans.ts';

const localWith = (rebind: PlanRebind | null, socketsPerWorker: number): PlanLocal => ({
  addresses: [],
  firstPort: null,
  lastPort: null,
  socketsPerWorker,
  rebind,
  sockets: 'auto',
  maxBurst: null,
  segmentation: false,
});

const at = (atSeconds: number, share = 1, toSeconds = atSeconds): PlanRebind => ({
  share,
  fromUs: atSeconds * SECOND,
  toUs: toSeconds * SECOND,
});

/** As many phones as told, all of which start in the first millisecond. */
const fleet = (count: number, rebind: PlanRebind | null, parts: PlanParts = {}, sockets = 1): RunPlan =>
  createPlan({
    identities: { count },
    load: { starts: count, startsPerPeriod: count, periodUs: 1000 },
    local: localWith(rebind, sockets),
    ...parts,
  });

interface Held extends Run {
  readonly registrar: NattedRegistrar;
}

/** The registrar sees each socket where it is. */
const run = (plan: RunPlan, more: Partial<DriveOptions> = {}, lines = 1): Held => {
  const seen = (_nowUs: number, flow: number): string => sentByOf(flow < lines ? flow : lines + (flow % lines));
  const registrar = createNattedRegistrar({ seen });
  return { ...drive({ plan, peer: registrar.peer, ...more }), registrar };
};

const reboundOf = ({ metrics }: Run): number => mergeBlocks([metrics]).rebound;
const userOf = ({ text }: Sent): number => Number(/sip:u(\d+)@/.exec(readRequest(text).value('To'))?.[1]);
const flowsOf = ({ sent }: Run, user: number): readonly number[] =>
  sent.filter((each) => userOf(each) === user).map(({ flow }) => flow);

const HOLDING = [register(), pause(20 * SECOND), refresh(), pause(20 * SECOND), unregister];

describe('nat.rebind', () => {
  it('a phone keeps its port for its life, and from its moment on speaks from another one', () => {
    expect(flowsOf(run(fleet(1, null, { flow: HOLDING })), 0)).toEqual([0, 0, 0]);
    const held = run(fleet(1, at(10), { flow: HOLDING }));
    expect(flowsOf(held, 0)).toEqual([0, 1, 1]);
    expect(reboundOf(held)).toBe(1);
    expect(seenAddresses(held.engine)).toEqual([
      { local: sentByOf(0), seen: sentByOf(0) },
      { local: sentByOf(1), seen: sentByOf(1) },
    ]);
  });

  it('8.1.1 it is the same phone: Call-ID, From tag, nonce and Via stay, CSeq goes on', () => {
    const registrar = createNattedRegistrar({ seen: (_, flow) => sentByOf(flow), isChallenging: true });
    const plan = fleet(1, at(10), { identities: { password: 'secret' }, flow: HOLDING });
    const held = drive({ plan, peer: registrar.peer });
    const requests = held.sent.map(({ text }) => readRequest(text));
    expect(held.sent.map(({ flow }) => flow)).toEqual([0, 0, 1, 1]);
    expect(requests.map(({ cseq }) => cseq)).toEqual([1, 2, 3, 4]);
    expect(new Set(requests.map(({ callId, fromTag }) => `${callId} ${fromTag}`)).size).toBe(1);
    expect(requests.map(({ credentials }) => credentials?.get('nonce') ?? null)).toEqual([
      null,
      '"n1"',
      '"n1"',
      '"n1"',
    ]);
    for (const { value } of requests) expect(value('Via')).toContain(`UDP ${sentByOf(0)};`);
  });

  it('RFC 3581 §4 off: the Contact stays, and with it the binding that the registrar had', () => {
    const held = run(fleet(1, at(10), { flow: [register(), pause(20 * SECOND), refresh()] }));
    expect(held.sent.map(({ text }) => hostOf(text))).toEqual([sentByOf(0), sentByOf(0)]);
    expect(held.registrar.boundOf('u000')).toEqual([sentByOf(0)]);
  });

  it('RFC 3581 §4 direct: the Contact follows with the request after the one that told of it', () => {
    const flow = [register(), pause(20 * SECOND), refresh(), pause(SECOND), refresh()];
    const held = run(fleet(1, at(10), { nat: 'direct', flow }));
    expect(held.sent.map(({ text }) => hostOf(text))).toEqual([sentByOf(0), sentByOf(0), sentByOf(1)]);
    expect(numbersOf(held, 'refresh').outcomes).toEqual({ succeeded: 2 });
  });

  it('RFC 3581 §4 exosip: the old Contact is deleted and the new one registered, so one binding remains', () => {
    const held = run(fleet(1, at(10), { nat: 'exosip', flow: [register(), pause(20 * SECOND), refresh()] }));
    expect(held.sent.map(({ text }) => hostOf(text))).toEqual([sentByOf(0), sentByOf(0), sentByOf(0), sentByOf(1)]);
    expect(held.registrar.boundOf('u000')).toEqual([sentByOf(1)]);
    expect(mergeBlocks([held.metrics]).nat).toMatchObject({ deletions: 1, replacements: 1 });
  });

  it('17.1.2.2 an attempt under way goes on from the port that it began from; the next one leaves from the new one', () => {
    const registrar = createNattedRegistrar({ seen: (_, flow) => sentByOf(flow) });
    const held = drive({
      plan: fleet(1, at(1), { flow: [register(), refresh()] }),
      // Silent until the third copy, at 1.5 s.
      peer: (text, nowUs, flow) => (nowUs < 1_400_000 ? [] : registrar.peer(text, nowUs, flow)),
    });
    expect(held.sent.map(({ flow, atUs }) => [flow, atUs])).toEqual([
      [0, 0],
      [0, 500_000],
      [0, 1_500_000],
      [1, 1_501_000],
    ]);
    expect(numbersOf(held, 'register').outcomes).toEqual({ succeeded: 1 });
    expect(numbersOf(held, 'refresh').outcomes).toEqual({ succeeded: 1 });
  });

  it('17.1.3 a late copy of an answer on the old port is absorbed, as its transaction is that of the old port', () => {
    const registrar = createNattedRegistrar({ seen: (_, flow) => sentByOf(flow) });
    const held = drive({
      plan: fleet(1, at(1), { flow: [register(), pause(2 * SECOND), refresh()] }),
      peer: (text, nowUs, flow) =>
        registrar.peer(text, nowUs, flow).flatMap((reply) => [reply, { ...reply, atUs: reply.atUs + 2_500_000 }]),
    });
    expect(flowsOf(held, 0)).toEqual([0, 1]);
    expect(counted(held, COUNTER_STRAY)).toBe(0);
  });

  it('who and when follows from the seed and the identity, whatever the number of workers', () => {
    const plan = fleet(200, at(5, 0.25, 15), { flow: [repeat(18, refresh(), pause(SECOND))] });
    const movedAt = (held: Run): ReadonlyMap<number, number> => {
      const moved = new Map<number, number>();
      for (const each of held.sent) {
        if (each.flow === 1 && !moved.has(userOf(each))) moved.set(userOf(each), Math.floor(each.atUs / SECOND));
      }
      return moved;
    };
    const one = run(plan);
    const two = [0, 1].map((workerIndex) => run(plan, { workerIndex, workerCount: 2 }));
    const whole = movedAt(one);
    const parts = new Map(two.flatMap((held) => [...movedAt(held)]));
    expect([...parts].sort(([a], [b]) => a - b)).toEqual([...whole].sort(([a], [b]) => a - b));
    expect(reboundOf(one)).toBe(whole.size);
    expect(two.reduce((sum, held) => sum + reboundOf(held), 0)).toBe(whole.size);
    expect(whole.size).toBeGreaterThan(30);
    expect(whole.size).toBeLessThan(70);
    for (const second of whole.values()) expect(second).toBeGreaterThanOrEqual(5);
    expect(Math.max(...whole.values())).toBeLessThanOrEqual(16);
    expect(new Set(whole.values()).size).toBeGreaterThan(5);
    expect([...movedAt(run(plan, { seed: 2 })).keys()]).not.toEqual([...whole.keys()]);
  });

  it('with several sockets each has a spare one of its own', () => {
    const held = run(fleet(9, at(10), { flow: HOLDING }, 3), {}, 3);
    for (let user = 0; user < 9; user++)
      expect(flowsOf(held, user)).toEqual([user % 3, 3 + (user % 3), 3 + (user % 3)]);
  });

  it('RFC 3263 §4.3 with several targets the spare socket speaks to all of them', () => {
    const targets = { count: 2, priority: new Uint16Array([1, 2]), weight: new Float64Array([1, 1]) };
    const registrar = createNattedRegistrar({ seen: (_, flow) => sentByOf(flow < 2 ? 0 : 1) });
    const held = drive({
      plan: fleet(1, at(10), { nat: 'exosip', flow: [register(), pause(20 * SECOND), refresh()] }),
      engine: { targets },
      // The first target is out of order once the phone has been rebound.
      peer: (text, nowUs, flow) =>
        registrar
          .peer(text, nowUs, flow)
          .map((reply) => (flow === 2 ? { ...reply, bytes: String(reply.bytes).replace('200 OK', '503 X') } : reply)),
    });
    expect(held.sent.map(({ flow }) => flow)).toEqual([0, 2, 3, 3, 3]);
    expect(numbersOf(held, 'refresh').outcomes).toEqual({ succeeded: 1 });
    expect(registrar.boundOf('u000')).toEqual([sentByOf(1)]);
  });

  it('RFC 5626 §4.4 a keepalive of the phone leaves from where it speaks; one of the socket begins at the new one', () => {
    const keepalive = { kind: 'crlf', everyUs: 2 * SECOND, leastUs: 2 * SECOND } as const;
    const flow = [register(), hold(20 * SECOND, { leastShare: 0.9, mostShare: 0.9 })];
    const pingsOf = (per: 'context' | 'socket'): readonly Sent[] =>
      run(fleet(1, at(9), { keepalive: { ...keepalive, per }, flow })).sent.filter(({ text }) => text === '\r\n\r\n');
    const ofContext = pingsOf('context');
    expect(ofContext.length).toBeGreaterThanOrEqual(9);
    for (const { flow: from, atUs } of ofContext) expect(from).toBe(atUs < 9 * SECOND ? 0 : 1);
    const ofSockets = pingsOf('socket');
    expect(ofSockets.filter(({ flow: from }) => from === 0).length).toBeGreaterThanOrEqual(9);
    const spare = ofSockets.filter(({ flow: from }) => from === 1);
    expect(spare.length).toBeGreaterThanOrEqual(4);
    for (const { atUs } of spare) expect(atUs).toBeGreaterThanOrEqual(10 * SECOND);
  });
});
