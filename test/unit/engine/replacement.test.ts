// `nat: exosip`: a Contact that leads nowhere is deleted, and the right one registered, as libeXosip2 does it.

import { describe, expect, it } from 'vitest';
import type { NatResult } from '../../../src/metrics/index.ts';
import { mergeBlocks } from '../../../src/metrics/index.ts';
import { numbersOf, timesOf } from './books.ts';
import { drive, type Run } from './driver.ts';
import { readRequest } from './messages.ts';
import {
  createNattedRegistrar,
  hostOf,
  isDeletion,
  type NattedOptions,
  type NattedRegistrar,
} from './natted-registrar.ts';
import { createPlan, type PlanParts, pause, query, refresh, register, repeat, SECOND, unregister } from './plans.ts';

const OWN = '127.0.0.1:40000';
const NAT = '203.0.113.7:1024';

interface Held extends Run {
  readonly registrar: NattedRegistrar;
}

const run = (parts: PlanParts, options: Partial<NattedOptions> = {}): Held => {
  const registrar = createNattedRegistrar({ seen: () => NAT, ...options });
  return { ...drive({ plan: createPlan({ nat: 'exosip', ...parts }), peer: registrar.peer }), registrar };
};

type Counts = Omit<NatResult, 'mode' | 'advertise' | 'sockets' | 'behindNat' | 'seen'>;
const natOf = ({ metrics }: Run): Counts => mergeBlocks([metrics]).nat;
const NONE: Counts = { changes: 0, repairs: 0, stopped: 0, deletions: 0, deletionsFailed: 0, replacements: 0 };

/** What each request says of its Contact: `+host` binds it, `-host` takes it back. */
const told = ({ sent }: Run): readonly string[] =>
  sent.map(({ text }) => `${isDeletion(text) ? '-' : '+'}${hostOf(text)}`);

