// What went to each target of a run, and what came back. A run with one target does not count it apart: its numbers are those
// of the whole run, but for what redirects led elsewhere.

import type { MetricsBlock } from './block.ts';
import * as at from './layout.ts';
import type { RunResult, TargetResult } from './run-result.ts';

/** [target][TARGET_*], all workers' together. */
export function mergeTargets(blocks: readonly MetricsBlock[]): Float64Array {
  const merged = new Float64Array(at.TARGETS_LENGTH);
  for (const { targets } of blocks) {
    for (let index = 0; index < merged.length; index++) merged[index] = merged[index]! + targets[index]!;
  }
  return merged;
}

/** How often a target has failed whoever spoke to it, as one block counts them. */
export function failoversIn({ targets }: MetricsBlock): number {
  let sum = 0;
  for (let index = at.TARGET_FAILOVERS; index < targets.length; index += at.TARGET_COUNTS) sum += targets[index]!;
  return sum;
}

/** What of the merged numbers is about targets. */
interface Counted {
  readonly targets: Float64Array;
  readonly counters: Float64Array;
  readonly responses: Float64Array;
}

/** `addresses` are those of the targets, in their order. */
export function targetResults(
  { targets, counters, responses }: Counted,
  addresses: readonly string[],
): readonly TargetResult[] {
  const [only] = addresses;
  if (only !== undefined && addresses.length === 1) {
    const requests = counters[at.COUNTER_REQUESTS_SENT]! - counters[at.COUNTER_REDIRECTED_REQUESTS]!;
    const all = responses.reduce((sum, count) => sum + count, 0);
    return [{ address: only, requests, responses: all - counters[at.COUNTER_REDIRECTED_RESPONSES]!, failovers: 0 }];
  }
  return addresses.map((address, target) => {
    const row = target * at.TARGET_COUNTS;
    return {
      address,
      requests: targets[row + at.TARGET_REQUESTS]!,
      responses: targets[row + at.TARGET_RESPONSES]!,
      failovers: targets[row + at.TARGET_FAILOVERS]!,
    };
  });
}

/** One sentence for each sum over the targets, and the places that redirects led to, that is not the run's. */
export function checkTargets({ targets, transactions }: Pick<RunResult, 'targets' | 'transactions'>): string[] {
  const sumOf = (count: (target: TargetResult) => number): number =>
    targets.reduce((sum, each) => sum + count(each), 0);
  const { redirects } = transactions;
  const requests = sumOf((target) => target.requests) + redirects.requests;
  const responses = sumOf((target) => target.responses) + redirects.responses;
  const responsesAll = Object.values(transactions.responses).reduce((sum, count) => sum + count, 0);
  const violations: string[] = [];
  if (requests !== transactions.requestsSent) {
    violations.push(`targets: their requests add up to ${requests}, not to requestsSent ${transactions.requestsSent}`);
  }
  if (responses !== responsesAll)
    violations.push(`targets: their responses add up to ${responses}, not to ${responsesAll}`);
  return violations;
}
