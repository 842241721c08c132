// What is allowed but probably not meant: sentences for `validate` and the head of a run. Each names the numbers it comes
// from and what to change.

import { US_PER_SECOND } from '../std/index.ts';
import { holdWarnings } from './hold-warnings.ts';
import type { PlanStep, PlanWait, RunPlan } from './plan.ts';
import { contextReturnsUs, contextsBusy, type PlanLength, planLength } from './plan-length.ts';
import { formatDuration, formatRate } from './quantities.ts';
import { rebindWarnings } from './rebind-warnings.ts';
import { measuredToUs, startTimeUs } from './shares.ts';

/** RFC 3261 §17.1.2.2: Timer F is 64 * T1. */
const TIMER_F_IN_T1 = 64;

export const planWarnings = (plan: RunPlan): readonly string[] => {
  const length = planLength(plan);
  const warnings = [
    busyContexts(plan, length),
    nothingMeasured(length),
    startsUsedUp(plan, length),
    shortDrain(plan),
    burstOfOne(plan),
    segmentedDgram(plan),
    redirectedFleet(plan),
    refreshFirst(plan.flow),
    lateRefresh(plan.flow),
    ...holdWarnings(plan),
    ...rebindWarnings(plan, length),
    ...fewSamples(plan, length),
  ];
  return warnings.filter((warning) => warning !== null);
};

const busyContexts = (plan: RunPlan, length: PlanLength): string | null => {
  if (length.starts <= plan.identities.count) return null;
  const busy = contextsBusy(plan.load, length.flow);
  if (length.flow.waitUs < contextReturnsUs(plan)) return null;
  const rate = formatRate(plan.load);
  const waits = formatDuration(Math.round(length.flow.waitUs));
  return (
    `at ${rate} with ${length.flow.hasHold ? 'waits and holds' : 'waits'} of ${waits} about ${Math.ceil(busy)} contexts are in their flow at a time, but there are ` +
    `${plan.identities.count}; starts on a context that is still busy are not made (contextBusy): ` +
    `raise identities.count above ${Math.ceil(busy)} or lower the rate`
  );
};

const nothingMeasured = (length: PlanLength): string | null =>
  length.measuredStarts > 0 || length.flow.hasHold
    ? null
    : 'no start falls into the measured window, so every threshold stays undecided; raise the rate or the duration';

const startsUsedUp = (plan: RunPlan, length: PlanLength): string | null => {
  const { load } = plan;
  const endUs = measuredToUs(load);
  if (load.starts === null || load.durationUs === null || length.measuredStarts === 0 || length.flow.hasHold)
    return null;
  if (startTimeUs(load, load.starts) >= endUs) return null;
  const after = formatDuration(startTimeUs(load, load.starts) - load.warmupUs);
  return `the ${load.starts} starts are used up ${after} into a window of ${formatDuration(load.durationUs)}`;
};

const shortDrain = (plan: RunPlan): string | null => {
  const timerFUs = TIMER_F_IN_T1 * plan.timers.t1Us;
  if (plan.drainUs >= timerFUs) return null;
  return (
    `drain ${formatDuration(plan.drainUs)} is shorter than Timer F (64 * T1 = ${formatDuration(timerFUs)}): ` +
    'attempts without an answer at the end count as aborted instead of timeout'
  );
};

const burstOfOne = ({ local }: RunPlan): string | null =>
  local.sockets === 'udp-dgram' && local.maxBurst !== null
    ? 'local.maxBurst changes nothing: the sockets asked for, udp-dgram, hand over one datagram a call'
    : null;

const segmentedDgram = ({ local }: RunPlan): string | null =>
  local.sockets === 'udp-dgram' && local.segmentation
    ? 'local.segmentation changes nothing: the sockets asked for, udp-dgram, hand over one datagram a call'
    : null;

const redirectedFleet = ({ profile, redirects }: RunPlan): string | null =>
  profile === 'exosip2' && redirects !== undefined
    ? 'redirects.follow has the phones follow 3xx answers, which devices of libeXosip2 (profile: exosip2) never do'
    : null;

const refreshFirst = (flow: readonly PlanStep[]): string | null => {
  const first = flow.find((step) => step.kind === 'attempt');
  if (first?.kind !== 'attempt' || first.procedure !== 'refresh') return null;
  return 'the flow begins with refresh, and no context has a binding at its first start; begin with register';
};

/** The longest a wait can be told to be; null where chance or the registrar decides. */
const boundedWaitUs = (wait: PlanWait): number | null => {
  if (wait.kind === 'fixed') return wait.lengthUs;
  return wait.kind === 'uniform' ? wait.mostUs : null;
};

/** Looks along the top level only: inside a repeat the answer depends on the round. */
const lateRefresh = (flow: readonly PlanStep[]): string | null => {
  let expiresSeconds = 0;
  let waitedUs = 0;
  for (const step of flow) {
    // What follows a hold follows its last refresh.
    if (step.kind === 'hold') expiresSeconds = 0;
    if (step.kind === 'wait') waitedUs += boundedWaitUs(step.wait) ?? 0;
    if (step.kind !== 'attempt') continue;
    if (step.procedure === 'refresh' && expiresSeconds > 0 && waitedUs >= expiresSeconds * US_PER_SECOND) {
      const waited = formatDuration(waitedUs);
      return `refresh comes ${waited} after a binding of ${expiresSeconds}s was made, so it will have expired`;
    }
    if (step.procedure !== 'register' && step.procedure !== 'refresh') continue;
    expiresSeconds = step.expiresSeconds ?? 0;
    waitedUs = 0;
  }
  return null;
};

/** A percentile p needs 10 / (1 - p) samples before a gate decides it. */
const fewSamples = (plan: RunPlan, length: PlanLength): readonly string[] => {
  const warnings: string[] = [];
  if (length.measuredStarts === 0) return warnings;
  for (const { aggregate, scope, expression } of plan.thresholds) {
    if (aggregate.kind !== 'percentile' || scope === 'verify' || scope === 'keepalive' || isHeld(length, scope))
      continue;
    const perStart = scope === 'all' ? length.flow.attemptCount : length.flow.attempts[scope];
    const samples = perStart * length.measuredStarts;
    const needed = Math.round(1000 / (100 - aggregate.percentile));
    if (samples >= needed) continue;
    warnings.push(`"${expression}" needs ${needed} samples and this run makes at most ${samples}: it stays undecided`);
  }
  return warnings;
};

/** Of these there are as many samples as the registrar makes refreshes necessary. */
const isHeld = ({ flow }: PlanLength, scope: string): boolean =>
  flow.hasHold && (scope === 'refresh' || scope === 'all');
