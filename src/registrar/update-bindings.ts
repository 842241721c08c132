// @hot
// RFC 3261 §10.3 steps 6 and 7: what a REGISTER does to the bindings of its address-of-record. First everything is planned
// and everything that can fail is tried; only then is anything changed.
//
//   readContacts     the contacts into the plan                                   400, 403
//   removeAll        `*`                                                          400, 500
//   planContacts     interval, matching binding, Call-ID and CSeq of each          423, 500
//   checkRoom        contacts per address, rows, length of the 200                 403, 503, 513
//   takeTexts        their texts, written to the store, and the address's row      503, 513
//   commit           cannot fail
//
// Each step returns ANSWER_OK to go on, or the answer that ends it.
//
// Two contacts of one request that are the same URI end it with 500, like a CSeq that isn't higher: by the letter of step 7
// the second one finds the binding that the first has just written, with this very Call-ID and CSeq.

import { CONTACT_END, CONTACT_MALFORMED, firstContact, nextContact, sameUri } from '../sip/index.ts';
import { equalBytes, US_PER_SECOND } from '../std/index.ts';
import { addAddress, bindingCountOf, firstBindingOf } from './address-table.ts';
import {
  ANSWER_CSEQ_ORDER,
  ANSWER_FULL,
  ANSWER_MALFORMED_CONTACT,
  ANSWER_OK,
  ANSWER_TOO_BRIEF,
  ANSWER_TOO_LARGE,
  ANSWER_TOO_MANY_CONTACTS,
  ANSWER_WILDCARD,
} from './answers.ts';
import {
  appendBinding,
  callIdEndOf,
  clearBinding,
  cseqOf,
  nextBindingOf,
  paramsEndOf,
  removeBinding,
  roomForBindings,
  setBindingExpiry,
  setBindingText,
  textEndOf,
  unscheduleBinding,
  uriEndOf,
  uriStartOf,
} from './binding-table.ts';
import { CONTACT_LINE_BYTES } from './contact-lines.ts';
import { assembleText, TEXT_TOO_LONG } from './contact-text.ts';
import { gruuBytes } from './extension-lines.ts';
import { checkContacts, findByFlow, NOT_BY_FLOW } from './outbound.ts';
import { FALSEHOOD_UNSTORED } from './rule.ts';
import type { Registrar } from './state.ts';
import { keepText, releaseText } from './text-store.ts';
import type { PlannedContact } from './update-plan.ts';
import { PLAN_CONTACTS_MAX } from './update-plan.ts';

/** RFC 3261 §10.3(7): 423 is allowed only for less than an hour. */
const BRIEF_SECONDS_LIMIT = 3600;

export const updateBindings = (registrar: Registrar): number => {
  const { extensions, plan } = registrar;
  const read = readContacts(registrar);
  if (read !== ANSWER_OK) return read;
  if (plan.hasStar) return removeAll(registrar);
  const allowed = extensions === null ? ANSWER_OK : checkContacts(registrar, extensions);
  if (allowed !== ANSWER_OK) return allowed;
  const planned = planContacts(registrar);
  if (planned !== ANSWER_OK) return planned;
  const room = checkRoom(registrar);
  if (room !== ANSWER_OK) return room;
  // Confirmed, and not stored: a rule wants the answer without the deed.
  if (registrar.request.falsehood >= FALSEHOOD_UNSTORED) return ANSWER_OK;
  const taken = takeTexts(registrar);
  if (taken !== ANSWER_OK) {
    releaseTexts(registrar);
    return taken;
  }
  commit(registrar);
  return ANSWER_OK;
};

const readContacts = (registrar: Registrar): number => {
  const { contact, message, plan, request } = registrar;
  plan.count = 0;
  plan.hasStar = false;
  let found = firstContact(message, request.bytes, contact);
  while (found !== CONTACT_END) {
    if (found === CONTACT_MALFORMED) return ANSWER_MALFORMED_CONTACT;
    if (plan.count === PLAN_CONTACTS_MAX) return ANSWER_TOO_MANY_CONTACTS;
    if (contact.isStar) plan.hasStar = true;
    const planned = plan.contacts[plan.count++]!;
    planned.uriStart = contact.uriStart;
    planned.uriEnd = contact.uriEnd;
    planned.paramsStart = contact.paramsStart;
    planned.paramsEnd = contact.paramsEnd;
    planned.expires = contact.expires;
    planned.textAt = 0;
    found = nextContact(message, request.bytes, contact);
  }
  return ANSWER_OK;
};

/** RFC 3261 §10.3(6): `*` stands alone, with Expires: 0, and removes every binding or, for an old CSeq, none. */
const removeAll = (registrar: Registrar): number => {
  const { addresses, bindings, counters, message, plan, request } = registrar;
  if (plan.count !== 1 || message.expires !== 0) return ANSWER_WILDCARD;
  if (request.address === 0) return ANSWER_OK;
  for (let row = firstBindingOf(addresses, request.address); row !== 0; row = nextBindingOf(bindings, row)) {
    if (isOutOfOrder(registrar, row)) return ANSWER_CSEQ_ORDER;
  }
  if (request.falsehood >= FALSEHOOD_UNSTORED) return ANSWER_OK;
  for (
    let row = firstBindingOf(addresses, request.address);
    row !== 0;
    row = firstBindingOf(addresses, request.address)
  ) {
    removeBinding(bindings, row);
    counters.bindingsRemoved++;
  }
  return ANSWER_OK;
};

