// From a next hop as it is written to an address and port: RFC 3263, whose procedure is in src/scenario/locate.ts, asked question by
// question. Of several addresses a client takes the most preferred; a run takes them all and fails over.

import type { LocatedAddress } from '../scenario/index.ts';
import { continueLocating, isQuestion, startLocating } from '../scenario/index.ts';
import { assert, UserError } from '../std/index.ts';
import { createNameResolver } from '../transport/index.ts';
import type { Place } from './addresses.ts';

/** A bound, not a measure: at most one NAPTR, 8 SRV and 64 A records are asked for. */
const QUESTIONS_MOST = 100;

/** Throws a UserError when the name has no address, or the name servers do not say. */
export const locate = async ({ target }: Place): Promise<LocatedAddress> => {
  const resolver = createNameResolver({ server: null });
  let state = startLocating(target, resolver.knowsHost(target.host));
  for (let asked = 0; asked < QUESTIONS_MOST && isQuestion(state.next); asked++) {
    state = continueLocating(state, await resolver.ask(state.next));
  }
  const located = state.next;
  assert(!isQuestion(located), 'a look-up has fewer questions than that');
  if (located.kind === 'failed') throw new UserError(located.code, { message: located.message, hint: located.hint });
  const [first] = located.targets;
  assert(first !== undefined, 'what was found has an address');
  return first;
};
