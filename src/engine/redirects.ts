// @hot
// A 3xx: the attempt goes on where its Contact says (RFC 3261 §8.1.3.4), if the scenario wants that (`redirects`), or ends with the status,
// as it does without. 300, 301, 302 and 305 can be followed (§21.3); 380 describes other services, and never is.
//
//   `follow` redirects followed in this attempt           -> limit
//   no Contact that could be followed                     -> unusable, notAllowed, noRoom or loop, whatever comes nearest
//   otherwise                                             -> followed: the same request with the next CSeq and another branch
//
// Each such answer is counted as one of these. To, From and Call-ID stay; credentials are given by realm, as ever.
//
// DEVIATION (RFC 3261 §21.3.2, §21.3.3): nothing is remembered of a redirect, neither a 301, which a phone should keep, nor a 302 with
// an Expires. Each attempt begins at the registrar that the scenario names: that is the one under test, and it is what
// sends so many phones elsewhere that the run is to show.

import {
  addCounter,
  COUNTER_REDIRECTS_FOLLOWED,
  COUNTER_REDIRECTS_LIMIT,
  COUNTER_REDIRECTS_LOOP,
  COUNTER_REDIRECTS_NO_ROOM,
  COUNTER_REDIRECTS_NOT_ALLOWED,
  COUNTER_REDIRECTS_UNUSABLE,
} from '../metrics/index.ts';
import { CONTEXT_REPEATING } from './contexts.ts';
import { pushReady } from './ready-queue.ts';
import { chooseContact, VISITED } from './redirect-contact.ts';
import { NEW_PLACE, NO_ROOM, NOT_ALLOWED } from './redirect-places.ts';
import type { RedirectTable } from './redirect-table.ts';
import { addPlace, MOST_REQUEST_URIS } from './redirect-table.ts';
import { internUri } from './redirect-uris.ts';
import type { Engine } from './state.ts';
import { flowOf } from './transport-flows.ts';

/** The attempt's request has had a 3xx. True when it goes on; false when it ends with the status. */
export function followRedirect(engine: Engine, redirects: RedirectTable, context: number, bytes: Uint8Array): boolean {
  const { metrics, contexts, reader } = engine;
  if (!mayFollow(reader.message.status)) return false;
  const { follow, followed, visited, uri } = redirects;
  const before = followed[context]!;
  if (before >= follow) {
    addCounter(metrics, COUNTER_REDIRECTS_LIMIT, 1);
    return false;
  }
  const way = chooseContact(engine, redirects, context, bytes);
  const number = way < NEW_PLACE ? way : numberOf(engine, redirects, way);
  if (number < 0) {
    addCounter(metrics, counterOf(number), 1);
    return false;
  }
  visited[context * follow + before] = uri[context]!;
  followed[context] = before + 1;
  uri[context] = number;
  addCounter(metrics, COUNTER_REDIRECTS_FOLLOWED, 1);
  contexts.state[context] = CONTEXT_REPEATING;
  pushReady(flowOf(engine, context).ready, context);
  return true;
}

/** The number of the Request-URI that was chosen, made when it is new; NO_ROOM when there are too many. */
function numberOf(engine: Engine, redirects: RedirectTable, way: number): number {
  const { choice, uris } = redirects;
  const isFull = uris.length >= MOST_REQUEST_URIS - 1;
  if (way === NEW_PLACE && isFull) return NO_ROOM;
  const target = way === NEW_PLACE ? addPlace(redirects, choice.bestAddress, choice.bestPort) : way;
  return internUri(engine, redirects, target);
}

function mayFollow(status: number): boolean {
  return status === 300 || status === 301 || status === 302 || status === 305;
}

function counterOf(reason: number): number {
  switch (reason) {
    case VISITED:
      return COUNTER_REDIRECTS_LOOP;
    case NO_ROOM:
      return COUNTER_REDIRECTS_NO_ROOM;
    case NOT_ALLOWED:
      return COUNTER_REDIRECTS_NOT_ALLOWED;
    default:
      return COUNTER_REDIRECTS_UNUSABLE;
  }
}
