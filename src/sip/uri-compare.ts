// @hot
// Whether two URIs mean the same (RFC 3261 §19.1.4): how a client finds its own binding in a 200, among thousands of others if
// need be, and a registrar the one to update. The usual case is byte equality and ends in the first line.
//
//   sip:Alice@Example.net;transport=TCP   sip:%41lice@example.NET;transport=tcp       same
//   sip:alice@example.net                 sip:alice@example.net:5060                  not: a default is not the same as none
//   sip:alice@example.net;newparam=5      sip:alice@example.net                       same: unknown parameters in one only
//   sip:alice@example.net;transport=udp   sip:alice@example.net                       not, like user, ttl, method and maddr
//
// The relation is not transitive, so a URI cannot be turned into a key. URIs of other schemes are the same if their bytes
// are. More than MAX_PARTS parameters or headers are never the same unless the bytes are: the comparison is quadratic, and
// a peer chooses the length.
//
// DEVIATION (RFC 5954 §4.2): addresses in a URI are compared as text, so the same IPv6 address in other digits is another
// host. Nothing is sent over IPv6 yet, and IPv4 addresses are hardly ever written in two ways.

import { encodeAscii, equalBytes } from '../std/index.ts';
import { createSipUri, parseSipUri, type SipUri, URI_OK } from './uri.ts';

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PERCENT = 0x25;
const SEMICOLON = 0x3b;

const MAX_PARTS = 32;
const ESCAPED = 256;
const NOT_FOUND = -1;

/** RFC 3261 §25.1 reserved: escaped and not escaped, these differ. */
const RESERVED: Uint8Array = encodeAscii(';/?:@&=+$,');

/**
 * Parameters that must be in both or in neither. RFC 3261 §19.1.4 names the first four, and shows by example that a
 * transport in only one of them makes a difference.
 */
const DECISIVE: readonly Uint8Array[] = ['user', 'ttl', 'method', 'maddr', 'transport'].map(encodeAscii);

/** Work space of a comparison: made once, used for any number. */
export interface UriPair {
  readonly first: SipUri;
  readonly second: SipUri;
}

export const createUriPair = (): UriPair => ({ first: createSipUri(), second: createSipUri() });

/** [start, end) of each URI, without angle brackets. */
export const sameUri = (
  pair: UriPair,
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean => {
  if (equalBytes(a, aStart, aEnd, b, bStart, bEnd)) return true;
  const { first, second } = pair;
  if (parseSipUri(a, aStart, aEnd, first) !== URI_OK || parseSipUri(b, bStart, bEnd, second) !== URI_OK) return false;
  return sameAddress(a, first, b, second) && sameParameters(a, first, b, second) && sameHeaders(a, first, b, second);
};

/** Everything ahead of the parameters. */
const sameAddress = (a: Uint8Array, first: SipUri, b: Uint8Array, second: SipUri): boolean => {
  if (first.isSips !== second.isSips || first.port !== second.port) return false;
  if (first.userStart < 0 !== second.userStart < 0) return false;
  if (first.passwordStart < 0 !== second.passwordStart < 0) return false;
  return (
    sameText(a, first.userStart, first.userEnd, b, second.userStart, second.userEnd, false) &&
    sameText(a, first.passwordStart, first.passwordEnd, b, second.passwordStart, second.passwordEnd, false) &&
    sameText(a, first.hostStart, first.hostEnd, b, second.hostStart, second.hostEnd, true)
  );
};

/** RFC 3261 §19.1.4: a parameter in both must match; one in only one counts only if it is a decisive one. */
const sameParameters = (a: Uint8Array, first: SipUri, b: Uint8Array, second: SipUri): boolean => {
  const aStart = first.paramsStart;
  const aEnd = first.paramsEnd;
  const bStart = second.paramsStart;
  const bEnd = second.paramsEnd;
  if (countParts(a, aStart, aEnd, SEMICOLON) > MAX_PARTS) return false;
  if (countParts(b, bStart, bEnd, SEMICOLON) > MAX_PARTS) return false;
  return parametersAgree(a, aStart, aEnd, b, bStart, bEnd) && parametersAgree(b, bStart, bEnd, a, aStart, aEnd);
};

const parametersAgree = (
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean => {
  for (let at = aStart, end = 0; at < aEnd; at = end + 1) {
    end = indexOf(a, at, aEnd, SEMICOLON);
    const nameEnd = indexOf(a, at, end, EQUALS);
    const other = findParameter(a, at, nameEnd, b, bStart, bEnd);
    if (other === NOT_FOUND) {
      if (isDecisive(a, at, nameEnd)) return false;
      continue;
    }
    const otherEnd = indexOf(b, other, bEnd, SEMICOLON);
    const otherValue = indexOf(b, other, otherEnd, EQUALS) + 1;
    if (!sameText(a, nameEnd + 1, end, b, otherValue, otherEnd, true)) return false;
  }
  return true;
};

/** Where the parameter of that name begins, or NOT_FOUND. */
const findParameter = (
  a: Uint8Array,
  nameStart: number,
  nameEnd: number,
  b: Uint8Array,
  start: number,
  end: number,
): number => {
  for (let at = start, partEnd = 0; at < end; at = partEnd + 1) {
    partEnd = indexOf(b, at, end, SEMICOLON);
    if (sameText(a, nameStart, nameEnd, b, at, indexOf(b, at, partEnd, EQUALS), true)) return at;
  }
  return NOT_FOUND;
};

const isDecisive = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let i = 0; i < DECISIVE.length; i++) {
    const name = DECISIVE[i]!;
    if (sameText(bytes, start, end, name, 0, name.length, true)) return true;
  }
  return false;
};

