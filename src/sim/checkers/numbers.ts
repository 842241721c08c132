// The engines' numbers against the ledger: what left, what came, and how every attempt ended. Both were counted from the same
// datagrams, by code that has nothing in common.

import type { MergedMetrics, MergedProcedure } from '../../metrics/index.ts';
import {
  COUNTER_DATAGRAMS_SENT,
  COUNTER_MALFORMED,
  COUNTER_MISSED_CONTEXT_BUSY,
  COUNTER_MISSED_LATE,
  COUNTER_MISSED_NO_SLOT,
  COUNTER_REQUESTS_SENT,
  COUNTER_RETRANSMISSIONS,
  COUNTER_RSPAUTH_CHECKED,
  COUNTER_RSPAUTH_MISMATCHES,
  COUNTER_STARTS_DUE_MEASURED,
  COUNTER_STARTS_DUE_OTHER,
  COUNTER_STARTS_MADE_MEASURED,
  COUNTER_STARTS_MADE_OTHER,
  COUNTER_STRAY,
  COUNTER_VERIFY_CHECKED,
  COUNTER_VERIFY_MISSING,
  COUNTER_VERIFY_SAMPLED,
  PROCEDURE_NAMES,
} from '../../metrics/index.ts';
import type { Procedure } from '../../scenario/index.ts';
import type { OutcomeCount } from './ledger.ts';
import type { World } from './model.ts';
import { mustEqual, mustLieWithin } from './wrong.ts';

/** From outside these look the same: a challenge was the last word. */
const AUTH: readonly string[] = ['auth-failed', 'no-credentials', 'challenge-unusable'];
const NONE: OutcomeCount = { certain: 0, possible: 0 };

export function checkNumbers(world: World, merged: MergedMetrics): void {
  checkTraffic(world, merged);
  checkStarts(world, merged);
  checkVerified(world, merged);
  checkProofs(world, merged);
  for (const procedure of PROCEDURE_NAMES) {
    checkSums(world, procedure, merged.total[procedure]);
    checkSums(world, procedure, merged.measured[procedure]);
    checkOutcomes(world, procedure, merged.total[procedure]);
  }
}

function checkTraffic(world: World, { counters, responses }: MergedMetrics): void {
  const { ledger } = world;
  const equal = (what: string, found: number, expected: number): void =>
    mustEqual(world, 'books', what, [found, expected]);
  const { requests, retransmissions } = ledger;
  equal('requests sent', counters[COUNTER_REQUESTS_SENT]!, requests);
  equal('retransmissions', counters[COUNTER_RETRANSMISSIONS]!, retransmissions);
  equal('datagrams sent', counters[COUNTER_DATAGRAMS_SENT]!, requests + retransmissions);
  equal('malformed datagrams', counters[COUNTER_MALFORMED]!, ledger.malformed);
  let matched = 0;
  let certain = 0;
  responses.forEach((count, status) => {
    const seen = ledger.responses.get(status) ?? NONE;
    mustLieWithin(world, 'books', `responses ${status}`, [count, seen.certain, seen.certain + seen.possible]);
    matched += count;
    certain += seen.certain;
  });
  const stray = counters[COUNTER_STRAY]!;
  equal('responses and strays', matched + stray, certain + ledger.unsureResponses + ledger.stray);
  mustLieWithin(world, 'books', 'strays', [stray, ledger.stray, ledger.stray + ledger.unsureResponses]);
}

function checkStarts(world: World, { counters }: MergedMetrics): void {
  const sum = (...numbers: readonly number[]): number => numbers.reduce((all, number) => all + counters[number]!, 0);
  const made = sum(COUNTER_STARTS_MADE_MEASURED, COUNTER_STARTS_MADE_OTHER);
  const missed = sum(COUNTER_MISSED_LATE, COUNTER_MISSED_NO_SLOT, COUNTER_MISSED_CONTEXT_BUSY);
  const due = sum(COUNTER_STARTS_DUE_MEASURED, COUNTER_STARTS_DUE_OTHER);
  mustEqual(world, 'books', 'starts made and missed', [made + missed, due]);
}

