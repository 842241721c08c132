// 423 where Contacts have intervals of their own (RFC 3261 §10.2.1.1): the registrar looks at each, and those that are too brief are raised.

import { describe, expect, it } from 'vitest';
import type { AttemptStep, PlanContact } from '../../../src/scenario/index.ts';
import type { Run } from './driver.ts';
import { drive } from './driver.ts';
import { allNumbersOf } from './follow-ups.ts';
import { answer, answering, readRequest, requestsOf } from './messages.ts';
import { createPlan, refresh, register } from './plans.ts';

const contactAt = (uri: string, expiresSeconds: number | null): PlanContact => ({
  uri: uri === 'own' ? [{ kind: 'contact' }] : [{ kind: 'text', text: `sip:${uri}` }],
  q: null,
  expiresSeconds,
  instance: false,
  regId: null,
  parameters: [],
});

const asking = (step: AttemptStep, ...seconds: readonly (number | null)[]): AttemptStep => ({
  ...step,
  contacts: seconds.map((each, at) => contactAt(at === 0 ? 'own' : `${at}@other.example`, each)),
});

/** The intervals of the Contacts in order, null where the header counts, and the header's. */
const intervalsIn = (text: string): readonly (number | null)[] => {
  const { values, value } = readRequest(text);
  const own = values('Contact').map((contact) => /;expires=(\d+)/.exec(contact)?.[1]);
  return [...own.map((seconds) => (seconds === undefined ? null : Number(seconds))), Number(value('Expires'))];
};

/** A registrar that wants so many seconds for each Contact, by the number of the phone. */
const insisting = (leastOf: (user: string) => number) =>
  answering((request) => {
    const { values, value } = readRequest(request);
    const least = leastOf(/sip:(\w+)@/.exec(value('To'))?.[1] ?? '');
    const usual = intervalsIn(request).at(-1) ?? 0;
    const asked = intervalsIn(request)
      .slice(0, -1)
      .map((own) => own ?? usual);
    if (asked.some((seconds) => seconds > 0 && seconds < least)) {
      return answer(request, '423 Interval Too Brief', `Min-Expires: ${least}`);
    }
    const uris = values('Contact').map((contact) => /^[^;]*/.exec(contact)![0]);
    const listed = uris.flatMap((uri, at) => (asked[at] === 0 ? [] : [`${uri};expires=${asked[at]}`]));
    return answer(request, '200 OK', `Contact: ${listed.join(', ')}`);
  });

const play = (flow: readonly AttemptStep[], least: number): Run =>
  drive({ plan: createPlan({ flow }), peer: insisting(() => least) });

const sentIn = (run: Run): readonly (readonly (number | null)[])[] => run.sent.map(({ text }) => intervalsIn(text));

describe('RFC 3261 §10.2.8: 423 for the interval of a Contact', () => {
  it('10.2.8 it is raised though the Expires header would do, which stays, as does what is long enough', () => {
    const run = play([asking(register(3600), 30, 9000, null, 0)], 60);
    expect(sentIn(run)).toEqual([
      [30, 9000, null, 0, 3600],
      [60, 9000, null, 0, 3600],
    ]);
    expect(allNumbersOf(run, 'register')).toMatchObject({ started: 1, raised: 1, outcomes: { succeeded: 1 } });
    expect(run.engine.contexts.grantedSeconds[0]).toBe(60);
  });

  it('10.2.8 the header is raised for those without one of their own, and no more than is needed', () => {
    const run = play([asking(register(100), null, 400, 200)], 300);
    expect(sentIn(run)).toEqual([
      [null, 400, 200, 100],
      [null, 400, 300, 300],
    ]);
  });

  it('10.2.8 is remembered for the next request, whose intervals may be others', () => {
    const run = play([asking(register(3600), 30), asking(refresh(3600), 45, 90), refresh(50)], 60);
    expect(sentIn(run)).toEqual([
      [30, 3600],
      [60, 3600],
      [60, 90, 3600],
      [null, 60],
    ]);
    expect(allNumbersOf(run, 'refresh')).toMatchObject({ raised: 0, outcomes: { succeeded: 2 } });
  });

  it('10.2.8 phones of one socket are told different times, and each raises what is too brief for it', () => {
    const plan = createPlan({
      identities: { count: 3 },
      load: { starts: 3 },
      flow: [asking(register(3600), 60, 300)],
    });
    const least: Record<string, number> = { u000: 100, u001: 500, u002: 900 };
    const run = drive({ plan, peer: insisting((user) => least[user] ?? 0) });
    expect(sentIn(run)).toEqual([
      [60, 300, 3600],
      [100, 300, 3600],
      [60, 300, 3600],
      [500, 500, 3600],
      [60, 300, 3600],
      [900, 900, 3600],
    ]);
  });

  it('10.2.8 a second time in one attempt, or for no more than the briefest asks for, it is a failure', () => {
    const greedy = answering((request) => {
      const briefest = Math.min(...intervalsIn(request).map((seconds) => seconds ?? Number.POSITIVE_INFINITY));
      return answer(request, '423 Interval Too Brief', `Min-Expires: ${briefest + 1}`);
    });
    const run = drive({ plan: createPlan({ flow: [asking(register(3600), 30)] }), peer: greedy });
    expect(sentIn(run)).toEqual([
      [30, 3600],
      [31, 3600],
    ]);
    const content = answering((request) => answer(request, '423 Interval Too Brief', 'Min-Expires: 30'));
    const again = drive({ plan: createPlan({ flow: [asking(register(10), 30)] }), peer: content });
    expect(requestsOf(again)).toHaveLength(1);
    for (const each of [run, again]) expect(allNumbersOf(each, 'register').outcomes).toEqual({ 'status-423': 1 });
  });

  it('10.2.8 where the header asks for nothing, a Contact that is to be bound is raised, and the others still go', () => {
    const run = play([asking(register(0), 30, null)], 60);
    expect(sentIn(run)).toEqual([
      [30, null, 0],
      [60, null, 0],
    ]);
    expect(allNumbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
  });
});
