// @hot
// The value of an Authentication-Info header (RFC 7616 §3.5, RFC 3261 §20.6): parameters as in credentials, without a scheme.
// A client reads the nonce for its next request out of it.
//
// Left out on purpose: rspauth, by which a server proves that it knows the password. Nothing hangs on it here: whoever answers a
// load test is taken for whom it was aimed at.

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

/** A reusable record. The span is what stands between the quotes; -1 means absent. */
export interface AuthenticationInfo {
  nextNonceStart: number;
  nextNonceEnd: number;
  /** The parser's own work space. */
  readonly param: AuthParam;
}

export const createAuthenticationInfo = (): AuthenticationInfo => ({
  nextNonceStart: -1,
  nextNonceEnd: -1,
  param: createAuthParam(),
});

/** True when it is a list of parameters with exactly one nextnonce. */
export const parseAuthenticationInfo = (
  bytes: Uint8Array,
  start: number,
  end: number,
  info: AuthenticationInfo,
): boolean => {
  info.nextNonceStart = -1;
  info.nextNonceEnd = -1;
  let at = start;
  // Every turn moves on by at least three bytes.
  while (at < end) {
    at = readAuthParam(bytes, at, end, info.param);
    if (at === AUTH_PARAM_END) break;
    if (at === AUTH_PARAM_MALFORMED) return false;
    if (!isAuthParam(bytes, info.param, NEXTNONCE)) continue;
    if (info.nextNonceStart >= 0) return false;
    info.nextNonceStart = info.param.valueStart;
    info.nextNonceEnd = info.param.valueEnd;
  }
  return info.nextNonceStart >= 0;
};
