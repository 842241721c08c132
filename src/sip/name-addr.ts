// @hot
// Finds the URI in an address as From, To and Contact carry it (RFC 3261 §25.1):
//
//   "Bell, A." <sip:a@example.net;user=phone?x=y>;tag=1      name-addr: the URI stands between < and >
//   sip:a@example.net;tag=1                                  addr-spec: the URI ends before the first ; , or space, and
//                                                            what follows belongs to the header (§20.10)
//
// Only the shape is checked: a scheme, a colon, something after it, no delimiters inside. What the URI means is uri.ts's.

import { isLetter, isLws, isSchemeByte, isTokenByte, isUriByte, skipLws, skipQuoted } from './characters.ts';

const COLON = 0x3a;
const COMMA = 0x2c;
const GREATER = 0x3e;
const LESS = 0x3c;
const QUESTION = 0x3f;
const QUOTE = 0x22;
const SEMICOLON = 0x3b;

export const ADDRESS_MALFORMED = -1;

/** A reusable record: the URI without its angle brackets. */
export interface Address {
  uriStart: number;
  uriEnd: number;
}

export const createAddress = (): Address => ({ uriStart: -1, uriEnd: -1 });

/** Returns the index of what follows the URI (and its `>`), white space skipped, or ADDRESS_MALFORMED. */
export const readAddress = (bytes: Uint8Array, start: number, end: number, address: Address): number => {
  const at = skipLws(bytes, start, end);
  const open = findOpenBracket(bytes, at, end);
  if (open === ADDRESS_MALFORMED) return ADDRESS_MALFORMED;
  return open < end && bytes[open] === LESS
    ? readBracketed(bytes, open + 1, end, address)
    : readAddrSpec(bytes, at, end, address);
};

/** The index of `<` after an optional display name; of something else where there is none. */
const findOpenBracket = (bytes: Uint8Array, at: number, end: number): number => {
  if (at < end && bytes[at] === QUOTE) {
    const closed = skipQuoted(bytes, at, end);
    if (closed < 0) return ADDRESS_MALFORMED;
    const open = skipLws(bytes, closed, end);
    return open < end && bytes[open] === LESS ? open : ADDRESS_MALFORMED;
  }
  let p = at;
  // Tokens by the grammar; UTF-8 in a display name without quotes is common and harmless.
  while (p < end && (isTokenByte(bytes[p]!) || isLws(bytes[p]!) || bytes[p]! >= 0x80)) p++;
  return p;
};

const readBracketed = (bytes: Uint8Array, start: number, end: number, address: Address): number => {
  let p = start;
  while (p < end && isUriByte(bytes[p]!)) p++;
  if (p >= end || bytes[p] !== GREATER || !hasScheme(bytes, start, p)) return ADDRESS_MALFORMED;
  address.uriStart = start;
  address.uriEnd = p;
  return skipLws(bytes, p + 1, end);
};

const readAddrSpec = (bytes: Uint8Array, start: number, end: number, address: Address): number => {
  let p = start;
  while (p < end && isUriByte(bytes[p]!)) {
    const byte = bytes[p]!;
    if (byte === SEMICOLON || byte === COMMA) break;
    // RFC 3261 §20.10: a URI with a comma, semicolon or question mark must stand in angle brackets.
    if (byte === QUESTION) return ADDRESS_MALFORMED;
    p++;
  }
  if (!hasScheme(bytes, start, p)) return ADDRESS_MALFORMED;
  address.uriStart = start;
  address.uriEnd = p;
  return skipLws(bytes, p, end);
};

const hasScheme = (bytes: Uint8Array, start: number, end: number): boolean => {
  if (start >= end || !isLetter(bytes[start]!)) return false;
  let p = start + 1;
  while (p < end && isSchemeByte(bytes[p]!)) p++;
  return p + 1 < end && bytes[p] === COLON;
};
