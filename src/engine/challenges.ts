// @hot
// What contexts keep of challenges, so that the next request can carry credentials at once (RFC 3261 §22.2, RFC 7616 §3.6).
// What all contexts of a run share (realm, algorithm, qop, 401 or 407) is kept once, as a protection space
// (protection-spaces.ts); what differs (nonce and opaque) lies in a fixed stretch of bytes per context. A longer nonce goes to a
// side table.
//
// A context may be asked by several servers: a proxy and the registrar, or several realms. Each needs a place of its own. The
// first place is planned memory. Further ones are planned where the scenario lists several realms; else they are made when a
// second server asks for the first time, since hardly any run has one, and those that don't should not pay for it.
//
//  column        array         unit   meaning                                             valid in
//  active        Uint8Array    -      places whose nonce may be used, a bit each          every row
//  fresh         Uint8Array    -      places that were filled in the present attempt      in an attempt
//
// and in each place
//
//  space         Uint8Array    -      1 + its protection space, 0 before the first        every row
//  nonceBytes    Uint16Array   bytes  length of the nonce, 0 before the first             every row
//  opaqueBytes   Uint16Array   bytes  length of the opaque                                every row
//  nonceCount    Uint32Array   -      nc of the last request sent with the nonce          every row
//  kept          Uint8Array    bytes  nonce, then opaque, STRIDE bytes a context          nonceBytes set and not long
//  ha1Space      Uint8Array    -      1 + the space that `ha1` was made for, or 0         every row
//  ha1           Uint8Array    bytes  H(A1): 32 hex digits of MD5, or 32 bytes of SHA     ha1Space set

import type { MemoryPlan } from '../std/index.ts';
import { equalBytes } from '../std/index.ts';
import type { LongNonces } from './long-nonces.ts';
import { createLongNonces } from './long-nonces.ts';
import type { ProtectionSpace } from './protection-spaces.ts';
import type { SessionKeys } from './session-keys.ts';
import { HA1_BYTES } from './session-keys.ts';

export const STRIDE = 64;
/** Bounds of what is kept; a challenge beyond them is unusable. */
export const MOST_REALM_BYTES = 256;
export const MOST_NONCE_BYTES = 1024;
/** Realms, nonces and opaques of all places of a context together. */
export const MOST_KEPT_BYTES = MOST_REALM_BYTES + MOST_NONCE_BYTES;
/** Servers that can ask a context in turn: as many as a row of transactions has bits for, and more than a path has. */
export const MOST_PLACES = 4;
export const NO_PLACE = -1;
export const EVERY_PLACE = (1 << MOST_PLACES) - 1;

export interface ChallengePlace {
  readonly space: Uint8Array;
  readonly nonceBytes: Uint16Array;
  readonly opaqueBytes: Uint16Array;
  readonly nonceCount: Uint32Array;
  readonly kept: Uint8Array;
  readonly long: LongNonces;
  readonly ha1Space: Uint8Array;
  readonly ha1: Uint8Array;
  /** Null before the first session that outlives its nonce. */
  session: SessionKeys | null;
}

export interface ChallengeTable {
  readonly contexts: number;
  readonly spaces: ProtectionSpace[];
  readonly active: Uint8Array;
  readonly fresh: Uint8Array;
  readonly places: ChallengePlace[];
  /** Work space: nonce and opaque of one challenge. */
  readonly work: Uint8Array;
}

/** `places` is how many to plan for: none without credentials, which nobody could answer with. */
export function createChallengeTable(memory: MemoryPlan, contexts: number, places: number): ChallengeTable {
  return {
    contexts,
    spaces: [],
    active: memory.u8('challenges', contexts),
    fresh: memory.u8('challenges', contexts),
    places: Array.from({ length: places }, () => createPlace(memory, contexts)),
    work: new Uint8Array(MOST_NONCE_BYTES),
  };
}

function createPlace(memory: MemoryPlan, contexts: number): ChallengePlace {
  return {
    space: memory.u8('challenges', contexts),
    nonceBytes: memory.u16('challenges', contexts),
    opaqueBytes: memory.u16('challenges', contexts),
    nonceCount: memory.u32('challenges', contexts),
    kept: memory.u8('nonces', contexts * STRIDE),
    long: createLongNonces(),
    ha1Space: memory.u8('challenges', contexts),
    ha1: memory.u8('credentials', contexts * HA1_BYTES),
    session: null,
  };
}

/** A place outside the plan, once for all contexts: what it holds is touched only for those that use it. */
function createLatePlace(contexts: number): ChallengePlace {
  return {
    space: new Uint8Array(contexts),
    nonceBytes: new Uint16Array(contexts),
    opaqueBytes: new Uint16Array(contexts),
    nonceCount: new Uint32Array(contexts),
    kept: new Uint8Array(contexts * STRIDE),
    long: createLongNonces(),
    ha1Space: new Uint8Array(contexts),
    ha1: new Uint8Array(contexts * HA1_BYTES),
    session: null,
  };
}

/**
 * The context's place for a challenge of that protection space: the one that has its realm already, else one that was never
 * used, else one whose nonce is used no more, else one that `held` (a bit for each place) does not hold back. NO_PLACE: all are
 * held.
 */
