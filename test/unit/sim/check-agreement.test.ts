// The checkers of what registrar and clients know of the same bindings; a real registrar opposite a real engine.

import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/index.ts';
import type { BindingView, Registrar } from '../../../src/registrar/index.ts';
import { advance, bindingsOf, createRegistrar, drain, receive, released } from '../../../src/registrar/index.ts';
import type { RunPlan } from '../../../src/scenario/index.ts';
import type { Tally } from '../../../src/sim/checkers/index.ts';
import type { Observer } from '../../../src/sim/observer.ts';
import { decodeLatin1, encodeAscii } from '../../../src/std/index.ts';
import type { Peer, Reply } from '../engine/driver.ts';
import { createPlan, pause, refresh, register, SECOND, unregister, wildcard } from '../engine/plans.ts';
import { numbered, watch } from './watched.ts';

const DELAY_US = 1_500;

interface Fate {
  /** What the registrar gets of a request; null: nothing. */
  readonly request?: (text: string, number: number) => string | null;
  /** What the client gets of an answer; null: nothing. */
  readonly answer?: (text: string, number: number) => string | null;
  /** The registrar loses its bindings at this time. */
  readonly lostUs?: number;
  /** What the checkers see in the registrar at the end. */
  readonly held?: (views: readonly BindingView[]) => readonly BindingView[];
  /** Changes the engine at the end. */
  readonly spoil?: (engine: Engine) => void;
  /** Leaves out what the checkers hear of the registrar. */
  readonly isDeaf?: boolean;
}

const open = (): Registrar =>
  createRegistrar({
    domain: 'test.example',
    password: null,
    minExpiresSeconds: 1,
    maxExpiresSeconds: 7200,
    defaultExpiresSeconds: 3600,
    capacity: 10,
    transactionCapacity: 64,
    seed: 1,
  });

const play = (plan: RunPlan, fate: Fate = {}): Tally => {
  let registrar = open();
  let told: Observer | null = null;
  let number = 0;
  let isLost = false;
  const peer: Peer = (text, sentUs) => {
    const nowUs = sentUs + DELAY_US;
    if (fate.lostUs !== undefined && nowUs >= fate.lostUs && !isLost) {
      isLost = true;
      registrar = open();
      told?.onRestart(nowUs, false);
    }
    const request = fate.request === undefined ? text : fate.request(text, number);
    const replies: Reply[] = [];
    if (request !== null) {
      const bytes = encodeAscii(request);
      if (fate.isDeaf !== true) told?.onRequest(nowUs, 0, { atUs: nowUs, bytes, isCorrupted: request !== text });
      receive(registrar, nowUs, bytes, 0, bytes.length, 0x7f000001, 40_000);
      const count = drain(registrar, (start, end) => {
        const said = registrar.slab.slice(start, end);
        if (fate.isDeaf !== true) told?.onAnswer(nowUs, 0, said);
        const reply = decodeLatin1(said, 0, said.length);
        const heard = fate.answer === undefined ? reply : fate.answer(reply, number);
        if (heard !== null) replies.push({ atUs: nowUs + DELAY_US, bytes: heard });
        return true;
      });
      released(registrar, count);
    }
    number++;
    return replies;
  };
  let endUs = 0;
  const views = (user: string): readonly BindingView[] => {
    advance(registrar, endUs);
    const held = bindingsOf(registrar, user);
    return fate.held === undefined ? held : fate.held(held);
  };
  return watch({
    plan,
    peer,
    listen: (observer) => {
      told = observer;
    },
    tamper: (observer) => ({
      onTurn: (worker, nowUs, isBlocked) => {
        endUs = nowUs;
        observer.onTurn(worker, nowUs, isBlocked);
      },
    }),
    spoil: fate.spoil ?? (() => {}),
    bindingsOf: views,
  });
};

const PLAN = numbered(
  createPlan({
    flow: [register(60), pause(SECOND), refresh(600)],
    identities: { count: 3 },
    load: { starts: 3, startsPerPeriod: 3 },
  }),
);

