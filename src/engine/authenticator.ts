// What answering a challenge takes besides the challenge: the scenario's credentials, the constant half of the digest, and work
// space. Made once per engine; the work on it is in credentials.ts.

import type { PlanCredential, PlanIdentities, PlanSecret, RunPlan } from '../scenario/index.ts';
import type { CompiledText, Digest } from '../sip/index.ts';
import {
  ALGORITHM_MD5,
  ALGORITHM_SHA_256,
  ALGORITHM_SHA_512_256,
  ALGORITHM_UNKNOWN,
  compileText,
  createDigest,
  hashAlgorithm,
  MOST_DIGEST_HEX_BYTES,
} from '../sip/index.ts';
import { assert, encodeUtf8, equalBytes } from '../std/index.ts';
import type { BodyDigest } from './body-space.ts';
import { createBodyDigest } from './body-space.ts';
import { MOST_PLACES } from './challenges.ts';
import type { DigestUri } from './digest-uri.ts';
import { createDigestUri } from './digest-uri.ts';
import type { OwnRealm } from './own-realm.ts';
import type { OwnUri } from './own-uri.ts';
import { text } from './pieces.ts';
import { compileProgram } from './program.ts';
import { templatePieces, userPieces } from './request-text.ts';
import { columnPiece, hasOwnRegistrars, requestUriPieces } from './subscribers.ts';

const CNONCE_BYTES = 16;
const NC_BYTES = 8;
const BACKSLASH = 0x5c;
export const NO_CREDENTIAL = -1;
const HA1_ALGORITHMS = {
  MD5: ALGORITHM_MD5,
  'SHA-256': ALGORITHM_SHA_256,
  'SHA-512-256': ALGORITHM_SHA_512_256,
} as const;
/** Where a planned run keeps two challenges of a context at least. */
const TWO_REALMS = 2;

/** One credential of the scenario, ready to be hashed. */
export interface Credential {
  /** Null: any realm that no other one names. */
  readonly realm: Uint8Array | null;
  readonly user: CompiledText;
  /** Null: `ha1` is given instead. */
  readonly password: CompiledText | null;
  /** Hex digits of H(A1), and the hash that they fit. */
  readonly ha1: CompiledText | null;
  readonly ha1Algorithm: number;
}

/** With the Request-URI of the plan. */
export interface Authenticator extends DigestUri {
  readonly digest: Digest;
  readonly credentials: readonly Credential[];
  readonly reuseNonce: boolean;
  /** Null: all requests go to `requestUri`, but for redirects. */
  readonly ownUri: OwnUri | null;
  /** Null: the credentials say which realms they answer. */
  readonly ownRealm: OwnRealm | null;
  /** Null: no request has a body. */
  readonly bodies: BodyDigest | null;
  /** Work space for what stands in `username`, for the password, and for hex digits of H(A1) and the session's. */
  readonly user: Uint8Array;
  readonly password: Uint8Array;
  readonly userhash: Uint8Array;
  readonly ha1: Uint8Array;
  readonly sessionHa1: Uint8Array;
  readonly cnonce: Uint8Array;
  readonly nc: Uint8Array;
  /** The nonce count is written in decimal, as libeXosip2 does. */
  readonly countsDecimal: boolean;
  /** The algorithm is named also where the challenge does not, as libeXosip2 does. */
  readonly namesAlgorithm: boolean;
}

export function createAuthenticator(plan: RunPlan): Authenticator {
  const credentials = planCredentials(plan.identities).map((credential) => createCredential(plan, credential));
  const digest = createDigest();
  return {
    digest,
    credentials,
    reuseNonce: plan.auth.reuseNonce,
    ...createDigestUri(digest, encodeUtf8(plan.requestUri)),
    ownUri: hasOwnRegistrars(plan.identities) ? createOwnUri(plan) : null,
    ownRealm: createOwnRealm(plan.identities),
    bodies: compileProgram(plan.flow, 0).attempts.some(({ body }) => body !== undefined) ? createBodyDigest() : null,
    user: new Uint8Array(Math.max(0, ...credentials.map(({ user }) => user.longestBytes))),
    password: new Uint8Array(Math.max(0, ...credentials.map(({ password }) => password?.longestBytes ?? 0))),
    userhash: new Uint8Array(MOST_DIGEST_HEX_BYTES),
    ha1: new Uint8Array(MOST_DIGEST_HEX_BYTES),
    sessionHa1: new Uint8Array(MOST_DIGEST_HEX_BYTES),
    cnonce: new Uint8Array(CNONCE_BYTES),
    nc: new Uint8Array(NC_BYTES),
    countsDecimal: plan.profile === 'exosip2',
    namesAlgorithm: plan.profile === 'exosip2',
  };
}

