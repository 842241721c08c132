// What retries of failed steps need (retry.ts): how often each context has tried its present step, and how many retries the run
// may still afford.
//
//  column   array        unit  meaning                                                          valid in
//  tries    Uint8Array   -     retries of the present step so far; 0: this is its first try     not CONTEXT_IDLE
//
// The budget is a share of the attempts that are no retries. Each of them adds its share to the allowance, in millionths of a
// retry, and each retry takes a whole one. Worker w of W begins with w / W of one: so the sum over all workers is rounded down
// once and not W times (Hermite's identity), and equal shares of a run allow together what one worker would.
//
// What is not used is kept for ten seconds' worth of attempts and no longer: an hour in which nothing failed must not pay for a
// storm at its end.

import type { RunPlan } from '../scenario/index.ts';
import { flowFacts } from '../scenario/index.ts';
import type { MemoryPlan } from '../std/index.ts';
import { US_PER_SECOND } from '../std/index.ts';

/** One retry, in the unit of the allowance. */
export const WHOLE_RETRY = 1_000_000;
export const NOTHING_TOLD = -1;
const KEPT_SECONDS = 10;

export interface RetryTable {
  readonly tries: Uint8Array;
  /** What an attempt adds. */
  readonly share: number;
  readonly most: number;
  allowance: number;
  /** What the answer at hand says in Retry-After, until somebody has used it. */
  toldSeconds: number;
}

export interface RetryShare {
  readonly plan: RunPlan;
  readonly workerIndex: number;
  readonly workerCount: number;
}

/** Null: no step of the plan is ever tried again. */
export function createRetryTable(memory: MemoryPlan, count: number, part: RetryShare): RetryTable | null {
  const { plan, workerIndex, workerCount } = part;
  if (plan.retryBudget === undefined) return null;
  // Null: what was never counted cannot run out.
  if (plan.retryBudget === null) return { ...unlimited(), tries: memory.u8('retries', count) };
  const share = Math.round(plan.retryBudget * WHOLE_RETRY);
  const startsPerSecond = (plan.load.startsPerPeriod / plan.load.periodUs) * US_PER_SECOND;
  const attempts = (startsPerSecond / workerCount) * flowFacts(plan.flow).attemptCount * KEPT_SECONDS;
  return {
    tries: memory.u8('retries', count),
    share,
    most: Math.max(WHOLE_RETRY, Math.ceil(attempts * share)) + WHOLE_RETRY - 1,
    allowance: Math.floor((workerIndex * WHOLE_RETRY) / workerCount),
    toldSeconds: NOTHING_TOLD,
  };
}

const unlimited = (): Omit<RetryTable, 'tries'> => ({
  share: 0,
  most: Number.POSITIVE_INFINITY,
  allowance: Number.POSITIVE_INFINITY,
  toldSeconds: NOTHING_TOLD,
});