export function choosePlace(table: ChallengeTable, context: number, space: number, held: number): number {
  const { places, spaces, active } = table;
  const { group } = spaces[space]!;
  let unused = NO_PLACE;
  let resting = NO_PLACE;
  let free = NO_PLACE;
  for (let number = places.length - 1; number >= 0; number--) {
    const known = places[number]!.space[context]!;
    if (known !== 0 && spaces[known - 1]!.group === group) return number;
    if (known === 0) unused = number;
    else if ((held & (1 << number)) !== 0) continue;
    else if ((active[context]! & (1 << number)) === 0) resting = number;
    else free = number;
  }
  if (unused !== NO_PLACE) return unused;
  if (resting !== NO_PLACE) return resting;
  if (places.length < MOST_PLACES) return places.push(createLatePlace(table.contexts)) - 1;
  return free;
}

/** The protection space that the place has for the context; it has one. */
export function spaceIn(table: ChallengeTable, place: ChallengePlace, context: number): ProtectionSpace {
  return table.spaces[place.space[context]! - 1]!;
}

/** Keeps nonce and opaque for the context. Its nonce count starts anew, unless the nonce is the one that it had last. */
export function keepNonce(
  place: ChallengePlace,
  context: number,
  bytes: Uint8Array,
  nonceStart: number,
  nonceEnd: number,
  opaqueStart: number,
  opaqueEnd: number,
): void {
  const nonceBytes = nonceEnd - nonceStart;
  const opaqueBytes = opaqueEnd - opaqueStart;
  // RFC 7616 §3.4: nc counts the requests sent with this nonce, however often it is given.
  if (!sameNonce(place, context, bytes, nonceStart, nonceEnd)) place.nonceCount[context] = 0;
  place.nonceBytes[context] = nonceBytes;
  place.opaqueBytes[context] = opaqueBytes;
  const isLong = nonceBytes + opaqueBytes > STRIDE;
  if (!isLong) place.long.drop(context);
  const to = isLong ? place.long.take(context, nonceBytes + opaqueBytes) : place.kept;
  const at = isLong ? 0 : context * STRIDE;
  for (let i = 0; i < nonceBytes; i++) to[at + i] = bytes[nonceStart + i]!;
  for (let i = 0; i < opaqueBytes; i++) to[at + nonceBytes + i] = bytes[opaqueStart + i]!;
}

/** True when the context's nonce, used or not any more, has these bytes. */
export function sameNonce(
  place: ChallengePlace,
  context: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const at = keptAt(place, context);
  return equalBytes(keptBytes(place, context), at, at + place.nonceBytes[context]!, bytes, start, end);
}

/** The nonces in these places are not used any more. Their bytes and counts stay, for the case that they are given again. */
export function dropNonces(table: ChallengeTable, context: number, places: number): void {
  table.active[context] = table.active[context]! & ~places;
}

/** As if the context had never been challenged: for another identity in its row, or other credentials. */
export function forgetChallenges(table: ChallengeTable, context: number): void {
  table.active[context] = 0;
  table.fresh[context] = 0;
  for (let number = 0; number < table.places.length; number++) {
    const place = table.places[number]!;
    place.space[context] = 0;
    place.nonceBytes[context] = 0;
    place.opaqueBytes[context] = 0;
    place.nonceCount[context] = 0;
    place.long.drop(context);
    place.ha1Space[context] = 0;
    dropSession(place, context);
  }
}

/** RFC 7616 §3.4.2: another challenge begins another session. */
export function dropSession({ session }: ChallengePlace, context: number): void {
  if (session !== null) session.isKept[context] = 0;
}

/** The bytes in which the context's nonce and opaque lie, from keptAt on. */
export function keptBytes(place: ChallengePlace, context: number): Uint8Array {
  return isKeptLong(place, context) ? place.long.of(context)! : place.kept;
}

export function keptAt(place: ChallengePlace, context: number): number {
  return isKeptLong(place, context) ? 0 : context * STRIDE;
}

function isKeptLong(place: ChallengePlace, context: number): boolean {
  return place.nonceBytes[context]! + place.opaqueBytes[context]! > STRIDE;
}

/** What the context's places have in their realms, nonces and opaques: a request must have room for them. */
export function keptLength(table: ChallengeTable, context: number, places: number): number {
  let length = 0;
  for (let number = 0, rest = places; rest !== 0; number++, rest >>>= 1) {
    if ((rest & 1) === 0) continue;
    const place = table.places[number]!;
    const { realm } = spaceIn(table, place, context);
    length += realm.length + place.nonceBytes[context]! + place.opaqueBytes[context]!;
  }
  return length;
}

/** RFC 7616 §3.4: nc counts the requests sent with a nonce, this one included; a retransmission is the same request. */
export function countNonces(table: ChallengeTable, context: number, places: number): void {
  const { places: all } = table;
  for (let number = 0, rest = places; rest !== 0; number++, rest >>>= 1) {
    if ((rest & 1) === 0) continue;
    const { nonceCount } = all[number]!;
    nonceCount[context] = nonceCount[context]! + 1;
  }
}
