// @hot
// Retry-After (RFC 3261 §20.33, §25.1):
//
//   delta-seconds  [ "(" comment ")" ]  *( ";" ( "duration" "=" delta-seconds / generic-param ) )
//
// The seconds count; the comment is for people, and the duration for whoever wants to know how long a callee will be there.

import { DECIMAL_OVERFLOW, encodeAscii, equalsIgnoreCase, readDecimal } from '../std/index.ts';
import { isDigit, isParameterValueByte, skipLws, skipQuoted, skipToken } from './characters.ts';
import { MAX_DELTA_SECONDS } from './delta-seconds.ts';

/** Not what the grammar allows: a word, a negative number, a comment without an end. */
export const RETRY_AFTER_MALFORMED = -1;

const DURATION: Uint8Array = encodeAscii('duration');
const QUOTE = 0x22;
const OPEN = 0x28;
const CLOSE = 0x29;
const SEMICOLON = 0x3b;
const EQUAL = 0x3d;
const BACKSLASH = 0x5c;

/** The seconds, at most 2^32 - 1, or RETRY_AFTER_MALFORMED. */
export const readRetryAfter = (bytes: Uint8Array, start: number, end: number): number => {
  const digitsEnd = skipDigits(bytes, start, end);
  if (digitsEnd === start) return RETRY_AFTER_MALFORMED;
  let at = skipLws(bytes, digitsEnd, end);
  if (at < end && bytes[at] === OPEN) at = skipComment(bytes, at, end);
  // Each turn moves on by at least two bytes.
  while (at >= 0) {
    at = skipLws(bytes, at, end);
    if (at === end) return clamped(readDecimal(bytes, start, digitsEnd));
    at = bytes[at] === SEMICOLON ? skipParameter(bytes, at + 1, end) : RETRY_AFTER_MALFORMED;
  }
  return RETRY_AFTER_MALFORMED;
};

const clamped = (seconds: number): number => (seconds === DECIMAL_OVERFLOW ? MAX_DELTA_SECONDS : seconds);

const skipDigits = (bytes: Uint8Array, start: number, end: number): number => {
  let p = start;
  while (p < end && isDigit(bytes[p]!)) p++;
  return p;
};

/** Behind the comment that begins at `at`, or -1. Comments stand in comments, and a backslash quotes a character. */
const skipComment = (bytes: Uint8Array, at: number, end: number): number => {
  let depth = 0;
  for (let p = at; p < end; p++) {
    const byte = bytes[p]!;
    if (byte === BACKSLASH) p++;
    else if (byte === OPEN) depth++;
    else if (byte === CLOSE && --depth === 0) return p + 1;
  }
  return RETRY_AFTER_MALFORMED;
};

/** Behind the parameter that begins at `at`, or -1. */
const skipParameter = (bytes: Uint8Array, at: number, end: number): number => {
  const nameStart = skipLws(bytes, at, end);
  const nameEnd = skipToken(bytes, nameStart, end);
  if (nameEnd === nameStart) return RETRY_AFTER_MALFORMED;
  const isDuration = equalsIgnoreCase(bytes, nameStart, nameEnd, DURATION, 0, DURATION.length);
  const equalAt = skipLws(bytes, nameEnd, end);
  if (equalAt === end || bytes[equalAt] !== EQUAL) return isDuration ? RETRY_AFTER_MALFORMED : equalAt;
  const valueStart = skipLws(bytes, equalAt + 1, end);
  const valueEnd = isDuration ? skipDigits(bytes, valueStart, end) : skipValue(bytes, valueStart, end);
  return valueEnd === valueStart ? RETRY_AFTER_MALFORMED : valueEnd;
};

const skipValue = (bytes: Uint8Array, at: number, end: number): number => {
  if (at < end && bytes[at] === QUOTE) return skipQuoted(bytes, at, end);
  let p = at;
  while (p < end && isParameterValueByte(bytes[p]!)) p++;
  return p;
};