/** What the verification asked for, and what it made of the answers. */
function checkVerified(world: World, { counters }: MergedMetrics): void {
  const { ledger, sockets } = world;
  const sampled = counters[COUNTER_VERIFY_SAMPLED]!;
  const isDisturbed = sockets.some(({ disturbances }) => disturbances > 0);
  mustLieWithin(world, 'verify', 'sampled', [sampled, ledger.verifyAsked, isDisturbed ? sampled : ledger.verifyAsked]);
  const seen = (name: 'checked' | 'missing'): OutcomeCount => ledger.verified.get(name) ?? NONE;
  for (const [name, counter] of [
    ['checked', COUNTER_VERIFY_CHECKED],
    ['missing', COUNTER_VERIFY_MISSING],
  ] as const) {
    const { certain, possible } = seen(name);
    mustLieWithin(world, 'verify', name, [counters[counter]!, certain, certain + possible]);
  }
}

/** Proofs of servers that they know the secret, and wrong ones among them. */
function checkProofs(world: World, { counters }: MergedMetrics): void {
  for (const [name, counter] of [
    ['checked', COUNTER_RSPAUTH_CHECKED],
    ['mismatches', COUNTER_RSPAUTH_MISMATCHES],
  ] as const) {
    const { certain, possible } = world.ledger.proofs.get(name) ?? NONE;
    mustLieWithin(world, 'proof', name, [counters[counter]!, certain, certain + possible]);
  }
}

/** Every attempt that was started has one outcome. */
function checkSums(world: World, procedure: Procedure, { started, outcomes }: MergedProcedure): void {
  const ended = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  mustEqual(world, 'books', `outcomes of ${procedure}`, [ended, started]);
}

function checkOutcomes(world: World, procedure: Procedure, merged: MergedProcedure): void {
  const { started, outcomes } = merged;
  const { ledger } = world;
  const seen = ledger.outcomes.get(procedure) ?? new Map<string, OutcomeCount>();
  const attempts = ledger.attemptsOf.get(procedure) ?? 0;
  const unseen = started - attempts;
  const isDisturbed = world.sockets.some(({ disturbances }) => disturbances > 0);
  mustLieWithin(world, 'books', `${procedure} started`, [started, attempts, isDisturbed ? started : attempts]);
  const names = new Set([...Object.keys(outcomes).map(groupOf), ...seen.keys()]);
  for (const name of names) {
    const found = Object.entries(outcomes).reduce((sum, [own, count]) => sum + (groupOf(own) === name ? count : 0), 0);
    const { certain, possible } = seen.get(name) ?? NONE;
    const most = certain + possible + (canEndUnseen(world, name) ? unseen : 0);
    mustLieWithin(world, 'books', `${procedure} ${name}`, [found, certain, most]);
  }
  checkCounts(world, procedure, merged, unseen);
}

/** What attempts went through, and how many ended as their steps expect it. */
function checkCounts(world: World, procedure: Procedure, merged: MergedProcedure, unseen: number): void {
  const { ledger } = world;
  const check = (name: string, found: number, seen: OutcomeCount | undefined, more = 0): void => {
    const { certain, possible } = seen ?? NONE;
    mustLieWithin(world, 'books', `${procedure} ${name}`, [found, certain, certain + possible + more]);
  };
  const { challenged, raised, succeeded, retries, retriesDeniedByBudget } = merged;
  check('challenged', challenged, ledger.challenged.get(procedure));
  check('raised', raised, ledger.raised.get(procedure));
  check('succeeded', succeeded, ledger.met.get(procedure), unseen);
  check('retries', retries, ledger.retries.get(procedure));
  check('retries denied', retriesDeniedByBudget, ledger.denied.get(procedure));
}

const groupOf = (name: string): string => (AUTH.includes(name) ? 'auth' : name);

/** An attempt of which nothing was ever offered: ended by an event, or by Timer F while the socket was blocked. */
function canEndUnseen(world: World, name: string): boolean {
  if (name === 'timeout')
    return world.sockets.some(({ longestHeldUs }) => longestHeldUs >= 64 * world.facts.plan.timers.t1Us);
  return name === 'aborted' || name === 'unreachable';
}
