// @hot
// One header: what its name means, full or compact, in any case (RFC 3261 §7.3.1, §7.3.3), and what is read from its value.
// The length of the name narrows it down to one or a few candidates, so a header that nobody asks for costs one switch and
// at most a few comparisons.
//
// Strict on the headers that a transaction hangs on; lenient on those that can be done without: malformed or repeated, they
// count as absent or the first one stands (RFC 3261 §8.2.2, RFC 4475 §3.1.2.4). A request that repeats one is refused (RFC
// 4475 §3.3.8).

import { encodeAscii, readDecimal } from '../std/index.ts';
import { isDigit, isLws, skipLws, skipToken } from './characters.ts';
import { addContactRow, type ContactRows } from './contact-rows.ts';
import { parseContentDisposition } from './content-disposition.ts';
import { readExpires, readLeadingSeconds } from './delta-seconds.ts';
import { parseFrom, parseTo } from './from-to.ts';
import type { SipMessage } from './message.ts';
import { methodNumber } from './method.ts';
import {
  PARSE_CALL_ID,
  PARSE_CONTENT_LENGTH,
  PARSE_CSEQ,
  PARSE_DUPLICATE_HEADER,
  PARSE_OK,
  PARSE_TOO_MANY_ROWS,
} from './parse-result.ts';
import { readRetryAfter } from './retry-after.ts';
import { addRow, type RowTable } from './row-table.ts';
import { parseVia } from './via.ts';

const VIA: Uint8Array = encodeAscii('via');
const FROM: Uint8Array = encodeAscii('from');
const CSEQ: Uint8Array = encodeAscii('cseq');
const TO: Uint8Array = encodeAscii('to');
const CALL_ID: Uint8Array = encodeAscii('call-id');
const PATH: Uint8Array = encodeAscii('path');
const CONTACT: Uint8Array = encodeAscii('contact');
const EXPIRES: Uint8Array = encodeAscii('expires');
const REQUIRE: Uint8Array = encodeAscii('require');
const WARNING: Uint8Array = encodeAscii('warning');
const MIN_EXPIRES: Uint8Array = encodeAscii('min-expires');
const RETRY_AFTER: Uint8Array = encodeAscii('retry-after');
const MAX_FORWARDS: Uint8Array = encodeAscii('max-forwards');
const AUTHORIZATION: Uint8Array = encodeAscii('authorization');
const PROXY_REQUIRE: Uint8Array = encodeAscii('proxy-require');
const CONTENT_LENGTH: Uint8Array = encodeAscii('content-length');
const SERVICE_ROUTE: Uint8Array = encodeAscii('service-route');
const WWW_AUTHENTICATE: Uint8Array = encodeAscii('www-authenticate');
const P_ASSOCIATED_URI: Uint8Array = encodeAscii('p-associated-uri');
const P_REGISTRAR_ERROR: Uint8Array = encodeAscii('p-registrar-error');
const PROXY_AUTHENTICATE: Uint8Array = encodeAscii('proxy-authenticate');
const PROXY_AUTHORIZATION: Uint8Array = encodeAscii('proxy-authorization');
const CONTENT_DISPOSITION: Uint8Array = encodeAscii('content-disposition');
const AUTHENTICATION_INFO: Uint8Array = encodeAscii('authentication-info');
const PROXY_AUTHENTICATION_INFO: Uint8Array = encodeAscii('proxy-authentication-info');

const CSEQ_LIMIT = 2 ** 31;
const MAX_MAX_FORWARDS = 255;

