// What checking a digest needs, made once: the password, and room for the credentials of a request and for the hashes.

import { type Credentials, createCredentials, createDigest, DIGEST_HEX_BYTES, type Digest } from '../sip/index.ts';
import { encodeUtf8 } from '../std/index.ts';

export interface Authenticator {
  readonly password: Uint8Array | null;
  /** The challenge offers qop, so the answer must use it. */
  readonly isQopNeeded: boolean;
  readonly credentials: Credentials;
  readonly digest: Digest;
  /** HA1, HA2 and the expected response, 32 hex digits each. */
  readonly ha1: Uint8Array;
  readonly ha2: Uint8Array;
  readonly expected: Uint8Array;
}

export const createAuthenticator = (password: string | null, qop: 'auth' | 'none'): Authenticator => ({
  password: password === null ? null : encodeUtf8(password),
  isQopNeeded: qop === 'auth',
  credentials: createCredentials(),
  digest: createDigest(),
  ha1: new Uint8Array(DIGEST_HEX_BYTES),
  ha2: new Uint8Array(DIGEST_HEX_BYTES),
  expected: new Uint8Array(DIGEST_HEX_BYTES),
});