describe('RFC 3261 §10.3: client and registrar', () => {
  it('agree on bindings that are there', () => {
    expect(play(PLAN)).toMatchObject({ settled: 3, unsettled: {} });
  });

  it.each([
    ['unregister', unregister],
    ['wildcard', wildcard],
  ] as const)('agree on bindings that %s has removed', (_title, step) => {
    expect(play(numbered(createPlan({ flow: [register(60), step] })))).toMatchObject({ settled: 1 });
  });

  it('agree on bindings that have expired', () => {
    const plan = numbered(createPlan({ flow: [register(1)], timers: { t4Us: 9 * SECOND } }));
    expect(play(plan)).toMatchObject({ settled: 1 });
  });

  it.each<readonly [string, (view: BindingView) => BindingView | null]>([
    ['the binding is gone', () => null],
    ['it expires a microsecond later', (view) => ({ ...view, expiresAtUs: view.expiresAtUs + 1 })],
    ['it expires much later', (view) => ({ ...view, expiresAtUs: view.expiresAtUs + 9 * SECOND })],
    ['it is another contact', (view) => ({ ...view, contact: 'sip:u000@192.0.2.1' })],
  ])('agreement: at the end %s', (_title, change) => {
    const held = (views: readonly BindingView[]): readonly BindingView[] => views.flatMap((view) => change(view) ?? []);
    expect(() => play(PLAN, { held })).toThrow(/^agreement: /);
  });

  it('agreement: a binding that it did not tell of, and one that should have gone', () => {
    const extra: BindingView = {
      contact: 'sip:x@192.0.2.1',
      params: '',
      callId: 'c',
      cseq: 1,
      expiresAtUs: 900 * SECOND,
    };
    expect(() => play(PLAN, { held: (views) => [...views, extra] })).toThrow(/^agreement: .*did not tell/);
    const plan = numbered(createPlan({ flow: [register(60), unregister] }));
    const own = { ...extra, contact: 'sip:u000@127.0.0.1:40000' };
    expect(() => play(plan, { held: () => [own] })).toThrow(/^agreement: /);
  });

  it('agreement: a client that would not clean up what is there', () => {
    const spoil = ({ contexts }: Engine): void => {
      contexts.mayBeBound[0] = 0;
    };
    expect(() => play(PLAN, { spoil })).toThrow(/^agreement: .*would not clean up/);
  });
});

describe('where they need not agree, the tally says why', () => {
  const plan = numbered(createPlan({ flow: [register(60), pause(SECOND), refresh(600)] }));
  const isSecond = (text: string): boolean => text.includes('CSeq: 2 ');

  it.each<readonly [string, Fate]>([
    ['last answer not heard', { answer: (text) => (isSecond(text) ? null : text) }],
    ['never heard', { answer: () => null }],
    ['not the registrar', { isDeaf: true }],
    ['damaged answer', { answer: (text) => (isSecond(text) ? text.replace('expires=600', 'expires=500') : text) }],
    [
      'damaged request',
      { request: (text) => (isSecond(text) ? text.replace('Contact: <sip:u0', 'Contact: <sip:x0') : text) },
    ],
    ['untouched', { request: () => null }],
  ])('%s', (reason, fate) => {
    expect(play(plan, fate)).toMatchObject({ settled: 0, unsettled: { [reason]: 1 } });
  });

  it('bindings lost', () => {
    const twice = numbered(
      createPlan({
        flow: [register(60), pause(SECOND), refresh(600)],
        identities: { count: 2 },
        load: { starts: 2, periodUs: 9 * SECOND },
      }),
    );
    expect(play(twice, { lostUs: 5 * SECOND })).toMatchObject({ settled: 1, unsettled: { 'bindings lost': 1 } });
  });

  it('a lost request, and one that was refused, leave them agreed', () => {
    const later = numbered(
      createPlan({ flow: [register(60), pause(SECOND), refresh(600)], timers: { t1Us: 10_000, t2Us: 20_000 } }),
    );
    expect(play(later, { request: (text) => (isSecond(text) ? null : text) })).toMatchObject({ settled: 1 });
  });
});
