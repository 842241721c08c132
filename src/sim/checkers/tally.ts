// What the checkers saw and compared, as plain counts: so that a world in which nothing happens, or nothing could be compared,
// shows.

import type { Ledger } from './ledger.ts';

export interface Tally {
  readonly attempts: number;
  /** How they ended, as told from outside: `auth` stands for all failures of credentials. Ambiguous ones are left out. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly retransmissions: number;
  readonly responses: number;
  readonly stray: number;
  readonly malformed: number;
  /** What followed from failures, by name. */
  readonly followed: Readonly<Record<string, number>>;
  /** Contexts of which client and registrar had to agree, and did. */
  readonly settled: number;
  /** The others, by what kept them from it. */
  readonly unsettled: Readonly<Record<string, number>>;
  /** Attempts whose outcome cannot be told from outside. */
  readonly ambiguous: number;
  /** Single comparisons. */
  readonly checks: number;
}

export function tallyOf(ledger: Ledger): Tally {
  const outcomes: Record<string, number> = {};
  for (const counts of ledger.outcomes.values()) {
    for (const [name, { certain }] of counts) if (certain > 0) outcomes[name] = (outcomes[name] ?? 0) + certain;
  }
  const { attempts, requests, retransmissions, stray, malformed, settled, ambiguous, checks } = ledger;
  const responses = [...ledger.responses.values()].reduce((sum, { certain }) => sum + certain, 0);
  const unsettled = Object.fromEntries([...ledger.unsettled].sort());
  return {
    attempts,
    outcomes: Object.fromEntries(Object.entries(outcomes).sort()),
    requests,
    retransmissions,
    responses,
    stray,
    malformed,
    followed: Object.fromEntries([...ledger.followed].sort()),
    settled,
    unsettled,
    ambiguous,
    checks,
  };
}