/** The name is a token [name, nameEnd); the value [start, end) has no white space at either end. Returns PARSE_*. */
export const parseHeader = (
  bytes: Uint8Array,
  name: number,
  nameEnd: number,
  start: number,
  end: number,
  message: SipMessage,
): number => {
  switch (nameEnd - name) {
    case 1:
      return parseCompact(bytes, bytes[name]! | 0x20, start, end, message);
    case 2:
      return matches(bytes, name, TO) ? parseTo(bytes, start, end, message) : PARSE_OK;
    case 3:
      return matches(bytes, name, VIA) ? parseVia(bytes, start, end, message) : PARSE_OK;
    case 4:
      if (matches(bytes, name, CSEQ)) return parseCseq(bytes, start, end, message);
      if (matches(bytes, name, PATH)) return addValue(message.path, start, end);
      return matches(bytes, name, FROM) ? parseFrom(bytes, start, end, message) : PARSE_OK;
    case 7:
      return parseNameOfSeven(bytes, name, start, end, message);
    case 11:
      if (matches(bytes, name, MIN_EXPIRES)) return parseMinExpires(bytes, start, end, message);
      return matches(bytes, name, RETRY_AFTER) ? parseRetryAfter(bytes, start, end, message) : PARSE_OK;
    case 12:
      return matches(bytes, name, MAX_FORWARDS) ? parseMaxForwards(bytes, start, end, message) : PARSE_OK;
    case 13:
      if (matches(bytes, name, AUTHORIZATION)) return addValue(message.authorization, start, end);
      if (matches(bytes, name, SERVICE_ROUTE)) return addValue(message.serviceRoute, start, end);
      return matches(bytes, name, PROXY_REQUIRE) ? addValue(message.proxyRequire, start, end) : PARSE_OK;
    case 14:
      return matches(bytes, name, CONTENT_LENGTH) ? parseContentLength(bytes, start, end, message) : PARSE_OK;
    case 16:
      if (matches(bytes, name, P_ASSOCIATED_URI)) return keepAssociatedUri(start, end, message);
      return matches(bytes, name, WWW_AUTHENTICATE) ? addValue(message.wwwAuthenticate, start, end) : PARSE_OK;
    case 17:
      return matches(bytes, name, P_REGISTRAR_ERROR) ? keepRegistrarError(name, end, message) : PARSE_OK;
    case 18:
      return matches(bytes, name, PROXY_AUTHENTICATE) ? addValue(message.proxyAuthenticate, start, end) : PARSE_OK;
    case 19:
      return parseNameOfNineteen(bytes, name, start, end, message);
    case 25:
      return matches(bytes, name, PROXY_AUTHENTICATION_INFO)
        ? keepInfo(message.proxyAuthenticationInfo, start, end, message)
        : PARSE_OK;
    default:
      return PARSE_OK;
  }
};

/** The compact forms of the headers that are read; `letter` is lower case. */
const parseCompact = (bytes: Uint8Array, letter: number, start: number, end: number, message: SipMessage): number => {
  switch (letter) {
    case 0x76: // v
      return parseVia(bytes, start, end, message);
    case 0x66: // f
      return parseFrom(bytes, start, end, message);
    case 0x74: // t
      return parseTo(bytes, start, end, message);
    case 0x69: // i
      return parseCallId(bytes, start, end, message);
    case 0x6d: // m
      return addContact(message.contact, start, end);
    case 0x6c: // l
      return parseContentLength(bytes, start, end, message);
    default:
      return PARSE_OK;
  }
};

const parseNameOfSeven = (bytes: Uint8Array, name: number, start: number, end: number, message: SipMessage): number => {
  if (matches(bytes, name, CONTACT)) return addContact(message.contact, start, end);
  if (matches(bytes, name, CALL_ID)) return parseCallId(bytes, start, end, message);
  if (matches(bytes, name, EXPIRES)) return parseExpires(bytes, start, end, message);
  if (matches(bytes, name, REQUIRE)) return addValue(message.require, start, end);
  return matches(bytes, name, WARNING) ? keepWarning(name, end, message) : PARSE_OK;
};

const parseNameOfNineteen = (
  bytes: Uint8Array,
  name: number,
  start: number,
  end: number,
  message: SipMessage,
): number => {
  if (matches(bytes, name, PROXY_AUTHORIZATION)) return addValue(message.proxyAuthorization, start, end);
  if (matches(bytes, name, AUTHENTICATION_INFO)) return keepInfo(message.authenticationInfo, start, end, message);
  return matches(bytes, name, CONTENT_DISPOSITION) ? parseContentDisposition(bytes, start, end, message) : PARSE_OK;
};

/** `text` is lower case and as long as the name. In a token, setting the bit 0x20 makes no other byte a letter or '-'. */
const matches = (bytes: Uint8Array, name: number, text: Uint8Array): boolean => {
  for (let i = 0; i < text.length; i++) {
    if ((bytes[name + i]! | 0x20) !== text[i]) return false;
  }
  return true;
};

const addValue = (table: RowTable, start: number, end: number): number =>
  addRow(table, start, end) ? PARSE_OK : PARSE_TOO_MANY_ROWS;

