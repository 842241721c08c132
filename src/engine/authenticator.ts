// What answering a challenge takes besides the challenge: the password, the constant half of the digest, and work space.
// Made once per engine; the work on it is in credentials.ts.

import type { RunPlan } from '../scenario/index.ts';
import type { Digest } from '../sip/index.ts';
import { compileText, createDigest, DIGEST_HEX_BYTES, digestHa2, setSpan } from '../sip/index.ts';
import { encodeUtf8 } from '../std/index.ts';
import { userPieces } from './request-text.ts';

const CNONCE_BYTES = 16;
const NC_BYTES = 8;

export interface Authenticator {
  readonly digest: Digest;
  /** Null: the scenario has no credentials. */
  readonly password: Uint8Array | null;
  readonly requestUri: Uint8Array;
  /** H(A2) is the same for every REGISTER of the run: the method and the Request-URI do not change. */
  readonly ha2: Uint8Array;
  /** Work space for the user name in a digest: the user part of the identity. */
  readonly user: Uint8Array;
  readonly cnonce: Uint8Array;
  readonly nc: Uint8Array;
}

export function createAuthenticator(plan: RunPlan): Authenticator {
  const { password } = plan.identities;
  const digest = createDigest();
  const method = encodeUtf8('REGISTER');
  const requestUri = encodeUtf8(plan.requestUri);
  const ha2 = new Uint8Array(DIGEST_HEX_BYTES);
  setSpan(digest.method, method, 0, method.length);
  setSpan(digest.uri, requestUri, 0, requestUri.length);
  digestHa2(digest, ha2, 0);
  return {
    digest,
    password: password === null ? null : encodeUtf8(password),
    requestUri,
    ha2,
    user: new Uint8Array(compileText(userPieces(plan.identities)).longestBytes),
    cnonce: new Uint8Array(CNONCE_BYTES),
    nc: new Uint8Array(NC_BYTES),
  };
}
