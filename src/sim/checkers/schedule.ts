// When the load wants which context to begin, by division of whole numbers: start k is due at floor(k * period / starts per
// period), on context k modulo their count.

import type { PlanLoad, RunPlan } from '../../scenario/index.ts';

/** Nobody begins a flow more than this after it was due. */
const MOST_LATE_US = 1_000_000;

/** The start that a request stands for; `intendedUs` is null when two come into question. */
export interface FoundStart {
  readonly number: number;
  readonly intendedUs: number | null;
}

export interface StartSearch {
  /** The first start of the context that has not been looked at. */
  readonly number: number;
  /** Starts due until then, that moment included, have been made or missed already. */
  readonly consumedUs: number;
  readonly nowUs: number;
  /** How long the request may have been on its way out of the engine. */
  readonly heldUs: number;
}

/** When start `number` is due; null: the load has ended before. */
export function dueUsOf(load: PlanLoad, number: number): number | null {
  if (load.starts !== null && number >= load.starts) return null;
  const dueUs = Number((BigInt(number) * BigInt(load.periodUs)) / BigInt(load.startsPerPeriod));
  const isAfterEnd = load.durationUs !== null && dueUs >= load.warmupUs + load.durationUs + load.cooldownUs;
  return isAfterEnd ? null : dueUs;
}

/** Which start a context's request begins, or null when none is due. */
export function findStart(plan: RunPlan, search: StartSearch): FoundStart | null {
  const { nowUs, consumedUs, heldUs } = search;
  const { load, identities } = plan;
  let { number } = search;
  for (;;) {
    const dueUs = dueUsOf(load, number);
    if (dueUs === null || dueUs > nowUs) return null;
    const isOver = dueUs <= consumedUs || nowUs - heldUs - dueUs > MOST_LATE_US;
    if (!isOver) {
      const followingUs = dueUsOf(load, number + identities.count);
      const isOnly = heldUs === 0 || followingUs === null || followingUs > nowUs;
      return { number, intendedUs: isOnly ? dueUs : null };
    }
    number += identities.count;
  }
}
