// @hot
// What challenges and credentials have in common (RFC 3261 §25.1, RFC 7616 §3.3, §3.4): a scheme, white space, and
// `name=value` with commas between them.
//
// Values are taken quoted or as tokens, whichever the peer sent: `qop=auth` without and `algorithm="MD5"` with quotes are
// both widespread. The span of a quoted value leaves the quotes out and backslashes in: it is what has to be sent back
// and what is hashed. Empty list elements are skipped (a stray comma is common and changes nothing).

import { encodeAscii, equalsIgnoreCase } from '../std/index.ts';
import { isLws, skipLws, skipQuoted, skipToken } from './characters.ts';

const COMMA = 0x2c;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const TAB = 0x09;
const DELETE = 0x7f;

export const AUTH_PARAM_END = -1;
export const AUTH_PARAM_MALFORMED = -2;

/** MD5, named or by default (RFC 7616 §3.3: absent means MD5). */
export const ALGORITHM_MD5 = 0;
export const ALGORITHM_MD5_SESS = 1;
export const ALGORITHM_SHA_256 = 2;
export const ALGORITHM_SHA_256_SESS = 3;
export const ALGORITHM_SHA_512_256 = 4;
export const ALGORITHM_SHA_512_256_SESS = 5;
/** RFC 7616 §3.3: a challenge with an algorithm that is not understood is ignored. */
export const ALGORITHM_UNKNOWN = -1;

const DIGEST: Uint8Array = encodeAscii('digest');
const MD5: Uint8Array = encodeAscii('md5');
const MD5_SESS: Uint8Array = encodeAscii('md5-sess');
const SHA_256: Uint8Array = encodeAscii('sha-256');
const SHA_256_SESS: Uint8Array = encodeAscii('sha-256-sess');
const SHA_512_256: Uint8Array = encodeAscii('sha-512-256');
const SHA_512_256_SESS: Uint8Array = encodeAscii('sha-512-256-sess');

/** A reusable record: one `name=value`. */
export interface AuthParam {
  nameStart: number;
  nameEnd: number;
  valueStart: number;
  valueEnd: number;
}

export const createAuthParam = (): AuthParam => ({ nameStart: -1, nameEnd: -1, valueStart: -1, valueEnd: -1 });

/** The index after the scheme's name, or AUTH_PARAM_MALFORMED. */
export const skipScheme = (bytes: Uint8Array, start: number, end: number): number => {
  const schemeEnd = skipToken(bytes, start, end);
  return schemeEnd === start || (schemeEnd < end && !isLws(bytes[schemeEnd]!)) ? AUTH_PARAM_MALFORMED : schemeEnd;
};

export const isDigestScheme = (bytes: Uint8Array, start: number, schemeEnd: number): boolean =>
  equalsIgnoreCase(bytes, start, schemeEnd, DIGEST, 0, DIGEST.length);

/** Reads the next parameter from `at` on; returns where to go on, AUTH_PARAM_END or AUTH_PARAM_MALFORMED. */
export const readAuthParam = (bytes: Uint8Array, at: number, end: number, param: AuthParam): number => {
  let nameStart = skipLws(bytes, at, end);
  while (nameStart < end && bytes[nameStart] === COMMA) nameStart = skipLws(bytes, nameStart + 1, end);
  if (nameStart >= end) return AUTH_PARAM_END;
  const nameEnd = skipToken(bytes, nameStart, end);
  const equals = skipLws(bytes, nameEnd, end);
  if (nameEnd === nameStart || equals >= end || bytes[equals] !== EQUALS) return AUTH_PARAM_MALFORMED;
  param.nameStart = nameStart;
  param.nameEnd = nameEnd;
  const after = readAuthValue(bytes, skipLws(bytes, equals + 1, end), end, param);
  if (after === AUTH_PARAM_MALFORMED) return AUTH_PARAM_MALFORMED;
  const next = skipLws(bytes, after, end);
  return next >= end || bytes[next] === COMMA ? next : AUTH_PARAM_MALFORMED;
};

const readAuthValue = (bytes: Uint8Array, start: number, end: number, param: AuthParam): number => {
  if (start < end && bytes[start] === QUOTE) {
    const after = skipQuoted(bytes, start, end);
    if (after < 0) return AUTH_PARAM_MALFORMED;
    param.valueStart = start + 1;
    param.valueEnd = after - 1;
    return after;
  }
  let valueEnd = start;
  while (valueEnd < end && bytes[valueEnd] !== COMMA && bytes[valueEnd] !== QUOTE && !isLws(bytes[valueEnd]!)) {
    valueEnd++;
  }
  if (valueEnd === start) return AUTH_PARAM_MALFORMED;
  param.valueStart = start;
  param.valueEnd = valueEnd;
  return valueEnd;
};

/**
 * Whether the bytes, as they stand, can be put between quotes in a line of our own: no fold or other control character but
 * the tab, and no backslash at the end that would escape the closing quote (a value that came without quotes may have one).
 */
export const isQuotable = (bytes: Uint8Array, start: number, end: number): boolean => {
  let isEscaped = false;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if ((byte < SPACE && byte !== TAB) || byte === DELETE) return false;
    if (byte === QUOTE && !isEscaped) return false;
    isEscaped = byte === BACKSLASH && !isEscaped;
  }
  return !isEscaped;
};

/** Whether the parameter is called `name` (lower case); parameter names ignore case. */
export const isAuthParam = (bytes: Uint8Array, param: AuthParam, name: Uint8Array): boolean =>
  equalsIgnoreCase(bytes, param.nameStart, param.nameEnd, name, 0, name.length);

/** The ALGORITHM_* of a value. */
export const algorithmNumber = (bytes: Uint8Array, start: number, end: number): number => {
  if (equalsIgnoreCase(bytes, start, end, MD5, 0, MD5.length)) return ALGORITHM_MD5;
  if (equalsIgnoreCase(bytes, start, end, MD5_SESS, 0, MD5_SESS.length)) return ALGORITHM_MD5_SESS;
  if (equalsIgnoreCase(bytes, start, end, SHA_256, 0, SHA_256.length)) return ALGORITHM_SHA_256;
  if (equalsIgnoreCase(bytes, start, end, SHA_256_SESS, 0, SHA_256_SESS.length)) return ALGORITHM_SHA_256_SESS;
  if (equalsIgnoreCase(bytes, start, end, SHA_512_256, 0, SHA_512_256.length)) return ALGORITHM_SHA_512_256;
  return equalsIgnoreCase(bytes, start, end, SHA_512_256_SESS, 0, SHA_512_256_SESS.length)
    ? ALGORITHM_SHA_512_256_SESS
    : ALGORITHM_UNKNOWN;
};
