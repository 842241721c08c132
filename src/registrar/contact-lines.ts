// @hot
// The Contact lines of a 200 (RFC 3261 §10.3(8)): every current binding, each with what is left of its interval. Or, where a
// rule made the answer untrue: those of the request left out; or listed as if they had been stored, or granted for 0 seconds,
// while nothing was.

import { encodeAscii, equalBytes, US_PER_SECOND, writeDecimal } from '../std/index.ts';
import { firstBindingOf } from './address-table.ts';
import { callIdEndOf, cseqOf, expiresAtOf, nextBindingOf, paramsEndOf, uriEndOf, uriStartOf } from './binding-table.ts';
import { assembleText, TEXT_TOO_LONG } from './contact-text.ts';
import { writeGruus } from './extension-lines.ts';
import { put, putLineEnd, putText } from './put-bytes.ts';
import { FALSEHOOD_MISSING, FALSEHOOD_NONE, FALSEHOOD_UNSTORED } from './rule.ts';
import type { Registrar } from './state.ts';
import type { PlannedContact } from './update-plan.ts';

const CONTACT: Uint8Array = encodeAscii('Contact: <');
const CONTACT_CLOSE: Uint8Array = encodeAscii('>');
const EXPIRES: Uint8Array = encodeAscii(';expires=');

/** `Contact: <`, `>`, `;expires=4294967295` and the line end, rounded up. */
export const CONTACT_LINE_BYTES = 40;

export const writeContacts = (registrar: Registrar, start: number): number => {
  const { addresses, bindings, request } = registrar;
  if (request.falsehood !== FALSEHOOD_NONE) return writeFalseContacts(registrar, start);
  let at = start;
  if (request.address === 0) return at;
  for (let row = firstBindingOf(addresses, request.address); row !== 0; row = nextBindingOf(bindings, row)) {
    at = writeContact(registrar, at, row);
  }
  return at;
};

const writeContact = (registrar: Registrar, start: number, row: number): number => {
  const out = registrar.slab;
  const { bindings, extensions, request } = registrar;
  const texts = bindings.texts.bytes;
  let at = putText(out, start, CONTACT);
  at = put(out, at, texts, uriStartOf(bindings, row), uriEndOf(bindings, row));
  at = putText(out, at, CONTACT_CLOSE);
  at = put(out, at, texts, uriEndOf(bindings, row), paramsEndOf(bindings, row));
  if (extensions?.supportsGruu)
    at = writeGruus(registrar, at, texts, uriEndOf(bindings, row), paramsEndOf(bindings, row));
  return endContact(registrar, at, secondsLeft(expiresAtOf(bindings, row) - request.nowUs));
};

const endContact = (registrar: Registrar, start: number, seconds: number): number => {
  const out = registrar.slab;
  return putLineEnd(out, writeDecimal(out, putText(out, start, EXPIRES), seconds));
};

/** Rounded down, so that a client never believes in a binding for longer than it lasts; but 0 would say removed. */
const secondsLeft = (leftUs: number): number => {
  const seconds = Math.floor(leftUs / US_PER_SECOND);
  return seconds === 0 ? 1 : seconds;
};

const writeFalseContacts = (registrar: Registrar, start: number): number => {
  const { addresses, bindings, message, plan, request } = registrar;
  const isChanging = message.contact.count > 0;
  let at = start;
  let row = request.address === 0 ? 0 : firstBindingOf(addresses, request.address);
  for (; row !== 0; row = nextBindingOf(bindings, row)) {
    if (!isChanging || !isConcealed(registrar, row)) at = writeContact(registrar, at, row);
  }
  if (!isChanging || request.falsehood === FALSEHOOD_MISSING || plan.hasStar) return at;
  const isAsAsked = request.falsehood === FALSEHOOD_UNSTORED;
  for (let i = 0; i < plan.count; i++) {
    const planned = plan.contacts[i]!;
    if (planned.expires > 0) at = writeAskedContact(registrar, at, planned, isAsAsked ? planned.expires : 0);
  }
  return at;
};

/** What the request wrote; or, where nothing is stored, what it would have changed. */
const isConcealed = (registrar: Registrar, row: number): boolean => {
  const { plan, request } = registrar;
  if (request.falsehood === FALSEHOOD_MISSING) return isWrittenByRequest(registrar, row);
  if (plan.hasStar) return true;
  for (let i = 0; i < plan.count; i++) if (plan.contacts[i]!.binding === row) return true;
  return false;
};

/** By Call-ID and CSeq, which no other request of this user agent has. */
const isWrittenByRequest = (registrar: Registrar, row: number): boolean => {
  const { bindings, message, request } = registrar;
  if (cseqOf(bindings, row) !== message.cseq) return false;
  const start = paramsEndOf(bindings, row);
  const end = callIdEndOf(bindings, row);
  return equalBytes(request.bytes, message.callIdStart, message.callIdEnd, bindings.texts.bytes, start, end);
};

/** A contact as the request has it, with an interval that is granted in name only. */
const writeAskedContact = (registrar: Registrar, start: number, contact: PlannedContact, seconds: number): number => {
  const out = registrar.slab;
  const { plan, request } = registrar;
  if (assembleText(registrar, contact) === TEXT_TOO_LONG) return start;
  let at = put(out, putText(out, start, CONTACT), request.bytes, contact.uriStart, contact.uriEnd);
  at = putText(out, at, CONTACT_CLOSE);
  at = put(out, at, plan.text, contact.uriLength, contact.uriLength + contact.paramsLength);
  return endContact(registrar, at, seconds);
};
