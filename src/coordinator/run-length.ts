// How long a run can last at most, from its plan: sizes the time series and bounds the waiting for workers.

import { SERIES_SECONDS_MAX } from '../metrics/index.ts';
import type { PlanStep, PlanWait, RunPlan } from '../scenario/index.ts';
import { attemptsPerSecond, ratePerSecond, startCount, startTimeUs } from '../scenario/index.ts';
import { US_PER_SECOND } from '../std/index.ts';

/** An exponential wait has no upper bound; 20 times the mean is passed once in 500 million draws. */
const EXPONENTIAL_MEANS = 20;
/** Granted intervals beyond the asked ones are rare; half as much again is room for them. */
const EXPIRES_FACTOR = 1.5;
/** Nested repeats multiply; the loader bounds their depth, this bounds the walk. */
const DEPTH_MAX = 8;

const waitUsMax = (wait: PlanWait, expiresSeconds: number): number => {
  switch (wait.kind) {
    case 'fixed':
      return wait.lengthUs;
    case 'uniform':
      return wait.mostUs;
    case 'exponential':
      return wait.meanUs * EXPONENTIAL_MEANS;
    case 'ofExpires':
      return wait.fraction * expiresSeconds * EXPIRES_FACTOR * US_PER_SECOND;
  }
};

/** As src/engine/pace.ts has it. */
const VERIFY_RELEASE_US = 11 * US_PER_SECOND;

interface FlowSums {
  waitsUs: number;
  attempts: number;
  expiresSeconds: number;
}

const addSteps = (steps: readonly PlanStep[], times: number, sums: FlowSums, depth: number): void => {
  for (const step of steps) {
    if (step.kind === 'wait') sums.waitsUs += times * waitUsMax(step.wait, sums.expiresSeconds);
    if (step.kind === 'hold') {
      sums.waitsUs += times * step.forUs;
      // The refresh that is under way when the hold's time is over.
      sums.attempts += times;
      sums.expiresSeconds = Math.max(sums.expiresSeconds, step.refresh.expiresSeconds ?? 0);
    }
    if (step.kind === 'attempt') {
      sums.attempts += times;
      sums.expiresSeconds = Math.max(sums.expiresSeconds, step.expiresSeconds ?? 0);
    }
    if (step.kind === 'repeat' && depth < DEPTH_MAX) addSteps(step.steps, times * step.times, sums, depth + 1);
  }
};

const sumFlow = (plan: RunPlan): FlowSums => {
  const sums: FlowSums = { waitsUs: 0, attempts: 0, expiresSeconds: 0 };
  addSteps(plan.flow, 1, sums, 0);
  return sums;
};

/** Until the drain ends: the starts, then whichever bounds the flows under way. */
export const loadUsMax = (plan: RunPlan): number => {
  const flow = sumFlow(plan);
  const timeoutUs = 64 * plan.timers.t1Us;
  const flowUs = flow.waitsUs + flow.attempts * 2 * timeoutUs;
  const tailUs = plan.load.durationUs === null ? flowUs : Math.min(flowUs, plan.drainUs);
  return startTimeUs(plan.load, startCount(plan.load)) + tailUs;
};

/** Clean-up is paced like the load and gives every context one transaction of its own. */
export const cleanupUsMax = (plan: RunPlan): number => {
  if (plan.cleanup === 'none') return 0;
  const { startsPerPeriod, periodUs } = plan.load;
  return (plan.identities.count * periodUs) / startsPerPeriod + 2 * 64 * plan.timers.t1Us;
};

/** Verification is paced in the same way, and bounded by what the engine allows it. */
export const verifyUsMax = (plan: RunPlan): number =>
  plan.verify === null ? 0 : VERIFY_RELEASE_US + 64 * plan.timers.t1Us;

/** What comes later than the last row counts in the last row. */
export const seriesSecondsFor = (plan: RunPlan): number => {
  const seconds = Math.ceil((loadUsMax(plan) + verifyUsMax(plan) + cleanupUsMax(plan)) / US_PER_SECOND) + 1;
  return Math.min(SERIES_SECONDS_MAX, seconds);
};

/** Attempts per second that one worker takes with ease, well below what one was measured to reach. */
const ATTEMPTS_PER_WORKER_HZ = 50_000;

/**
 * As few threads as the rate needs: on a shared machine each further one takes processor time from the target, and splits
 * histograms and sockets for nothing. At least one, at most one less than there are processors, and no worker without a
 * context.
 */
export const defaultWorkers = (plan: RunPlan, processors: number): number => {
  const attemptsHz = Math.max(ratePerSecond(plan.load), attemptsPerSecond(plan));
  const wanted = Math.ceil((attemptsHz + keepalivesHz(plan)) / ATTEMPTS_PER_WORKER_HZ);
  return Math.max(1, Math.min(wanted, processors - 1, plan.identities.count));
};

/** Once all contexts are registered. One costs less than an attempt, so this many are on the safe side. */
const keepalivesHz = ({ keepalive, identities }: RunPlan): number => {
  if (keepalive === null || keepalive.per === 'socket') return 0;
  const meanUs = (keepalive.everyUs + keepalive.leastUs) / 2;
  return (identities.count * US_PER_SECOND) / meanUs;
};
