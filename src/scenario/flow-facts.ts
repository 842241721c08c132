// What follows from a flow without running it: which procedures it has, how many attempts one start makes, and how long
// its waits are. Repeats are multiplied, never unrolled. How often a hold refreshes is for the registrar to say, which grants the
// interval; it is told apart, as if the registrar granted what it was asked for.

import { US_PER_SECOND } from '../std/index.ts';
import { refreshOffsetUs } from './hold-timing.ts';
import type { HoldStep, PlanStep, PlanWait, Procedure } from './plan.ts';
import { PROCEDURES } from './threshold.ts';

export interface FlowFacts {
  /** Attempts of one start, by procedure. */
  readonly attempts: Readonly<Record<Procedure, number>>;
  readonly attemptCount: number;
  /** Refreshes made by holds, about; not in the attempts. */
  readonly heldCount: number;
  /** Time spent in holds, in the mean; part of the waits. */
  readonly heldUs: number;
  readonly hasHold: boolean;
  /** Steps as written, those inside repeats and the repeats themselves too. */
  readonly stepCount: number;
  /** The waits of one start in the mean, holds included. */
  readonly waitUs: number;
}

type Counts = Record<Procedure, number>;

const noAttempts = (): Counts => ({ register: 0, refresh: 0, unregister: 0, wildcard: 0, query: 0 });

interface Sum {
  readonly attempts: Counts;
  waitUs: number;
  heldUs: number;
  heldCount: number;
  hasHold: boolean;
  stepCount: number;
  /** What the last register or refresh asked for; the base of a wait that is a share of it. */
  expiresSeconds: number;
}

export const flowFacts = (flow: readonly PlanStep[]): FlowFacts => {
  const sum: Sum = {
    attempts: noAttempts(),
    waitUs: 0,
    heldUs: 0,
    heldCount: 0,
    hasHold: false,
    stepCount: 0,
    expiresSeconds: 0,
  };
  addSteps(sum, flow, 1);
  const { expiresSeconds: _last, ...facts } = sum;
  return { ...facts, attemptCount: PROCEDURES.reduce((total, procedure) => total + sum.attempts[procedure], 0) };
};

const addSteps = (sum: Sum, steps: readonly PlanStep[], times: number): void => {
  sum.stepCount += steps.length;
  for (const step of steps) {
    if (step.kind === 'repeat') addSteps(sum, step.steps, times * step.times);
    if (step.kind === 'hold') addHold(sum, step, times);
    if (step.kind === 'wait') sum.waitUs += times * meanWaitUs(step.wait, sum.expiresSeconds);
    if (step.kind !== 'attempt') continue;
    sum.attempts[step.procedure] += times;
    if (step.procedure === 'register' || step.procedure === 'refresh') sum.expiresSeconds = step.expiresSeconds ?? 0;
  }
};

const addHold = (sum: Sum, step: HoldStep, times: number): void => {
  sum.hasHold = true;
  sum.waitUs += times * step.forUs;
  sum.heldUs += times * step.forUs;
  sum.heldCount += times * Math.floor(step.forUs / meanRefreshUs(step));
  sum.expiresSeconds = step.refresh.expiresSeconds ?? 0;
};

/** From one refresh of a hold to the next, in the mean, if the registrar grants what it is asked for. */
export const meanRefreshUs = (step: HoldStep): number => {
  const grantedUs = Math.max(1, step.refresh.expiresSeconds ?? 0) * US_PER_SECOND;
  return refreshOffsetUs(step, grantedUs, (step.leastShare + step.mostShare) / 2);
};

/** A hold so long that it makes about so many refreshes, and not one more, if the registrar grants what it is asked for. */
export const holdUs = (step: HoldStep, refreshes: number): number => {
  const grantedUs = Math.max(1, step.refresh.expiresSeconds ?? 0) * US_PER_SECOND;
  return refreshes * (refreshOffsetUs(step, grantedUs, step.mostShare) + US_PER_SECOND) + US_PER_SECOND / 2;
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

/** Whether any step of the flow is tried again when it fails. */
export const hasRetries = (flow: readonly PlanStep[]): boolean =>
  flow.some((step) => {
    if (step.kind === 'repeat') return hasRetries(step.steps);
    const attempt = step.kind === 'hold' ? step.refresh : step;
    return attempt.kind === 'attempt' && attempt.retry !== undefined && attempt.retry.policy !== 'none';
  });

/** The procedures of a flow, in their fixed order. */
export const proceduresOf = (flow: readonly PlanStep[]): readonly Procedure[] => {
  const { attempts, hasHold } = flowFacts(flow);
  return PROCEDURES.filter((procedure) => attempts[procedure] > 0 || (procedure === 'refresh' && hasHold));
};
