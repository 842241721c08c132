// @hot
// What contexts keep of a challenge, so that the next request can carry credentials at once (RFC 3261 §22.2, RFC 7616
// §3.6). What all contexts of a run share (realm, algorithm as written, qop, 401 or 407) is kept once, as a protection
// space; what differs (nonce and opaque) lies in a fixed stretch of bytes per context. A longer nonce goes to a side table.
//
//  column        array         unit   meaning                                             valid in
//  space         Uint8Array    -      its protection space, or NO_SPACE                   every row
//  nonceBytes    Uint16Array   bytes  length of the nonce, 0 before the first             every row
//  opaqueBytes   Uint16Array   bytes  length of the opaque                                every row
//  nonceCount    Uint32Array   -      nc of the last request sent with the nonce          every row
//  kept          Uint8Array    bytes  nonce, then opaque, STRIDE bytes a context          nonceBytes set and not long
//  ha1Space      Uint8Array    -      the space that `ha1` was made for, or NO_SPACE      every row
//  ha1           Uint8Array    bytes  H(A1) as 32 hex digits                              ha1Space set

import type { MemoryPlan } from '../std/index.ts';
import { equalBytes } from '../std/index.ts';
import type { LongNonces } from './long-nonces.ts';
import { createLongNonces } from './long-nonces.ts';

export const NO_SPACE = 0xff;
export const STRIDE = 64;
export const HA1_BYTES = 32;
/** Bounds of what is kept; a challenge beyond them is unusable. */
export const MOST_REALM_BYTES = 256;
export const MOST_NONCE_BYTES = 1024;
export const MOST_SPACES = 64;

/** One protection space of the registrar or proxy. */
export interface ProtectionSpace {
  readonly realm: Uint8Array;
  readonly fromProxy: boolean;
  readonly withQop: boolean;
  readonly namesAlgorithm: boolean;
  readonly hasOpaque: boolean;
  readonly traits: number;
}

export interface ChallengeTable {
  readonly spaces: ProtectionSpace[];
  readonly space: Uint8Array;
  readonly nonceBytes: Uint16Array;
  readonly opaqueBytes: Uint16Array;
  readonly nonceCount: Uint32Array;
  readonly kept: Uint8Array;
  readonly long: LongNonces;
  readonly ha1Space: Uint8Array;
  readonly ha1: Uint8Array;
}

export function createChallengeTable(memory: MemoryPlan, contexts: number): ChallengeTable {
  const table: ChallengeTable = {
    spaces: [],
    space: memory.u8('challenges', contexts),
    nonceBytes: memory.u16('challenges', contexts),
    opaqueBytes: memory.u16('challenges', contexts),
    nonceCount: memory.u32('challenges', contexts),
    kept: memory.u8('nonces', contexts * STRIDE),
    long: createLongNonces(),
    ha1Space: memory.u8('challenges', contexts),
    ha1: memory.u8('credentials', contexts * HA1_BYTES),
  };
  table.space.fill(NO_SPACE);
  table.ha1Space.fill(NO_SPACE);
  return table;
}

/** The number of a known protection space with these traits, or -1. */
export function findSpace(
  table: ChallengeTable,
  bytes: Uint8Array,
  realmStart: number,
  realmEnd: number,
  traits: number,
): number {
  for (let number = 0; number < table.spaces.length; number++) {
    const space = table.spaces[number]!;
    if (space.traits !== traits) continue;
    if (equalBytes(space.realm, 0, space.realm.length, bytes, realmStart, realmEnd)) return number;
  }
  return -1;
}

/** What tells two spaces of one realm apart, as bits. */
export function traitBits(fromProxy: boolean, withQop: boolean, namesAlgorithm: boolean, hasOpaque: boolean): number {
  return (fromProxy ? 1 : 0) | (withQop ? 2 : 0) | (namesAlgorithm ? 4 : 0) | (hasOpaque ? 8 : 0);
}

/** Keeps a new protection space; -1 when the table is full. Rare: once per realm of a run. */
export function createSpace(table: ChallengeTable, realm: Uint8Array, traits: number): number {
  if (table.spaces.length >= MOST_SPACES) return -1;
  const space = {
    realm,
    fromProxy: (traits & 1) !== 0,
    withQop: (traits & 2) !== 0,
    namesAlgorithm: (traits & 4) !== 0,
    hasOpaque: (traits & 8) !== 0,
    traits,
  };
  return table.spaces.push(space) - 1;
}

/** Keeps nonce and opaque for the context. Its nonce count starts anew, unless the nonce is the one that it had last. */
export function keepNonce(
  table: ChallengeTable,
  context: number,
  space: number,
  bytes: Uint8Array,
  nonceStart: number,
  nonceEnd: number,
  opaqueStart: number,
  opaqueEnd: number,
): void {
  const nonceBytes = nonceEnd - nonceStart;
  const opaqueBytes = opaqueEnd - opaqueStart;
  // RFC 7616 §3.4: nc counts the requests sent with this nonce, however often it is given.
  if (!sameNonce(table, context, bytes, nonceStart, nonceEnd)) table.nonceCount[context] = 0;
  table.space[context] = space;
  table.nonceBytes[context] = nonceBytes;
  table.opaqueBytes[context] = opaqueBytes;
  const isLong = nonceBytes + opaqueBytes > STRIDE;
  if (!isLong) table.long.drop(context);
  const to = isLong ? table.long.take(context, nonceBytes + opaqueBytes) : table.kept;
  const at = isLong ? 0 : context * STRIDE;
  for (let i = 0; i < nonceBytes; i++) to[at + i] = bytes[nonceStart + i]!;
  for (let i = 0; i < opaqueBytes; i++) to[at + nonceBytes + i] = bytes[opaqueStart + i]!;
}

/** True when the context's nonce, kept or dropped, has these bytes. */
export function sameNonce(
  table: ChallengeTable,
  context: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const at = keptAt(table, context);
  return equalBytes(keptBytes(table, context), at, at + table.nonceBytes[context]!, bytes, start, end);
}

/** It is not used any more. Its bytes and its count stay, for the case that it is given again. */
export function dropNonce(table: ChallengeTable, context: number): void {
  table.space[context] = NO_SPACE;
}

/** As if the context had never been challenged: for another identity in its row, or other credentials. */
export function forgetChallenges(table: ChallengeTable, context: number): void {
  table.space[context] = NO_SPACE;
  table.nonceBytes[context] = 0;
  table.opaqueBytes[context] = 0;
  table.nonceCount[context] = 0;
  table.long.drop(context);
  table.ha1Space[context] = NO_SPACE;
}

/** The bytes in which the context's nonce and opaque lie, from keptAt on. */
export function keptBytes(table: ChallengeTable, context: number): Uint8Array {
  return isKeptLong(table, context) ? table.long.of(context)! : table.kept;
}

export function keptAt(table: ChallengeTable, context: number): number {
  return isKeptLong(table, context) ? 0 : context * STRIDE;
}

function isKeptLong(table: ChallengeTable, context: number): boolean {
  return table.nonceBytes[context]! + table.opaqueBytes[context]! > STRIDE;
}
