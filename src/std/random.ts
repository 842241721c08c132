// A seeded stream of random numbers for simulations and tests: the same seed gives the same stream everywhere. The
// generator is sfc32 (four words of state, a counter among them, so no seed leads into a short cycle). Streams for different
// purposes are split off by name: a further draw in one leaves the others as they were.
//
// Left out on purpose: secrets. And the decisions of a run, which must not depend on who draws first; see mix.ts.

import { hashText, mix32 } from './mix.ts';

export interface Random {
  /** In [0, 1), 32 bits of it. */
  next(): number;
  /** A whole number, `least` and `most` included. */
  between(least: number, most: number): number;
  /** True with probability `share`. */
  chance(share: number): boolean;
  /** One of the list, which is not empty. */
  pick<T>(list: readonly T[]): T;
  /** A stream of its own; it depends on this one's seed and the name, not on what was drawn. */
  split(name: string): Random;
}

const WARM_UP_ROUNDS = 12;
const WORD = 4_294_967_296;

/** Any number that is exact as an integer: all of its 53 bits count. */
export function createRandom(seed: number): Random {
  const low = seed >>> 0;
  const high = Math.floor(seed / WORD) >>> 0;
  let a = mix32(low, 0x5eed);
  let b = mix32(high, a);
  let c = mix32(b, low ^ 0x9e3779b9);
  let counter = 1;
  const word = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round++) word();
  const next = (): number => word() / WORD;
  return {
    next,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (share) => next() < share,
    pick: (list) => list[Math.floor(next() * list.length)]!,
    split: (name) => createRandom(mix32(mix32(hashText(name), low), high)),
  };
}