/** RFC 3261 §19.1.4: headers are never ignored; their order is. */
const sameHeaders = (a: Uint8Array, first: SipUri, b: Uint8Array, second: SipUri): boolean => {
  const aStart = first.headersStart;
  const aEnd = first.headersEnd;
  const bStart = second.headersStart;
  const bEnd = second.headersEnd;
  const count = countParts(a, aStart, aEnd, AMPERSAND);
  if (count > MAX_PARTS || count !== countParts(b, bStart, bEnd, AMPERSAND)) return false;
  return headersIn(a, aStart, aEnd, b, bStart, bEnd) && headersIn(b, bStart, bEnd, a, aStart, aEnd);
};

const headersIn = (
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean => {
  for (let at = aStart, end = 0; at < aEnd; at = end + 1) {
    end = indexOf(a, at, aEnd, AMPERSAND);
    if (!hasHeader(a, at, end, b, bStart, bEnd)) return false;
  }
  return true;
};

/** Whether one of the headers in b has this name and value. */
const hasHeader = (a: Uint8Array, start: number, end: number, b: Uint8Array, bStart: number, bEnd: number): boolean => {
  const nameEnd = indexOf(a, start, end, EQUALS);
  for (let at = bStart, partEnd = 0; at < bEnd; at = partEnd + 1) {
    partEnd = indexOf(b, at, bEnd, AMPERSAND);
    const otherNameEnd = indexOf(b, at, partEnd, EQUALS);
    const sameName = sameText(a, start, nameEnd, b, at, otherNameEnd, true);
    if (sameName && sameText(a, nameEnd + 1, end, b, otherNameEnd + 1, partEnd, true)) return true;
  }
  return false;
};

/** How many parts the separator makes of the span; nothing behind the last one is no part. Stops above MAX_PARTS. */
const countParts = (bytes: Uint8Array, start: number, end: number, separator: number): number => {
  let count = 0;
  for (let at = start; at < end && count <= MAX_PARTS; count++) at = indexOf(bytes, at, end, separator) + 1;
  return count;
};

const indexOf = (bytes: Uint8Array, start: number, end: number, byte: number): number => {
  let p = start;
  while (p < end && bytes[p] !== byte) p++;
  return p;
};

/** Character by character, escapes decoded. A span that begins at or behind its end is empty. */
const sameText = (
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
  ignoreCase: boolean,
): boolean => {
  let i = aStart;
  let j = bStart;
  while (i < aEnd && j < bEnd) {
    const left = characterAt(a, i, aEnd);
    const right = characterAt(b, j, bEnd);
    if (left !== right && !(ignoreCase && fold(left) === fold(right))) return false;
    i += widthAt(a, i, aEnd);
    j += widthAt(b, j, bEnd);
  }
  return i >= aEnd && j >= bEnd;
};

/** RFC 3261 §19.1.4: %HH is the character it stands for, unless that is reserved; then it is something else. */
const characterAt = (bytes: Uint8Array, at: number, end: number): number => {
  if (!isEscape(bytes, at, end)) return bytes[at]!;
  const byte = hexValue(bytes[at + 1]!) * 16 + hexValue(bytes[at + 2]!);
  return RESERVED.includes(byte) ? ESCAPED + byte : byte;
};

const widthAt = (bytes: Uint8Array, at: number, end: number): number => (isEscape(bytes, at, end) ? 3 : 1);

const isEscape = (bytes: Uint8Array, at: number, end: number): boolean =>
  bytes[at] === PERCENT && at + 2 < end && hexValue(bytes[at + 1]!) >= 0 && hexValue(bytes[at + 2]!) >= 0;

const hexValue = (byte: number): number => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
};

const fold = (character: number): number => (character >= 0x41 && character <= 0x5a ? character | 0x20 : character);
