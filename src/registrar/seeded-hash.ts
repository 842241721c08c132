// The registrar's keyed hash from the one number that it is given as a seed.

import { createKeyedHash, type KeyedHash } from './keyed-hash.ts';

/** Two keys from any seed, each bit of which reaches both. */
export const createSeededHash = (seed: number): KeyedHash => {
  const low = seed >>> 0;
  const high = Math.floor(seed / 4_294_967_296) >>> 0;
  const key0 = Math.imul(low ^ 0x2545f491, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
  return createKeyedHash(key0 ^ (key0 >>> 15), Math.imul(key0 ^ (key0 >>> 13), 0xc2b2ae35) ^ high);
};
