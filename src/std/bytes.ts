// @hot
// Numbers and comparisons straight on bytes, so that composing and parsing a message needs no strings. Writers put their
// digits at `at` and return the index after the last one; the caller has made sure that there is room (a decimal takes
// at most 16 bytes). Nothing here throws or allocates.
//
// Left out on purpose: signed numbers and anything above 2^53, which no SIP field needs; strings (see text.ts).

const ASCII_ZERO = 0x30;
const LOWER_A_LESS_TEN = 0x61 - 10;
const MAX_UINT32 = 4294967295;

/** readDecimal: the span is empty or holds something other than digits. */
export const DECIMAL_MALFORMED = -1;
/** readDecimal: digits only, but more than 2^32 - 1. */
export const DECIMAL_OVERFLOW = -2;

/** Writes a non-negative integer below 2^53. */
export const writeDecimal = (out: Uint8Array, at: number, value: number): number => {
  let width = 1;
  for (let limit = 10; limit <= value; limit *= 10) width++;
  return writePaddedDecimal(out, at, value, width);
};

/** The same with zeros before it up to `width`; a value with more digits is written whole. */
export const writePaddedDecimal = (out: Uint8Array, at: number, value: number, width: number): number => {
  let digits = 1;
  for (let limit = 10; limit <= value; limit *= 10) digits++;
  if (digits < width) digits = width;
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const tenth = Math.floor(rest / 10);
    out[i] = ASCII_ZERO + (rest - tenth * 10);
    rest = tenth;
  }
  return at + digits;
};

const hexDigit = (nibble: number): number => (nibble < 10 ? ASCII_ZERO + nibble : LOWER_A_LESS_TEN + nibble);

/** Writes the lowest `width` (1 to 8) hex digits of a 32-bit value, lower case. */
export const writeHex = (out: Uint8Array, at: number, value32: number, width: number): number => {
  let rest = value32;
  for (let i = at + width - 1; i >= at; i--) {
    out[i] = hexDigit(rest & 15);
    rest >>>= 4;
  }
  return at + width;
};

/** Writes two lower-case hex digits for each byte of [start, end). */
export const writeHexBytes = (out: Uint8Array, at: number, bytes: Uint8Array, start: number, end: number): number => {
  let to = at;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    out[to] = hexDigit(byte >>> 4);
    out[to + 1] = hexDigit(byte & 15);
    to += 2;
  }
  return to;
};

/** The value of a span of digits, leading zeros allowed, or DECIMAL_MALFORMED or DECIMAL_OVERFLOW. */
export const readDecimal = (bytes: Uint8Array, start: number, end: number): number => {
  if (start >= end) return DECIMAL_MALFORMED;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i]! - ASCII_ZERO;
    if (digit < 0 || digit > 9) return DECIMAL_MALFORMED;
    // Once too large it stays too large, and small enough to stay an exact integer.
    if (value <= MAX_UINT32) value = value * 10 + digit;
  }
  return value <= MAX_UINT32 ? value : DECIMAL_OVERFLOW;
};

export const equalBytes = (
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean => {
  if (aEnd - aStart !== bEnd - bStart) return false;
  const shift = bStart - aStart;
  for (let i = aStart; i < aEnd; i++) {
    if (a[i] !== b[i + shift]) return false;
  }
  return true;
};

const lowerCase = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);

/** As equalBytes, with ASCII letters equal in either case. */
export const equalsIgnoreCase = (
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean => {
  if (aEnd - aStart !== bEnd - bStart) return false;
  const shift = bStart - aStart;
  for (let i = aStart; i < aEnd; i++) {
    if (lowerCase(a[i]!) !== lowerCase(b[i + shift]!)) return false;
  }
  return true;
};
