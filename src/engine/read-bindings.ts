// @hot
// What a 2xx lists (RFC 3261 §10.2.4): our own bindings, how long each was granted, and how many bindings there are at all.
// All contacts are looked at, up to the end of the datagram: five hundred of them are read, and counted, in one pass for
// each Contact of ours.

import {
  BINDINGS_FEWER,
  BINDINGS_GRANTED_LESS,
  BINDINGS_MISSING,
  BINDINGS_MORE,
  BINDINGS_ZERO,
  countBinding,
  countTold,
  OUTCOME_BINDING_COUNT,
  OUTCOME_GRANTED_LESS,
  OUTCOME_SUCCEEDED,
  TOLD_ASSOCIATED_URI,
  TOLD_PATH,
  TOLD_PUB_GRUU,
  TOLD_SERVICE_ROUTE,
  TOLD_TEMP_GRUU,
} from '../metrics/index.ts';
import type { AttemptStep } from '../scenario/index.ts';
import { contextOfRow } from '../scenario/shares.ts';
import type { CompiledText, ContactCursor, SipMessage } from '../sip/index.ts';
import {
  CONTACT_END,
  CONTACT_FOUND,
  composeText,
  findInstance,
  firstContact,
  hasLine,
  isOnlyContact,
  MAX_DELTA_SECONDS,
  nextContact,
  rowEnd,
  rowStart,
  sameUri,
} from '../sip/index.ts';
import { equalsIgnoreCase } from '../std/index.ts';
import type { BindingReading } from './binding-reading.ts';
import { NO_BINDING, UNCOUNTED } from './binding-reading.ts';
import { askedSeconds, leastSecondsOf, raisedTo } from './intervals.ts';
import type { OwnContact } from './own-contacts.ts';
import { textsOf } from './repair-table.ts';
import { contactOf } from './speakers.ts';
import type { Engine } from './state.ts';
import { flowOf } from './transport-flows.ts';

/** What a binding without an interval has left: more than nothing. */
const LEAST_SECONDS = 1;

/** Reads the 2xx to a register or refresh into `reader.bindings`, and counts what is odd about it. */
export function readBindings(
  engine: Engine,
  context: number,
  step: AttemptStep,
  template: number,
  bytes: Uint8Array,
): BindingReading {
  const { fields, options, metrics } = engine;
  const { bindings } = engine.reader;
  const own = textsOf(engine.repairs, flowOf(engine, context), context).ownContacts[template] ?? null;
  bindings.granted = NO_BINDING;
  bindings.wanted = 0;
  bindings.isMissing = false;
  bindings.isZero = false;
  bindings.isLess = false;
  fields.index = options.plan.identities.first + contextOfRow(context, options.workerIndex, options.workerCount);
  const asked = askedSeconds(engine.intervals, context, step);
  const least = leastSecondsOf(engine.intervals, context, step);
  if (own === null) {
    takeGrant(bindings, lookFor(engine, contactOf(engine, context), null, asked, bytes), asked);
  } else {
    for (let i = 0; i < own.length; i++) {
      const { uri, askedSeconds: ownSeconds } = own[i]!;
      const wanted = raisedTo(least, ownSeconds);
      takeGrant(bindings, lookFor(engine, uri, own[i]!, wanted, bytes), wanted);
    }
  }
  if (bindings.isMissing) countBinding(metrics, BINDINGS_MISSING);
  if (bindings.isZero) countBinding(metrics, BINDINGS_ZERO);
  if (bindings.isLess) countBinding(metrics, BINDINGS_GRANTED_LESS);
  if (bindings.wanted > 0) countListed(engine, step, bindings.wanted);
  return bindings;
}

