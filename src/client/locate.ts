// From a next hop as it is written to addresses and ports: RFC 3263, whose procedure is in src/scenario/locate.ts, asked question by
// question. Which of them a registration speaks to, and when it turns to another, is the engine's business.

import type { LocatedAddress } from '../scenario/index.ts';
import { continueLocating, isQuestion, startLocating } from '../scenario/index.ts';
import { assert, UserError } from '../std/index.ts';
import { createNameResolver, refusedAddress } from '../transport/index.ts';
import type { Place } from './addresses.ts';

export interface LocateOptions {
  /** The one name server to ask, `address:port`; null: the system's. */
  readonly dns: string | null;
  readonly allowPublic: boolean;
}

export interface LocatedPlaces {
  /** At least one, the most preferred first. */
  readonly targets: readonly LocatedAddress[];
  /** How long they hold; null: for good. */
  readonly ttlSeconds: number | null;
}

/** A bound, not a measure: at most one NAPTR, 8 SRV and 64 A records are asked for. */
const QUESTIONS_MOST = 100;

/** Throws a UserError when the name has no address, one where load may not go, or the name servers do not say. */
export const locate = async ({ target, host }: Place, { dns, allowPublic }: LocateOptions): Promise<LocatedPlaces> => {
  const resolver = createNameResolver({ server: dns });
  let state = startLocating(target, resolver.knowsHost(target.host));
  for (let asked = 0; asked < QUESTIONS_MOST && isQuestion(state.next); asked++) {
    state = continueLocating(state, await resolver.ask(state.next));
  }
  const located = state.next;
  assert(!isQuestion(located), 'a look-up has fewer questions than that');
  if (located.kind === 'failed') throw new UserError(located.code, { message: located.message, hint: located.hint });
  for (const { address } of located.targets) {
    const refused = refusedAddress(host, address, { allowPublic, switch: 'allowPublic: true' });
    if (refused !== null) throw refused;
  }
  return { targets: located.targets, ttlSeconds: located.ttlSeconds };
};
