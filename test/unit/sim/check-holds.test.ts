// The checkers of holds that go on after a failed refresh, and of devices that try again, opposite a real engine that does right: told of
// other answers than it got, they have to see an engine that comes again too soon, too late or not at all.

import { describe, expect, it } from 'vitest';
import type { AttemptStep, PlanRetry, RunPlan } from '../../../src/scenario/index.ts';
import type { Tally } from '../../../src/sim/checkers/index.ts';
import type { Peer } from '../engine/driver.ts';
import { createPlan, hold, register, SECOND, unregister } from '../engine/plans.ts';
import { misheard, numbered, watch } from './watched.ts';

type Failing = Pick<AttemptStep, 'expect' | 'onFailure' | 'retry'>;

const RETRY: PlanRetry = {
  policy: 'fixed',
  baseUs: 2 * SECOND,
  capUs: 60 * SECOND,
  jitter: 0,
  tries: 3,
  retryAfterCapUs: 100 * SECOND,
  on: null,
};

const planOf = (failing: Failing, parts: Partial<RunPlan> = {}): RunPlan => {
  const step = hold(400 * SECOND, { leastShare: 0.9, mostShare: 0.9 }, 100);
  const flow = [register(100), { ...step, refresh: { ...step.refresh, ...failing } }, unregister];
  return numbered(createPlan({ flow, load: { starts: 1, durationUs: 900 * SECOND }, ...parts }));
};

const answerOf = (request: string, status: string, lines: string): string => {
  const rows = request.split('\r\n').filter((row) => /^(Via|From|To|Call-ID|CSeq):/.test(row));
  const tagged = rows.map((row) => (row.startsWith('To:') ? `${row};tag=a` : row));
  return `SIP/2.0 ${status}\r\n${tagged.join('\r\n')}\r\n${lines}Content-Length: 0\r\n\r\n`;
};

/** Refuses the second request and grants all others. */
const refusing =
  (status: string, retryAfter: string): Peer =>
  (request, nowUs) => {
    const isRefused = /\r\nCSeq: 2 /.test(request);
    const contact = /\r\nContact: (<[^>]*>)/.exec(request)?.[1];
    const good = /\r\nExpires: 0\r/.test(request) ? '' : `Contact: ${contact};expires=100\r\n`;
    const told = retryAfter === '' ? '' : `Retry-After: ${retryAfter}\r\n`;
    const bytes = isRefused ? answerOf(request, status, told) : answerOf(request, '200 OK', good);
    return [{ atUs: nowUs + 1_000, bytes }];
  };

const play = (plan: RunPlan, peer: Peer, hear: (answer: string) => string = (answer) => answer): Tally =>
  watch({ plan, peer, tamper: misheard(hear) });

const CONTINUE: Failing = { onFailure: 'continue' };
const AGAIN: Failing = { onFailure: 'retry', retry: RETRY };
const DEVICE: Failing = { onFailure: 'retry', retry: { ...RETRY, policy: 'exosip2', tries: null } };
const FLEET = { profile: 'exosip2', retryBudget: null } as const;

describe('RFC 3261 §10.2.4, §20.33: holds that go on after failures', () => {
  it.each<readonly [string, RunPlan, Peer, string]>([
    ['at the next share of the interval', planOf(CONTINUE), refusing('503 No', ''), 'refresh after a failed one'],
    ['and not before Retry-After', planOf(CONTINUE), refusing('503 No', '150'), 'refresh after Retry-After'],
    ['which is capped', planOf(CONTINUE), refusing('480 No', '7200'), 'went on after a failure'],
    [
      'also after what was expected',
      planOf({ expect: ['success', '503'] }),
      refusing('503 No', '150'),
      'refresh after Retry-After',
    ],
    ['by a try of the same refresh', planOf(AGAIN, { retryBudget: 9 }), refusing('503 No', '30'), 'retry in a hold'],
    ['as a device of libeXosip2 does', planOf(DEVICE, FLEET), refusing('503 No', '30'), 'retry, exosip2'],
  ])('hold: %s', (_title, plan, peer, followed) => {
    expect(play(plan, peer).followed[followed] ?? 0).toBeGreaterThan(0);
  });

  it.each<readonly [string, RunPlan, string, string, RegExp]>([
    ['hold: one that comes before Retry-After', planOf(CONTINUE), '150', '200', /^hold: .* due at 290002000 or later/],
    ['hold: one that waits for a Retry-After that nobody said', planOf(CONTINUE), '200', '1', /^(latency|books|hold)/],
    ['retry: one in a hold that comes too soon', planOf(AGAIN, { retryBudget: 9 }), '30', '60', /^retry: .* or later/],
  ])('%s', (_title, plan, engineHears, checkersHear, violation) => {
    const otherwise = (answer: string): string =>
      answer.replace(`Retry-After: ${engineHears}`, `Retry-After: ${checkersHear}`);
    expect(() => play(plan, refusing('503 No', engineHears), otherwise)).toThrow(violation);
  });
});
