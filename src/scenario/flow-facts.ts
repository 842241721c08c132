// What follows from a flow without running it: which procedures it has, how many attempts one start makes, and how long
// its waits are. Repeats are multiplied, never unrolled.

import { US_PER_SECOND } from '../std/index.ts';
import type { PlanStep, PlanWait, Procedure } from './plan.ts';
import { PROCEDURES } from './threshold.ts';

export interface FlowFacts {
  /** Attempts of one start, by procedure. */
  readonly attempts: Readonly<Record<Procedure, number>>;
  readonly attemptCount: number;
  /** Steps as written, those inside repeats and the repeats themselves too. */
  readonly stepCount: number;
  /** The waits of one start in the mean. */
  readonly waitUs: number;
}

type Counts = Record<Procedure, number>;

const noAttempts = (): Counts => ({ register: 0, refresh: 0, unregister: 0, wildcard: 0, query: 0 });

interface Sum {
  readonly attempts: Counts;
  waitUs: number;
  stepCount: number;
  /** What the last register or refresh asked for; the base of a wait that is a share of it. */
  expiresSeconds: number;
}

export const flowFacts = (flow: readonly PlanStep[]): FlowFacts => {
  const sum: Sum = { attempts: noAttempts(), waitUs: 0, stepCount: 0, expiresSeconds: 0 };
  addSteps(sum, flow, 1);
  const attemptCount = PROCEDURES.reduce((total, procedure) => total + sum.attempts[procedure], 0);
  return { attempts: sum.attempts, attemptCount, stepCount: sum.stepCount, waitUs: sum.waitUs };
};

const addSteps = (sum: Sum, steps: readonly PlanStep[], times: number): void => {
  sum.stepCount += steps.length;
  for (const step of steps) {
    if (step.kind === 'repeat') addSteps(sum, step.steps, times * step.times);
    if (step.kind === 'wait') sum.waitUs += times * meanWaitUs(step.wait, sum.expiresSeconds);
    if (step.kind !== 'attempt') continue;
    sum.attempts[step.procedure] += times;
    if (step.procedure === 'register' || step.procedure === 'refresh') sum.expiresSeconds = step.expiresSeconds ?? 0;
  }
};

/** Of a share of the granted time the registrar decides; what was asked for stands in for it. */
export const meanWaitUs = (wait: PlanWait, expiresSeconds: number): number => {
  switch (wait.kind) {
    case 'fixed':
      return wait.lengthUs;
    case 'uniform':
      return (wait.leastUs + wait.mostUs) / 2;
    case 'exponential':
      return wait.meanUs;
    case 'ofExpires':
      return wait.fraction * expiresSeconds * US_PER_SECOND;
  }
};

/** The procedures of a flow, in their fixed order. */
export const proceduresOf = (flow: readonly PlanStep[]): readonly Procedure[] => {
  const { attempts } = flowFacts(flow);
  return PROCEDURES.filter((procedure) => attempts[procedure] > 0);
};
