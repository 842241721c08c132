// @hot
// The parser: bytes of one datagram to the spans of a SipMessage (RFC 3261 §7, §25.1). It walks once over the lines, skips
// what nobody asks for after its name, and reads the rest where it stands. It never throws, allocates or looks outside
// [start, end), whatever the bytes are.
//
//   CRLF* start-line CRLF
//   ( name LWS? ":" value CRLF ( (SP|HT) value CRLF )* )*       a line that begins with white space continues the last one
//   CRLF
//   body                                                        Content-Length bytes, or what is left of the datagram
//
// The answer is the first thing that was wrong, in the order of the bytes. Parsing goes on after most errors, so that a
// server can still answer to the Via it found.
//
// Strict on line ends (only CRLF ends a line, §7) and on the headers that a transaction hangs on; lenient on those that
// can be done without: malformed or repeated, they count as absent or the first one stands (RFC 3261 §8.2.2, RFC 4475
// §3.1.2.4). A request that repeats one is refused (RFC 4475 §3.3.8).

import { equalBytes, readDecimal } from '../std/index.ts';
import { COLON, CR, isDigit, isLws, LF, SPACE, skipLws, skipToken, TAB, trimLwsEnd } from './characters.ts';
import { readExpires, readLeadingSeconds } from './delta-seconds.ts';
import { parseFrom, parseTo } from './from-to.ts';
import {
  HEADER_AUTHORIZATION,
  HEADER_CALL_ID,
  HEADER_CONTACT,
  HEADER_CONTENT_LENGTH,
  HEADER_CSEQ,
  HEADER_EXPIRES,
  HEADER_FROM,
  HEADER_MAX_FORWARDS,
  HEADER_MIN_EXPIRES,
  HEADER_OTHER,
  HEADER_P_REGISTRAR_ERROR,
  HEADER_PROXY_AUTHENTICATE,
  HEADER_PROXY_AUTHORIZATION,
  HEADER_PROXY_REQUIRE,
  HEADER_REQUIRE,
  HEADER_RETRY_AFTER,
  HEADER_TO,
  HEADER_VIA,
  HEADER_WARNING,
  HEADER_WWW_AUTHENTICATE,
  headerKind,
} from './header-kind.ts';
import { resetMessage, type SipMessage } from './message.ts';
import { METHOD_OTHER, methodNumber } from './method.ts';
import {
  PARSE_CALL_ID,
  PARSE_CONTENT_LENGTH,
  PARSE_CSEQ,
  PARSE_CSEQ_METHOD,
  PARSE_DUPLICATE_HEADER,
  PARSE_EMPTY,
  PARSE_HEADER_LINE,
  PARSE_INCOMPLETE,
  PARSE_LINE_END,
  PARSE_MISSING_HEADER,
  PARSE_OK,
  PARSE_TOO_MANY_HEADERS,
  PARSE_TOO_MANY_ROWS,
  PARSE_TRUNCATED,
} from './parse-result.ts';
import { addRow, type RowTable } from './row-table.ts';
import { parseStartLine } from './start-line.ts';
import { parseVia } from './via.ts';

/** The most header lines of one message. */
export const MAX_HEADERS = 256;

const CSEQ_LIMIT = 2 ** 31;
const MAX_MAX_FORWARDS = 255;

/** Fills the message from the datagram [start, end) and returns PARSE_OK or the first PARSE_* that is wrong with it. */
export const parseMessage = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  resetMessage(message);
  const lineStart = skipEmptyLines(bytes, start, end);
  if (lineStart >= end) return PARSE_EMPTY;
  const lineEnd = findLineEnd(bytes, lineStart, end);
  if (lineEnd < 0) return lineEnd;
  const startLine = parseStartLine(bytes, lineStart, lineEnd, message);
  const headers = parseHeaders(bytes, lineEnd + 2, end, message);
  if (startLine !== PARSE_OK) return startLine;
  if (headers !== PARSE_OK) return headers;
  return checkMessage(bytes, end, message);
};

/** RFC 3261 §7.5: CRLFs before the start-line are ignored. */
const skipEmptyLines = (bytes: Uint8Array, start: number, end: number): number => {
  let p = start;
  while (p + 1 < end && bytes[p] === CR && bytes[p + 1] === LF) p += 2;
  return p;
};

/** The index of the CRLF that ends the line, or PARSE_LINE_END or PARSE_INCOMPLETE. */
const findLineEnd = (bytes: Uint8Array, start: number, end: number): number => {
  let p = start;
  while (p < end) {
    const byte = bytes[p]!;
    if (byte <= CR) {
      if (byte === CR) {
        if (p + 1 >= end) return PARSE_INCOMPLETE;
        return bytes[p + 1] === LF ? p : PARSE_LINE_END;
      }
      if (byte === LF) return PARSE_LINE_END;
    }
    p++;
  }
  return PARSE_INCOMPLETE;
};

/** The same with the lines that continue it (RFC 3261 §7.3.1). */
const findHeaderEnd = (bytes: Uint8Array, start: number, end: number): number => {
  let lineEnd = findLineEnd(bytes, start, end);
  while (lineEnd >= 0 && lineEnd + 2 < end && (bytes[lineEnd + 2] === SPACE || bytes[lineEnd + 2] === TAB)) {
    lineEnd = findLineEnd(bytes, lineEnd + 2, end);
  }
  return lineEnd;
};

