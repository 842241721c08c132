// @hot
// One WWW-Authenticate or Proxy-Authenticate value (RFC 7616 §3.3, RFC 8760 §2): what a client needs to answer it. Another
// scheme than Digest is not an error: the client looks at the next row.
//
// Left out on purpose: `domain`, which means nothing in a SIP proxy's challenge and narrows nothing for a registrar
// (RFC 3261 §22.4 (3)); charset, whose only value is how we write names and passwords anyway.

import { encodeAscii, equalsIgnoreCase } from '../std/index.ts';
import {
  ALGORITHM_MD5,
  AUTH_PARAM_END,
  AUTH_PARAM_MALFORMED,
  type AuthParam,
  algorithmNumber,
  createAuthParam,
  isAuthParam,
  isDigestScheme,
  readAuthParam,
  skipScheme,
} from './auth-params.ts';
import { isLws } from './characters.ts';

const COMMA = 0x2c;
const QUOTE = 0x22;

export const CHALLENGE_OK = 0;
/** Well-formed as far as it was read, but not Digest. */
export const CHALLENGE_OTHER_SCHEME = -1;
/** Not a list of parameters, a parameter twice, or no realm or no nonce. */
export const CHALLENGE_MALFORMED = -2;

const REALM: Uint8Array = encodeAscii('realm');
const NONCE: Uint8Array = encodeAscii('nonce');
const OPAQUE: Uint8Array = encodeAscii('opaque');
const STALE: Uint8Array = encodeAscii('stale');
const ALGORITHM: Uint8Array = encodeAscii('algorithm');
const QOP: Uint8Array = encodeAscii('qop');
const USERHASH: Uint8Array = encodeAscii('userhash');
const TRUE: Uint8Array = encodeAscii('true');
const AUTH: Uint8Array = encodeAscii('auth');
const AUTH_INT: Uint8Array = encodeAscii('auth-int');

/** A reusable record. Spans are what stands between the quotes, backslashes and all; -1 means absent. */
export interface Challenge {
  realmStart: number;
  realmEnd: number;
  nonceStart: number;
  nonceEnd: number;
  opaqueStart: number;
  opaqueEnd: number;
  /** The nonce was too old, the password was not wrong (RFC 7616 §3.3). */
  stale: boolean;
  hasStale: boolean;
  /** ALGORITHM_*. */
  algorithm: number;
  hasAlgorithm: boolean;
  /** Its name and value, `algorithm=…`, for telling which one was not understood. */
  algorithmStart: number;
  algorithmEnd: number;
  hasQop: boolean;
  qopAuth: boolean;
  qopAuthInt: boolean;
  /** The server takes a hash for the user name (RFC 7616 §3.4.4). */
  userhash: boolean;
  hasUserhash: boolean;
  /** The parser's own work space. */
  readonly param: AuthParam;
}

export const createChallenge = (): Challenge => ({
  realmStart: -1,
  realmEnd: -1,
  nonceStart: -1,
  nonceEnd: -1,
  opaqueStart: -1,
  opaqueEnd: -1,
  stale: false,
  hasStale: false,
  algorithm: ALGORITHM_MD5,
  hasAlgorithm: false,
  algorithmStart: -1,
  algorithmEnd: -1,
  hasQop: false,
  qopAuth: false,
  qopAuthInt: false,
  userhash: false,
  hasUserhash: false,
  param: createAuthParam(),
});

/** Reads a row of message.wwwAuthenticate or message.proxyAuthenticate. Returns CHALLENGE_*. */
export const parseChallenge = (bytes: Uint8Array, start: number, end: number, challenge: Challenge): number => {
  resetChallenge(challenge);
  const schemeEnd = skipScheme(bytes, start, end);
  if (schemeEnd === AUTH_PARAM_MALFORMED) return CHALLENGE_MALFORMED;
  if (!isDigestScheme(bytes, start, schemeEnd)) return CHALLENGE_OTHER_SCHEME;
  let at = schemeEnd;
  // Every turn moves on by at least three bytes.
  while (at < end) {
    at = readAuthParam(bytes, at, end, challenge.param);
    if (at === AUTH_PARAM_END) break;
    if (at === AUTH_PARAM_MALFORMED || !takeParam(bytes, challenge)) return CHALLENGE_MALFORMED;
  }
  return challenge.realmStart < 0 || challenge.nonceStart < 0 ? CHALLENGE_MALFORMED : CHALLENGE_OK;
};

