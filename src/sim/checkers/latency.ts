// Which times an engine owes for an attempt, and their sums: from the intended start to the end. Where either is not known
// exactly (a random wait, a blocked socket), the sum of that procedure cannot be compared, and only counts are.

import type { AttemptStep } from '../../scenario/index.ts';
import { isMet } from './endings.ts';
import type { Outcome } from './ledger.ts';
import type { Attempt, Transaction, World } from './model.ts';

const LONGEST_US = 2 ** 31 - 1;

export const bankOf = (world: World, intendedUs: number): 'measured' | 'other' => {
  const { warmupUs, durationUs } = world.facts.plan.load;
  const isMeasured = intendedUs >= warmupUs && (durationUs === null || intendedUs < warmupUs + durationUs);
  return isMeasured ? 'measured' : 'other';
};

const isTimeout = (outcome: Outcome): boolean => outcome.startsWith('timeout');

/** Timeouts count with their value among the successes; an attempt that we cut short has no latency. */
const kindOf = (step: AttemptStep | null, outcome: Outcome): 'latency' | 'failureLatency' | null => {
  if (isMet(step, outcome) || isTimeout(outcome)) return 'latency';
  return outcome === 'aborted' ? null : 'failureLatency';
};

/** Over both banks. */
export const timeKey = (procedure: string, kind: 'wire' | 'lag'): string => `${procedure} ${kind}`;

export const latencyKey = (procedure: string, bank: string, kind: string): string => `${procedure} ${bank} ${kind}`;

/** The attempt has ended, in one of these ways. */
export function countLatency(world: World, attempt: Attempt, outcomes: readonly Outcome[], endUs: number | null): void {
  const { inexact } = world.ledger;
  const { procedure, intendedUs } = attempt;
  if (outcomes.some((outcome) => isMet(attempt.step, outcome) && !isTimeout(outcome))) {
    if (outcomes.length > 1) inexact.add(timeKey(procedure, 'wire'));
    else addTime(world, timeKey(procedure, 'wire'), attempt.wireUs);
  }
  const kinds = new Set(outcomes.map((outcome) => kindOf(attempt.step, outcome)));
  if (intendedUs === null || endUs === null || kinds.size !== 1) {
    inexact.add(procedure);
    return;
  }
  const [kind] = kinds;
  if (kind === null || kind === undefined) return;
  addTime(world, latencyKey(procedure, bankOf(world, intendedUs), kind), endUs - intendedUs);
}

/** The first datagram of a transaction has left. Lag is how late that of an attempt did. */
export function noteFirstSend(world: World, transaction: Transaction, nowUs: number): void {
  const { attempt } = transaction;
  if (transaction.state !== 'pending' || transaction.sentUs !== null) return;
  transaction.sentUs = nowUs;
  if (attempt.step === null || attempt.challenges + attempt.raises + attempt.repeats > 0) return;
  if (attempt.replacing !== undefined || attempt.turns !== undefined || attempt.led !== undefined) return;
  const key = timeKey(attempt.procedure, 'lag');
  if (attempt.intendedUs === null || transaction.isMaybeOver) world.ledger.inexact.add(key);
  else addTime(world, key, nowUs - attempt.intendedUs);
}

function addTime({ ledger }: World, key: string, lengthUs: number): void {
  const sum = ledger.latencies.get(key) ?? { count: 0, sumUs: 0 };
  sum.count++;
  sum.sumUs += Math.min(Math.max(0, lengthUs), LONGEST_US);
  ledger.latencies.set(key, sum);
}
