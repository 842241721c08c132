// @hot
// One Authorization or Proxy-Authorization value (RFC 7616 §3.4): what a registrar needs to check it. Checking is the
// registrar's; this only finds the parts.

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

export const CREDENTIALS_OK = 0;
/** Not Digest (RFC 4475 §3.3.7). */
export const CREDENTIALS_OTHER_SCHEME = -1;
/** Not a list of parameters, a parameter twice, or one of username, realm, nonce, uri and response missing. */
export const CREDENTIALS_MALFORMED = -2;

const USERNAME: Uint8Array = encodeAscii('username');
const REALM: Uint8Array = encodeAscii('realm');
const NONCE: Uint8Array = encodeAscii('nonce');
const URI: Uint8Array = encodeAscii('uri');
const RESPONSE: Uint8Array = encodeAscii('response');
const CNONCE: Uint8Array = encodeAscii('cnonce');
const NC: Uint8Array = encodeAscii('nc');
const QOP: Uint8Array = encodeAscii('qop');
const OPAQUE: Uint8Array = encodeAscii('opaque');
const ALGORITHM: Uint8Array = encodeAscii('algorithm');
const AUTH: Uint8Array = encodeAscii('auth');

/** A reusable record. Spans are what stands between the quotes; -1 means absent. */
export interface Credentials {
  usernameStart: number;
  usernameEnd: number;
  realmStart: number;
  realmEnd: number;
  nonceStart: number;
  nonceEnd: number;
  uriStart: number;
  uriEnd: number;
  responseStart: number;
  responseEnd: number;
  cnonceStart: number;
  cnonceEnd: number;
  ncStart: number;
  ncEnd: number;
  qopStart: number;
  qopEnd: number;
  opaqueStart: number;
  opaqueEnd: number;
  /** qop is there and is `auth`. */
  qopAuth: boolean;
  /** ALGORITHM_*. */
  algorithm: number;
  hasAlgorithm: boolean;
  /** The parser's own work space. */
  readonly param: AuthParam;
}

export const createCredentials = (): Credentials => ({
  usernameStart: -1,
  usernameEnd: -1,
  realmStart: -1,
  realmEnd: -1,
  nonceStart: -1,
  nonceEnd: -1,
  uriStart: -1,
  uriEnd: -1,
  responseStart: -1,
  responseEnd: -1,
  cnonceStart: -1,
  cnonceEnd: -1,
  ncStart: -1,
  ncEnd: -1,
  qopStart: -1,
  qopEnd: -1,
  opaqueStart: -1,
  opaqueEnd: -1,
  qopAuth: false,
  algorithm: ALGORITHM_MD5,
  hasAlgorithm: false,
  param: createAuthParam(),
});

/** Reads a row of message.authorization or message.proxyAuthorization. Returns CREDENTIALS_*. */
export const parseCredentials = (bytes: Uint8Array, start: number, end: number, credentials: Credentials): number => {
  resetCredentials(credentials);
  const schemeEnd = skipScheme(bytes, start, end);
  if (schemeEnd === AUTH_PARAM_MALFORMED) return CREDENTIALS_MALFORMED;
  if (!isDigestScheme(bytes, start, schemeEnd)) return CREDENTIALS_OTHER_SCHEME;
  let at = schemeEnd;
  // Every turn moves on by at least three bytes.
  while (at < end) {
    at = readAuthParam(bytes, at, end, credentials.param);
    if (at === AUTH_PARAM_END) break;
    if (at === AUTH_PARAM_MALFORMED || !takeParam(bytes, credentials)) return CREDENTIALS_MALFORMED;
  }
  return isComplete(credentials) ? CREDENTIALS_OK : CREDENTIALS_MALFORMED;
};

const resetCredentials = (credentials: Credentials): void => {
  credentials.usernameStart = -1;
  credentials.usernameEnd = -1;
  credentials.realmStart = -1;
  credentials.realmEnd = -1;
  credentials.nonceStart = -1;
  credentials.nonceEnd = -1;
  credentials.uriStart = -1;
  credentials.uriEnd = -1;
  credentials.responseStart = -1;
  credentials.responseEnd = -1;
  credentials.cnonceStart = -1;
  credentials.cnonceEnd = -1;
  credentials.ncStart = -1;
  credentials.ncEnd = -1;
  credentials.qopStart = -1;
  credentials.qopEnd = -1;
  credentials.opaqueStart = -1;
  credentials.opaqueEnd = -1;
  credentials.qopAuth = false;
  credentials.algorithm = ALGORITHM_MD5;
  credentials.hasAlgorithm = false;
};