const parseHeaders = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  let result = PARSE_OK;
  let at = start;
  for (let count = 0; ; count++) {
    if (at + 1 < end && bytes[at] === CR && bytes[at + 1] === LF) break;
    const lineEnd = count < MAX_HEADERS ? findHeaderEnd(bytes, at, end) : PARSE_TOO_MANY_HEADERS;
    if (lineEnd < 0) return result === PARSE_OK ? lineEnd : result;
    const header = parseHeaderLine(bytes, at, lineEnd, message);
    if (result === PARSE_OK) result = header;
    at = lineEnd + 2;
  }
  message.bodyStart = at + 2;
  message.bodyEnd = end;
  return result;
};

const parseHeaderLine = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  const nameEnd = skipToken(bytes, start, end);
  if (nameEnd === start) return PARSE_HEADER_LINE;
  const colon = skipLws(bytes, nameEnd, end);
  if (colon >= end || bytes[colon] !== COLON) return PARSE_HEADER_LINE;
  const kind = headerKind(bytes, start, nameEnd);
  if (kind === HEADER_OTHER) return PARSE_OK;
  message.lineStart = start;
  const valueStart = skipLws(bytes, colon + 1, end);
  return parseHeaderValue(kind, bytes, valueStart, trimLwsEnd(bytes, valueStart, end), message);
};

const parseHeaderValue = (kind: number, bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  switch (kind) {
    case HEADER_VIA:
      return parseVia(bytes, start, end, message);
    case HEADER_FROM:
      return parseFrom(bytes, start, end, message);
    case HEADER_TO:
      return parseTo(bytes, start, end, message);
    case HEADER_CALL_ID:
      return parseCallId(bytes, start, end, message);
    case HEADER_CSEQ:
      return parseCseq(bytes, start, end, message);
    case HEADER_CONTACT:
      return addValue(message.contact, start, end);
    case HEADER_EXPIRES:
      if (message.expires >= 0) return repeated(message);
      message.expires = readExpires(bytes, start, end);
      return PARSE_OK;
    case HEADER_MIN_EXPIRES:
      if (message.minExpires >= 0) return repeated(message);
      message.minExpires = readLeadingSeconds(bytes, start, end);
      return PARSE_OK;
    case HEADER_RETRY_AFTER:
      if (message.retryAfter >= 0) return repeated(message);
      message.retryAfter = readLeadingSeconds(bytes, start, end);
      return PARSE_OK;
    case HEADER_MAX_FORWARDS:
      return parseMaxForwards(bytes, start, end, message);
    case HEADER_CONTENT_LENGTH:
      return parseContentLength(bytes, start, end, message);
    case HEADER_WWW_AUTHENTICATE:
      return addValue(message.wwwAuthenticate, start, end);
    case HEADER_PROXY_AUTHENTICATE:
      return addValue(message.proxyAuthenticate, start, end);
    case HEADER_AUTHORIZATION:
      return addValue(message.authorization, start, end);
    case HEADER_PROXY_AUTHORIZATION:
      return addValue(message.proxyAuthorization, start, end);
    case HEADER_REQUIRE:
      return addValue(message.require, start, end);
    case HEADER_PROXY_REQUIRE:
      return addValue(message.proxyRequire, start, end);
    case HEADER_WARNING:
      if (message.warningStart >= 0) return PARSE_OK;
      message.warningStart = message.lineStart;
      message.warningEnd = end;
      return PARSE_OK;
    case HEADER_P_REGISTRAR_ERROR:
      if (message.registrarErrorStart >= 0) return PARSE_OK;
      message.registrarErrorStart = message.lineStart;
      message.registrarErrorEnd = end;
      return PARSE_OK;
    default:
      return PARSE_OK;
  }
};

const addValue = (table: RowTable, start: number, end: number): number =>
  addRow(table, start, end) ? PARSE_OK : PARSE_TOO_MANY_ROWS;

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

/** What only the whole message can tell. */
const checkMessage = (bytes: Uint8Array, end: number, message: SipMessage): number => {
  if (message.via.count === 0 || message.fromStart < 0 || message.toStart < 0) return PARSE_MISSING_HEADER;
  if (message.callIdStart < 0 || message.cseq < 0) return PARSE_MISSING_HEADER;
  if (!message.isResponse && !isCseqMethodRight(bytes, message)) return PARSE_CSEQ_METHOD;
  if (message.contentLength >= 0) {
    const bodyEnd = message.bodyStart + message.contentLength;
    if (bodyEnd > end) return PARSE_TRUNCATED;
    // RFC 3261 §18.3: bytes after the body are dropped.
    message.bodyEnd = bodyEnd;
  }
  return PARSE_OK;
};

const isCseqMethodRight = (bytes: Uint8Array, message: SipMessage): boolean => {
  if (message.method !== METHOD_OTHER) return message.cseqMethod === message.method;
  const { methodStart, methodEnd, cseqMethodStart, cseqMethodEnd } = message;
  return equalBytes(bytes, methodStart, methodEnd, bytes, cseqMethodStart, cseqMethodEnd);
};
