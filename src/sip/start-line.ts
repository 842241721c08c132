// @hot
// The first line (RFC 3261 §7.1, §7.2, §25.1):
//
//   REGISTER sip:test.example SIP/2.0        exactly one space between the parts
//   SIP/2.0 200 OK                           the phrase is any UTF-8, or nothing
//
// Strict where leniency would have to guess: extra spaces and angle brackets are refused (RFC 4475 §3.1.2.7 to §3.1.2.10
// leave that open). A Status-Line without the space before an empty phrase is taken, since it can mean only one thing.

import { encodeAscii, equalsIgnoreCase } from '../std/index.ts';
import { isDigit, isUriByte, skipToken } from './characters.ts';
import type { SipMessage } from './message.ts';
import { methodNumber } from './method.ts';
import { PARSE_OK, PARSE_START_LINE, PARSE_STATUS, PARSE_VERSION } from './parse-result.ts';

const SPACE = 0x20;

const PROTOCOL: Uint8Array = encodeAscii('SIP/');
const VERSION: Uint8Array = encodeAscii('SIP/2.0');
const DOT = 0x2e;

/** [start, end) is the line without its CRLF. */
export const parseStartLine = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  // '/' is no token character, so no method can look like this.
  const protocolEnd = start + PROTOCOL.length;
  if (protocolEnd <= end && equalsIgnoreCase(bytes, start, protocolEnd, PROTOCOL, 0, PROTOCOL.length)) {
    message.isResponse = true;
    return parseStatusLine(bytes, start, end, message);
  }
  return parseRequestLine(bytes, start, end, message);
};

const parseStatusLine = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  let p = start;
  while (p < end && bytes[p] !== SPACE) p++;
  if (p >= end) return PARSE_START_LINE;
  const version = checkVersion(bytes, start, p);
  if (version !== PARSE_OK) return version;
  const codeStart = p + 1;
  const codeEnd = skipDigits(bytes, codeStart, end);
  if (codeEnd < end && bytes[codeEnd] !== SPACE) return PARSE_STATUS;
  // RFC 4475 §3.1.2.19: a code of more than three digits or above 699 is dropped.
  if (codeEnd - codeStart !== 3) return PARSE_STATUS;
  const status = (bytes[codeStart]! - 48) * 100 + (bytes[codeStart + 1]! - 48) * 10 + (bytes[codeStart + 2]! - 48);
  if (status < 100 || status > 699) return PARSE_STATUS;
  message.status = status;
  message.phraseStart = codeEnd < end ? codeEnd + 1 : end;
  message.phraseEnd = end;
  return PARSE_OK;
};

const parseRequestLine = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  const methodEnd = skipToken(bytes, start, end);
  if (methodEnd === start || methodEnd >= end || bytes[methodEnd] !== SPACE) return PARSE_START_LINE;
  const uriStart = methodEnd + 1;
  let uriEnd = uriStart;
  while (uriEnd < end && isUriByte(bytes[uriEnd]!)) uriEnd++;
  if (uriEnd === uriStart || uriEnd >= end || bytes[uriEnd] !== SPACE) return PARSE_START_LINE;
  message.method = methodNumber(bytes, start, methodEnd);
  message.methodStart = start;
  message.methodEnd = methodEnd;
  message.requestUriStart = uriStart;
  message.requestUriEnd = uriEnd;
  return checkVersion(bytes, uriEnd + 1, end);
};

/** Whether [start, end) is SIP/2.0, some other `SIP/digits.digits`, or neither. RFC 3261 §7.1: it ignores case. */
const checkVersion = (bytes: Uint8Array, start: number, end: number): number => {
  if (equalsIgnoreCase(bytes, start, end, VERSION, 0, VERSION.length)) return PARSE_OK;
  const protocolEnd = start + PROTOCOL.length;
  if (protocolEnd > end || !equalsIgnoreCase(bytes, start, protocolEnd, PROTOCOL, 0, PROTOCOL.length)) {
    return PARSE_START_LINE;
  }
  const majorEnd = skipDigits(bytes, protocolEnd, end);
  if (majorEnd === protocolEnd || majorEnd >= end || bytes[majorEnd] !== DOT) return PARSE_START_LINE;
  const minorEnd = skipDigits(bytes, majorEnd + 1, end);
  return minorEnd > majorEnd + 1 && minorEnd === end ? PARSE_VERSION : PARSE_START_LINE;
};

const skipDigits = (bytes: Uint8Array, start: number, end: number): number => {
  let p = start;
  while (p < end && isDigit(bytes[p]!)) p++;
  return p;
};
