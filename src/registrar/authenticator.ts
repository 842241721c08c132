// What checking a digest needs, made once: who challenges with what, and room for the credentials of a request and for the
// hashes. The texts of a challenge that are always the same are here too, one for each algorithm that is offered.

import {
  ALGORITHM_MD5,
  ALGORITHM_MD5_SESS,
  ALGORITHM_SHA_256,
  ALGORITHM_SHA_256_SESS,
  ALGORITHM_SHA_512_256,
  ALGORITHM_SHA_512_256_SESS,
  type Credentials,
  createCredentials,
  createDigest,
  type Digest,
  MOST_DIGEST_HEX_BYTES,
} from '../sip/index.ts';
import { encodeUtf8 } from '../std/index.ts';
import { INFO_BYTES_MOST } from './info-bytes.ts';
import { PURPOSE_NONCE, PURPOSE_PROXY_NONCE } from './keyed-hash.ts';
import type { ResolvedOptions } from './options.ts';
import type { UserTable } from './user-table.ts';
import { createUserTable } from './user-table.ts';

export const ALGORITHMS = {
  MD5: ALGORITHM_MD5,
  'MD5-sess': ALGORITHM_MD5_SESS,
  'SHA-256': ALGORITHM_SHA_256,
  'SHA-256-sess': ALGORITHM_SHA_256_SESS,
  'SHA-512-256': ALGORITHM_SHA_512_256,
  'SHA-512-256-sess': ALGORITHM_SHA_512_256_SESS,
} as const;

const QOPS = { auth: ', qop="auth"', 'auth-int': ', qop="auth-int"', both: ', qop="auth,auth-int"', none: '' } as const;

/** One that challenges: the registrar with 401, or a proxy with 407. */
export interface Challenger {
  readonly isProxy: boolean;
  readonly realm: Uint8Array;
  /** Apart, so that the one takes no nonce of the other's. */
  readonly noncePurpose: number;
  /** Whether it counts nonces for each address-of-record; of two that challenge only the registrar does. */
  readonly isCounting: boolean;
  /** By algorithm, in the order in which they are offered: a header line up to its nonce, and what follows it. */
  readonly beforeNonce: readonly Uint8Array[];
  readonly afterNonce: readonly Uint8Array[];
}

export interface Authenticator {
  /** Null: nobody is challenged, or each user has a password of its own. */
  readonly password: Uint8Array | null;
  readonly users: UserTable | null;
  readonly challengers: readonly Challenger[];
  /** ALGORITHM_*, the offered ones. */
  readonly algorithms: readonly number[];
  /** The challenge offers these, so the answer must use one of them; with neither, none is asked for. */
  readonly isAuthOffered: boolean;
  readonly isAuthIntOffered: boolean;
  readonly credentials: Credentials;
  readonly digest: Digest;
  /** HA1, HA2, H(body) and the expected response, in hex digits. */
  readonly ha1: Uint8Array;
  readonly ha2: Uint8Array;
  readonly bodyHash: Uint8Array;
  readonly expected: Uint8Array;
  /** Its 200s have an Authentication-Info. */
  readonly hasInfo: boolean;
  /** What all challenges and an Authentication-Info need in an answer, at most. */
  readonly answerBytes: number;
}

export const createAuthenticator = (options: ResolvedOptions): Authenticator => {
  const { password, qop, users } = options;
  const challengers = createChallengers(options);
  return {
    password: password === null ? null : encodeUtf8(password),
    users: users === null ? null : createUserTable(users),
    challengers,
    algorithms: options.algorithms.map((name) => ALGORITHMS[name]),
    isAuthOffered: qop === 'auth' || qop === 'both',
    isAuthIntOffered: qop === 'auth-int' || qop === 'both',
    credentials: createCredentials(),
    digest: createDigest(),
    ha1: new Uint8Array(MOST_DIGEST_HEX_BYTES),
    ha2: new Uint8Array(MOST_DIGEST_HEX_BYTES),
    bodyHash: new Uint8Array(MOST_DIGEST_HEX_BYTES),
    expected: new Uint8Array(MOST_DIGEST_HEX_BYTES),
    hasInfo: options.nextNonce || options.rspauth !== 'none',
    answerBytes:
      password === null && users === null ? 0 : Math.max(...challengers.map(challengeBytes)) + proofBytes(options),
  };
};

const proofBytes = ({ rspauth }: ResolvedOptions): number => (rspauth === 'none' ? 0 : INFO_BYTES_MOST);

/** A nonce, stale=true, the end of the line. */
const LINE_BYTES = 64;

const challengeBytes = ({ beforeNonce, afterNonce }: Challenger): number =>
  beforeNonce.reduce((sum, text, index) => sum + text.length + afterNonce[index]!.length + LINE_BYTES, LINE_BYTES);

/** In the order in which a request meets them: a proxy is in front. */
const createChallengers = (options: ResolvedOptions): readonly Challenger[] => {
  const { challenge, domain, proxyRealm, realm } = options;
  switch (challenge) {
    case 'registrar':
      return [createChallenger(options, false, realm, true)];
    case 'proxy':
      return [createChallenger(options, true, realm, true)];
    case 'both': {
      const proxy = createChallenger(options, true, proxyRealm ?? `proxy.${domain}`, false);
      return [proxy, createChallenger(options, false, realm, true)];
    }
  }
};

const createChallenger = (
  { algorithms, qop, userhash }: ResolvedOptions,
  isProxy: boolean,
  realm: string,
  isCounting: boolean,
): Challenger => {
  const header = isProxy ? 'Proxy-Authenticate' : 'WWW-Authenticate';
  const hashed = userhash ? ', userhash=true' : '';
  return {
    isProxy,
    realm: encodeUtf8(realm),
    noncePurpose: isProxy ? PURPOSE_PROXY_NONCE : PURPOSE_NONCE,
    isCounting,
    beforeNonce: algorithms.map(() => encodeUtf8(`${header}: Digest realm="${realm}", nonce="`)),
    afterNonce: algorithms.map((algorithm) => encodeUtf8(`", algorithm=${algorithm}${QOPS[qop]}${hashed}`)),
  };
};
