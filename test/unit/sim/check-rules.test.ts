// The checkers of what a registrar's rules do, told of rules that were applied, and of answers, as a registrar gives them or as none
// may: they have to see a rule that met the wrong request, and an answer that is not what the rule says.

import { describe, expect, it } from 'vitest';
import type { BindingView } from '../../../src/registrar/index.ts';
import { loadRegistrar, type PlanRule } from '../../../src/scenario/index.ts';
import type { Tally } from '../../../src/sim/checkers/index.ts';
import type { Observer, Taken } from '../../../src/sim/observer.ts';
import { encodeAscii } from '../../../src/std/index.ts';
import type { Peer } from '../engine/driver.ts';
import { accept, answer } from '../engine/messages.ts';
import { createPlan, register, SECOND } from '../engine/plans.ts';
import { numbered, watch } from './watched.ts';

const PLAN = numbered(createPlan({ flow: [register(60)], timers: { t1Us: 10_000, t2Us: 20_000 } }));
const CONTACT = 'sip:u000@127.0.0.1:40000';
const LATER_US = 5_000;

const ruleOf = (rule: object): PlanRule =>
  loadRegistrar({ file: 'rule.yaml', text: JSON.stringify({ version: 1, rules: [rule] }) }).behaviour.rules[0]!;

interface Told {
  readonly rule: object;
  readonly kind?: Taken['kind'];
  /** What the registrar answers, and when. */
  readonly said?: (request: string) => string | Uint8Array;
  readonly afterUs?: number;
  readonly held?: readonly Partial<BindingView>[];
}

const held = (view: Partial<BindingView>): BindingView => ({
  contact: CONTACT,
  params: '',
  callId: 'c',
  cseq: 1,
  expiresAtUs: 60 * SECOND,
  ...view,
});

/** The first request meets the rule, and each further one none. */
const play = ({ rule, kind = 'new', said, afterUs = 0, held: views = [] }: Told): Tally => {
  let told: Observer | null = null;
  let isFirst = true;
  const applied = ruleOf(rule);
  const peer: Peer = (request, nowUs) => {
    const taken: Taken = { kind: isFirst ? kind : 'none', rule: isFirst ? applied : null, startedUs: 0 };
    isFirst = false;
    told?.onRequest(nowUs, 0, { atUs: nowUs, bytes: encodeAscii(request), isCorrupted: false }, taken);
    if (said === undefined || taken.rule === null) return [];
    const answered = said(request);
    const bytes = typeof answered === 'string' ? encodeAscii(answered) : answered;
    told?.onAnswer(nowUs + afterUs, 0, bytes);
    return [{ atUs: nowUs + afterUs, bytes }];
  };
  const listen = (observer: Observer): void => {
    told = observer;
  };
  return watch({ plan: PLAN, peer, listen, bindingsOf: () => views.map(held) });
};

const missing = (request: string): string => answer(request, '200 OK');
const zero = (request: string): string => accept(request).replace(/expires=\d+/, 'expires=0');
const garbage = (): Uint8Array => new Uint8Array([0x80, 1, 2]);

describe('docs/registrar.md: what a rule leaves to be expected', () => {
  it.each<readonly [string, Told, Partial<Tally>]>([
    ['drop: nothing is held', { rule: { do: 'drop' }, kind: 'none' }, { settled: 0, unsettled: { untouched: 1 } }],
    ['hang: nothing is held', { rule: { do: 'hang' } }, { settled: 0, unsettled: { untouched: 1 } }],
    [
      'dropAnswer: it may be held, and nobody was told',
      { rule: { do: 'dropAnswer' }, held: [{}] },
      { settled: 0, unsettled: { untouched: 1 } },
    ],
    [
      'notStored: the client believes, and nothing is held',
      { rule: { do: 'notStored' }, said: accept },
      { settled: 0, unsettled: { 'confirmed and not done': 1 } },
    ],
    [
      'grantedZero: the same, and the client does not believe',
      { rule: { do: 'grantedZero' }, said: zero },
      { settled: 0, unsettled: { 'confirmed and not done': 1 } },
    ],
    [
      'ownContactMissing: what was asked for is held',
      { rule: { do: 'ownContactMissing' }, said: missing, held: [{}] },
      { settled: 0, unsettled: { 'own contact concealed': 1 } },
    ],
    [
      'delay: it is held from when the request came, not from when the answer left',
      { rule: { do: { delay: '5ms' } }, said: accept, afterUs: LATER_US, held: [{}] },
      { settled: 1 },
    ],
  ])('%s', (_title, told, tally) => {
    expect(play(told)).toMatchObject(tally);
  });

  it('agreement: what is held all the same, or not for as long, is seen', () => {
    const concealed = { rule: { do: 'ownContactMissing' }, said: missing };
    expect(() => play({ ...concealed, held: [] })).toThrow(/^agreement: /);
    expect(() => play({ ...concealed, held: [{ expiresAtUs: 50 * SECOND }] })).toThrow(/^agreement: /);
    const late = { rule: { do: { delay: '5ms' } }, said: accept, afterUs: LATER_US };
    expect(() => play({ ...late, held: [{ expiresAtUs: 60 * SECOND + LATER_US }] })).toThrow(/^agreement: /);
  });
});

describe('docs/registrar.md: a rule that was applied', () => {
  it.each<readonly [string, object]>([
    ['other users, by number', { users: '1-9' }],
    ['other users, by pattern', { users: 'u0?1' }],
    ['another procedure', { procedure: 'unregister' }],
    ['requests with credentials', { credentials: true }],
    ['later ones', { from: '1s' }],
  ])('rule: to a request that it does not mean: %s', (_title, when) => {
    expect(() => play({ rule: { when, do: 'hang' } })).toThrow(/^rule: /);
  });

  it.each<readonly [string, Told]>([
    ['an answer after hang', { rule: { do: 'hang' }, said: accept }],
    ['something done for what was dropped', { rule: { do: 'drop' } }],
    ['the right branch', { rule: { do: 'wrongBranch' }, said: accept }],
    ['the right CSeq', { rule: { do: 'wrongCseq' }, said: accept }],
    ['a message in place of garbage', { rule: { do: 'garbage' }, said: accept }],
    ['garbage in place of a message', { rule: { do: 'duplicate' }, said: garbage }],
    ['another status', { rule: { do: { answer: { status: 403 } } }, said: accept }],
    ['a contact that was to be missing', { rule: { do: 'ownContactMissing' }, said: accept }],
    ['a contact that was to be granted nothing', { rule: { do: 'grantedZero' }, said: accept }],
    ['a contact that was to be confirmed', { rule: { do: 'notStored' }, said: missing }],
    ['an answer too soon', { rule: { do: { delay: '5s' } }, said: accept, afterUs: LATER_US }],
  ])('rule: with another answer than it says: %s', (_title, told) => {
    expect(() => play(told)).toThrow(/^rule: /);
  });
});
