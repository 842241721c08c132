// The parts of a sip: or sips: URI (RFC 3261 §19.1.1):
//
//   sip:user:password@host:port;parameters?headers
//
// The user part may hold `;` and `?` (RFC 4475 §3.1.1.9), but an `@` in it is always escaped, so the first `@` ends it.
// Escapes are left as they are: who compares or looks up decodes (see uri-compare.ts).
//
// Left out on purpose: other schemes. A contact may have one (RFC 3261 §10.2.1); it is compared byte by byte.

import { encodeAscii, equalsIgnoreCase } from '../std/index.ts';
import { isUriByte } from './characters.ts';
import { createHostPort, type HostPort, parseHostPort } from './host-port.ts';

const AT = 0x40;
const COLON = 0x3a;
const QUESTION = 0x3f;
const SEMICOLON = 0x3b;

export const URI_OK = 0;
/** Has a scheme, but not one of ours: 416 for a Request-URI (RFC 3261 §8.2.2.1). */
export const URI_OTHER_SCHEME = -1;
export const URI_MALFORMED = -2;

const SIP: Uint8Array = encodeAscii('sip:');
const SIPS: Uint8Array = encodeAscii('sips:');

/** A reusable record. Spans are absolute; -1 means absent. */
export interface SipUri {
  isSips: boolean;
  userStart: number;
  userEnd: number;
  passwordStart: number;
  passwordEnd: number;
  /** An IPv6 host includes its brackets. */
  hostStart: number;
  hostEnd: number;
  /** -1 where there is none; that is not the same URI as one with the default port (RFC 3261 §19.1.4). */
  port: number;
  /** After the first `;`, up to `?` or the end. */
  paramsStart: number;
  paramsEnd: number;
  /** After the `?`. */
  headersStart: number;
  headersEnd: number;
  /** The parser's own work space. */
  readonly hostPort: HostPort;
}

export const createSipUri = (): SipUri => ({
  isSips: false,
  userStart: -1,
  userEnd: -1,
  passwordStart: -1,
  passwordEnd: -1,
  hostStart: -1,
  hostEnd: -1,
  port: -1,
  paramsStart: -1,
  paramsEnd: -1,
  headersStart: -1,
  headersEnd: -1,
  hostPort: createHostPort(),
});

/** Takes the URI in [start, end) apart, without angle brackets around it. Returns URI_*. */
export const parseSipUri = (bytes: Uint8Array, start: number, end: number, uri: SipUri): number => {
  const schemeEnd = findByte(bytes, start, end, COLON);
  if (schemeEnd === start || schemeEnd === end) return URI_MALFORMED;
  uri.isSips = equalsIgnoreCase(bytes, start, schemeEnd + 1, SIPS, 0, SIPS.length);
  if (!uri.isSips && !equalsIgnoreCase(bytes, start, schemeEnd + 1, SIP, 0, SIP.length)) return URI_OTHER_SCHEME;
  for (let i = schemeEnd + 1; i < end; i++) {
    if (!isUriByte(bytes[i]!)) return URI_MALFORMED;
  }
  const hostStart = parseUserInfo(bytes, schemeEnd + 1, end, uri);
  if (hostStart < 0) return URI_MALFORMED;
  return parseAfterUser(bytes, hostStart, end, uri);
};

/** Returns where the host begins, or -1. */
const parseUserInfo = (bytes: Uint8Array, start: number, end: number, uri: SipUri): number => {
  uri.userStart = -1;
  uri.userEnd = -1;
  uri.passwordStart = -1;
  uri.passwordEnd = -1;
  const at = findByte(bytes, start, end, AT);
  if (at === end) return start;
  const colon = findByte(bytes, start, at, COLON);
  if (colon === start) return -1;
  uri.userStart = start;
  uri.userEnd = colon;
  if (colon < at) {
    uri.passwordStart = colon + 1;
    uri.passwordEnd = at;
  }
  return at + 1;
};

const parseAfterUser = (bytes: Uint8Array, start: number, end: number, uri: SipUri): number => {
  const question = findByte(bytes, start, end, QUESTION);
  uri.headersStart = question < end ? question + 1 : -1;
  uri.headersEnd = question < end ? end : -1;
  const semicolon = findByte(bytes, start, question, SEMICOLON);
  uri.paramsStart = semicolon < question ? semicolon + 1 : -1;
  uri.paramsEnd = semicolon < question ? question : -1;
  if (!parseHostPort(bytes, start, semicolon, uri.hostPort)) return URI_MALFORMED;
  uri.hostStart = uri.hostPort.hostStart;
  uri.hostEnd = uri.hostPort.hostEnd;
  uri.port = uri.hostPort.port;
  return URI_OK;
};

/** The first place of a byte, or `end`. */
const findByte = (bytes: Uint8Array, start: number, end: number, byte: number): number => {
  let p = start;
  while (p < end && bytes[p] !== byte) p++;
  return p;
};
