// What is allowed in `nat.rebind`, and of which nothing would be seen.

import type { RunPlan } from './plan.ts';
import type { PlanLength } from './plan-length.ts';
import { formatDuration, formatPercent } from './quantities.ts';

export const rebindWarnings = (plan: RunPlan, length: PlanLength): readonly string[] =>
  [probablyNobody(plan), afterTheLoad(plan, length), nothingBehind(plan, length)].filter((warning) => warning !== null);

const probablyNobody = ({ local, identities }: RunPlan): string | null => {
  const { rebind } = local;
  if (rebind == null || rebind.share * identities.count >= 1) return null;
  return `rebind ${formatPercent(rebind.share)} of ${identities.count} contexts is less than one: probably none is rebound`;
};

/** Flows under way end in the drain, which is no time to look for something. */
const afterTheLoad = ({ local, load }: RunPlan, length: PlanLength): string | null => {
  const { rebind } = local;
  const flowUs = load.durationUs === null ? length.flow.waitUs : 0;
  if (rebind == null || rebind.fromUs < length.scheduleUs + flowUs) return null;
  const ends = formatDuration(Math.round(length.scheduleUs + flowUs));
  return `rebind comes ${formatDuration(rebind.fromUs)} into the run, and its load ends after ${ends}: nothing will be seen of it`;
};

/** No context speaks again later on. */
const nothingBehind = ({ local, identities }: RunPlan, { flow, starts }: PlanLength): string | null => {
  if (local.rebind == null || flow.waitUs > 0 || starts > identities.count) return null;
  return (
    'no context speaks once more after a time, so none is rebound between two requests and nothing will be seen of rebind; ' +
    'add a wait or a hold to the flow, or more starts than there are contexts'
  );
};