const resetChallenge = (challenge: Challenge): void => {
  challenge.realmStart = -1;
  challenge.realmEnd = -1;
  challenge.nonceStart = -1;
  challenge.nonceEnd = -1;
  challenge.opaqueStart = -1;
  challenge.opaqueEnd = -1;
  challenge.stale = false;
  challenge.hasStale = false;
  challenge.algorithm = ALGORITHM_MD5;
  challenge.hasAlgorithm = false;
  challenge.algorithmStart = -1;
  challenge.algorithmEnd = -1;
  challenge.hasQop = false;
  challenge.qopAuth = false;
  challenge.qopAuthInt = false;
  challenge.userhash = false;
  challenge.hasUserhash = false;
};

/** False: the parameter was there before (RFC 7616 §3: none may appear more than once). */
const takeParam = (bytes: Uint8Array, challenge: Challenge): boolean => {
  const param = challenge.param;
  const { valueStart, valueEnd } = param;
  if (isAuthParam(bytes, param, REALM)) {
    if (challenge.realmStart >= 0) return false;
    challenge.realmStart = valueStart;
    challenge.realmEnd = valueEnd;
  } else if (isAuthParam(bytes, param, NONCE)) {
    if (challenge.nonceStart >= 0) return false;
    challenge.nonceStart = valueStart;
    challenge.nonceEnd = valueEnd;
  } else if (isAuthParam(bytes, param, OPAQUE)) {
    if (challenge.opaqueStart >= 0) return false;
    challenge.opaqueStart = valueStart;
    challenge.opaqueEnd = valueEnd;
  } else if (isAuthParam(bytes, param, STALE)) {
    if (challenge.hasStale) return false;
    challenge.hasStale = true;
    challenge.stale = equalsIgnoreCase(bytes, valueStart, valueEnd, TRUE, 0, TRUE.length);
  } else if (isAuthParam(bytes, param, ALGORITHM)) {
    if (challenge.hasAlgorithm) return false;
    challenge.hasAlgorithm = true;
    challenge.algorithm = algorithmNumber(bytes, valueStart, valueEnd);
    challenge.algorithmStart = param.nameStart;
    challenge.algorithmEnd = bytes[valueStart - 1] === QUOTE ? valueEnd + 1 : valueEnd;
  } else if (isAuthParam(bytes, param, QOP)) {
    if (challenge.hasQop) return false;
    takeQop(bytes, valueStart, valueEnd, challenge);
  } else if (isAuthParam(bytes, param, USERHASH)) {
    if (challenge.hasUserhash) return false;
    challenge.hasUserhash = true;
    challenge.userhash = equalsIgnoreCase(bytes, valueStart, valueEnd, TRUE, 0, TRUE.length);
  }
  return true;
};

/** RFC 7616 §3.3: a list of tokens; unknown ones are ignored. */
const takeQop = (bytes: Uint8Array, start: number, end: number, challenge: Challenge): void => {
  challenge.hasQop = true;
  let at = start;
  while (at < end) {
    let tokenEnd = at;
    while (tokenEnd < end && bytes[tokenEnd] !== COMMA && !isLws(bytes[tokenEnd]!)) tokenEnd++;
    if (equalsIgnoreCase(bytes, at, tokenEnd, AUTH, 0, AUTH.length)) challenge.qopAuth = true;
    else if (equalsIgnoreCase(bytes, at, tokenEnd, AUTH_INT, 0, AUTH_INT.length)) challenge.qopAuthInt = true;
    at = tokenEnd + 1;
  }
};