/** Same Call-ID, and a CSeq that isn't higher: an old or repeated request of the same user agent. */
const isOutOfOrder = (registrar: Registrar, row: number): boolean => {
  const { bindings, message, request } = registrar;
  const callIdStart = paramsEndOf(bindings, row);
  const callIdEnd = callIdEndOf(bindings, row);
  if (message.cseq > cseqOf(bindings, row)) return false;
  const texts = bindings.texts.bytes;
  return equalBytes(request.bytes, message.callIdStart, message.callIdEnd, texts, callIdStart, callIdEnd);
};

const planContacts = (registrar: Registrar): number => {
  const { message, options, plan } = registrar;
  for (let i = 0; i < plan.count; i++) {
    const planned = plan.contacts[i]!;
    // RFC 3261 §10.3(7): the contact's own parameter, else the Expires header, else the registrar's default.
    let asked = planned.expires;
    if (asked < 0) asked = message.expires >= 0 ? message.expires : options.defaultExpiresSeconds;
    if (asked > 0 && asked < BRIEF_SECONDS_LIMIT && asked < options.minExpiresSeconds) return ANSWER_TOO_BRIEF;
    planned.expires = Math.min(asked, options.maxExpiresSeconds);
    planned.binding = findBinding(registrar, planned);
    if (planned.binding !== 0 && isOutOfOrder(registrar, planned.binding)) return ANSWER_CSEQ_ORDER;
    if (isPlannedBefore(registrar, i)) return ANSWER_CSEQ_ORDER;
  }
  return ANSWER_OK;
};

/** By URI comparison (RFC 3261 §19.1.4), or by instance and reg-id (RFC 5626 §6). */
export const findBinding = (registrar: Registrar, planned: PlannedContact): number => {
  const { addresses, bindings, extensions, request } = registrar;
  if (extensions !== null) {
    const found = findByFlow(registrar, extensions, planned);
    if (found !== NOT_BY_FLOW) return found;
  }
  if (request.address === 0) return 0;
  const texts = bindings.texts.bytes;
  const { uriStart, uriEnd } = planned;
  let row = firstBindingOf(addresses, request.address);
  while (row !== 0) {
    if (
      sameUri(
        registrar.uriPair,
        request.bytes,
        uriStart,
        uriEnd,
        texts,
        uriStartOf(bindings, row),
        uriEndOf(bindings, row),
      )
    )
      return row;
    row = nextBindingOf(bindings, row);
  }
  return 0;
};

const isPlannedBefore = (registrar: Registrar, index: number): boolean => {
  const { plan, request } = registrar;
  const { bytes } = request;
  const { binding, uriStart, uriEnd } = plan.contacts[index]!;
  for (let i = 0; i < index; i++) {
    const before = plan.contacts[i]!;
    if (binding !== 0 && before.binding === binding) return true;
    if (sameUri(registrar.uriPair, bytes, uriStart, uriEnd, bytes, before.uriStart, before.uriEnd)) return true;
  }
  return false;
};

const checkRoom = (registrar: Registrar): number => {
  const { addresses, bindings, options, plan, request } = registrar;
  let growth = 0;
  for (let i = 0; i < plan.count; i++) {
    const { binding, expires } = plan.contacts[i]!;
    if (binding === 0 && expires !== 0) growth++;
    else if (binding !== 0 && expires === 0) growth--;
  }
  const before = request.address === 0 ? 0 : bindingCountOf(addresses, request.address);
  plan.evictions = Math.max(0, growth > 0 ? before + growth - options.maxContactsPerAor : 0);
  if (plan.evictions > 0 && (options.contactsBeyond === 'refuse' || growth > options.maxContactsPerAor)) {
    return ANSWER_TOO_MANY_CONTACTS;
  }
  if (growth - plan.evictions > roomForBindings(bindings)) return ANSWER_FULL;
  return request.envelopeBytes + contactBytesAfter(registrar) > options.answerBytesMax ? ANSWER_TOO_LARGE : ANSWER_OK;
};

/** How long the contacts of the 200 will be, at most. */
const contactBytesAfter = (registrar: Registrar): number => {
  const { plan } = registrar;
  let bytes = contactBytes(registrar);
  for (let i = 0; i < plan.count; i++) {
    const { binding, expires, paramsEnd, paramsStart, uriEnd, uriStart } = plan.contacts[i]!;
    if (binding !== 0) bytes -= lineBytes(registrar, binding);
    if (expires === 0) continue;
    bytes += uriEnd - uriStart + (paramsEnd - paramsStart) + CONTACT_LINE_BYTES;
    bytes += gruuBytes(registrar, paramsEnd - paramsStart);
  }
  return bytes;
};

