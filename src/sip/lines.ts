// @hot
// Where lines and header lines end, and where a header's name does (RFC 3261 §7.3.1, §25.1). Only CRLF ends a line (§7): a
// bare CR or LF is refused, not guessed at.

import { skipLws } from './characters.ts';
import { PARSE_INCOMPLETE, PARSE_LINE_END } from './parse-result.ts';

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;

export const NO_COLON = -1;

/** The index of the CRLF that ends the line, or PARSE_LINE_END or PARSE_INCOMPLETE. */
export const findLineEnd = (bytes: Uint8Array, start: number, end: number): number => {
  let p = start;
  // Four bytes a turn: a 200 of 530 bytes in 1.3 instead of 1.45 µs (Node 20.20, shared 2-core machine, best of 20).
  while (p + 3 < end && bytes[p]! > CR && bytes[p + 1]! > CR && bytes[p + 2]! > CR && bytes[p + 3]! > CR) p += 4;
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
export const findHeaderEnd = (bytes: Uint8Array, start: number, end: number): number => {
  let lineEnd = findLineEnd(bytes, start, end);
  while (lineEnd >= 0 && lineEnd + 2 < end && (bytes[lineEnd + 2] === SPACE || bytes[lineEnd + 2] === TAB)) {
    lineEnd = findLineEnd(bytes, lineEnd + 2, end);
  }
  return lineEnd;
};

/** The index of the colon behind a header's name, white space allowed between them, or NO_COLON. */
export const findColon = (bytes: Uint8Array, nameEnd: number, end: number): number => {
  const colon = skipLws(bytes, nameEnd, end);
  return colon < end && bytes[colon] === COLON ? colon : NO_COLON;
};
