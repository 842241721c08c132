// @hot
// Via (RFC 3261 §20.42, §25.1). Every value of every row is recorded for copying into an answer; the topmost one is read:
//
//   SIP / 2.0 / UDP  host : port ;branch=z9hG4bK1;rport;received=192.0.2.1
//               |    `-sent-by-'
//               any token (RFC 4475 §3.1.1.10); white space may stand wherever it does above

import { encodeAscii } from '../std/index.ts';
import { isLws, skipLws, skipQuoted, skipToken, trimLwsEnd } from './characters.ts';
import { readHostPort } from './host-port.ts';
import type { SipMessage } from './message.ts';
import { isParameter, readParameter } from './parameters.ts';
import { PARSE_OK, PARSE_TOO_MANY_ROWS, PARSE_VIA } from './parse-result.ts';
import { addRow } from './row-table.ts';

const COMMA = 0x2c;
const QUOTE = 0x22;
const SEMICOLON = 0x3b;
const SLASH = 0x2f;

const BRANCH: Uint8Array = encodeAscii('branch');
const RPORT: Uint8Array = encodeAscii('rport');
const RECEIVED: Uint8Array = encodeAscii('received');
const MALFORMED = -1;

/** Reads one Via row. */
export const parseVia = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  let at = start;
  // At most one turn for each byte of the row: every value has at least one, and its comma another.
  while (at <= end) {
    const valueStart = skipLws(bytes, at, end);
    const isTop = message.via.count === 0;
    const comma = isTop ? parseTopVia(bytes, valueStart, end, message) : findComma(bytes, valueStart, end);
    // A malformed topmost value takes its row, so that the next one is never mistaken for the topmost.
    const valueEnd = trimLwsEnd(bytes, valueStart, comma < 0 ? end : comma);
    if (!addRow(message.via, valueStart, valueEnd)) return PARSE_TOO_MANY_ROWS;
    if (comma < 0 || valueStart === valueEnd) return PARSE_VIA;
    at = comma + 1;
  }
  return PARSE_OK;
};

/** The next comma outside quotes, or `end`; MALFORMED for an unterminated quote. */
const findComma = (bytes: Uint8Array, start: number, end: number): number => {
  let p = start;
  while (p < end) {
    const byte = bytes[p]!;
    if (byte === COMMA) return p;
    if (byte === QUOTE) {
      p = skipQuoted(bytes, p, end);
      if (p < 0) return MALFORMED;
    } else {
      p++;
    }
  }
  return end;
};

/** Returns the index of the comma behind the value, or `end`, or MALFORMED. */
const parseTopVia = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  const sentBy = skipProtocol(bytes, start, end);
  if (sentBy < 0) return MALFORMED;
  const hostPort = message.hostPort;
  const sentByEnd = readHostPort(bytes, sentBy, end, hostPort);
  if (sentByEnd < 0) return MALFORMED;
  message.viaSentByStart = sentBy;
  message.viaSentByEnd = sentByEnd;
  message.viaHostStart = hostPort.hostStart;
  message.viaHostEnd = hostPort.hostEnd;
  message.viaPort = hostPort.port;
  return parseViaParameters(bytes, skipLws(bytes, sentByEnd, end), end, message);
};

/**
 * `SIP/2.0/UDP LWS`, each part any token as the grammar has it; returns where sent-by begins. Another version is not
 * refused here: who answers 505 to its request needs the branch.
 */
const skipProtocol = (bytes: Uint8Array, start: number, end: number): number => {
  const nameEnd = skipToken(bytes, start, end);
  const version = skipSlash(bytes, nameEnd, end);
  if (nameEnd === start || version === MALFORMED) return MALFORMED;
  const versionEnd = skipToken(bytes, version, end);
  const transport = skipSlash(bytes, versionEnd, end);
  if (versionEnd === version || transport === MALFORMED) return MALFORMED;
  const transportEnd = skipToken(bytes, transport, end);
  if (transportEnd === transport || transportEnd >= end || !isLws(bytes[transportEnd]!)) return MALFORMED;
  return skipLws(bytes, transportEnd, end);
};

const skipSlash = (bytes: Uint8Array, at: number, end: number): number => {
  const slash = skipLws(bytes, at, end);
  return slash < end && bytes[slash] === SLASH ? skipLws(bytes, slash + 1, end) : MALFORMED;
};

const parseViaParameters = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  const parameter = message.parameter;
  let at = start;
  while (at < end && bytes[at] !== COMMA) {
    if (bytes[at] !== SEMICOLON) return MALFORMED;
    at = readParameter(bytes, at, end, parameter);
    if (at < 0) return MALFORMED;
    if (isParameter(bytes, parameter, BRANCH)) {
      // RFC 3261 §7.3.1: no parameter twice. A branch without a value would match nothing.
      if (message.viaBranchStart >= 0 || parameter.valueStart < 0) return MALFORMED;
      message.viaBranchStart = parameter.valueStart;
      message.viaBranchEnd = parameter.valueEnd;
    } else if (isParameter(bytes, parameter, RPORT)) {
      message.viaRportStart = parameter.nameStart;
      message.viaRportEnd = parameter.valueStart < 0 ? parameter.nameEnd : parameter.valueEnd;
    } else if (isParameter(bytes, parameter, RECEIVED)) {
      message.viaReceivedStart = parameter.valueStart;
      message.viaReceivedEnd = parameter.valueEnd;
    }
  }
  return at;
};
