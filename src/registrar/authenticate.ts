// @hot
// RFC 3261 §10.3 steps 3 and 4: who is asking, and may they? Digest (§22.4, RFC 7616 §3.4, RFC 8760). A proxy may ask before the
// registrar does; for each of them:
//
//   no credentials for its realm, or a wrong response             401 or 407
//   right, but the nonce is foreign, too old, or counted already   the same, stale=true: try again with the new one
//   right, but for somebody else's address-of-record               403
//   right                                                          on
//
// Each address-of-record remembers its newest nonce and the highest nc with it (address-table.ts). A nonce older than that
// one is stale even within its lifetime: what it was counted up to is no longer known. A user agent that is told so has
// lost one round trip; a replay has lost everything. The proxy, where there are both, does not count.
//
// Without a table of users (user-table.ts) any user name is known and has the registrar's one password; it owns the
// address-of-record with that name. With one, who is not in it is challenged for ever.

import type { Credentials, RowTable } from '../sip/index.ts';
import {
  CREDENTIALS_OK,
  digestBodyHash,
  digestHa1,
  digestHa2,
  digestHa2Int,
  digestHexBytes,
  digestResponse,
  digestResponseAuth,
  digestResponseAuthInt,
  digestSessionHa1,
  digestUserhash,
  parseCredentials,
  rowEnd,
  rowStart,
  setSpan,
} from '../sip/index.ts';
import { cellEnd, cellStart, encodeAscii, equalBytes, equalsIgnoreCase, US_PER_SECOND } from '../std/index.ts';
import { addAddress, nonceCountOf, nonceIssuedOf, setNonce } from './address-table.ts';
import {
  ANSWER_CHALLENGE,
  ANSWER_FULL,
  ANSWER_NOT_OWNER,
  ANSWER_OK,
  ANSWER_PROXY_CHALLENGE,
  ANSWER_PROXY_STALE,
  ANSWER_STALE,
} from './answers.ts';
import type { Challenger } from './authenticator.ts';
import { readHex8 } from './hex.ts';
import { readNonce } from './nonce.ts';
import { keepSessionKey, useSessionKey } from './session-keys.ts';
import type { Registrar } from './state.ts';
import { classifyUri, URI_OURS } from './uri-reader.ts';
import { findUser, NO_COLUMN, NO_USER } from './user-table.ts';

const NC_DIGITS = 8;
const AUTH_INT: Uint8Array = encodeAscii('auth-int');

/** ANSWER_OK, or the answer that ends the request. */
export const authenticate = (registrar: Registrar): number => {
  const { authenticator, counters, message, request } = registrar;
  const { challengers, password, users } = authenticator;
  if (password === null && users === null) return ANSWER_OK;
  for (let i = 0; i < challengers.length; i++) {
    const challenger = challengers[i]!;
    const rows = challenger.isProxy ? message.proxyAuthorization : message.authorization;
    const checked = check(registrar, challenger, rows);
    if (checked !== ANSWER_OK) return challenger.isProxy ? proxyAnswer(checked) : checked;
  }
  counters.authenticated++;
  request.isAuthenticated = true;
  return ANSWER_OK;
};

/** RFC 3261 §22.3: a proxy asks with 407. */
const proxyAnswer = (answer: number): number => {
  if (answer === ANSWER_CHALLENGE) return ANSWER_PROXY_CHALLENGE;
  return answer === ANSWER_STALE ? ANSWER_PROXY_STALE : answer;
};

const check = (registrar: Registrar, challenger: Challenger, rows: RowTable): number => {
  const { authenticator, options, request } = registrar;
  const { credentials } = authenticator;
  if (!findCredentials(registrar, challenger, rows)) return ANSWER_CHALLENGE;
  const nc = isQopUsed(credentials) ? readNc(request.bytes, credentials) : 0;
  if (nc < 0 || !isResponseRight(registrar, challenger)) return ANSWER_CHALLENGE;
  const issuedUs = readNonce(
    registrar.nonceHash,
    request.bytes,
    credentials.nonceStart,
    credentials.nonceEnd,
    request.user,
    request.userLength,
    challenger.noncePurpose,
  );
  if (issuedUs < 0) return ANSWER_STALE;
  if (request.nowUs + 1 - issuedUs > options.nonceLifetimeSeconds * US_PER_SECOND) return ANSWER_STALE;
  if (!request.isUserNamed) return ANSWER_NOT_OWNER;
  // The proxy sees its nonce again after the registrar's 401, in the same attempt: with a use each, nobody could ever get through both.
  if (!challenger.isCounting) return ANSWER_OK;
  if (nc > options.nonceUses) return ANSWER_STALE;
  if (isQopUsed(credentials)) return keepSessionKey(registrar, countNonce(registrar, issuedUs, nc));
  return options.nonceUses === Number.POSITIVE_INFINITY ? ANSWER_OK : countUse(registrar, issuedUs);
};

