// Which times an engine owes for an attempt, and their sums: from the intended start to the end. Where either is not known
// exactly (a random wait, a blocked socket), the sum of that procedure cannot be compared, and only counts are.

import type { Outcome } from './ledger.ts';
import type { Attempt, World } from './model.ts';

const LONGEST_US = 2 ** 31 - 1;

export const bankOf = (world: World, intendedUs: number): 'measured' | 'other' => {
  const { warmupUs, durationUs } = world.facts.plan.load;
  const isMeasured = intendedUs >= warmupUs && (durationUs === null || intendedUs < warmupUs + durationUs);
  return isMeasured ? 'measured' : 'other';
};

/** Timeouts count with their value among the successes; an attempt that we cut short has no latency. */
const kindOf = (outcome: Outcome): 'latency' | 'failureLatency' | null => {
  if (outcome === 'succeeded' || outcome.startsWith('timeout')) return 'latency';
  return outcome === 'aborted' ? null : 'failureLatency';
};

export const latencyKey = (procedure: string, bank: string, kind: string): string => `${procedure} ${bank} ${kind}`;

/** The attempt has ended, in one of these ways. */
export function countLatency(world: World, attempt: Attempt, outcomes: readonly Outcome[], endUs: number | null): void {
  const { latencies, inexact } = world.ledger;
  const { procedure, intendedUs } = attempt;
  const kinds = new Set(outcomes.map(kindOf));
  if (intendedUs === null || endUs === null || kinds.size !== 1) {
    inexact.add(procedure);
    return;
  }
  const [kind] = kinds;
  if (kind === null || kind === undefined) return;
  const key = latencyKey(procedure, bankOf(world, intendedUs), kind);
  const sum = latencies.get(key) ?? { count: 0, sumUs: 0 };
  sum.count++;
  sum.sumUs += Math.min(Math.max(0, endUs - intendedUs), LONGEST_US);
  latencies.set(key, sum);
}
