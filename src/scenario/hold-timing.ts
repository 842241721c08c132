// @hot
// When a hold refreshes: plain arithmetic on a step and an interval, which the engine does for each refresh and estimates do
// once. RFC 3261 §10.2.4: the interval is the one that the 200 granted, whatever was asked for.

import type { HoldStep } from './plan.ts';

/** A Retry-After beyond this counts as this where a hold goes on after a failed refresh, as by default where it is tried again. */
export const MOST_PUT_OFF_US = 300 * 1_000_000;

/** A margin leaves at least this share of the interval, so that a brief one is not refreshed without a rest. */
const SHARE_LEFT_BY_MARGIN = 0.5;

/**
 * How long after the 200 the refresh is due, for a share drawn between the step's least and most: that share of the granted
 * interval, but no later than the margin before its end, and no later than the cap.
 */
export function refreshOffsetUs(step: HoldStep, grantedUs: number, share: number): number {
  let offsetUs = Math.round(grantedUs * share);
  if (step.marginUs > 0) {
    offsetUs = Math.min(offsetUs, Math.max(grantedUs - step.marginUs, Math.round(grantedUs * SHARE_LEFT_BY_MARGIN)));
  }
  return step.capUs === null ? offsetUs : Math.min(offsetUs, step.capUs);
}
