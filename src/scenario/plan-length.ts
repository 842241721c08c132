// How long a run takes and how much it sends, as far as a plan alone tells.

import { US_PER_SECOND } from '../std/index.ts';
import { hasCredentials } from './credential-facts.ts';
import { type FlowFacts, flowFacts } from './flow-facts.ts';
import type { PlanLoad, RunPlan } from './plan.ts';
import { ratePerSecond } from './quantities.ts';
import { measuredToUs, scheduleEndUs, startCount, startsBefore, startTimeUs } from './shares.ts';

export interface PlanLength {
  /** Starts of the whole run, over all contexts. */
  readonly starts: number;
  /** Those due in the measured window. */
  readonly measuredStarts: number;
  /** How many contexts are started at all. */
  readonly contextsStarted: number;
  /** Where the flow has holds, about. */
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

/** Refreshes of a start's holds: those that a run has time for, which ends holds with its schedule. */
const heldCount = ({ heldCount: count, heldUs }: FlowFacts, load: PlanLoad, starts: number): number =>
  heldUs === 0 || load.durationUs === null ? count : count * Math.min(1, scheduleLengthUs(load, starts) / heldUs);

export const planLength = (plan: RunPlan): PlanLength => {
  const { load, identities } = plan;
  const flow = flowFacts(plan.flow);
  const starts = startCount(load);
  const upTo = Math.min(starts, load.durationUs === null ? starts : startsBefore(load, measuredToUs(load)));
  const measuredStarts = Math.max(0, upTo - startsBefore(load, load.warmupUs));
  const attempts = Math.round(starts * (flow.attemptCount + heldCount(flow, load, starts)));
  const scheduleUs = scheduleLengthUs(load, starts);
  return {
    starts,
    measuredStarts,
    contextsStarted: Math.min(starts, identities.count),
    attempts,
    requestsLeast: attempts,
    requestsMost: hasCredentials(identities) ? 2 * attempts : attempts,
    scheduleUs,
    flow,
  };
};

/** What a plan asks of a registrar and of us in a second, in the mean; refreshes of holds are as many as its contexts can make. */
export const attemptsPerSecond = (plan: RunPlan): number => {
  const { attemptCount, heldCount, heldUs } = flowFacts(plan.flow);
  const startsPerSecond = ratePerSecond(plan.load);
  const heldPerSecond = heldUs === 0 ? 0 : (plan.identities.count * heldCount * US_PER_SECOND) / heldUs;
  return startsPerSecond * attemptCount + Math.min(startsPerSecond * heldCount, heldPerSecond);
};

/** Starts per second times the mean waits: about how many contexts are in the middle of their flow at any time. */
export const contextsBusy = (load: PlanLoad, flow: FlowFacts): number =>
  (load.startsPerPeriod * flow.waitUs) / load.periodUs;

/** How long until a context is started again. */
export const contextReturnsUs = (plan: RunPlan): number => startTimeUs(plan.load, plan.identities.count);
