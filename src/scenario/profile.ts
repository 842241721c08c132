// `profile: exosip2`: the plan of a fleet of libeXosip2's devices. What of them is a matter of the plan is decided here: the times
// that are asked for, and the numbers of a hold. The rest the engine does (src/engine/exosip2.ts). docs/profiles.md has the table.

import type { PartialSteps } from './build-flow.ts';
import type { Tell } from './parsed.ts';
import type { PlanStep, Profile } from './plan.ts';

/** Its build functions take 1 to 29 s for 30 s. Of the eight digits that they can write a scenario fills no more anyway. */
const LEAST_EXPIRES_SECONDS = 30;
/** When its automatic action refreshes, but for its clock: 900 s, or 90 %, or 6 s before the end. */
const REFRESH_SHARE = 0.9;
const REFRESH_MARGIN_US = 6_000_000;
const REFRESH_CAP_US = 900_000_000;

/** Options of a hold that the profile decides. */
const DECIDED = ['refreshAt', 'margin', 'cap'] as const;

/** The loader bounds how deep steps are nested. */
export const applyProfile = (flow: readonly PlanStep[], profile: Profile): readonly PlanStep[] =>
  profile === 'rfc3261' ? flow : flow.map(asExosip);

const asExosip = (step: PlanStep): PlanStep => {
  switch (step.kind) {
    case 'repeat':
      return { ...step, steps: step.steps.map(asExosip) };
    case 'hold':
      return {
        ...step,
        leastShare: REFRESH_SHARE,
        mostShare: REFRESH_SHARE,
        marginUs: REFRESH_MARGIN_US,
        capUs: REFRESH_CAP_US,
        refresh: { ...step.refresh, expiresSeconds: clamped(step.refresh.expiresSeconds) },
      };
    case 'attempt':
      return step.procedure === 'register' || step.procedure === 'refresh'
        ? { ...step, expiresSeconds: clamped(step.expiresSeconds) }
        : step;
    default:
      return step;
  }
};

const clamped = (seconds: number | null): number | null =>
  seconds !== null && seconds > 0 ? Math.max(seconds, LEAST_EXPIRES_SECONDS) : seconds;

/** What such a device cannot be told. */
export const checkProfile = (steps: PartialSteps, path: string, profile: Profile, tell: Tell): void => {
  if (profile === 'rfc3261') return;
  for (const [index, step] of steps.entries()) {
    if (step === undefined || typeof step === 'string') continue;
    const at = `${path}.${index}`;
    if ('repeat' in step) {
      checkProfile((step.repeat.steps as PartialSteps | undefined) ?? [], `${at}.repeat.steps`, profile, tell);
      continue;
    }
    if (!('hold' in step)) continue;
    for (const key of DECIDED) {
      if (step.hold[key] === undefined) continue;
      const why = `leave ${key} out, or use profile rfc3261`;
      tell(`${at}.hold.${key}`, `profile exosip2 refreshes when its devices do; ${why}`);
    }
  }
};
