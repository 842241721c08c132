// @hot
// RFC 3261 §10.3 steps 3 and 4: who is asking, and may they? Digest with MD5 (§22.4, RFC 2617 §3.2.2).
//
//   no credentials for our realm, or a wrong response            401
//   right, but the nonce is foreign, too old, or counted already  401 stale=true: try again with the new one
//   right, but for somebody else's address-of-record              403
//   right                                                         on with step 5
//
// Each address-of-record remembers its newest nonce and the highest nc with it (address-table.ts). A nonce older than that
// one is stale even within its lifetime: what it was counted up to is no longer known. A user agent that is told so has
// lost one round trip; a replay has lost everything.
//
// Left out on purpose: other algorithms than MD5, auth-int, and a table of users. Any user name is known and has the
// registrar's one password; it owns the address-of-record with that name.

import type { Credentials } from '../sip/index.ts';
import {
  ALGORITHM_MD5,
  CREDENTIALS_OK,
  DIGEST_HEX_BYTES,
  digestHa1,
  digestHa2,
  digestResponse,
  digestResponseAuth,
  parseCredentials,
  rowEnd,
  rowStart,
  setSpan,
} from '../sip/index.ts';
import { equalBytes, US_PER_SECOND } from '../std/index.ts';
import { addAddress, nonceCountOf, nonceIssuedOf, setNonce } from './address-table.ts';
import { ANSWER_CHALLENGE, ANSWER_FULL, ANSWER_NOT_OWNER, ANSWER_OK, ANSWER_STALE } from './answers.ts';
import { readHex8 } from './hex.ts';
import { readNonce } from './nonce.ts';
import type { Registrar } from './state.ts';
import { classifyUri, URI_OURS } from './uri-reader.ts';

const NC_DIGITS = 8;

/** ANSWER_OK, or the answer that ends the request. */
export const authenticate = (registrar: Registrar): number => {
  const { authenticator, counters, options, request } = registrar;
  const { credentials, password } = authenticator;
  if (password === null) return ANSWER_OK;
  if (!findCredentials(registrar)) return ANSWER_CHALLENGE;
  const nc = isQopUsed(credentials) ? readNc(request.bytes, credentials) : 0;
  if (nc < 0 || !isResponseRight(registrar, password)) return ANSWER_CHALLENGE;
  const { nonceStart, nonceEnd, usernameStart, usernameEnd } = credentials;
  const issuedUs = readNonce(
    registrar.nonceHash,
    request.bytes,
    nonceStart,
    nonceEnd,
    request.user,
    request.userLength,
  );
  if (issuedUs < 0) return ANSWER_STALE;
  if (request.nowUs + 1 - issuedUs > options.nonceLifetimeSeconds * US_PER_SECOND) return ANSWER_STALE;
  if (!equalBytes(request.bytes, usernameStart, usernameEnd, request.user, 0, request.userLength)) {
    return ANSWER_NOT_OWNER;
  }
  const counted = isQopUsed(credentials) ? countNonce(registrar, issuedUs, nc) : ANSWER_OK;
  if (counted === ANSWER_OK) counters.authenticated++;
  return counted;
};

/** The first credentials that could be meant for us; others (RFC 3261 §22.1: other realms) are somebody else's. */
const findCredentials = (registrar: Registrar): boolean => {
  const { authenticator, message, realm, request } = registrar;
  const { credentials } = authenticator;
  const { authorization } = message;
  for (let i = 0; i < authorization.count; i++) {
    const parsed = parseCredentials(request.bytes, rowStart(authorization, i), rowEnd(authorization, i), credentials);
    if (parsed !== CREDENTIALS_OK || credentials.algorithm !== ALGORITHM_MD5) continue;
    if (equalBytes(request.bytes, credentials.realmStart, credentials.realmEnd, realm, 0, realm.length)) return true;
  }
  return false;
};

const isQopUsed = (credentials: Credentials): boolean => credentials.qopStart >= 0;

/** Exactly eight hex digits (RFC 7616 §3.4), or a negative number. */
const readNc = (bytes: Uint8Array, credentials: Credentials): number =>
  credentials.ncEnd - credentials.ncStart === NC_DIGITS ? readHex8(bytes, credentials.ncStart) : -1;

const isResponseRight = (registrar: Registrar, password: Uint8Array): boolean => {
  const { authenticator, request } = registrar;
  const { credentials, digest, expected } = authenticator;
  const { bytes } = request;
  if (isQopUsed(credentials)) {
    if (!credentials.qopAuth || credentials.cnonceStart < 0) return false;
  } else if (authenticator.isQopNeeded) {
    return false;
  }
  if (!isDigestUriOurs(registrar)) return false;
  computeHashes(registrar, password);
  setSpan(digest.nonce, bytes, credentials.nonceStart, credentials.nonceEnd);
  if (isQopUsed(credentials)) {
    setSpan(digest.nc, bytes, credentials.ncStart, credentials.ncEnd);
    setSpan(digest.cnonce, bytes, credentials.cnonceStart, credentials.cnonceEnd);
    digestResponseAuth(digest, expected, 0);
  } else {
    digestResponse(digest, expected, 0);
  }
  return equalBytes(bytes, credentials.responseStart, credentials.responseEnd, expected, 0, DIGEST_HEX_BYTES);
};

const computeHashes = (registrar: Registrar, password: Uint8Array): void => {
  const { authenticator, message, realm, request } = registrar;
  const { credentials, digest, ha1, ha2 } = authenticator;
  const { bytes } = request;
  setSpan(digest.username, bytes, credentials.usernameStart, credentials.usernameEnd);
  setSpan(digest.realm, realm, 0, realm.length);
  setSpan(digest.password, password, 0, password.length);
  digestHa1(digest, ha1, 0);
  setSpan(digest.method, bytes, message.methodStart, message.methodEnd);
  setSpan(digest.uri, bytes, credentials.uriStart, credentials.uriEnd);
  digestHa2(digest, ha2, 0);
  setSpan(digest.ha1, ha1, 0, DIGEST_HEX_BYTES);
  setSpan(digest.ha2, ha2, 0, DIGEST_HEX_BYTES);
};

/** RFC 3261 §22.4: normally the Request-URI; a proxy may have rewritten that, so any URI of our domain will do. */
const isDigestUriOurs = (registrar: Registrar): boolean => {
  const { authenticator, message, request } = registrar;
  const { uriStart, uriEnd } = authenticator.credentials;
  const { bytes } = request;
  if (equalBytes(bytes, uriStart, uriEnd, bytes, message.requestUriStart, message.requestUriEnd)) return true;
  return classifyUri(registrar.uris, bytes, uriStart, uriEnd) === URI_OURS;
};

/** RFC 7616 §3.4.5: nc that doesn't rise is a replay. */
const countNonce = (registrar: Registrar, issuedUs: number, nc: number): number => {
  const { addresses, request } = registrar;
  if (request.address === 0) {
    request.address = addAddress(addresses, request.userHash, request.user, request.userLength);
    if (request.address === 0) return ANSWER_FULL;
  }
  const newestUs = nonceIssuedOf(addresses, request.address);
  if (issuedUs < newestUs) return ANSWER_STALE;
  if (issuedUs === newestUs && nc <= nonceCountOf(addresses, request.address)) return ANSWER_STALE;
  setNonce(addresses, request.address, issuedUs, nc);
  return ANSWER_OK;
};
