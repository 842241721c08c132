// @hot
// The value of an Authentication-Info header (RFC 7616 §3.5, RFC 3261 §20.6) or of a Proxy-Authentication-Info, which is the same for
// a proxy (RFC 7615 §4): parameters as in credentials, without a scheme. A client reads the nonce for its next request out of it, and
// the proof that the server knows the secret too (rspauth), with what that was made of.

import { encodeAscii } from '../std/index.ts';
import {
  AUTH_PARAM_END,
  AUTH_PARAM_MALFORMED,
  type AuthParam,
  createAuthParam,
  isAuthParam,
  readAuthParam,
} from './auth-params.ts';

const NEXTNONCE: Uint8Array = encodeAscii('nextnonce');
const RSPAUTH: Uint8Array = encodeAscii('rspauth');
const CNONCE: Uint8Array = encodeAscii('cnonce');
const NC: Uint8Array = encodeAscii('nc');
const QOP: Uint8Array = encodeAscii('qop');

/** A reusable record. The spans are what stands between the quotes; -1 means absent. */
export interface AuthenticationInfo {
  nextNonceStart: number;
  nextNonceEnd: number;
  rspauthStart: number;
  rspauthEnd: number;
  cnonceStart: number;
  cnonceEnd: number;
  ncStart: number;
  ncEnd: number;
  qopStart: number;
  qopEnd: number;
  /** The parser's own work space. */
  readonly param: AuthParam;
}

export const createAuthenticationInfo = (): AuthenticationInfo => ({
  nextNonceStart: -1,
  nextNonceEnd: -1,
  rspauthStart: -1,
  rspauthEnd: -1,
  cnonceStart: -1,
  cnonceEnd: -1,
  ncStart: -1,
  ncEnd: -1,
  qopStart: -1,
  qopEnd: -1,
  param: createAuthParam(),
});

/** True when it is a list of parameters, none of these twice. Else nothing of it counts, and all of them are absent. */
export const parseAuthenticationInfo = (
  bytes: Uint8Array,
  start: number,
  end: number,
  info: AuthenticationInfo,
): boolean => {
  clear(info);
  let at = start;
  // Every turn moves on by at least three bytes.
  while (at < end) {
    at = readAuthParam(bytes, at, end, info.param);
    if (at === AUTH_PARAM_END) break;
    if (at !== AUTH_PARAM_MALFORMED && keep(bytes, info)) continue;
    clear(info);
    return false;
  }
  return true;
};

/** False: this parameter was there already. */
const keep = (bytes: Uint8Array, info: AuthenticationInfo): boolean => {
  const { param } = info;
  const { valueStart, valueEnd } = param;
  if (isAuthParam(bytes, param, NEXTNONCE)) {
    if (info.nextNonceStart >= 0) return false;
    info.nextNonceStart = valueStart;
    info.nextNonceEnd = valueEnd;
  } else if (isAuthParam(bytes, param, RSPAUTH)) {
    if (info.rspauthStart >= 0) return false;
    info.rspauthStart = valueStart;
    info.rspauthEnd = valueEnd;
  } else if (isAuthParam(bytes, param, CNONCE)) {
    if (info.cnonceStart >= 0) return false;
    info.cnonceStart = valueStart;
    info.cnonceEnd = valueEnd;
  } else if (isAuthParam(bytes, param, NC)) {
    if (info.ncStart >= 0) return false;
    info.ncStart = valueStart;
    info.ncEnd = valueEnd;
  } else if (isAuthParam(bytes, param, QOP)) {
    if (info.qopStart >= 0) return false;
    info.qopStart = valueStart;
    info.qopEnd = valueEnd;
  }
  return true;
};

const clear = (info: AuthenticationInfo): void => {
  info.nextNonceStart = -1;
  info.nextNonceEnd = -1;
  info.rspauthStart = -1;
  info.rspauthEnd = -1;
  info.cnonceStart = -1;
  info.cnonceEnd = -1;
  info.ncStart = -1;
  info.ncEnd = -1;
  info.qopStart = -1;
  info.qopEnd = -1;
};