const isComplete = (credentials: Credentials): boolean =>
  credentials.usernameStart >= 0 &&
  credentials.realmStart >= 0 &&
  credentials.nonceStart >= 0 &&
  credentials.uriStart >= 0 &&
  credentials.responseStart >= 0;

/** False: the parameter was there before (RFC 7616 §3: none may appear more than once). */
const takeParam = (bytes: Uint8Array, credentials: Credentials): boolean => {
  const param = credentials.param;
  switch (param.nameEnd - param.nameStart) {
    case 2:
      return !isAuthParam(bytes, param, NC) || takeNc(credentials);
    case 3:
      return takeUriOrQop(bytes, credentials);
    case 5:
      return takeRealmOrNonce(bytes, credentials);
    case 6:
      return takeCnonceOrOpaque(bytes, credentials);
    case 8:
      return takeUsernameOrResponse(bytes, credentials);
    case 9:
      return !isAuthParam(bytes, param, ALGORITHM) || takeAlgorithm(bytes, credentials);
    default:
      return true;
  }
};

const takeNc = (credentials: Credentials): boolean => {
  if (credentials.ncStart >= 0) return false;
  credentials.ncStart = credentials.param.valueStart;
  credentials.ncEnd = credentials.param.valueEnd;
  return true;
};

const takeUriOrQop = (bytes: Uint8Array, credentials: Credentials): boolean => {
  const { param } = credentials;
  if (isAuthParam(bytes, param, URI)) {
    if (credentials.uriStart >= 0) return false;
    credentials.uriStart = param.valueStart;
    credentials.uriEnd = param.valueEnd;
  } else if (isAuthParam(bytes, param, QOP)) {
    if (credentials.qopStart >= 0) return false;
    credentials.qopStart = param.valueStart;
    credentials.qopEnd = param.valueEnd;
    credentials.qopAuth = equalsIgnoreCase(bytes, param.valueStart, param.valueEnd, AUTH, 0, AUTH.length);
  }
  return true;
};

const takeRealmOrNonce = (bytes: Uint8Array, credentials: Credentials): boolean => {
  const { param } = credentials;
  if (isAuthParam(bytes, param, REALM)) {
    if (credentials.realmStart >= 0) return false;
    credentials.realmStart = param.valueStart;
    credentials.realmEnd = param.valueEnd;
  } else if (isAuthParam(bytes, param, NONCE)) {
    if (credentials.nonceStart >= 0) return false;
    credentials.nonceStart = param.valueStart;
    credentials.nonceEnd = param.valueEnd;
  }
  return true;
};

const takeCnonceOrOpaque = (bytes: Uint8Array, credentials: Credentials): boolean => {
  const { param } = credentials;
  if (isAuthParam(bytes, param, CNONCE)) {
    if (credentials.cnonceStart >= 0) return false;
    credentials.cnonceStart = param.valueStart;
    credentials.cnonceEnd = param.valueEnd;
  } else if (isAuthParam(bytes, param, OPAQUE)) {
    if (credentials.opaqueStart >= 0) return false;
    credentials.opaqueStart = param.valueStart;
    credentials.opaqueEnd = param.valueEnd;
  }
  return true;
};

const takeUsernameOrResponse = (bytes: Uint8Array, credentials: Credentials): boolean => {
  const { param } = credentials;
  if (isAuthParam(bytes, param, USERNAME)) {
    if (credentials.usernameStart >= 0) return false;
    credentials.usernameStart = param.valueStart;
    credentials.usernameEnd = param.valueEnd;
  } else if (isAuthParam(bytes, param, RESPONSE)) {
    if (credentials.responseStart >= 0) return false;
    credentials.responseStart = param.valueStart;
    credentials.responseEnd = param.valueEnd;
  }
  return true;
};

const takeAlgorithm = (bytes: Uint8Array, credentials: Credentials): boolean => {
  if (credentials.hasAlgorithm) return false;
  credentials.hasAlgorithm = true;
  credentials.algorithm = algorithmNumber(bytes, credentials.param.valueStart, credentials.param.valueEnd);
  return true;
};
