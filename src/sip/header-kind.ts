// @hot
// Which header a name means: full or compact form, any case (RFC 3261 §7.3.1, §7.3.3). The length narrows it down to one
// or two candidates, so a header that we do not read costs one switch and at most a few comparisons.

import { encodeAscii } from '../std/index.ts';

export const HEADER_OTHER = 0;
export const HEADER_VIA = 1;
export const HEADER_FROM = 2;
export const HEADER_TO = 3;
export const HEADER_CALL_ID = 4;
export const HEADER_CSEQ = 5;
export const HEADER_CONTACT = 6;
export const HEADER_EXPIRES = 7;
export const HEADER_MIN_EXPIRES = 8;
export const HEADER_RETRY_AFTER = 9;
export const HEADER_MAX_FORWARDS = 10;
export const HEADER_CONTENT_LENGTH = 11;
export const HEADER_WWW_AUTHENTICATE = 12;
export const HEADER_PROXY_AUTHENTICATE = 13;
export const HEADER_AUTHORIZATION = 14;
export const HEADER_PROXY_AUTHORIZATION = 15;
export const HEADER_REQUIRE = 16;
export const HEADER_PROXY_REQUIRE = 17;
export const HEADER_WARNING = 18;
export const HEADER_P_REGISTRAR_ERROR = 19;

const VIA: Uint8Array = encodeAscii('via');
const FROM: Uint8Array = encodeAscii('from');
const CSEQ: Uint8Array = encodeAscii('cseq');
const TO: Uint8Array = encodeAscii('to');
const CALL_ID: Uint8Array = encodeAscii('call-id');
const CONTACT: Uint8Array = encodeAscii('contact');
const EXPIRES: Uint8Array = encodeAscii('expires');
const REQUIRE: Uint8Array = encodeAscii('require');
const WARNING: Uint8Array = encodeAscii('warning');
const MIN_EXPIRES: Uint8Array = encodeAscii('min-expires');
const RETRY_AFTER: Uint8Array = encodeAscii('retry-after');
const MAX_FORWARDS: Uint8Array = encodeAscii('max-forwards');
const AUTHORIZATION: Uint8Array = encodeAscii('authorization');
const PROXY_REQUIRE: Uint8Array = encodeAscii('proxy-require');
const CONTENT_LENGTH: Uint8Array = encodeAscii('content-length');
const WWW_AUTHENTICATE: Uint8Array = encodeAscii('www-authenticate');
const P_REGISTRAR_ERROR: Uint8Array = encodeAscii('p-registrar-error');
const PROXY_AUTHENTICATE: Uint8Array = encodeAscii('proxy-authenticate');
const PROXY_AUTHORIZATION: Uint8Array = encodeAscii('proxy-authorization');

/** The HEADER_* of a name, which is known to be a token. */
export const headerKind = (bytes: Uint8Array, start: number, end: number): number => {
  switch (end - start) {
    case 1:
      return compactKind(bytes[start]! | 0x20);
    case 2:
      return matches(bytes, start, TO) ? HEADER_TO : HEADER_OTHER;
    case 3:
      return matches(bytes, start, VIA) ? HEADER_VIA : HEADER_OTHER;
    case 4:
      return matches(bytes, start, CSEQ) ? HEADER_CSEQ : matches(bytes, start, FROM) ? HEADER_FROM : HEADER_OTHER;
    case 7:
      return kindOfSeven(bytes, start);
    case 11:
      if (matches(bytes, start, MIN_EXPIRES)) return HEADER_MIN_EXPIRES;
      return matches(bytes, start, RETRY_AFTER) ? HEADER_RETRY_AFTER : HEADER_OTHER;
    case 12:
      return matches(bytes, start, MAX_FORWARDS) ? HEADER_MAX_FORWARDS : HEADER_OTHER;
    case 13:
      if (matches(bytes, start, AUTHORIZATION)) return HEADER_AUTHORIZATION;
      return matches(bytes, start, PROXY_REQUIRE) ? HEADER_PROXY_REQUIRE : HEADER_OTHER;
    case 14:
      return matches(bytes, start, CONTENT_LENGTH) ? HEADER_CONTENT_LENGTH : HEADER_OTHER;
    case 16:
      return matches(bytes, start, WWW_AUTHENTICATE) ? HEADER_WWW_AUTHENTICATE : HEADER_OTHER;
    case 17:
      return matches(bytes, start, P_REGISTRAR_ERROR) ? HEADER_P_REGISTRAR_ERROR : HEADER_OTHER;
    case 18:
      return matches(bytes, start, PROXY_AUTHENTICATE) ? HEADER_PROXY_AUTHENTICATE : HEADER_OTHER;
    case 19:
      return matches(bytes, start, PROXY_AUTHORIZATION) ? HEADER_PROXY_AUTHORIZATION : HEADER_OTHER;
    default:
      return HEADER_OTHER;
  }
};

/** The compact forms of the headers that we read; `letter` is lower case. */
const compactKind = (letter: number): number => {
  switch (letter) {
    case 0x76: // v
      return HEADER_VIA;
    case 0x66: // f
      return HEADER_FROM;
    case 0x74: // t
      return HEADER_TO;
    case 0x69: // i
      return HEADER_CALL_ID;
    case 0x6d: // m
      return HEADER_CONTACT;
    case 0x6c: // l
      return HEADER_CONTENT_LENGTH;
    default:
      return HEADER_OTHER;
  }
};

const kindOfSeven = (bytes: Uint8Array, start: number): number => {
  if (matches(bytes, start, CALL_ID)) return HEADER_CALL_ID;
  if (matches(bytes, start, CONTACT)) return HEADER_CONTACT;
  if (matches(bytes, start, EXPIRES)) return HEADER_EXPIRES;
  if (matches(bytes, start, REQUIRE)) return HEADER_REQUIRE;
  return matches(bytes, start, WARNING) ? HEADER_WARNING : HEADER_OTHER;
};

/** `name` is lower case and as long as the span. In a token, setting the bit 0x20 makes no other byte a letter or '-'. */
const matches = (bytes: Uint8Array, start: number, name: Uint8Array): boolean => {
  for (let i = 0; i < name.length; i++) {
    if ((bytes[start + i]! | 0x20) !== name[i]) return false;
  }
  return true;
};
