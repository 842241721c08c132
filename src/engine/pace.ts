// How fast the stages behind a load go: what they let go or begin is spread over time, so that the end of a run is no storm of our own
// making. At the load's rate, or faster where that would take longer than RELEASE_SECONDS or half of the stage.

import { NEVER_US, US_PER_SECOND } from '../std/index.ts';
import type { Engine } from './state.ts';

export const RELEASE_SECONDS = 10;

/** How many of `total` may have been let go in this phase by now. */
export function paced(engine: Engine, total: number): number {
  const elapsedUs = engine.nowUs - engine.phaseStartUs;
  const perUs = releasesPerUs(engine, total);
  const count = Math.floor(elapsedUs * perUs) + 1;
  // The product may be rounded down where the quotient of nextReleaseUs is not: what it calls due is due.
  return Math.ceil(count / perUs) <= elapsedUs ? count + 1 : count;
}

/** When the next one of those `left` may be let go. */
export function nextReleaseUs(engine: Engine, left: number, total: number): number {
  if (left === 0) return NEVER_US;
  return engine.phaseStartUs + Math.ceil(engine.released / releasesPerUs(engine, total));
}

/** As long as the last one that is let go may need: Timer F bounds each attempt, the pace when the last one begins. */
export function asideLengthUs({ options }: Engine): number {
  return 64 * options.plan.timers.t1Us + (RELEASE_SECONDS + 1) * US_PER_SECOND;
}

/** Half of the phase is left for what the last one still has to say. */
function releasesPerUs(engine: Engine, total: number): number {
  const { load } = engine.options.plan;
  const phaseUs = engine.phaseEndUs - engine.phaseStartUs;
  const windowUs = Math.max(1, Math.min(RELEASE_SECONDS * US_PER_SECOND, phaseUs / 2));
  return Math.max(load.startsPerPeriod / load.periodUs / engine.options.workerCount, total / windowUs);
}