/** How many challenges of a context are planned for: one for each realm that the scenario has a credential for. */
export function plannedPlaces(plan: RunPlan): number {
  const { length } = planCredentials(plan.identities);
  return length < TWO_REALMS ? length : Math.min(length, MOST_PLACES);
}

function createOwnUri(plan: RunPlan): OwnUri {
  const text = compileText(requestUriPieces(plan));
  const [bytes, bodyHash, ha2] = [text.longestBytes, MOST_DIGEST_HEX_BYTES, MOST_DIGEST_HEX_BYTES].map(
    (length) => new Uint8Array(length),
  );
  return { text, bytes: bytes!, bodyHash: bodyHash!, ha2: ha2! };
}

function createOwnRealm(identities: PlanIdentities): OwnRealm | null {
  if (identities.subscribers?.hasRealms !== true) return null;
  const piece = columnPiece(identities, 'realm');
  assert(piece.kind === 'value', 'a column is a value');
  return piece;
}

/** The most bytes that the Request-URI takes in a request. */
export const longestUriBytes = ({ requestUri, ownUri }: Authenticator): number =>
  ownUri === null ? requestUri.length : ownUri.bytes.length;

/** The most bytes that any user name takes in a request. */
export const longestUserBytes = (authenticator: Authenticator): number =>
  Math.max(authenticator.user.length, MOST_DIGEST_HEX_BYTES);

/** A password alone is a credential for any realm. */
function planCredentials({ password, credentials }: PlanIdentities): readonly PlanCredential[] {
  if (password === null) return credentials;
  return [{ realm: null, authUser: null, secret: { kind: 'password', text: [{ kind: 'text', text: password }] } }];
}

function createCredential({ identities }: RunPlan, { realm, authUser, secret }: PlanCredential): Credential {
  return {
    realm: realm === null ? null : encodeUtf8(realm),
    user: compileText(authUser === null ? userPieces(identities) : templatePieces(authUser, identities)),
    password: secret.kind === 'password' ? compileText(templatePieces(secret.text, identities)) : null,
    ha1: ha1Text(identities, secret),
    ha1Algorithm: secret.kind === 'password' ? ALGORITHM_UNKNOWN : HA1_ALGORITHMS[secret.algorithm],
  };
}

/** Null: it is a password. */
function ha1Text(identities: PlanIdentities, secret: PlanSecret): CompiledText | null {
  if (secret.kind === 'ha1') return compileText([text(secret.digits)]);
  return secret.kind === 'ha1-column' ? compileText([columnPiece(identities, 'ha1')]) : null;
}

/**
 * The credential that answers a challenge: the one that names its realm, else the one that names none; never one that names
 * another. Realms are compared byte for byte, without their quotes and escapes. H(A1) answers only challenges of its own hash.
 */
export function findCredential({ credentials }: Authenticator, quotedRealm: Uint8Array, algorithm: number): number {
  const realm = unescaped(quotedRealm);
  const own = credentials.findIndex((credential) => credential.realm !== null && isSame(credential.realm, realm));
  const found = own >= 0 ? own : credentials.findIndex((credential) => credential.realm === null);
  const credential = credentials[found];
  if (credential === undefined) return NO_CREDENTIAL;
  return credential.ha1 === null || credential.ha1Algorithm === hashAlgorithm(algorithm) ? found : NO_CREDENTIAL;
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => equalBytes(a, 0, a.length, b, 0, b.length);

/** RFC 3261 §25.1: a backslash in a quoted string stands for the character behind it. */
const unescaped = (quoted: Uint8Array): Uint8Array => {
  const plain: number[] = [];
  for (let i = 0; i < quoted.length; i++) {
    if (quoted[i] === BACKSLASH && i + 1 < quoted.length) i++;
    plain.push(quoted[i]!);
  }
  return Uint8Array.from(plain);
};
