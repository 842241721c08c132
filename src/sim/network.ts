// One direction of a network, seeded: what becomes of a datagram, and when. It has no clock and moves nothing itself, so the
// simulator runs it in virtual time, and a relay on real sockets runs the very same one.
//
//   datagram -> partition? -> burst of loss? -> lost? -> duplicated? -> each copy: delay, jitter, held back?, damaged?
//
// Jitter keeps the order, as a queue does: no copy arrives before one that was sent earlier, unless it was held back, which is
// what reorders. Bursts follow Gilbert and Elliott: the link turns bad and good again by chance, datagram after datagram.

import type { Random } from '../std/index.ts';

/** Shares are probabilities in [0, 1], for each datagram; times are microseconds. */
export interface LinkOptions {
  readonly delayUs: number;
  /** Up to so much is added. */
  readonly jitterUs: number;
  readonly lossShare: number;
  /** Turning bad, turning good again, and what is lost while it is bad; null: never bad. */
  readonly burst: { readonly beginShare: number; readonly endShare: number; readonly lossShare: number } | null;
  readonly duplicateShare: number;
  /** Held back by `heldUs`, so that later ones overtake. */
  readonly reorderShare: number;
  readonly heldUs: number;
  /** Some bytes are changed, cut off or added. */
  readonly corruptShare: number;
  /** Nothing passes between these times. */
  readonly partitions: readonly { readonly fromUs: number; readonly toUs: number }[];
}

export const PERFECT_LINK: LinkOptions = {
  delayUs: 0,
  jitterUs: 0,
  lossShare: 0,
  burst: null,
  duplicateShare: 0,
  reorderShare: 0,
  heldUs: 0,
  corruptShare: 0,
  partitions: [],
};

export interface LinkCounts {
  offered: number;
  /** offered + duplicated = delivered + lost + lostInBurst + lostInPartition. */
  delivered: number;
  lost: number;
  lostInBurst: number;
  lostInPartition: number;
  duplicated: number;
  heldBack: number;
  corrupted: number;
}

/** A copy that will arrive. The bytes are its own. */
export interface Delivery {
  readonly atUs: number;
  readonly bytes: Uint8Array;
  readonly isCorrupted: boolean;
}

export interface Link {
  options: LinkOptions;
  readonly random: Random;
  readonly counts: LinkCounts;
  isBad: boolean;
  /** When the last copy in order arrives. */
  lastUs: number;
}

export function createLink(options: LinkOptions, random: Random): Link {
  const counts: LinkCounts = {
    offered: 0,
    delivered: 0,
    lost: 0,
    lostInBurst: 0,
    lostInPartition: 0,
    duplicated: 0,
    heldBack: 0,
    corrupted: 0,
  };
  return { options, random, counts, isBad: false, lastUs: 0 };
}

/** From now on nothing happens to datagrams but the delay; those under way are not touched. */
export function heal(link: Link): void {
  link.options = { ...PERFECT_LINK, delayUs: link.options.delayUs };
}

/** What becomes of the datagram [start, end) of `bytes`, sent at `nowUs`; `nowUs` never decreases. */
export function transit(link: Link, nowUs: number, bytes: Uint8Array, start: number, end: number): readonly Delivery[] {
  const { options, random, counts } = link;
  counts.offered++;
  if (options.partitions.some(({ fromUs, toUs }) => nowUs >= fromUs && nowUs < toUs)) {
    counts.lostInPartition++;
    return [];
  }
  if (isLostInBurst(link)) {
    counts.lostInBurst++;
    return [];
  }
  if (random.chance(options.lossShare)) {
    counts.lost++;
    return [];
  }
  const first = deliver(link, nowUs, bytes.slice(start, end));
  if (!random.chance(options.duplicateShare)) return [first];
  counts.duplicated++;
  return [first, deliver(link, nowUs, bytes.slice(start, end))];
}

function isLostInBurst(link: Link): boolean {
  const { options, random } = link;
  if (options.burst === null) return false;
  link.isBad = link.isBad ? !random.chance(options.burst.endShare) : random.chance(options.burst.beginShare);
  return link.isBad && random.chance(options.burst.lossShare);
}

function deliver(link: Link, nowUs: number, bytes: Uint8Array): Delivery {
  const { options, random, counts } = link;
  counts.delivered++;
  const jitterUs = options.jitterUs === 0 ? 0 : random.between(0, options.jitterUs);
  const dueUs = nowUs + options.delayUs + jitterUs;
  const isCorrupted = random.chance(options.corruptShare);
  if (isCorrupted) counts.corrupted++;
  const arriving = isCorrupted ? corrupt(bytes, random) : bytes;
  if (random.chance(options.reorderShare)) {
    counts.heldBack++;
    return { atUs: dueUs + options.heldUs, bytes: arriving, isCorrupted };
  }
  link.lastUs = Math.max(link.lastUs, dueUs);
  return { atUs: link.lastUs, bytes: arriving, isCorrupted };
}

/** Some damage that a network or a broken middlebox does; the result always differs. */
function corrupt(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(random.between(0, 255));
  const at = random.between(0, bytes.length - 1);
  switch (random.between(0, 3)) {
    case 0:
      return bytes.slice(0, at);
    case 1: {
      const longer = new Uint8Array(bytes.length + 1);
      longer.set(bytes.subarray(0, at));
      longer[at] = random.between(0, 255);
      longer.set(bytes.subarray(at), at + 1);
      return longer;
    }
    case 2:
      return changeBytes(bytes, at, random.between(1, 8), random);
    default:
      return changeBytes(bytes, at, 0, random);
  }
}

/** The byte at `at`, and `others` anywhere. Whatever these do, that one ends as another than it was. */
function changeBytes(bytes: Uint8Array, at: number, others: number, random: Random): Uint8Array {
  const sent = bytes[at]!;
  for (let left = others; left > 0; left--) bytes[random.between(0, bytes.length - 1)] = random.between(0, 255);
  bytes[at] = sent ^ random.between(1, 255);
  return bytes;
}