const addContact = (rows: ContactRows, start: number, end: number): number => {
  addContactRow(rows, start, end);
  return PARSE_OK;
};

/** A second Expires and the like: fatal in a request (RFC 4475 §3.3.8), while in a response the first one stands. */
const repeated = (message: SipMessage): number => (message.isResponse ? PARSE_OK : PARSE_DUPLICATE_HEADER);

/** One word without white space; its inside is never looked at (RFC 3261 §8.1.1.4: compared byte by byte). */
const parseCallId = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  if (message.callIdStart >= 0) return PARSE_DUPLICATE_HEADER;
  message.callIdStart = start;
  message.callIdEnd = end;
  if (start === end) return PARSE_CALL_ID;
  for (let i = start; i < end; i++) {
    if (isLws(bytes[i]!)) return PARSE_CALL_ID;
  }
  return PARSE_OK;
};

const parseCseq = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  if (message.cseqMethodStart >= 0) return PARSE_DUPLICATE_HEADER;
  let numberEnd = start;
  while (numberEnd < end && isDigit(bytes[numberEnd]!)) numberEnd++;
  const methodStart = skipLws(bytes, numberEnd, end);
  message.cseqMethodStart = methodStart;
  message.cseqMethodEnd = end;
  if (methodStart === numberEnd || methodStart === end) return PARSE_CSEQ;
  if (skipToken(bytes, methodStart, end) !== end) return PARSE_CSEQ;
  const cseq = readDecimal(bytes, start, numberEnd);
  // RFC 3261 §8.1.1.5: less than 2^31. RFC 4475 §3.1.2.5: a response with more is discarded.
  if (cseq < 0 || cseq >= CSEQ_LIMIT) return PARSE_CSEQ;
  message.cseq = cseq;
  message.cseqMethod = methodNumber(bytes, methodStart, end);
  return PARSE_OK;
};

const parseExpires = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  if (message.expires >= 0) return repeated(message);
  message.expires = readExpires(bytes, start, end);
  return PARSE_OK;
};

// RFC 3261 §7.3.2: Min-Expires and Retry-After belong to responses; in a request they are ignored. The first one stands.

const parseMinExpires = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  if (message.isResponse && message.minExpires < 0) message.minExpires = readLeadingSeconds(bytes, start, end);
  return PARSE_OK;
};

const parseRetryAfter = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  if (!message.isResponse || message.retryAfter >= 0 || message.isRetryAfterMalformed) return PARSE_OK;
  message.retryAfter = readRetryAfter(bytes, start, end);
  message.isRetryAfterMalformed = message.retryAfter < 0;
  return PARSE_OK;
};

const parseMaxForwards = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  if (message.maxForwards >= 0) return repeated(message);
  const hops = readDecimal(bytes, start, end);
  message.maxForwards = hops > MAX_MAX_FORWARDS || hops < 0 ? -1 : hops;
  return PARSE_OK;
};

const parseContentLength = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  // RFC 4475 §3.3.9: with two lengths nobody knows where the message ends.
  if (message.contentLength >= 0) return PARSE_DUPLICATE_HEADER;
  const length = readDecimal(bytes, start, end);
  if (length < 0) return PARSE_CONTENT_LENGTH;
  message.contentLength = length;
  return PARSE_OK;
};

/** RFC 3261 §20.6, RFC 7615 §4: they belong to responses. The first one stands. */
const keepInfo = (table: RowTable, start: number, end: number, { isResponse }: SipMessage): number =>
  isResponse && table.count === 0 ? addValue(table, start, end) : PARSE_OK;

const keepWarning = (lineStart: number, end: number, message: SipMessage): number => {
  if (message.warningStart < 0) {
    message.warningStart = lineStart;
    message.warningEnd = end;
  }
  return PARSE_OK;
};

const keepAssociatedUri = (start: number, end: number, { associatedUri }: SipMessage): number =>
  associatedUri.count === 0 ? addValue(associatedUri, start, end) : PARSE_OK;

const keepRegistrarError = (lineStart: number, end: number, message: SipMessage): number => {
  if (message.registrarErrorStart < 0) {
    message.registrarErrorStart = lineStart;
    message.registrarErrorEnd = end;
  }
  return PARSE_OK;
};
