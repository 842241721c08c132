// Counts of what was seen, to be held against the engines' own at the end. An attempt whose end cannot be told from outside
// counts for each of its possible outcomes; equality then becomes "not less than what is certain, not more than possible".

import type { Procedure } from '../../scenario/index.ts';

/** How an attempt ended, as far as it can be told from outside: `auth` and `undone` stand for several names of the engine. */
export type Outcome = string;

export interface OutcomeCount {
  certain: number;
  possible: number;
}

/** Latencies of one procedure in one bank. */
export interface LatencySum {
  count: number;
  sumUs: number;
}

export interface Ledger {
  checks: number;
  requests: number;
  retransmissions: number;
  attempts: number;
  readonly attemptsOf: Map<Procedure, number>;
  ambiguous: number;
  malformed: number;
  stray: number;
  /** Answers that were either counted by status or strays. */
  unsureResponses: number;
  readonly responses: Map<number, OutcomeCount>;
  readonly outcomes: Map<Procedure, Map<Outcome, OutcomeCount>>;
  readonly challenged: Map<Procedure, OutcomeCount>;
  readonly raised: Map<Procedure, OutcomeCount>;
  /** Ended as their steps expect it; tried again; not tried again for want of a budget. */
  readonly met: Map<Procedure, OutcomeCount>;
  readonly retries: Map<Procedure, OutcomeCount>;
  readonly denied: Map<Procedure, OutcomeCount>;
  /** By `procedure bank kind`; what is not known exactly is only counted. */
  readonly latencies: Map<string, LatencySum>;
  readonly inexact: Set<string>;
  /** Contexts whose bindings were asked for after the drain; answers to compare, and those that did not list the binding. */
  verifyAsked: number;
  readonly verified: Map<'checked' | 'missing', OutcomeCount>;
  /** Proofs of servers that they know the secret, and those that prove nothing. */
  readonly proofs: Map<'checked' | 'mismatches', OutcomeCount>;
  /** What followed from failures, by name: what flows went through, not what is compared. */
  readonly followed: Map<string, number>;
  /** Contexts seen to speak from another port, and deletions of Contacts that lead nowhere. */
  rebound: number;
  deletions: number;
  settled: number;
  readonly unsettled: Map<string, number>;
}

export const createLedger = (): Ledger => ({
  checks: 0,
  requests: 0,
  retransmissions: 0,
  attempts: 0,
  attemptsOf: new Map(),
  ambiguous: 0,
  malformed: 0,
  stray: 0,
  unsureResponses: 0,
  responses: new Map(),
  outcomes: new Map(),
  challenged: new Map(),
  raised: new Map(),
  met: new Map(),
  retries: new Map(),
  denied: new Map(),
  latencies: new Map(),
  inexact: new Set(),
  verifyAsked: 0,
  verified: new Map(),
  proofs: new Map(),
  followed: new Map(),
  rebound: 0,
  deletions: 0,
  settled: 0,
  unsettled: new Map(),
});

export function countAttempt(ledger: Ledger, procedure: Procedure): void {
  ledger.attempts++;
  ledger.attemptsOf.set(procedure, (ledger.attemptsOf.get(procedure) ?? 0) + 1);
}

/** One more, of what is only told. */
export function noteFollowed({ followed }: Ledger, name: string): void {
  followed.set(name, (followed.get(name) ?? 0) + 1);
}

/** One more; `isCertain` false: perhaps. */
export function countIn<K>(counts: Map<K, OutcomeCount>, key: K, isCertain: boolean): void {
  const count = counts.get(key) ?? { certain: 0, possible: 0 };
  if (isCertain) count.certain++;
  else count.possible++;
  counts.set(key, count);
}

/** An attempt ended in one of these outcomes. */
export function countOutcome(ledger: Ledger, procedure: Procedure, outcomes: readonly Outcome[]): void {
  const counts = ledger.outcomes.get(procedure) ?? new Map<Outcome, OutcomeCount>();
  ledger.outcomes.set(procedure, counts);
  if (outcomes.length > 1) ledger.ambiguous++;
  for (const outcome of outcomes) countIn(counts, outcome, outcomes.length === 1);
}