describe('nat: exosip', () => {
  it('10.2.2 the old Contact is registered, deleted by its expires parameter, and the new one registered, in requests of their own', () => {
    const held = run({ identities: { password: 'secret' }, flow: [register()] }, { isChallenging: true });
    expect(told(held)).toEqual([`+${OWN}`, `+${OWN}`, `-${OWN}`, `+${NAT}`]);
    const requests = held.sent.map(({ text }) => readRequest(text));
    expect(requests.map(({ cseq }) => cseq)).toEqual([1, 2, 3, 4]);
    expect(new Set(requests.map(({ callId }) => callId)).size).toBe(1);
    // The Expires header stays what it was; the parameter of the Contact counts.
    for (const { value } of requests) {
      expect(value('Expires')).toBe('1800');
      expect(value('Via')).toContain(`UDP ${OWN};`);
    }
    expect(held.registrar.boundOf('u000')).toEqual([NAT]);
    expect(natOf(held)).toEqual({ ...NONE, repairs: 1, deletions: 1, replacements: 1 });
  });

  it('it is one attempt, which lasts until the new Contact is registered, with one lag and one challenge', () => {
    const held = run({ identities: { password: 'secret' }, flow: [register(), refresh()] }, { isChallenging: true });
    expect(numbersOf(held, 'register')).toEqual({ started: 1, skipped: 0, challenged: 1, outcomes: { succeeded: 1 } });
    expect(timesOf(held, 'register', 'latency')).toMatchObject({ count: 1, sum: 4000 });
    expect(timesOf(held, 'register', 'wire')).toMatchObject({ count: 1, sum: 4000 });
    expect(timesOf(held, 'register', 'lag').count).toBe(1);
    // And then it is known where the phone is.
    expect(told(held).slice(4)).toEqual([`+${NAT}`]);
    expect(timesOf(held, 'refresh', 'latency')).toMatchObject({ count: 1, sum: 1000 });
  });

  it('each phone finds out for itself, though the socket that they share is known to be seen elsewhere', () => {
    const load = { starts: 3, startsPerPeriod: 3, periodUs: 3 * SECOND };
    const held = run({ identities: { count: 3 }, load, flow: [register(), unregister] });
    const each = [`+${OWN}`, `-${OWN}`, `+${NAT}`, `+${NAT}`];
    expect(told(held)).toEqual([...each, ...each, ...each]);
    for (const user of ['u000', 'u001', 'u002']) expect(held.registrar.boundOf(user)).toEqual([]);
    expect(natOf(held)).toEqual({ ...NONE, repairs: 1, deletions: 3, replacements: 3 });
  });

  it('a NAT with another port for every request makes one replacement a minute, and what the guard stops is counted', () => {
    const held = run(
      { flow: [repeat(20, refresh(), pause(10 * SECOND))] },
      { seen: (nowUs) => `203.0.113.7:${2000 + (Math.floor(nowUs / 500) % 50_000)}` },
    );
    const { deletions, replacements, stopped, repairs } = natOf(held);
    expect(numbersOf(held, 'refresh').outcomes).toEqual({ succeeded: 20 });
    // At 0, 60, 120 and 180 s.
    expect([deletions, replacements, repairs]).toEqual([4, 4, 4]);
    // After each replacement the new Contact is wrong again, and so it is at each refresh until the minute is over.
    expect(stopped).toBe(20);
    expect(held.sent.length).toBe(20 + 2 * 4);
    expect(told(held).filter((text) => text.startsWith('-')).length).toBe(4);
  });

  it('a deletion that is refused is counted, and the new Contact registered all the same', () => {
    const held = run({ flow: [register()] }, { refuses: (text) => (isDeletion(text) ? '403 No' : null) });
    expect(told(held)).toEqual([`+${OWN}`, `-${OWN}`, `+${NAT}`]);
    expect(numbersOf(held, 'register').outcomes).toEqual({ succeeded: 1 });
    expect(natOf(held)).toEqual({ ...NONE, repairs: 1, deletions: 1, deletionsFailed: 1, replacements: 1 });
  });

  it('where the new Contact is refused the attempt fails with that, and the phone has no binding', () => {
    const held = run(
      { flow: [register(), refresh()], cleanup: 'unregister' },
      { refuses: (text) => (!isDeletion(text) && hostOf(text) === NAT ? '403 No' : null) },
    );
    expect(told(held)).toEqual([`+${OWN}`, `-${OWN}`, `+${NAT}`]);
    expect(numbersOf(held, 'register').outcomes).toEqual({ 'status-403': 1 });
    expect(numbersOf(held, 'refresh')).toMatchObject({ started: 0, skipped: 1 });
    expect(natOf(held)).toEqual({ ...NONE, repairs: 1, deletions: 1 });
  });

  it('17.1.2.2 a deletion that nobody answers ends the attempt as a timeout, at Timer F', () => {
    const held = run({ flow: [register()] });
    const registrar = createNattedRegistrar({ seen: () => NAT });
    const silent = drive({
      plan: createPlan({ nat: 'exosip', flow: [register()] }),
      peer: (text, nowUs, flow) => (isDeletion(text) ? [] : registrar.peer(text, nowUs, flow)),
    });
    expect(told(held).length).toBe(3);
    expect(told(silent)).toEqual([`+${OWN}`, ...Array.from({ length: 11 }, () => `-${OWN}`)]);
    expect(numbersOf(silent, 'register').outcomes).toEqual({ timeout: 1 });
    expect(natOf(silent)).toEqual({ ...NONE, repairs: 1, deletions: 1, deletionsFailed: 1 });
  });

  it('22.2 with reuseNonce: false the attempt begins without credentials, and its further requests carry them', () => {
    const held = run(
      { identities: { password: 'secret' }, auth: { reuseNonce: false }, flow: [register()] },
      { isChallenging: true },
    );
    expect(told(held)).toEqual([`+${OWN}`, `+${OWN}`, `-${OWN}`, `+${NAT}`]);
    expect(numbersOf(held, 'register')).toMatchObject({ challenged: 1, outcomes: { succeeded: 1 } });
  });

  it('only a phone that is bound has a Contact to replace: no unregister, no query, nothing that was asked for 0 s', () => {
    const held = run({ flow: [query, unregister, refresh(0)] });
    expect(told(held)).toEqual(['+', `+${OWN}`, `+${OWN}`]);
    expect(natOf(held)).toEqual(NONE);
  });

  it('of several Contacts the managed one is replaced and the others stay; a step without it replaces none', () => {
    const uri = (text: string) => [{ kind: 'text' as const, text }];
    const parameters = { q: null, expiresSeconds: null, instance: false, regId: null, parameters: [] };
    const other = { uri: uri('sip:desk@192.0.2.9'), ...parameters };
    const managed = { uri: [{ kind: 'contact' as const }], ...parameters, q: '0.5' };
    const held = run({
      flow: [
        { ...register(), contacts: [other] },
        { ...refresh(), contacts: [other, managed] },
      ],
    });
    expect(held.sent.map(({ text }) => readRequest(text).values('Contact'))).toEqual([
      ['<sip:desk@192.0.2.9>'],
      ['<sip:desk@192.0.2.9>', `<sip:u000@${OWN}>;q=0.5`],
      [`<sip:u000@${OWN}>;q=0.5;expires=0`],
      ['<sip:desk@192.0.2.9>', `<sip:u000@${NAT}>;q=0.5`],
    ]);
    expect(numbersOf(held, 'refresh').outcomes).toEqual({ succeeded: 1 });
  });

  it('10.2.8 a phone that was told to ask for longer does so for its new Contact, and not for the one that is to go', () => {
    const registrar = createNattedRegistrar({ seen: () => NAT });
    const held = drive({
      plan: createPlan({ nat: 'exosip', flow: [register(60)] }),
      peer: (text, nowUs, flow) =>
        registrar.peer(text, nowUs, flow).map((reply) => {
          const isBrief = readRequest(text).value('Expires') === '60' && !isDeletion(text);
          if (!isBrief) return reply;
          const bytes = String(reply.bytes).replace('200 OK', '423 Interval Too Brief\r\nMin-Expires: 300');
          return { ...reply, bytes };
        }),
    });
    expect(told(held)).toEqual([`+${OWN}`, `+${OWN}`, `-${OWN}`, `+${NAT}`]);
    expect(held.sent.map(({ text }) => readRequest(text).value('Expires'))).toEqual(['60', '300', '60', '300']);
    expect(numbersOf(held, 'register').outcomes).toEqual({ succeeded: 1 });
  });

  it('a phone that is seen where it is makes no request more than without', () => {
    const held = run({ flow: [register(), refresh(), unregister] }, { seen: () => OWN });
    expect(told(held)).toEqual([`+${OWN}`, `+${OWN}`, `+${OWN}`]);
    expect(natOf(held)).toEqual(NONE);
  });
});