/** The first credentials that could be meant for it; others (RFC 3261 §22.1: other realms) are somebody else's. */
const findCredentials = (registrar: Registrar, { realm }: Challenger, rows: RowTable): boolean => {
  const { authenticator, request } = registrar;
  const { algorithms, credentials } = authenticator;
  for (let i = 0; i < rows.count; i++) {
    const parsed = parseCredentials(request.bytes, rowStart(rows, i), rowEnd(rows, i), credentials);
    if (parsed !== CREDENTIALS_OK || !algorithms.includes(credentials.algorithm)) continue;
    if (equalBytes(request.bytes, credentials.realmStart, credentials.realmEnd, realm, 0, realm.length)) return true;
  }
  return false;
};

export const isQopUsed = (credentials: Credentials): boolean => credentials.qopStart >= 0;

/** Exactly eight hex digits (RFC 7616 §3.4), or a negative number. */
const readNc = (bytes: Uint8Array, credentials: Credentials): number =>
  credentials.ncEnd - credentials.ncStart === NC_DIGITS ? readHex8(bytes, credentials.ncStart) : -1;

export const isAuthInt = (bytes: Uint8Array, { qopStart, qopEnd }: Credentials): boolean =>
  equalsIgnoreCase(bytes, qopStart, qopEnd, AUTH_INT, 0, AUTH_INT.length);

const isResponseRight = (registrar: Registrar, challenger: Challenger): boolean => {
  const { authenticator, request } = registrar;
  const { credentials, isAuthIntOffered, isAuthOffered } = authenticator;
  const { bytes } = request;
  const isInt = isQopUsed(credentials) && isAuthInt(bytes, credentials);
  if (isQopUsed(credentials)) {
    if (!(isInt ? isAuthIntOffered : credentials.qopAuth && isAuthOffered) || credentials.cnonceStart < 0) return false;
  } else if (isAuthOffered || isAuthIntOffered) {
    return false;
  }
  if (!isDigestUriOurs(registrar)) return false;
  authenticator.digest.algorithm = credentials.algorithm;
  setSpan(authenticator.digest.realm, challenger.realm, 0, challenger.realm.length);
  if (!nameUser(registrar)) return false;
  computeHashes(registrar, isInt);
  if (isExpected(registrar, isInt)) return true;
  // RFC 7616 §3.4.2: a session that goes on with a nextnonce keeps the key of its first one.
  return challenger.isCounting && useSessionKey(registrar) && isExpected(registrar, isInt);
};

/** Whether the response is the one that the digest's spans make. */
const isExpected = (registrar: Registrar, isInt: boolean): boolean => {
  const { authenticator, request } = registrar;
  const { credentials, digest, expected } = authenticator;
  let digits = 0;
  if (isInt) digits = digestResponseAuthInt(digest, expected, 0);
  else digits = isQopUsed(credentials) ? digestResponseAuth(digest, expected, 0) : digestResponse(digest, expected, 0);
  return equalBytes(request.bytes, credentials.responseStart, credentials.responseEnd, expected, 0, digits);
};

