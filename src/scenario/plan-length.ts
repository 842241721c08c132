// How long a run takes and how much it sends, as far as a plan alone tells.

import { type FlowFacts, flowFacts } from './flow-facts.ts';
import type { PlanLoad, RunPlan } from './plan.ts';
import { measuredToUs, scheduleEndUs, startCount, startsBefore, startTimeUs } from './shares.ts';

export interface PlanLength {
  /** Starts of the whole run, over all contexts. */
  readonly starts: number;
  /** Those due in the measured window. */
  readonly measuredStarts: number;
  /** How many contexts are started at all. */
  readonly contextsStarted: number;
  readonly attempts: number;
  /** Without retransmissions: one per attempt, and with a challenge each time two. */
  readonly requestsLeast: number;
  readonly requestsMost: number;
  /** From the first start to the last possible one. */
  readonly scheduleUs: number;
  readonly flow: FlowFacts;
}

/** When the last start can be at the latest. */
const scheduleLengthUs = (load: PlanLoad, starts: number): number =>
  load.durationUs === null ? startTimeUs(load, starts - 1) : scheduleEndUs(load);

export const planLength = (plan: RunPlan): PlanLength => {
  const { load, identities } = plan;
  const flow = flowFacts(plan.flow);
  const starts = startCount(load);
  const upTo = Math.min(starts, load.durationUs === null ? starts : startsBefore(load, measuredToUs(load)));
  const measuredStarts = Math.max(0, upTo - startsBefore(load, load.warmupUs));
  const attempts = starts * flow.attemptCount;
  const scheduleUs = scheduleLengthUs(load, starts);
  return {
    starts,
    measuredStarts,
    contextsStarted: Math.min(starts, identities.count),
    attempts,
    requestsLeast: attempts,
    requestsMost: identities.password === null ? attempts : 2 * attempts,
    scheduleUs,
    flow,
  };
};

/** Starts per second times the mean waits: about how many contexts are in the middle of their flow at any time. */
export const contextsBusy = (load: PlanLoad, flow: FlowFacts): number =>
  (load.startsPerPeriod * flow.waitUs) / load.periodUs;

/** How long until a context is started again. */
export const contextReturnsUs = (plan: RunPlan): number => startTimeUs(plan.load, plan.identities.count);
