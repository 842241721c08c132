// @hot
// RFC 5626 §6: a user agent that supports outbound, and says so, is known by its instance and the reg-id of the flow, and not by
// its contact's URI: what it registers takes the place of what it had registered over the same flow before.
//
// Left out on purpose: the flow itself. Requests towards the user agent are not this registrar's business.

import { findInstance, parseSipUri, rowEnd, rowStart, type SipUri, URI_OK } from '../sip/index.ts';
import { encodeAscii, equalBytes, equalsIgnoreCase } from '../std/index.ts';
import { firstBindingOf } from './address-table.ts';
import { ANSWER_FIRST_HOP, ANSWER_LOOP, ANSWER_OK, ANSWER_REG_IDS } from './answers.ts';
import { nextBindingOf, paramsEndOf, uriEndOf } from './binding-table.ts';
import type { Extensions } from './extension-record.ts';
import type { Registrar } from './state.ts';
import type { PlannedContact } from './update-plan.ts';
import { classifyUri, URI_OURS } from './uri-reader.ts';

const LESS = 0x3c;
const GREATER = 0x3e;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const OB: Uint8Array = encodeAscii('ob');
const GR: Uint8Array = encodeAscii('gr');
export const NOT_BY_FLOW = -1;

/** ANSWER_OK, or why the contacts of the request are refused by an extension. */
export const checkContacts = (registrar: Registrar, extensions: Extensions): number => {
  const { plan } = registrar;
  let flows = 0;
  for (let i = 0; i < plan.count; i++) {
    const planned = plan.contacts[i]!;
    if (extensions.isGruu && leadsBack(registrar, planned)) return ANSWER_LOOP;
    if (extensions.supportsOutbound && isByFlow(registrar, planned)) flows++;
  }
  // RFC 5626 §6: one flow, one contact.
  if (flows > 1) return ANSWER_REG_IDS;
  if (flows === 1 && !isFirstHopReady(registrar, extensions)) return ANSWER_FIRST_HOP;
  return ANSWER_OK;
};

const isByFlow = (registrar: Registrar, { paramsEnd, paramsStart }: PlannedContact): boolean => {
  const { instance, request } = registrar;
  // RFC 5626 §6: a reg-id without an instance is ignored.
  return findInstance(request.bytes, paramsStart, paramsEnd, instance) && instance.regId > 0;
};

/** RFC 5626 §6: we are the first hop, or the first URI of Path says `ob`. */
const isFirstHopReady = (registrar: Registrar, { path }: Extensions): boolean => {
  const { message, request } = registrar;
  if (message.via.count <= 1) return true;
  if (path.count === 0) return false;
  const { bytes } = request;
  return firstUriHasOb(registrar, bytes, rowStart(path, 0), rowEnd(path, 0));
};

const firstUriHasOb = (registrar: Registrar, bytes: Uint8Array, start: number, end: number): boolean => {
  let open = start;
  while (open < end && bytes[open] !== LESS) open++;
  let close = open;
  while (close < end && bytes[close] !== GREATER) close++;
  return close < end && hasUriParameter(registrar, bytes, open + 1, close, OB);
};

const hasUriParameter = (
  registrar: Registrar,
  bytes: Uint8Array,
  start: number,
  end: number,
  name: Uint8Array,
): boolean => {
  const { contactUri } = registrar;
  return parseSipUri(bytes, start, end, contactUri) === URI_OK && hasParameter(bytes, contactUri, name);
};

const hasParameter = (bytes: Uint8Array, { paramsEnd, paramsStart }: SipUri, name: Uint8Array): boolean => {
  for (let at = paramsStart; at >= 0 && at < paramsEnd; ) {
    let end = at;
    while (end < paramsEnd && bytes[end] !== SEMICOLON) end++;
    let nameEnd = at;
    while (nameEnd < end && bytes[nameEnd] !== EQUALS) nameEnd++;
    if (equalsIgnoreCase(bytes, at, nameEnd, name, 0, name.length)) return true;
    at = end + 1;
  }
  return false;
};

/** RFC 5627 §5.1: the address-of-record itself, or a GRUU of this domain. */
const leadsBack = (registrar: Registrar, { uriEnd, uriStart }: PlannedContact): boolean => {
  const { request, uris } = registrar;
  const { bytes } = request;
  if (classifyUri(uris, bytes, uriStart, uriEnd) !== URI_OURS) return false;
  const { userEnd, userStart } = uris.uri;
  return (
    equalBytes(bytes, userStart, userEnd, request.user, 0, request.userLength) || hasParameter(bytes, uris.uri, GR)
  );
};

/** The binding of the same instance and reg-id, 0 for none; NOT_BY_FLOW where the contact's URI decides. */
export const findByFlow = (registrar: Registrar, extensions: Extensions, planned: PlannedContact): number => {
  const { addresses, bindings, instance, otherInstance, request } = registrar;
  if (!extensions.supportsOutbound || !isByFlow(registrar, planned)) return NOT_BY_FLOW;
  extensions.usesOutbound = true;
  const texts = bindings.texts.bytes;
  let row = firstBindingOf(addresses, request.address);
  for (; row !== 0; row = nextBindingOf(bindings, row)) {
    if (!findInstance(texts, uriEndOf(bindings, row), paramsEndOf(bindings, row), otherInstance)) continue;
    if (otherInstance.regId !== instance.regId) continue;
    if (equalBytes(request.bytes, instance.start, instance.end, texts, otherInstance.start, otherInstance.end))
      return row;
  }
  return 0;
};
