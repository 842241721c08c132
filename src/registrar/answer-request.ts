// @hot
// Which answer a request gets: RFC 3261 §8.2 (method, Request-URI, extensions) and §10.3, in their order. The composing is
// compose.ts's.
//
//   well-formed?        400, 505, 501       §8.1.1, §21.4.1, §21.5.6
//   method              405, 501            §8.2.1
//   Request-URI         416, 404            §8.2.2.1, §10.3(1)
//   Require             420                 §8.2.2.3, §10.3(2)
//   body                415                 §8.2.3
//   OPTIONS             200 with Allow      §11.2; so that probes have something to ask for
//   To                  400                 must be a SIP URI with a user, or there is nothing to look up
//   authentication      401, 403            §10.3(3), (4)
//   address-of-record   404                 §10.3(5)
//   contacts            update-bindings.ts  §10.3(6), (7)
//   200                                     §10.3(8)
//
// Left out on purpose: redirecting.
//
// DEVIATION (RFC 3261 §8.2.2.2): merged requests are not looked for, and get no 482. It would take a second index over all
// server transactions, asked for every request, for what only a forking proxy in front of a registrar does.

import type { SipMessage } from '../sip/index.ts';
import {
  METHOD_CANCEL,
  METHOD_INVITE,
  METHOD_OPTIONS,
  METHOD_OTHER,
  METHOD_REGISTER,
  PARSE_CSEQ_METHOD,
  PARSE_OK,
  rowEnd,
  rowStart,
} from '../sip/index.ts';
import { encodeAscii, equalBytes } from '../std/index.ts';
import { findAddress } from './address-table.ts';
import {
  ANSWER_ADDRESS,
  ANSWER_BODY,
  ANSWER_CAPABILITIES,
  ANSWER_DOMAIN,
  ANSWER_EXTENSION,
  ANSWER_MALFORMED_TO,
  ANSWER_MALFORMED_URI,
  ANSWER_METHOD_NOT_ALLOWED,
  ANSWER_NOT_IMPLEMENTED,
  ANSWER_OK,
  ANSWER_PATH,
  ANSWER_SCHEME,
  ANSWER_TOO_LARGE,
  answerToMalformed,
} from './answers.ts';
import { authenticate } from './authenticate.ts';
import { purgeExpired } from './binding-table.ts';
import { isForeignTagRequired, isPathRefused } from './extensions.ts';
import { hashBegin, hashBytes, hashEnd, PURPOSE_ADDRESS_OF_RECORD } from './keyed-hash.ts';
import type { Registrar } from './state.ts';
import { contactBytes, updateBindings } from './update-bindings.ts';
import { classifyUri, readUser, URI_FOREIGN, URI_NOT_SIP, URI_UNREADABLE } from './uri-reader.ts';

/** Methods that RFCs define and a registrar doesn't serve; CANCEL and INVITE have numbers of their own. */
const KNOWN_METHODS: readonly Uint8Array[] = [
  encodeAscii('BYE'),
  encodeAscii('SUBSCRIBE'),
  encodeAscii('NOTIFY'),
  encodeAscii('MESSAGE'),
  encodeAscii('PUBLISH'),
  encodeAscii('INFO'),
  encodeAscii('REFER'),
  encodeAscii('UPDATE'),
  encodeAscii('PRACK'),
];

/** The ANSWER_* for the request under way, which parseMessage judged to be `parsed`. */
export const answerRequest = (registrar: Registrar, parsed: number): number => {
  if (parsed !== PARSE_OK) return refuseMalformed(registrar, parsed);
  const { message, options } = registrar;
  const { method } = message;
  if (method !== METHOD_REGISTER && method !== METHOD_OPTIONS) return refuseMethod(registrar);
  const uri = checkRequestUri(registrar);
  if (uri !== ANSWER_OK) return uri;
  if (isAnythingRequired(registrar)) return ANSWER_EXTENSION;
  if (options.bodies === 'refuse' && hasForeignBody(message)) return ANSWER_BODY;
  return method === METHOD_OPTIONS ? ANSWER_CAPABILITIES : register(registrar);
};

