// Whether two URIs mean the same (RFC 3261 §19.1.4): how a client finds its own binding in a 200, and a registrar the one to
// update. The usual case is byte equality and ends in the first line; only then two small records are made.
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

/** RFC 3261 §25.1 reserved: escaped and not escaped, these differ. */
const RESERVED: Uint8Array = encodeAscii(';/?:@&=+$,');

/**
 * Parameters that must be in both or in neither. RFC 3261 §19.1.4 names the first four, and shows by example that a
 * transport in only one of them makes a difference.
 */
const DECISIVE: readonly Uint8Array[] = ['user', 'ttl', 'method', 'maddr', 'transport'].map(encodeAscii);

/** [start, end) of each URI, without angle brackets. */
export const sameUri = (
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean => {
  if (equalBytes(a, aStart, aEnd, b, bStart, bEnd)) return true;
  const first = createSipUri();
  const second = createSipUri();
  if (parseSipUri(a, aStart, aEnd, first) !== URI_OK || parseSipUri(b, bStart, bEnd, second) !== URI_OK) return false;
  return sameParts(a, first, b, second);
};

const sameParts = (a: Uint8Array, first: SipUri, b: Uint8Array, second: SipUri): boolean => {
  if (first.isSips !== second.isSips || first.port !== second.port) return false;
  if (first.userStart < 0 !== second.userStart < 0) return false;
  if (first.passwordStart < 0 !== second.passwordStart < 0) return false;
  if (!sameCase(spanOf(a, first.userStart, first.userEnd), spanOf(b, second.userStart, second.userEnd))) return false;
  if (
    !sameCase(spanOf(a, first.passwordStart, first.passwordEnd), spanOf(b, second.passwordStart, second.passwordEnd))
  ) {
    return false;
  }
  if (!anyCase(spanOf(a, first.hostStart, first.hostEnd), spanOf(b, second.hostStart, second.hostEnd))) return false;
  return (
    sameParameters(spanOf(a, first.paramsStart, first.paramsEnd), spanOf(b, second.paramsStart, second.paramsEnd)) &&
    sameHeaders(spanOf(a, first.headersStart, first.headersEnd), spanOf(b, second.headersStart, second.headersEnd))
  );
};

interface Span {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

interface Part {
  readonly name: Span;
  /** Empty where there is no `=`. */
  readonly value: Span;
}

const spanOf = (bytes: Uint8Array, start: number, end: number): Span => ({ bytes, start, end });

/** RFC 3261 §19.1.4: a parameter in both must match; one in only one counts only if it is a decisive one. */
const sameParameters = (a: Span, b: Span): boolean => {
  const first = partsOf(a, SEMICOLON);
  const second = partsOf(b, SEMICOLON);
  if (first === null || second === null) return false;
  return parametersAgree(first, second) && parametersAgree(second, first);
};

const parametersAgree = (parts: readonly Part[], others: readonly Part[]): boolean =>
  parts.every((part) => {
    const other = others.find((candidate) => anyCase(candidate.name, part.name));
    return other === undefined ? !isDecisive(part) : anyCase(part.value, other.value);
  });

const isDecisive = (part: Part): boolean => DECISIVE.some((name) => anyCase(part.name, spanOf(name, 0, name.length)));

/** RFC 3261 §19.1.4: headers are never ignored; their order is. */
const sameHeaders = (a: Span, b: Span): boolean => {
  const first = partsOf(a, AMPERSAND);
  const second = partsOf(b, AMPERSAND);
  if (first === null || second === null || first.length !== second.length) return false;
  return headersIn(first, second) && headersIn(second, first);
};

const headersIn = (parts: readonly Part[], others: readonly Part[]): boolean =>
  parts.every((part) => others.some((other) => anyCase(part.name, other.name) && anyCase(part.value, other.value)));

/** The `name=value` pairs of a span; null when there are more than MAX_PARTS. */
const partsOf = (span: Span, separator: number): readonly Part[] | null => {
  const parts: Part[] = [];
  let start = span.start;
  while (start < span.end) {
    if (parts.length === MAX_PARTS) return null;
    const end = indexOf(span.bytes, start, span.end, separator);
    const equals = indexOf(span.bytes, start, end, EQUALS);
    parts.push({ name: spanOf(span.bytes, start, equals), value: spanOf(span.bytes, Math.min(equals + 1, end), end) });
    start = end + 1;
  }
  return parts;
};

const indexOf = (bytes: Uint8Array, start: number, end: number, byte: number): number => {
  let p = start;
  while (p < end && bytes[p] !== byte) p++;
  return p;
};

const sameCase = (a: Span, b: Span): boolean => sameText(a, b, false);
const anyCase = (a: Span, b: Span): boolean => sameText(a, b, true);

/** Character by character, escapes decoded. */
const sameText = (a: Span, b: Span, ignoreCase: boolean): boolean => {
  let i = a.start;
  let j = b.start;
  while (i < a.end && j < b.end) {
    const left = characterAt(a, i);
    const right = characterAt(b, j);
    if (left !== right && !(ignoreCase && fold(left) === fold(right))) return false;
    i += widthAt(a, i);
    j += widthAt(b, j);
  }
  return i >= a.end && j >= b.end;
};

/** RFC 3261 §19.1.4: %HH is the character it stands for, unless that is reserved; then it is something else. */
const characterAt = (span: Span, at: number): number => {
  if (!isEscape(span, at)) return span.bytes[at]!;
  const byte = hexValue(span.bytes[at + 1]!) * 16 + hexValue(span.bytes[at + 2]!);
  return RESERVED.includes(byte) ? ESCAPED + byte : byte;
};

const widthAt = (span: Span, at: number): number => (isEscape(span, at) ? 3 : 1);

const isEscape = (span: Span, at: number): boolean =>
  span.bytes[at] === PERCENT &&
  at + 2 < span.end &&
  hexValue(span.bytes[at + 1]!) >= 0 &&
  hexValue(span.bytes[at + 2]!) >= 0;

const hexValue = (byte: number): number => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
};

const fold = (character: number): number => (character >= 0x41 && character <= 0x5a ? character | 0x20 : character);
