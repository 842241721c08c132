// A transaction that ends so that its context turns to the next target (RFC 3263 §4.3): with 503, by Timer F without a 1xx, or
// unreachable. Which target that is, is in targets.ts.

import { owe } from './follow.ts';
import type { Outcome } from './ledger.ts';
import { noteFollowed } from './ledger.ts';
import type { Attempt, ContextPage, Transaction, WorkerBook, World } from './model.ts';
import { moveTo } from './targets.ts';

const FAILURES: readonly Outcome[] = ['status-503', 'timeout', 'unreachable'];

/** A transaction has ended, so that its attempt would end with `outcomes`. True: it goes on at the next target. */
export function turnsToNext(
  world: World,
  { page, attempt, worker }: Transaction,
  outcomes: readonly Outcome[],
  atUs: number | null,
): boolean {
  const { targets } = world;
  const [outcome] = outcomes;
  if (targets === null || outcomes.length !== 1 || !FAILURES.includes(outcome!)) return false;
  const { count } = targets.facts;
  if (!worker.areFlowsOver) targets.failovers[page.order[page.rank]!]!++;
  attempt.turns = (attempt.turns ?? 0) + 1;
  page.rank = (page.rank + 1) % count;
  const next = page.order[page.rank];
  if (next !== undefined) moveTo(page, world.sockets[page.home.number + next * targets.homes]!);
  if (outcome !== 'status-503') noteDoubt(page, attempt, worker);
  const isLast = attempt.turns === count;
  noteFollowed(world.ledger, isLast ? 'every target failed' : `failover after ${outcome}`);
  if (isLast) return false;
  page.challenge = { leadsOn: 'yes' };
  page.owes = 'elsewhere';
  page.stage = 'challenged';
  page.readyUs = atUs;
  owe(page);
  return true;
}

/** The target may have obeyed and not been heard: what the next one says is no word on that. */
function noteDoubt(page: ContextPage, { procedure, step }: Attempt, { areFlowsOver }: WorkerBook): void {
  if (procedure === 'query') return;
  page.isInDoubt = true;
  if (step !== null && !areFlowsOver && (procedure === 'register' || procedure === 'refresh'))
    page.mayBeBoundUnheard = true;
}
