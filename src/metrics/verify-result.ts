// What the verification after the drain came to, from the counters of all workers.

import * as at from './layout.ts';
import type { VerifyResult } from './run-result.ts';

export function verifyResult(counters: Float64Array): VerifyResult {
  const sampled = counters[at.COUNTER_VERIFY_SAMPLED]!;
  const checked = counters[at.COUNTER_VERIFY_CHECKED]!;
  // A worker that was lost in the midst of it has not told how many it asked for.
  return { sampled, checked, missing: counters[at.COUNTER_VERIFY_MISSING]!, failed: Math.max(0, sampled - checked) };
}