/** Of the 2xx to a query: the shortest of what is left of our bindings, NO_BINDING where one is missing. Nothing is counted. */
export function readOwn(engine: Engine, context: number, template: number, bytes: Uint8Array): number {
  const { fields, options } = engine;
  const own = textsOf(engine.repairs, flowOf(engine, context), context).ownContacts[template] ?? null;
  fields.index = options.plan.identities.first + contextOfRow(context, options.workerIndex, options.workerCount);
  if (own === null) return lookFor(engine, contactOf(engine, context), null, LEAST_SECONDS, bytes);
  let least = MAX_DELTA_SECONDS;
  for (let i = 0; i < own.length; i++) {
    least = Math.min(least, lookFor(engine, own[i]!.uri, own[i]!, LEAST_SECONDS, bytes));
  }
  return least;
}

/** The 2xx to any other step: how many bindings it lists, where that is of interest. */
export function readListed(engine: Engine, step: AttemptStep, bytes: Uint8Array): void {
  const isWildcard = step.procedure === 'wildcard';
  if (!isWildcard && step.require === undefined) return;
  const { message, cursor, bindings } = engine.reader;
  let listed = 0;
  let found = firstContact(message, bytes, cursor);
  for (; found === CONTACT_FOUND; found = nextContact(message, bytes, cursor)) if (!cursor.isStar) listed++;
  bindings.listed = found === CONTACT_END ? listed : UNCOUNTED;
  // RFC 3261 §10.2.2: nothing is left behind a wildcard with Expires 0. How many a query finds, only the scenario knows.
  if (isWildcard && step.expiresSeconds === 0) countListed(engine, step, 0);
  else if (step.require !== undefined && step.require.bindings !== null)
    countListed(engine, step, step.require.bindings);
}

function countListed(engine: Engine, step: AttemptStep, wanted: number): void {
  const { metrics } = engine;
  const { listed } = engine.reader.bindings;
  if (listed === UNCOUNTED) return;
  const expected = step.require?.bindings ?? wanted;
  if (listed > expected) countBinding(metrics, BINDINGS_MORE);
  else if (listed < expected) countBinding(metrics, BINDINGS_FEWER);
}

/** How the attempt ends by what its step requires of the answer that was just read. */
export function outcomeBy({ require }: AttemptStep, { listed, granted, isLess }: BindingReading): number {
  if (require === undefined) return OUTCOME_SUCCEEDED;
  if (require.bindings !== null && listed !== require.bindings) return OUTCOME_BINDING_COUNT;
  if (require.granted === null) return OUTCOME_SUCCEEDED;
  const isShort = require.granted === 'asked' ? isLess : granted < require.granted;
  return isShort ? OUTCOME_GRANTED_LESS : OUTCOME_SUCCEEDED;
}

function takeGrant(bindings: BindingReading, granted: number, asked: number): void {
  if (asked <= 0) {
    // Asked to go. Where nothing else is asked for, one that is still there is what we have.
    if (bindings.wanted === 0 && granted > bindings.granted) bindings.granted = granted;
    return;
  }
  bindings.granted = bindings.wanted === 0 ? granted : Math.min(bindings.granted, granted);
  bindings.wanted++;
  if (granted === NO_BINDING) bindings.isMissing = true;
  else if (granted === 0) bindings.isZero = true;
  else if (granted < asked) bindings.isLess = true;
}

/**
 * What one Contact of ours was granted: its `expires` parameter, else the Expires header, else what we asked for. `own` is what it is known
 * by beside its URI; null: by that alone.
 */
function lookFor(
  engine: Engine,
  contact: CompiledText,
  own: OwnContact | null,
  asked: number,
  bytes: Uint8Array,
): number {
  const { reader, fields, branch } = engine;
  const { message, shape, bindings } = reader;
  if (shape?.hasOnlyContact && isOnlyContact(shape, contact, fields, branch)) {
    if (own === null || isSameInstance(engine, own, shape.contact, bytes)) {
      bindings.listed = 1;
      countGruus(engine, shape.contact, bytes);
      return grantedBy(shape.contact, message, asked);
    }
  }
  // Apart, so that what nearly every answer passes is compiled into its caller whole.
  return search(engine, contact, own, asked, bytes);
}