const computeHashes = (registrar: Registrar, isInt: boolean): void => {
  const { authenticator, message, request } = registrar;
  const { bodyHash, credentials, digest, ha1, ha2, users } = authenticator;
  const { bytes } = request;
  const digits = digestHexBytes(digest.algorithm);
  // Where only its hash is known, nameUser has put it there.
  if (users === null || users.ha1 === NO_COLUMN) {
    digestHa1(digest, ha1, 0);
    setSpan(digest.ha1, ha1, 0, digits);
  }
  setSpan(digest.nonce, bytes, credentials.nonceStart, credentials.nonceEnd);
  setSpan(digest.nc, bytes, credentials.ncStart, credentials.ncEnd);
  setSpan(digest.cnonce, bytes, credentials.cnonceStart, credentials.cnonceEnd);
  // RFC 7616 §3.4.2: the -sess algorithms are the odd ones, each behind its hash.
  if ((digest.algorithm & 1) === 1) digestSessionHa1(digest, ha1, 0);
  setSpan(digest.method, bytes, message.methodStart, message.methodEnd);
  setSpan(digest.uri, bytes, credentials.uriStart, credentials.uriEnd);
  if (isInt) {
    setSpan(digest.body, bytes, message.bodyStart, message.bodyEnd);
    digestBodyHash(digest, bodyHash, 0);
    setSpan(digest.bodyHash, bodyHash, 0, digits);
    digestHa2Int(digest, ha2, 0);
  } else {
    digestHa2(digest, ha2, 0);
  }
  setSpan(digest.ha2, ha2, 0, digits);
};

/**
 * Whose password is hashed: that of the user name in the credentials; or, where that is hidden behind its hash (RFC 7616
 * §3.4.4), of the address-of-record's owner, if it is theirs. Where users have a password each, or H(A1) in its place, it is the
 * owner's. False: nobody has that address-of-record, or its H(A1) is of another hash.
 */
const nameUser = (registrar: Registrar): boolean => {
  const { authenticator, request } = registrar;
  const { digest, password, users } = authenticator;
  if (users === null) {
    if (password !== null) setSpan(digest.password, password, 0, password.length);
    nameOwner(registrar, request.user, 0, request.userLength);
    return true;
  }
  const row = findUser(users, request.user, request.userLength);
  if (row === NO_USER) return false;
  const { table, authUser, password: column } = users;
  if (users.ha1 === NO_COLUMN) {
    setSpan(digest.password, table.bytes, cellStart(table, row, column), cellEnd(table, row, column));
  } else {
    // ALGORITHM_* are in pairs: each hash, and its -sess form.
    if (digest.algorithm >> 1 !== users.ha1Algorithm >> 1) return false;
    setSpan(digest.ha1, table.bytes, cellStart(table, row, users.ha1), cellEnd(table, row, users.ha1));
  }
  nameOwner(registrar, table.bytes, cellStart(table, row, authUser), cellEnd(table, row, authUser));
  return true;
};

/** `owner` from `start` to `end` is the name that the address-of-record's owner has in credentials. */
const nameOwner = (registrar: Registrar, owner: Uint8Array, start: number, end: number): void => {
  const { authenticator, options, request } = registrar;
  const { credentials, digest, expected } = authenticator;
  const { usernameStart, usernameEnd } = credentials;
  const { bytes } = request;
  request.isUserNamed = equalBytes(bytes, usernameStart, usernameEnd, owner, start, end);
  if (options.userhash && !request.isUserNamed) {
    setSpan(digest.username, owner, start, end);
    const digits = digestUserhash(digest, expected, 0);
    request.isUserNamed = equalsIgnoreCase(bytes, usernameStart, usernameEnd, expected, 0, digits);
    if (request.isUserNamed) return;
  }
  setSpan(digest.username, bytes, usernameStart, usernameEnd);
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
  if (!hasAddress(registrar)) return ANSWER_FULL;
  const newestUs = nonceIssuedOf(addresses, request.address);
  if (issuedUs < newestUs) return ANSWER_STALE;
  if (issuedUs === newestUs && nc <= nonceCountOf(addresses, request.address)) return ANSWER_STALE;
  setNonce(addresses, request.address, issuedUs, nc);
  return ANSWER_OK;
};

/** Without qop there is no nc; where uses are limited, they are counted here. */
const countUse = (registrar: Registrar, issuedUs: number): number => {
  const { addresses, options, request } = registrar;
  if (!hasAddress(registrar)) return ANSWER_FULL;
  const newestUs = nonceIssuedOf(addresses, request.address);
  if (issuedUs < newestUs) return ANSWER_STALE;
  const uses = issuedUs === newestUs ? nonceCountOf(addresses, request.address) : 0;
  if (uses >= options.nonceUses) return ANSWER_STALE;
  setNonce(addresses, request.address, issuedUs, uses + 1);
  return ANSWER_OK;
};

const hasAddress = (registrar: Registrar): boolean => {
  const { addresses, request } = registrar;
  if (request.address !== 0) return true;
  request.address = addAddress(addresses, request.userHash, request.user, request.userLength);
  return request.address !== 0;
};