/** RFC 4475 §3.1.2.18: for a method that isn't known, that is the better reason than a CSeq with another one. */
const refuseMalformed = (registrar: Registrar, parsed: number): number => {
  if (parsed === PARSE_CSEQ_METHOD && registrar.message.method === METHOD_OTHER) {
    if (refuseMethod(registrar) === ANSWER_NOT_IMPLEMENTED) return ANSWER_NOT_IMPLEMENTED;
  }
  return answerToMalformed(parsed);
};

/** RFC 3261 §21.4.6 and §21.5.2: 405 for a method that is known, 501 for one that isn't. */
const refuseMethod = (registrar: Registrar): number => {
  const { message, request } = registrar;
  if (message.method === METHOD_INVITE || message.method === METHOD_CANCEL) return ANSWER_METHOD_NOT_ALLOWED;
  for (let i = 0; i < KNOWN_METHODS.length; i++) {
    const known = KNOWN_METHODS[i]!;
    if (equalBytes(request.bytes, message.methodStart, message.methodEnd, known, 0, known.length)) {
      return ANSWER_METHOD_NOT_ALLOWED;
    }
  }
  return ANSWER_NOT_IMPLEMENTED;
};

const checkRequestUri = (registrar: Registrar): number => {
  const { message, request, uris } = registrar;
  switch (classifyUri(uris, request.bytes, message.requestUriStart, message.requestUriEnd)) {
    case URI_NOT_SIP:
      return ANSWER_SCHEME;
    case URI_UNREADABLE:
      return ANSWER_MALFORMED_URI;
    case URI_FOREIGN:
      return ANSWER_DOMAIN;
    default:
      // RFC 3261 §19.1.1: no headers in a Request-URI; RFC 4475 §3.1.2.11: they must not be applied.
      return uris.uri.headersStart >= 0 ? ANSWER_MALFORMED_URI : ANSWER_OK;
  }
};

const isAnythingRequired = (registrar: Registrar): boolean => {
  const { extensions } = registrar;
  if (extensions !== null) return isForeignTagRequired(registrar, extensions);
  const { require } = registrar.message;
  for (let i = 0; i < require.count; i++) {
    if (rowEnd(require, i) > rowStart(require, i)) return true;
  }
  return false;
};

/** RFC 3261 §8.2.3: a body is refused by who doesn't understand it, unless it is optional. Here nobody understands any. */
const hasForeignBody = (message: SipMessage): boolean => message.bodyEnd > message.bodyStart && !message.isBodyOptional;

const register = (registrar: Registrar): number => {
  const { bindings, counters, extensions, message, options, request, uris } = registrar;
  const addressOfRecord = classifyUri(uris, request.bytes, message.toUriStart, message.toUriEnd);
  if (addressOfRecord === URI_UNREADABLE || addressOfRecord === URI_NOT_SIP) return ANSWER_MALFORMED_TO;
  request.userLength = readUser(uris, request.bytes, request.user);
  if (request.userLength <= 0) return ANSWER_ADDRESS;
  findAddressOfRecord(registrar);
  request.isAuthenticated = false;
  if (extensions !== null && isPathRefused(extensions)) return ANSWER_PATH;
  const authenticated = authenticate(registrar);
  if (authenticated !== ANSWER_OK) return authenticated;
  if (addressOfRecord === URI_FOREIGN) return ANSWER_ADDRESS;
  if (request.address !== 0) counters.bindingsExpired += purgeExpired(bindings, request.address, request.nowUs);
  if (message.contact.count > 0) return updateBindings(registrar);
  const length = request.envelopeBytes + contactBytes(registrar);
  return length > options.answerBytesMax ? ANSWER_TOO_LARGE : ANSWER_OK;
};

/** The row of the user in the request under way. */
export const findAddressOfRecord = (registrar: Registrar): void => {
  const { addresses, hash, request } = registrar;
  hashBegin(hash, PURPOSE_ADDRESS_OF_RECORD);
  hashBytes(hash, request.user, 0, request.userLength);
  hashEnd(hash);
  request.userHash = hash.low;
  request.address = findAddress(addresses, hash.low, request.user, request.userLength);
};
