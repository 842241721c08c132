// @hot
// `nat: exosip`: what libeXosip2 does about a Contact that is not where the registrar sees the phone. Each phone finds out for itself,
// from rport and received of its answers (mappings.ts), and then in requests of their own, within the attempt that has bound it:
//
//   REGISTER (old Contact) -> 2xx -> REGISTER (old Contact;expires=0) -> final -> REGISTER (new Contact) -> 2xx, and the attempt ends
//                              |
//                 its guard: not within a minute of its last replacement, and texts of the socket's address can be had
//
// Two requests, as libeXosip2 makes them, and not one REGISTER with two Contacts. With a challenge that shows the address already the
// old Contact is registered all the same, as there, so a first registration behind a NAT takes four transactions.
//
// DEVIATION (libeXosip2): the deletion begins in the turn after the 2xx, not at the next look of eXosip_automatic_action, which the
// application decides; and where it is refused, the new Contact is registered all the same, at once.

import {
  ASIDE_DELETIONS,
  ASIDE_DELETIONS_FAILED,
  ASIDE_REPAIRS_STOPPED,
  ASIDE_REPLACEMENTS,
  countAside,
  OUTCOME_SUCCEEDED,
} from '../metrics/index.ts';
import { US_PER_SECOND } from '../std/index.ts';
import { unbind } from './bindings.ts';
import { CONTEXT_REPEATING, NOT_BOUND } from './contexts.ts';
import { isSeenAt, latestTexts, repairTexts, takeVersion } from './mappings.ts';
import { pushReady } from './ready-queue.ts';
import { NOT_MAPPED, textsOf } from './repair-table.ts';
import type { ReplacementTable } from './replacement-table.ts';
import { NO_DELETION, REPLACING_DELETES, REPLACING_NOTHING, REPLACING_REGISTERS } from './replacement-table.ts';
import type { Engine } from './state.ts';
import { socketOf } from './targets.ts';
import { flowOf } from './transport-flows.ts';

/** `_eXosip_register_contact_is_modified`: no second repair of a registration within a minute. */
const GUARD_SECONDS = 60;

/** The number of the text of the context's next request, which its step would make with text `template`. */
export function requestTextOf(table: ReplacementTable, context: number, template: number): number {
  return table.stage[context] === REPLACING_DELETES ? table.deletions[template]! : template;
}

/** A 2xx has bound what the step with this text sends. True: that leads nowhere, and the attempt goes on until it is replaced. */
export function replaceContact(engine: Engine, table: ReplacementTable, context: number, template: number): boolean {
  const { contexts, nowUs } = engine;
  if (template >= table.deletions.length || table.deletions[template] === NO_DELETION) return false;
  const home = flowOf(engine, context);
  const socket = socketOf(engine, context);
  if (contexts.boundUntilUs[context] === NOT_BOUND || socket.mappedAddress === NOT_MAPPED) return false;
  if (isSeenAt(socket, textsOf(engine.repairs, home, context))) return false;
  const now = Math.floor(nowUs / US_PER_SECOND) + 1;
  const before = table.replacedAt[context]!;
  if (before !== 0 && now - before < GUARD_SECONDS) {
    countAside(engine.options.metrics, ASIDE_REPAIRS_STOPPED);
    return false;
  }
  repairTexts(engine, home, socket);
  if (!isSeenAt(socket, latestTexts(home, socket))) return false;
  table.replacedAt[context] = now;
  table.stage[context] = REPLACING_DELETES;
  countAside(engine.options.metrics, ASIDE_DELETIONS);
  sendAnother(engine, context);
  return true;
}

/** A 2xx. False: it is none to a deletion. */
export function takeDeleted(engine: Engine, table: ReplacementTable, context: number): boolean {
  if (table.stage[context] !== REPLACING_DELETES) return false;
  unbind(engine, context);
  engine.contexts.mayBeBound[context] = 0;
  registerNew(engine, table, context);
  return true;
}

/** A refusal that is no challenge. False: it is none of a deletion. */
export function passRefusal(engine: Engine, table: ReplacementTable, context: number): boolean {
  if (table.stage[context] !== REPLACING_DELETES) return false;
  countAside(engine.options.metrics, ASIDE_DELETIONS_FAILED);
  registerNew(engine, table, context);
  return true;
}

/** The attempt has ended. */
export function endReplacement(engine: Engine, table: ReplacementTable, context: number, outcome: number): void {
  const stage = table.stage[context]!;
  if (stage === REPLACING_NOTHING) return;
  table.stage[context] = REPLACING_NOTHING;
  const { metrics } = engine.options;
  if (stage === REPLACING_DELETES) countAside(metrics, ASIDE_DELETIONS_FAILED);
  else if (outcome === OUTCOME_SUCCEEDED) countAside(metrics, ASIDE_REPLACEMENTS);
}

function registerNew(engine: Engine, table: ReplacementTable, context: number): void {
  table.stage[context] = REPLACING_REGISTERS;
  takeVersion(engine, engine.repairs!, context, socketOf(engine, context).version);
  sendAnother(engine, context);
}

/** A request of its own within the attempt, which may be challenged as often as its first (triesOf). */
function sendAnother(engine: Engine, context: number): void {
  engine.contexts.state[context] = CONTEXT_REPEATING;
  pushReady(flowOf(engine, context).ready, context);
}
