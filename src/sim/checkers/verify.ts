// The verification after the drain, from outside: who is asked for, and what each answer says of a binding that was confirmed.
// Counted here from the messages alone, to be held against the engine's own counts.

import { countsApart } from '../../engine/index.ts';
import { US_PER_SECOND } from '../../std/index.ts';
import type { SlowMessage } from '../slow-parser.ts';
import { readGrant } from './grant.ts';
import { countIn } from './ledger.ts';
import type { Attempt, ContextPage, World } from './model.ts';
import type { Request } from './request-form.ts';
import { wrong } from './wrong.ts';

/** A query that belongs to no step: once for each context, after the drain and before the cleanup, and of those that are bound. */
export function beginQuery(world: World, { page, text }: Request): Attempt {
  const { worker, belief } = page;
  const isTime = countsApart(worker.engine) && worker.areFlowsOver && !page.hasBegunCleanup;
  if (!isTime || worker.areQueriesOver || page.hasBeenAsked)
    throw wrong('verify', worker, 'a query that is not due', text);
  if (belief.certainty === 'known' && belief.untilUs === null) {
    throw wrong('verify', worker, `${page.user} has no binding that could be asked for`, text);
  }
  page.hasBeenAsked = true;
  world.ledger.verifyAsked++;
  const attempt: Attempt = {
    page,
    step: null,
    procedure: 'query',
    intendedUs: null,
    isHeld: false,
    challenges: 0,
    fresh: new Set(),
    raises: 0,
    repeats: 0,
    tries: 0,
    wireUs: 0,
  };
  page.attempt = attempt;
  return attempt;
}

/** RFC 3261 §10.3: a 200 lists all bindings. Ours must be there as long as it was granted, counted from when it was asked for. */
export function noteListed(world: World, page: ContextPage, parsed: SlowMessage, atUs: number): void {
  const { belief, accepted, isInDoubt } = page;
  const { verified } = world.ledger;
  const grant = readGrant(parsed, { uri: page.contact, instance: '', regId: 0 }, 1);
  const hasRivals = (parsed.contacts ?? []).filter(([uri]) => uri === page.contact).length > 1;
  const isKnown = belief.certainty === 'known' && !isInDoubt && accepted !== null && accepted.sentUs !== null;
  const isSure = isKnown && !grant.isUnclear && !hasRivals && page.otherwise.length === 0;
  world.ledger.checks++;
  if (isSure && atUs >= accepted.sentUs! + (belief.grantedSeconds - 1) * US_PER_SECOND) return;
  countIn(verified, 'checked', isSure);
  if (grant.seconds <= 0 || grant.isUnclear || hasRivals) countIn(verified, 'missing', isSure);
}
