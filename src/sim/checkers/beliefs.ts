// What each context believes of its binding at the end, against the ledger's own reading of the last 2xx that it accepted: how
// long was granted, counted from when that arrived.

import { beliefOf, mayBeBound } from '../../engine/index.ts';
import type { ContextPage, World } from './model.ts';
import { rowOf } from './model.ts';
import { wrong } from './wrong.ts';

export function checkBeliefs(world: World): void {
  for (const page of world.pagesByUser.values()) {
    world.ledger.checks++;
    const fault = faultOf(world, page);
    if (fault !== null) throw wrong('belief', null, `${page.user}: ${fault}`, page.accepted?.text);
  }
}

function faultOf(world: World, page: ContextPage): string | null {
  const row = rowOf(page, world.workers.length);
  const found = beliefOf(page.worker.engine, row);
  if (page.mayBeBoundUnheard && !mayBeBound(page.worker.engine, row))
    return 'a silent target may have bound it, unawares';
  const { untilUs, grantedSeconds, certainty } = page.belief;
  if (certainty === 'unknown' || (found === null && certainty === 'or none')) return null;
  if (found === null) return untilUs === null ? null : `believes in no binding, and was granted one until ${untilUs}`;
  if (found.untilUs !== untilUs) return `believes in a binding until ${found.untilUs}, not ${untilUs}`;
  return found.grantedSeconds === grantedSeconds
    ? null
    : `was granted ${grantedSeconds} s, not ${found.grantedSeconds}`;
}
