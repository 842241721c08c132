// Engines that take commands, driven in virtual time, and two phones for them.

import type { Command, EndedTransaction, Engine } from '../../../src/engine/index.ts';
import { commandAttempt, stopStarting } from '../../../src/engine/index.ts';
import { outcomeName } from '../../../src/metrics/index.ts';
import type { AttemptStep, PlanIdentities } from '../../../src/scenario/index.ts';
import type { DriveOptions, Run } from './driver.ts';
import { drive } from './driver.ts';
import { accepting } from './messages.ts';
import type { PlanParts } from './plans.ts';
import { createPlan, SECOND } from './plans.ts';

const CONTEXTS = 4;
export const END_US = 100 * SECOND;

export interface Told {
  readonly context: number;
  readonly outcome: string;
  readonly endUs: number;
}

export interface CommandedRun extends Run {
  readonly told: readonly Told[];
  readonly keepalives: readonly (readonly [context: number, roundTripUs: number])[];
  readonly transactions: readonly (EndedTransaction & { readonly outcome: string })[];
}

export type Act = readonly [atUs: number, act: (engine: Engine) => void];

export const alice: Partial<PlanIdentities> = { user: [{ kind: 'text', text: 'alice' }], password: 'secret' };
export const bob: Partial<PlanIdentities> = {
  user: [{ kind: 'text', text: 'bob' }],
  domain: 'other.example',
  password: 'b0b',
};

export const commandOf = (
  step: AttemptStep,
  identities: Partial<PlanIdentities>,
  number = 1,
  parts: PlanParts = {},
): Command => ({
  plan: createPlan({ flow: [step], identities, requestUri: `sip:${identities.domain ?? 'test.example'}`, ...parts }),
  step,
  number,
  userAgent: 'phone',
  displayName: null,
});

/** An engine that does what the acts say at their times, and is stopped at the end. */
export const driveCommands = (
  acts: readonly Act[],
  options: Partial<DriveOptions> = {},
  parts: PlanParts = {},
): CommandedRun => {
  const told: Told[] = [];
  const keepalives: [number, number][] = [];
  const transactions: (EndedTransaction & { outcome: string })[] = [];
  const run = drive({
    plan: createPlan({ flow: [], identities: { count: CONTEXTS }, load: { starts: 0 }, ...parts }),
    peer: accepting(),
    engine: {
      commanded: true,
      observer: {
        answered: (transaction) => transactions.push({ ...transaction, outcome: 'answered' }),
        unanswered: (transaction, outcome) => transactions.push({ ...transaction, outcome: outcomeName(outcome) }),
        ended: (context, outcome, endUs) => told.push({ context, outcome: outcomeName(outcome), endUs }),
        keepaliveEnded: (context, roundTripUs) => keepalives.push([context, roundTripUs]),
      },
    },
    events: [
      ...acts.map(([atUs, act]) => ({ atUs, act })),
      { atUs: END_US, act: (engine: Engine) => stopStarting(engine, END_US, 0) },
    ],
    ...options,
  });
  return { ...run, told, transactions, keepalives };
};

export const command =
  (atUs: number, context: number, what: Command): ((engine: Engine) => void) =>
  (engine) => {
    if (!commandAttempt(engine, atUs, context, what)) throw new Error('the request is too long');
  };
