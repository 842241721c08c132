// @hot
// Numbers and comparisons straight on bytes, so that composing and parsing a message needs no strings. Writers put their
// digits at `at` and return the index after the last one; the caller has made sure that there is room (a decimal takes
// at most 16 bytes). Nothing here throws or allocates.
//
// Left out on purpose: signed numbers and anything above 2^53, which no SIP field needs; strings (see text.ts).

const ASCII_ZERO = 0x30;
/** From the character behind `9` to `a`. */
const LETTER_GAP = 0x61 - 0x3a;
const MAX_INT31 = 0x7fffffff;
const MAX_UINT32 = 4294967295;

/** readDecimal: the span is empty or holds something other than digits. */
export const DECIMAL_MALFORMED = -1;
/** readDecimal: digits only, but more than 2^32 - 1. */
export const DECIMAL_OVERFLOW = -2;

/** Writes a non-negative integer below 2^53. */
export const writeDecimal = (out: Uint8Array, at: number, value: number): number =>
  writePaddedDecimal(out, at, value, 1);

/** The same with zeros before it up to `width`; a value with more digits is written whole. */
export const writePaddedDecimal = (out: Uint8Array, at: number, value: number, width: number): number => {
  return writeDigits(out, at, value, Math.max(width, decimalDigits(value)));
};

/** The lowest `digits` digits of a non-negative integer below 2^53, zeros before it where it has fewer. */
export const writeDigits = (out: Uint8Array, at: number, value: number, digits: number): number => {
  const end = at + digits;
  let i = end - 1;
  let rest = value;
  // Whole division is a multiplication for the processor as long as the number fits 31 bits.
  for (; rest > MAX_INT31 && i >= at; i--) {
    const tenth = Math.floor(rest / 10);
    out[i] = ASCII_ZERO + (rest - tenth * 10);
    rest = tenth;
  }
  for (let small = rest | 0; i >= at; i--) {
    const tenth = (small / 10) | 0;
    out[i] = ASCII_ZERO + (small - tenth * 10);
    small = tenth;
  }
  return end;
};

/** How many digits a non-negative integer has in decimal: halved and not counted up, since every message asks several times. */
export const decimalDigits = (value: number): number => {
  if (value < 100_000) {
    if (value < 100) return value < 10 ? 1 : 2;
    if (value < 10_000) return value < 1_000 ? 3 : 4;
    return 5;
  }
  if (value < 10_000_000) return value < 1_000_000 ? 6 : 7;
  let digits = 8;
  for (let limit = 100_000_000; limit <= value; limit *= 10) digits++;
  return digits;
};

/** Without a branch, which a processor could not foresee: 39 more for a letter. */
const hexDigit = (nibble: number): number => ASCII_ZERO + nibble + (((9 - nibble) >> 31) & LETTER_GAP);

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

/** Copies [start, end) of `from` to `at`, byte by byte: short pieces, for which `set` and a view of them cost more. Returns the end. */
export const putSpan = (out: Uint8Array, at: number, from: Uint8Array, start: number, end: number): number => {
  const shift = at - start;
  for (let i = start; i < end; i++) out[i + shift] = from[i]!;
  return end + shift;
};

/** Copies all of `text` to `at` and returns the end. */
export const putText = (out: Uint8Array, at: number, text: Uint8Array): number =>
  putSpan(out, at, text, 0, text.length);