/** Through all that are listed. */
function search(
  engine: Engine,
  contact: CompiledText,
  own: OwnContact | null,
  asked: number,
  bytes: Uint8Array,
): number {
  const { reader, fields, branch } = engine;
  const { message, cursor, ownContact, bindings } = reader;
  const line = own?.line ?? null;
  const ownEnd = composeText(line ?? contact, fields, branch, ownContact, 0);
  let granted = NO_BINDING;
  let listed = 0;
  let found = firstContact(message, bytes, cursor);
  for (; found === CONTACT_FOUND; found = nextContact(message, bytes, cursor)) {
    if (cursor.isStar) continue;
    listed++;
    if (granted !== NO_BINDING || !isOwn(engine, line !== null, ownEnd, bytes)) continue;
    if (own !== null && !isSameInstance(engine, own, cursor, bytes)) continue;
    granted = grantedBy(cursor, message, asked);
    countGruus(engine, cursor, bytes);
  }
  bindings.listed = found === CONTACT_END ? listed : UNCOUNTED;
  return granted;
}

function isOwn({ reader }: Engine, isByLine: boolean, ownEnd: number, bytes: Uint8Array): boolean {
  const { cursor, ownContact, uris } = reader;
  const { uriStart, uriEnd } = cursor;
  return isByLine
    ? hasLine(bytes, uriStart, uriEnd, ownContact, ownEnd)
    : sameUri(uris, ownContact, 0, ownEnd, bytes, uriStart, uriEnd);
}

/** RFC 5626 §6: of several bindings with one URI ours is that of our instance and reg-id. What a registrar leaves out says nothing. */
function isSameInstance(engine: Engine, own: OwnContact, contact: ContactCursor, bytes: Uint8Array): boolean {
  if (own.instance === null) return true;
  const { reader, fields, branch } = engine;
  const { instance, ownInstance } = reader;
  if (!findInstance(bytes, contact.paramsStart, contact.paramsEnd, instance)) return true;
  if (own.regId !== 0 && instance.regId !== 0 && instance.regId !== own.regId) return false;
  const ownEnd = composeText(own.instance, fields, branch, ownInstance, 0);
  return equalsIgnoreCase(bytes, instance.start, instance.end, ownInstance, 0, ownEnd);
}

function grantedBy(contact: ContactCursor, message: SipMessage, asked: number): number {
  if (contact.expires >= 0) return contact.expires;
  return message.expires >= 0 ? message.expires : asked;
}

/** RFC 5627 §4.2: the GRUUs of our own Contact. */
function countGruus({ metrics }: Engine, contact: ContactCursor, bytes: Uint8Array): void {
  const { pubGruuStart, pubGruuEnd, tempGruuStart, tempGruuEnd } = contact;
  if (pubGruuStart >= 0) countTold(metrics, TOLD_PUB_GRUU, bytes, pubGruuStart, pubGruuEnd);
  if (tempGruuStart >= 0) countTold(metrics, TOLD_TEMP_GRUU, bytes, tempGruuStart, tempGruuEnd);
}

/** RFC 3327 §5.3, RFC 3608 §6.1, RFC 7315 §4.1: what a 2xx may tell a phone beside its bindings. */
export function countHeaders({ metrics, reader }: Engine, bytes: Uint8Array): void {
  const { path, serviceRoute, associatedUri } = reader.message;
  if (path.count > 0) countTold(metrics, TOLD_PATH, bytes, rowStart(path, 0), rowEnd(path, 0));
  if (serviceRoute.count > 0) {
    countTold(metrics, TOLD_SERVICE_ROUTE, bytes, rowStart(serviceRoute, 0), rowEnd(serviceRoute, 0));
  }
  if (associatedUri.count > 0) {
    countTold(metrics, TOLD_ASSOCIATED_URI, bytes, rowStart(associatedUri, 0), rowEnd(associatedUri, 0));
  }
}
