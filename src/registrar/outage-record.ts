// The restarts that a registrar still has before it, and whether one lasts; see outages.ts.

import type { PlanRestart } from '../scenario/index.ts';

export interface Outages {
  readonly plan: readonly PlanRestart[];
  /** The next one, or the one that lasts. */
  index: number;
  isAway: boolean;
}

export const createOutages = (plan: readonly PlanRestart[]): Outages | null =>
  plan.length === 0 ? null : { plan, index: 0, isAway: false };
