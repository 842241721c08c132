// @hot
// Protection spaces (RFC 7616 §3.3: `realm`): what all contexts of a run share of the challenges of one server. Realm, which
// header it came in, and how it wants to be answered are kept once, so that a context keeps a number, a nonce and an opaque.
//
//   space   realm + kind + how it asks (algorithm, qop, opaque, userhash)
//   group   realm + kind: the server itself, however it asks this time
//
// Bounded: a peer that invents a realm for each challenge fills the table once, and its challenges are unusable then.

import type { Challenge } from '../sip/index.ts';
import { ALGORITHM_MD5, ALGORITHM_MD5_SESS, hashAlgorithm } from '../sip/index.ts';
import { equalBytes } from '../std/index.ts';

export const MOST_SPACES = 64;
export const NO_SPACE = -1;

export const QOP_NONE = 0;
export const QOP_AUTH = 1;
export const QOP_AUTH_INT = 2;
/** The challenge leaves no way to answer that we know. */
export const QOP_UNUSABLE = -1;

const TRAIT_PROXY = 1;
const TRAIT_NAMES_ALGORITHM = 2;
const TRAIT_OPAQUE = 4;
const TRAIT_USERHASH = 8;
const QOP_SHIFT = 4;
const ALGORITHM_SHIFT = 6;

export interface ProtectionSpace {
  readonly realm: Uint8Array;
  readonly group: number;
  readonly fromProxy: boolean;
  /** ALGORITHM_*, and whether the challenge named it. */
  readonly algorithm: number;
  readonly namesAlgorithm: boolean;
  /** QOP_NONE, QOP_AUTH or QOP_AUTH_INT: the one that is used. */
  readonly qop: number;
  readonly hasOpaque: boolean;
  readonly withUserhash: boolean;
  readonly traits: number;
  /** Which of the scenario's credentials answer it, or -1. */
  readonly credential: number;
}

/**
 * Which qop the answer uses; auth where both are offered, which costs no hash of the body. A challenge without qop: MD5 is
 * answered as before there was one (RFC 2617 §3.2.2.1), the others with auth, their default (RFC 8760 §2.6 (8)). A -sess
 * algorithm hashes the cnonce, and without qop there would be none to hash.
 */
export function qopOf(challenge: Challenge): number {
  if (challenge.hasQop) {
    if (challenge.qopAuth) return QOP_AUTH;
    return challenge.qopAuthInt ? QOP_AUTH_INT : QOP_UNUSABLE;
  }
  if (challenge.algorithm === ALGORITHM_MD5) return QOP_NONE;
  return challenge.algorithm === ALGORITHM_MD5_SESS ? QOP_UNUSABLE : QOP_AUTH;
}

/** All that tells two spaces of one realm apart, as bits. */
export function traitsOf(challenge: Challenge, fromProxy: boolean): number {
  return (
    (fromProxy ? TRAIT_PROXY : 0) |
    (challenge.hasAlgorithm ? TRAIT_NAMES_ALGORITHM : 0) |
    (challenge.opaqueStart >= 0 ? TRAIT_OPAQUE : 0) |
    (challenge.userhash ? TRAIT_USERHASH : 0) |
    (qopOf(challenge) << QOP_SHIFT) |
    (challenge.algorithm << ALGORITHM_SHIFT)
  );
}

/** The number of a known protection space with this realm and these traits, or NO_SPACE. */
export function findSpace(
  spaces: readonly ProtectionSpace[],
  bytes: Uint8Array,
  realmStart: number,
  realmEnd: number,
  traits: number,
): number {
  for (let number = 0; number < spaces.length; number++) {
    const space = spaces[number]!;
    if (space.traits !== traits) continue;
    if (equalBytes(space.realm, 0, space.realm.length, bytes, realmStart, realmEnd)) return number;
  }
  return NO_SPACE;
}

/** Keeps a new protection space; NO_SPACE when the table is full. Rare: once per realm of a run. */
export function createSpace(spaces: ProtectionSpace[], realm: Uint8Array, traits: number, credential: number): number {
  if (spaces.length >= MOST_SPACES) return NO_SPACE;
  const fromProxy = (traits & TRAIT_PROXY) !== 0;
  const group = spaces.findIndex(
    (space) => space.fromProxy === fromProxy && equalBytes(space.realm, 0, space.realm.length, realm, 0, realm.length),
  );
  const space: ProtectionSpace = {
    realm,
    group: group < 0 ? spaces.length : spaces[group]!.group,
    fromProxy,
    algorithm: traits >> ALGORITHM_SHIFT,
    namesAlgorithm: (traits & TRAIT_NAMES_ALGORITHM) !== 0,
    qop: (traits >> QOP_SHIFT) & 3,
    hasOpaque: (traits & TRAIT_OPAQUE) !== 0,
    withUserhash: (traits & TRAIT_USERHASH) !== 0,
    traits,
    credential,
  };
  return spaces.push(space) - 1;
}

export const isSessionAlgorithm = (algorithm: number): boolean => algorithm !== hashAlgorithm(algorithm);
