// @hot
// The parser: bytes of one datagram to the spans of a SipMessage (RFC 3261 §7, §25.1). It walks once over the lines, skips
// what nobody asks for after its name, and reads the rest where it stands. It never throws, allocates or looks outside
// [start, end), whatever the bytes are.
//
//   CRLF* start-line CRLF                                       start-line.ts, lines.ts
//   ( name LWS? ":" value CRLF ( (SP|HT) value CRLF )* )*       header.ts; a line that begins with white space continues
//   CRLF                                                        the one before
//   body                                                        Content-Length bytes, or what is left of the datagram
//
// The answer is the first thing that was wrong, in the order of the bytes. Parsing goes on after most errors, so that a
// server can still answer to the Via it found.

import { equalBytes } from '../std/index.ts';
import { isLws, skipToken, trimLwsEnd } from './characters.ts';
import { parseHeader } from './header.ts';
import { findColon, findHeaderEnd, findLineEnd, NO_COLON } from './lines.ts';
import { resetMessage, type SipMessage } from './message.ts';
import { METHOD_OTHER } from './method.ts';
import {
  PARSE_CSEQ_METHOD,
  PARSE_EMPTY,
  PARSE_HEADER_LINE,
  PARSE_MISSING_HEADER,
  PARSE_OK,
  PARSE_TOO_MANY_HEADERS,
  PARSE_TRUNCATED,
} from './parse-result.ts';
import { parseStartLine } from './start-line.ts';

/** The most header lines of one message, Contact rows aside: a registrar may list thousands (see contact-rows.ts). */
export const MAX_HEADERS = 256;

const HEADER_LIMIT = MAX_HEADERS;
const CR = 0x0d;
const LF = 0x0a;

/** Fills the message from the datagram [start, end) and returns PARSE_OK or the first PARSE_* that is wrong with it. */
export const parseMessage = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  resetMessage(message);
  const lineStart = skipEmptyLines(bytes, start, end);
  if (lineStart >= end) return PARSE_EMPTY;
  const lineEnd = findLineEnd(bytes, lineStart, end);
  if (lineEnd < 0) return lineEnd;
  const startLine = parseStartLine(bytes, lineStart, lineEnd, message);
  const headers = parseHeaders(bytes, lineEnd + 2, end, message);
  if (startLine < 0) return startLine;
  return headers < 0 ? headers : checkMessage(bytes, end, message);
};

/** RFC 3261 §7.5: CRLFs before the start-line are ignored. */
const skipEmptyLines = (bytes: Uint8Array, start: number, end: number): number => {
  let p = start;
  while (p + 1 < end && bytes[p] === CR && bytes[p + 1] === LF) p += 2;
  return p;
};

const parseHeaders = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  let result = 0;
  let at = start;
  for (let count = 0; ; count++) {
    if (at + 1 < end && bytes[at] === CR && bytes[at + 1] === LF) break;
    const lineEnd =
      count - message.contact.count < HEADER_LIMIT ? findHeaderEnd(bytes, at, end) : PARSE_TOO_MANY_HEADERS;
    if (lineEnd < 0) return result < 0 ? result : lineEnd;
    const header = parseHeaderLine(bytes, at, lineEnd, message);
    if (result === 0) result = header;
    at = lineEnd + 2;
  }
  message.bodyStart = at + 2;
  message.bodyEnd = end;
  return result;
};

const parseHeaderLine = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  const nameEnd = skipToken(bytes, start, end);
  const colon = findColon(bytes, nameEnd, end);
  if (nameEnd === start || colon === NO_COLON) return PARSE_HEADER_LINE;
  let valueStart = colon + 1;
  while (valueStart < end && isLws(bytes[valueStart]!)) valueStart++;
  return parseHeader(bytes, start, nameEnd, valueStart, trimLwsEnd(bytes, valueStart, end), message);
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
