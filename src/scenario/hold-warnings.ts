// What is allowed in a `hold`, and probably not meant.

import { US_PER_SECOND } from '../std/index.ts';
import { refreshOffsetUs } from './hold-timing.ts';
import type { HoldStep, PlanStep, RunPlan } from './plan.ts';
import { formatDuration, formatPercent } from './quantities.ts';

/** One sentence of each kind at most, about the first hold that gives a reason. */
export const holdWarnings = (plan: RunPlan): readonly string[] => {
  const holds = holdsOf(plan.flow);
  if (holds.length === 0) return [];
  const ofSteps = [refreshesLate, holdsNothing, marginUnused].map((rule) => firstOf(holds, rule));
  return [...ofSteps, holdFirst(plan.flow), unboundedLoad(plan, holds)].filter((warning) => warning !== null);
};

/** The loader bounds how deep steps are nested. */
const holdsOf = (steps: readonly PlanStep[]): readonly HoldStep[] =>
  steps.flatMap((step) => {
    if (step.kind === 'hold') return [step];
    return step.kind === 'repeat' ? holdsOf(step.steps) : [];
  });

const firstOf = (holds: readonly HoldStep[], rule: (step: HoldStep) => string | null): string | null =>
  holds.map(rule).find((warning) => warning !== null) ?? null;

const grantedUs = ({ refresh }: HoldStep): number => (refresh.expiresSeconds ?? 0) * US_PER_SECOND;

const refreshesLate = (step: HoldStep): string | null => {
  const offsetUs = refreshOffsetUs(step, grantedUs(step), step.mostShare);
  if (step.mostShare < 1 || offsetUs < grantedUs(step)) return null;
  return (
    `refreshAt ${formatPercent(step.mostShare)} is not before the end of the granted interval: bindings expire before their ` +
    'refresh (contexts.expiredBeforeRefresh)'
  );
};

const holdsNothing = (step: HoldStep): string | null => {
  const offsetUs = refreshOffsetUs(step, grantedUs(step), step.leastShare);
  if (offsetUs < step.forUs) return null;
  return (
    `a hold of ${formatDuration(step.forUs)} ends before its first refresh, which is due ${formatDuration(offsetUs)} after ` +
    `a 200 that grants ${step.refresh.expiresSeconds}s; hold for longer, or ask for a shorter expires`
  );
};

const marginUnused = (step: HoldStep): string | null => {
  if (step.marginUs === 0 || step.marginUs <= grantedUs(step) / 2) return null;
  return (
    `margin ${formatDuration(step.marginUs)} is more than half of the ${step.refresh.expiresSeconds}s asked for: ` +
    'it counts as half of the granted interval'
  );
};

const holdFirst = (flow: readonly PlanStep[]): string | null => {
  const first = flow.find((step) => step.kind !== 'wait');
  return first?.kind === 'hold'
    ? 'the flow begins with hold, and no context has a binding at its first start; begin with register'
    : null;
};

/** Rates are taken over the time in which starts are due. */
const unboundedLoad = ({ load }: RunPlan, holds: readonly HoldStep[]): string | null => {
  if (load.durationUs !== null) return null;
  const longestUs = Math.max(...holds.map(({ forUs }) => forUs));
  return (
    `the load has no duration, so rates are taken over the time of its starts alone, and holds go on for ` +
    `${formatDuration(longestUs)} behind it; give it a duration, which may be longer than its starts last`
  );
};
