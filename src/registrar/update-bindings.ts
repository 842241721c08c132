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
  unscheduleBinding,
  uriEndOf,
  uriStartOf,
} from './binding-table.ts';
import { CONTACT_LINE_BYTES } from './compose.ts';
import { assembleText, TEXT_TOO_LONG } from './contact-text.ts';
import type { Registrar } from './state.ts';
import { releaseText, takeText } from './text-store.ts';
import { PLAN_CONTACTS_MAX } from './update-plan.ts';

/** RFC 3261 §10.3(7): 423 is allowed only for less than an hour. */
const BRIEF_SECONDS_LIMIT = 3600;

export const updateBindings = (registrar: Registrar): number => {
  const { plan } = registrar;
  const read = readContacts(registrar);
  if (read !== ANSWER_OK) return read;
  if (plan.hasStar) return removeAll(registrar);
  const planned = planContacts(registrar);
  if (planned !== ANSWER_OK) return planned;
  const room = checkRoom(registrar);
  if (room !== ANSWER_OK) return room;
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
    const i = plan.count++;
    plan.uriStart[i] = contact.uriStart;
    plan.uriEnd[i] = contact.uriEnd;
    plan.paramsStart[i] = contact.paramsStart;
    plan.paramsEnd[i] = contact.paramsEnd;
    plan.expires[i] = contact.expires;
    plan.textAt[i] = 0;
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
    // RFC 3261 §10.3(7): the contact's own parameter, else the Expires header, else the registrar's default.
    let asked = plan.expires[i]!;
    if (asked < 0) asked = message.expires >= 0 ? message.expires : options.defaultExpiresSeconds;
    if (asked > 0 && asked < BRIEF_SECONDS_LIMIT && asked < options.minExpiresSeconds) return ANSWER_TOO_BRIEF;
    plan.expires[i] = Math.min(asked, options.maxExpiresSeconds);
    const row = findBinding(registrar, i);
    plan.binding[i] = row;
    if (row !== 0 && isOutOfOrder(registrar, row)) return ANSWER_CSEQ_ORDER;
    if (isPlannedBefore(registrar, i)) return ANSWER_CSEQ_ORDER;
  }
  return ANSWER_OK;
};

/** By URI comparison (RFC 3261 §19.1.4). */
const findBinding = (registrar: Registrar, contact: number): number => {
  const { addresses, bindings, plan, request } = registrar;
  if (request.address === 0) return 0;
  const texts = bindings.texts.bytes;
  const start = plan.uriStart[contact]!;
  const end = plan.uriEnd[contact]!;
  let row = firstBindingOf(addresses, request.address);
  while (row !== 0) {
    if (sameUri(request.bytes, start, end, texts, uriStartOf(bindings, row), uriEndOf(bindings, row))) return row;
    row = nextBindingOf(bindings, row);
  }
  return 0;
};

const isPlannedBefore = (registrar: Registrar, contact: number): boolean => {
  const { plan, request } = registrar;
  const { bytes } = request;
  const row = plan.binding[contact]!;
  const start = plan.uriStart[contact]!;
  const end = plan.uriEnd[contact]!;
  for (let i = 0; i < contact; i++) {
    if (row !== 0 && plan.binding[i] === row) return true;
    if (sameUri(bytes, start, end, bytes, plan.uriStart[i]!, plan.uriEnd[i]!)) return true;
  }
  return false;
};

const checkRoom = (registrar: Registrar): number => {
  const { addresses, bindings, options, plan, request } = registrar;
  let growth = 0;
  let additions = 0;
  for (let i = 0; i < plan.count; i++) {
    const isRemoval = plan.expires[i] === 0;
    if (plan.binding[i] === 0) {
      if (!isRemoval) additions++;
    } else if (isRemoval) {
      growth--;
    }
  }
  growth += additions;
  const before = request.address === 0 ? 0 : bindingCountOf(addresses, request.address);
  if (growth > 0 && before + growth > options.maxContactsPerAor) return ANSWER_TOO_MANY_CONTACTS;
  if (growth > roomForBindings(bindings)) return ANSWER_FULL;
  return request.envelopeBytes + contactBytesAfter(registrar) > options.answerBytesMax ? ANSWER_TOO_LARGE : ANSWER_OK;
};

