// @hot
// Numbers and comparisons straight on bytes, so that composing and parsing a message needs no strings. Writers put their
// digits at `at` and return the index after the last one; the caller has made sure that there is room (a decimal takes
// at most 16 bytes). Nothing here throws or allocates.
//
// Left out on purpose: signed numbers and anything above 2^53, which no SIP field needs; strings (see text.ts).

const ASCII_ZERO = 0x30;
/**
 * The two decimal digits of 0 to 99, and the two hex digits of a byte. The compiler knows where a constant table lies that is
 * longer than 64 bytes, and need not look.
 */
const TENS: Uint8Array = Uint8Array.from({ length: 100 }, (_, pair) => ASCII_ZERO + ((pair / 10) | 0));
const ONES: Uint8Array = Uint8Array.from({ length: 100 }, (_, pair) => ASCII_ZERO + (pair % 10));
const HEX_HIGH: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => hexDigit(byte >>> 4));
const HEX_LOW: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => hexDigit(byte & 15));
/** The value of a digit among the tens and among the ones; NO_DIGIT of what is none. */
const NO_DIGIT = -20_000;
const TENS_VALUE: Int16Array = digitValues(10);
const ONES_VALUE: Int16Array = digitValues(1);
/** So many digits are never more than MAX_UINT32. */
const SAFE_DIGITS = 9;
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

/**
 * The lowest `digits` digits of a non-negative integer below 2^53, zeros before it where it has fewer. Up to eight are written
 * without a loop: a turn of one costs more than the digit that it writes.
 */
export const writeDigits = (out: Uint8Array, at: number, value: number, digits: number): number => {
  if (digits > 8 || value > MAX_INT31) return writeManyDigits(out, at, value, digits);
  const end = at + digits;
  let rest = value | 0;
  let to = end;
  if (digits === 8) {
    to -= 4;
    rest = writeFourDigits(out, to, rest);
  }
  if (digits >= 4) {
    to -= 4;
    rest = writeFourDigits(out, to, rest);
  }
  if ((digits & 2) !== 0) {
    to -= 2;
    const hundredth = (rest / 100) | 0;
    writePair(out, to, rest - hundredth * 100);
    rest = hundredth;
  }
  if ((digits & 1) !== 0) out[at] = ONES[rest % 100]!;
  return end;
};

/** Returns what stands before the four digits. */
const writeFourDigits = (out: Uint8Array, at: number, value: number): number => {
  const rest = (value / 10_000) | 0;
  const four = value - rest * 10_000;
  const high = (four / 100) | 0;
  writePair(out, at, high);
  writePair(out, at + 2, four - high * 100);
  return rest;
};

const writePair = (out: Uint8Array, at: number, pair: number): void => {
  out[at] = TENS[pair]!;
  out[at + 1] = ONES[pair]!;
};

const writeManyDigits = (out: Uint8Array, at: number, value: number, digits: number): number => {
  const end = at + digits;
  let rest = value;
  for (let i = end - 1; i >= at; i--) {
    const tenth = Math.floor(rest / 10);
    out[i] = ASCII_ZERO + (rest - tenth * 10);
    rest = tenth;
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

/** Writes the lowest `width` (1 to 8) hex digits of a 32-bit value, lower case. */
export const writeHex = (out: Uint8Array, at: number, value32: number, width: number): number => {
  if (width === 8) {
    writeHexByte(out, at, value32 >>> 24);
    writeHexByte(out, at + 2, (value32 >>> 16) & 255);
    writeHexByte(out, at + 4, (value32 >>> 8) & 255);
    writeHexByte(out, at + 6, value32 & 255);
    return at + width;
  }
  let rest = value32;
  for (let i = at + width - 1; i >= at; i--) {
    out[i] = HEX_LOW[rest & 15]!;
    rest >>>= 4;
  }
  return at + width;
};

/** Two lower-case hex digits. */
export const writeHexByte = (out: Uint8Array, at: number, byte: number): void => {
  out[at] = HEX_HIGH[byte]!;
  out[at + 1] = HEX_LOW[byte]!;
};

/** Writes two lower-case hex digits for each byte of [start, end). */
export const writeHexBytes = (out: Uint8Array, at: number, bytes: Uint8Array, start: number, end: number): number => {
  let to = at;
  for (let i = start; i < end; i++) {
    writeHexByte(out, to, bytes[i]!);
    to += 2;
  }
  return to;
};

/** The value of a span of digits, leading zeros allowed, or DECIMAL_MALFORMED or DECIMAL_OVERFLOW. */
export const readDecimal = (bytes: Uint8Array, start: number, end: number): number => {
  if (end - start === 8) return readEightDigits(bytes, start);
  if (end - start > SAFE_DIGITS) return readManyDigits(bytes, start, end);
  if (start >= end) return DECIMAL_MALFORMED;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i]! - ASCII_ZERO;
    if (digit < 0 || digit > 9) return DECIMAL_MALFORMED;
    value = (value * 10 + digit) | 0;
  }
  return value;
};

/** As many as an index usually has; without a loop, as they are written. */
const readEightDigits = (bytes: Uint8Array, at: number): number => {
  const high = readTwoDigits(bytes, at) * 100 + readTwoDigits(bytes, at + 2);
  const low = readTwoDigits(bytes, at + 4) * 100 + readTwoDigits(bytes, at + 6);
  return (high | low) < 0 ? DECIMAL_MALFORMED : high * 10_000 + low;
};

/** Less than -100 where one of them is no digit, so that no other two make up for it. */
const readTwoDigits = (bytes: Uint8Array, at: number): number => TENS_VALUE[bytes[at]!]! + ONES_VALUE[bytes[at + 1]!]!;

const readManyDigits = (bytes: Uint8Array, start: number, end: number): number => {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i]! - ASCII_ZERO;
    if (digit < 0 || digit > 9) return DECIMAL_MALFORMED;
    // Once too large it stays too large, and small enough to stay an exact integer.
    if (value <= MAX_UINT32) value = value * 10 + digit;
  }
  return value <= MAX_UINT32 ? value : DECIMAL_OVERFLOW;
};

/** Four at a time: a turn of the loop costs more than the comparison in it. */
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
  let i = aStart;
  for (const last = aEnd - 4; i <= last; i += 4) {
    const j = i + shift;
    if (a[i] !== b[j] || a[i + 1] !== b[j + 1] || a[i + 2] !== b[j + 2] || a[i + 3] !== b[j + 3]) return false;
  }
  for (; i < aEnd; i++) if (a[i] !== b[i + shift]) return false;
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

function digitValues(weight: number): Int16Array {
  const values = new Int16Array(256).fill(NO_DIGIT);
  for (let digit = 0; digit < 10; digit++) values[ASCII_ZERO + digit] = digit * weight;
  return values;
}

function hexDigit(nibble: number): number {
  return nibble.toString(16).charCodeAt(0);
}
