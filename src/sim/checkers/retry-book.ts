// The budget of retries of one worker, as the checkers keep it: what each attempt adds and each retry takes, between two numbers; and
// the contexts that may try again.

import type { AttemptStep, PlanStep, RunPlan } from '../../scenario/index.ts';
import { US_PER_SECOND } from '../../std/index.ts';
import type { Walk } from './walk.ts';

/** A retry, in the unit of the allowance; and how long an allowance that is not used is kept. */
export const WHOLE = 1_000_000;
const KEPT_SECONDS = 10;

export interface RetryBook<Page> {
  readonly share: number;
  readonly most: number;
  low: number;
  high: number;
  /** Of those that end at the same moment as the attempt that ends now: how many may be asked before it, and are not settled yet. */
  rivals: number;
  /** Contexts of which a retry may be due, and when the first of them is late. */
  readonly waiting: Set<Page>;
  lateUs: number;
}

/** The next try of a step, that was granted or may have been. */
export interface Retrying {
  readonly step: AttemptStep;
  readonly tries: number;
  /** Of a refresh of a hold. */
  readonly isHeld: boolean;
  readonly lowUs: number;
  readonly highUs: number;
  readonly isSure: boolean;
  /** Where the flow stands then; it may have gone on instead, where it is not sure. */
  readonly walk: Walk;
}

/** Null: no step is ever tried again. */
export function createRetryBook<Page>(
  { retryBudget, load, flow }: RunPlan,
  index: number,
  count: number,
): RetryBook<Page> | null {
  if (retryBudget === undefined) return null;
  // Without a bound, as libeXosip2's devices try again (devices.ts).
  if (retryBudget === null) {
    const without = Number.POSITIVE_INFINITY;
    return { share: 0, most: without, low: without, high: without, rivals: 0, waiting: new Set(), lateUs: without };
  }
  const share = Math.round(retryBudget * WHOLE);
  const startsPerSecond = (load.startsPerPeriod / load.periodUs) * US_PER_SECOND;
  const kept = Math.ceil((startsPerSecond / count) * attemptsOf(flow) * KEPT_SECONDS * share);
  const begin = Math.floor((index * WHOLE) / count);
  return {
    share,
    most: Math.max(WHOLE, kept) + WHOLE - 1,
    low: begin,
    high: begin,
    rivals: 0,
    waiting: new Set(),
    lateUs: Number.POSITIVE_INFINITY,
  };
}

/** Of one start, refreshes of holds left out. */
const attemptsOf = (steps: readonly PlanStep[]): number =>
  steps.reduce((sum, step) => {
    if (step.kind === 'repeat') return sum + step.times * attemptsOf(step.steps);
    return sum + (step.kind === 'attempt' ? 1 : 0);
  }, 0);