/** How long the contacts of the 200 will be, at most. */
const contactBytesAfter = (registrar: Registrar): number => {
  const { plan } = registrar;
  let bytes = contactBytes(registrar);
  for (let i = 0; i < plan.count; i++) {
    const row = plan.binding[i]!;
    if (row !== 0) bytes -= lineBytes(registrar, row);
    if (plan.expires[i] === 0) continue;
    bytes += plan.uriEnd[i]! - plan.uriStart[i]! + (plan.paramsEnd[i]! - plan.paramsStart[i]!) + CONTACT_LINE_BYTES;
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
  paramsEndOf(registrar.bindings, row) - uriStartOf(registrar.bindings, row) + CONTACT_LINE_BYTES;

/** Everything that takes memory. What it took is in the plan, for commit or for releaseTexts. */
const takeTexts = (registrar: Registrar): number => {
  const { addresses, plan, request } = registrar;
  for (let i = 0; i < plan.count; i++) {
    if (plan.expires[i] === 0) continue;
    if (request.address === 0) {
      request.address = addAddress(addresses, request.userHash, request.user, request.userLength);
      if (request.address === 0) return ANSWER_FULL;
    }
    const taken = takeContactText(registrar, i);
    if (taken !== ANSWER_OK) return taken;
  }
  return ANSWER_OK;
};

const takeContactText = (registrar: Registrar, contact: number): number => {
  const { bindings, plan } = registrar;
  const { texts } = bindings;
  const length = assembleText(registrar, contact);
  if (length === TEXT_TOO_LONG) return ANSWER_TOO_LARGE;
  const row = plan.binding[contact]!;
  if (row !== 0 && hasText(registrar, row, contact, length)) return ANSWER_OK;
  const at = takeText(texts, length);
  if (at === 0) return ANSWER_FULL;
  for (let i = 0; i < length; i++) texts.bytes[at + i] = plan.text[i]!;
  plan.textAt[contact] = at;
  return ANSWER_OK;
};

/** A refresh usually says again what is known already; then nothing needs to move. */
const hasText = (registrar: Registrar, row: number, contact: number, length: number): boolean => {
  const { bindings, plan } = registrar;
  const start = uriStartOf(bindings, row);
  if (uriEndOf(bindings, row) - start !== plan.uriLength[contact]) return false;
  if (paramsEndOf(bindings, row) - uriEndOf(bindings, row) !== plan.paramsLength[contact]) return false;
  return equalBytes(bindings.texts.bytes, start, callIdEndOf(bindings, row), plan.text, 0, length);
};

const textLength = (registrar: Registrar, contact: number): number => {
  const { message, plan } = registrar;
  return plan.uriLength[contact]! + plan.paramsLength[contact]! + message.callIdEnd - message.callIdStart;
};

const releaseTexts = (registrar: Registrar): void => {
  const { bindings, plan } = registrar;
  for (let i = 0; i < plan.count; i++) {
    if (plan.textAt[i] === 0) continue;
    releaseText(bindings.texts, plan.textAt[i]!, textLength(registrar, i));
    plan.textAt[i] = 0;
  }
};

/** Removals first, so that there is room for what comes. */
const commit = (registrar: Registrar): void => {
  const { bindings, counters, plan } = registrar;
  for (let i = 0; i < plan.count; i++) {
    if (plan.expires[i] !== 0 || plan.binding[i] === 0) continue;
    removeBinding(bindings, plan.binding[i]!);
    counters.bindingsRemoved++;
  }
  for (let i = 0; i < plan.count; i++) {
    if (plan.expires[i] !== 0) commitContact(registrar, i);
  }
};

const commitContact = (registrar: Registrar, contact: number): void => {
  const { bindings, counters, message, plan, request } = registrar;
  let row = plan.binding[contact]!;
  const textAt = plan.textAt[contact]!;
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
    setBindingText(bindings, row, textAt, plan.uriLength[contact]!, plan.paramsLength[contact]!, callIdLength);
  }
  setBindingExpiry(bindings, row, message.cseq, request.nowUs + plan.expires[contact]! * US_PER_SECOND);
};
