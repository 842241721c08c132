// @hot
// H(A1) of a context in a protection space (RFC 7616 §3.4.2): hashed once and kept, since name, realm and password stay. MD5's 32
// hex digits are kept as they are hashed on; SHA's 64 as the 32 bytes that they stand for, so that a column serves all.

import { ALGORITHM_MD5, composeText, digestHa1, digestSessionHa1, hashAlgorithm, setSpan } from '../sip/index.ts';
import { writeHexBytes } from '../std/index.ts';
import type { Authenticator } from './authenticator.ts';
import type { ChallengePlace } from './challenges.ts';
import type { ProtectionSpace } from './protection-spaces.ts';
import { isSessionAlgorithm } from './protection-spaces.ts';
import { createSessionKeys, HA1_BYTES } from './session-keys.ts';
import { authenticatorOf, credentialFor } from './speakers.ts';
import type { Engine } from './state.ts';

const LETTER_BIT = 0x40;

/** Sets the digest's algorithm and `ha1`. Its nonce, and the authenticator's cnonce, are there: a session's key is made of them. */
export function useHa1(engine: Engine, context: number, place: ChallengePlace, space: ProtectionSpace): void {
  const authenticator = authenticatorOf(engine, context);
  const { digest, sessionHa1, cnonce } = authenticator;
  digest.algorithm = space.algorithm;
  const isSession = isSessionAlgorithm(space.algorithm);
  if (isSession && place.session !== null && place.session.isKept[context] === 1) {
    readKey(authenticator, place.session.keys, context, space);
    return;
  }
  if (place.ha1Space[context] !== place.space[context]) {
    makeHa1(engine, context, place, space);
    place.ha1Space[context] = place.space[context]!;
  }
  readKey(authenticator, place.ha1, context, space);
  if (!isSession) return;
  setSpan(digest.cnonce, cnonce, 0, cnonce.length);
  setSpan(digest.ha1, sessionHa1, 0, digestSessionHa1(digest, sessionHa1, 0));
}

/** The digest's `ha1` is the session's key until the next challenge, whatever nonces come before that. */
export function keepSessionKey(
  { digest }: Authenticator,
  contexts: number,
  place: ChallengePlace,
  context: number,
  space: ProtectionSpace,
): void {
  place.session ??= createSessionKeys(contexts);
  const { bytes, start } = digest.ha1;
  keepKey(place.session.keys, context, bytes.subarray(start), space);
  place.session.isKept[context] = 1;
}

/** From the password, or as the scenario gives it. */
function makeHa1(engine: Engine, context: number, place: ChallengePlace, space: ProtectionSpace): void {
  const { branch, fields } = engine;
  const authenticator = authenticatorOf(engine, context);
  const { digest, user: userBytes, password: passwordBytes } = authenticator;
  const { user, password, ha1 } = authenticator.credentials[credentialFor(engine, context, space)]!;
  const digits = authenticator.ha1;
  if (password === null) composeText(ha1!, fields, branch, digits, 0);
  else {
    setSpan(digest.username, userBytes, 0, composeText(user, fields, branch, userBytes, 0));
    setSpan(digest.realm, space.realm, 0, space.realm.length);
    setSpan(digest.password, passwordBytes, 0, composeText(password, fields, branch, passwordBytes, 0));
    digestHa1(digest, digits, 0);
  }
  keepKey(place.ha1, context, digits, space);
}

function keepKey(column: Uint8Array, context: number, digits: Uint8Array, space: ProtectionSpace): void {
  const at = context * HA1_BYTES;
  for (let i = 0; i < HA1_BYTES; i++) {
    column[at + i] = isMd5(space) ? digits[i]! : (hexValue(digits[2 * i]!) << 4) | hexValue(digits[2 * i + 1]!);
  }
}

function readKey({ digest, ha1 }: Authenticator, column: Uint8Array, context: number, space: ProtectionSpace): void {
  const at = context * HA1_BYTES;
  if (isMd5(space)) setSpan(digest.ha1, column, at, at + HA1_BYTES);
  else setSpan(digest.ha1, ha1, 0, writeHexBytes(ha1, 0, column, at, at + HA1_BYTES));
}

const isMd5 = ({ algorithm }: ProtectionSpace): boolean => hashAlgorithm(algorithm) === ALGORITHM_MD5;

/** Of a lower-case hex digit. */
const hexValue = (digit: number): number => (digit & 0xf) + ((digit & LETTER_BIT) === 0 ? 0 : 9);
