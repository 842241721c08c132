// @hot
// `route: service-route`: what the last 2xx gave a context as Service-Route goes into the Route header of its next requests,
// its REGISTERs, in the same order (RFC 3608 §6.1: a UA may use it for future requests for that address-of-record; no clause
// says otherwise of REGISTER, and a registrar's edge that relies on it is to be tested). It is replaced by each 2xx, cleared by one
// without it, and dropped when a register or refresh is refused or the binding has expired.
//
// Registrars give the same routes to most of their users, so each text is kept once, as the header line that is sent:
//
//   entries:  used rows of MOST_ROUTE_BYTES        column:  of each context the number of its row, 0 for none
//
// What is longer, has control characters in it (a folded row), or finds the table full, is counted and not used.

import { BINDINGS_ROUTES_LEFT, countBinding } from '../metrics/index.ts';
import { rowEnd, rowStart } from '../sip/index.ts';
import { encodeUtf8, equalBytes } from '../std/index.ts';
import type { ServiceRoutes } from './service-route-table.ts';
import { MOST_ROUTE_BYTES, MOST_ROUTES } from './service-route-table.ts';
import type { Engine } from './state.ts';

const NONE = 0;
const COMMA = 0x2c;
const SPACE = 0x20;
const DELETE = 0x7f;
const CR = 0x0d;
const LF = 0x0a;
const NAME: Uint8Array = encodeUtf8('Route: ');
const TOO_LONG = -1;
/** CR and LF; a comma and a space take as much. */
const LINE_BREAK_BYTES = 2;

/** The 2xx at hand, `bytes`, tells the context's Service-Route, or that it has none. */
export function takeServiceRoute(engine: Engine, routes: ServiceRoutes, context: number, bytes: Uint8Array): void {
  routes.entry[context] = NONE;
  if (engine.reader.message.serviceRoute.count === 0) return;
  const length = draftLine(engine, routes, bytes);
  const row = length === TOO_LONG ? TOO_LONG : rowOf(routes, length);
  if (row === TOO_LONG) countBinding(engine.metrics, BINDINGS_ROUTES_LEFT);
  else routes.entry[context] = row + 1;
}

export function dropServiceRoute({ entry }: ServiceRoutes, context: number): void {
  entry[context] = NONE;
}

export const hasServiceRoute = (routes: ServiceRoutes | null, context: number): boolean =>
  routes !== null && routes.entry[context] !== NONE;

/** Writes the context's Route line at `at` and returns its end. */
export function writeServiceRoute(routes: ServiceRoutes, context: number, out: Uint8Array, at: number): number {
  const row = routes.entry[context]! - 1;
  const start = row * MOST_ROUTE_BYTES;
  const length = routes.lengths[row]!;
  for (let i = 0; i < length; i++) out[at + i] = routes.lines[start + i]!;
  return at + length;
}

/** All rows in their order, commas between, into the draft: its length, or TOO_LONG. */
function draftLine({ reader }: Engine, { draft }: ServiceRoutes, bytes: Uint8Array): number {
  const { serviceRoute } = reader.message;
  draft.set(NAME);
  let at = NAME.length;
  for (let row = 0; row < serviceRoute.count; row++) {
    const start = rowStart(serviceRoute, row);
    const end = rowEnd(serviceRoute, row);
    if (at + end - start + 2 * LINE_BREAK_BYTES > MOST_ROUTE_BYTES) return TOO_LONG;
    if (row > 0) {
      draft[at++] = COMMA;
      draft[at++] = SPACE;
    }
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      if (byte < SPACE || byte === DELETE) return TOO_LONG;
      draft[at++] = byte;
    }
  }
  draft[at++] = CR;
  draft[at++] = LF;
  return at;
}

/** The row that holds the draft, a new one if need be, or TOO_LONG when there is no more room. */
function rowOf(routes: ServiceRoutes, length: number): number {
  const { lines, lengths, draft, used } = routes;
  for (let row = 0; row < used; row++) {
    const start = row * MOST_ROUTE_BYTES;
    if (lengths[row] === length && equalBytes(draft, 0, length, lines, start, start + length)) return row;
  }
  if (used === MOST_ROUTES) return TOO_LONG;
  for (let i = 0; i < length; i++) lines[used * MOST_ROUTE_BYTES + i] = draft[i]!;
  lengths[used] = length;
  routes.used = used + 1;
  return used;
}