/** The same for the bindings as they are. */
export const contactBytes = (registrar: Registrar): number => {
  const { addresses, bindings, request } = registrar;
  let bytes = 0;
  if (request.address === 0) return bytes;
  for (let row = firstBindingOf(addresses, request.address); row !== 0; row = nextBindingOf(bindings, row)) {
    bytes += lineBytes(registrar, row);
  }
  return bytes;
};

const lineBytes = (registrar: Registrar, row: number): number =>
  paramsEndOf(registrar.bindings, row) -
  uriStartOf(registrar.bindings, row) +
  CONTACT_LINE_BYTES +
  gruuBytes(registrar, paramsEndOf(registrar.bindings, row) - uriEndOf(registrar.bindings, row));

/** Everything that takes memory. What it took is in the plan, for commit or for releaseTexts. */
const takeTexts = (registrar: Registrar): number => {
  const { addresses, plan, request } = registrar;
  for (let i = 0; i < plan.count; i++) {
    const planned = plan.contacts[i]!;
    if (planned.expires === 0) continue;
    if (request.address === 0) {
      request.address = addAddress(addresses, request.userHash, request.user, request.userLength);
      if (request.address === 0) return ANSWER_FULL;
    }
    const taken = takeContactText(registrar, planned);
    if (taken !== ANSWER_OK) return taken;
  }
  return ANSWER_OK;
};

const takeContactText = (registrar: Registrar, planned: PlannedContact): number => {
  const { bindings, plan } = registrar;
  const length = assembleText(registrar, planned);
  if (length === TEXT_TOO_LONG) return ANSWER_TOO_LARGE;
  if (planned.binding !== 0 && hasText(registrar, planned, length)) return ANSWER_OK;
  planned.textAt = keepText(bindings.texts, plan.text, length);
  return planned.textAt === 0 ? ANSWER_FULL : ANSWER_OK;
};

/** A refresh usually says again what is known already; then nothing needs to move. */
const hasText = (registrar: Registrar, planned: PlannedContact, length: number): boolean => {
  const { bindings, plan } = registrar;
  const row = planned.binding;
  const start = uriStartOf(bindings, row);
  if (uriEndOf(bindings, row) - start !== planned.uriLength) return false;
  if (paramsEndOf(bindings, row) - uriEndOf(bindings, row) !== planned.paramsLength) return false;
  return equalBytes(bindings.texts.bytes, start, textEndOf(bindings, row), plan.text, 0, length);
};

const releaseTexts = (registrar: Registrar): void => {
  const { bindings, message, plan } = registrar;
  const callIdLength = message.callIdEnd - message.callIdStart;
  for (let i = 0; i < plan.count; i++) {
    const { paramsLength, pathLength, textAt, uriLength } = plan.contacts[i]!;
    if (textAt === 0) continue;
    releaseText(bindings.texts, textAt, uriLength + paramsLength + callIdLength + pathLength);
  }
};

/** Removals first, so that there is room for what comes. */
const commit = (registrar: Registrar): void => {
  const { bindings, counters, plan } = registrar;
  for (let i = 0; i < plan.count; i++) {
    const { binding, expires } = plan.contacts[i]!;
    if (expires !== 0 || binding === 0) continue;
    removeBinding(bindings, binding);
    counters.bindingsRemoved++;
  }
  if (plan.evictions > 0) evictOldest(registrar);
  for (let i = 0; i < plan.count; i++) {
    if (plan.contacts[i]!.expires !== 0) commitContact(registrar, plan.contacts[i]!);
  }
};

/** Bindings stand in the order in which they came; those that the request refreshes stay. */
const evictOldest = (registrar: Registrar): void => {
  const { addresses, bindings, counters, plan, request } = registrar;
  let left = plan.evictions;
  let row = firstBindingOf(addresses, request.address);
  while (row !== 0 && left > 0) {
    const next = nextBindingOf(bindings, row);
    if (!isPlanned(registrar, row)) {
      removeBinding(bindings, row);
      counters.bindingsReplaced++;
      left--;
    }
    row = next;
  }
};

const isPlanned = (registrar: Registrar, row: number): boolean => {
  const { plan } = registrar;
  for (let i = 0; i < plan.count; i++) if (plan.contacts[i]!.binding === row) return true;
  return false;
};

const commitContact = (registrar: Registrar, planned: PlannedContact): void => {
  const { bindings, counters, message, request } = registrar;
  const { expires, paramsLength, pathLength, textAt, uriLength } = planned;
  let row = planned.binding;
  if (row === 0) {
    row = appendBinding(bindings, request.address);
    counters.bindingsAdded++;
  } else {
    if (textAt === 0) unscheduleBinding(bindings, row);
    else clearBinding(bindings, row);
    counters.bindingsRefreshed++;
  }
  if (textAt !== 0) {
    const callIdLength = message.callIdEnd - message.callIdStart;
    setBindingText(bindings, row, textAt, uriLength, paramsLength, callIdLength, pathLength);
  }
  setBindingExpiry(bindings, row, message.cseq, request.nowUs + expires * US_PER_SECOND);
};
