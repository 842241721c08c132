import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../../src/std/index.ts';

const WORD = 2 ** 32;
const words = (random: Random, count: number): readonly number[] =>
  Array.from({ length: count }, () => random.next() * WORD);

/** Of `values` over `buckets` that should be equally likely. */
const chiSquare = (values: readonly number[], buckets: number): number => {
  const counts = new Array<number>(buckets).fill(0);
  for (const value of values) counts[value]! += 1;
  const expected = values.length / buckets;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
};

describe('a seeded stream', () => {
  it.each([
    [0, [1037937333, 1070536670, 575109343, 2853507353]],
    [1, [384876562, 3828823662, 2610854809, 2573198143]],
    [2 ** 32, [4262848423, 2386115806, 4071215191, 2441829582]],
    [2 ** 53 - 1, [3850507312, 1072060060, 764988092, 3811004787]],
  ])('begins as it always did for seed %s, so that a recorded seed stays worth something', (seed, expected) => {
    expect(words(createRandom(seed), 4)).toEqual(expected);
  });

  it('differs for seeds that differ in one bit only, at either end of their 53', () => {
    const seeds = [0, 1, 2, 2 ** 31, 2 ** 32, 2 ** 52];
    const beginnings = seeds.map((seed) => words(createRandom(seed), 2).join());
    expect(new Set(beginnings).size).toBe(seeds.length);
  });

  it('stays in [0, 1), and spreads evenly over 256 buckets by its first and by its last bits', () => {
    const random = createRandom(20_251_123);
    const values = words(random, 256_000);
    expect(values.every((value) => value >= 0 && value < WORD)).toBe(true);
    // 255 degrees of freedom: mean 255, deviation 22.6; this is six of them to either side.
    for (const chi of [
      chiSquare(
        values.map((v) => Math.floor(v / 2 ** 24)),
        256,
      ),
      chiSquare(
        values.map((v) => v % 256),
        256,
      ),
    ]) {
      expect(chi).toBeGreaterThan(120);
      expect(chi).toBeLessThan(390);
    }
  });

  it('has neighbours that know nothing of each other: pairs spread evenly over 16 by 16 buckets', () => {
    const random = createRandom(7);
    const pairs = Array.from({ length: 128_000 }, () => random.between(0, 15) * 16 + random.between(0, 15));
    expect(chiSquare(pairs, 256)).toBeGreaterThan(120);
    expect(chiSquare(pairs, 256)).toBeLessThan(390);
  });
});

describe('what is drawn from it', () => {
  it('between reaches both ends, never goes beyond, and is fair', () => {
    const random = createRandom(3);
    const dice = Array.from({ length: 60_000 }, () => random.between(1, 6));
    expect([Math.min(...dice.slice(0, 1_000)), Math.max(...dice.slice(0, 1_000))]).toEqual([1, 6]);
    // 5 degrees of freedom.
    expect(
      chiSquare(
        dice.map((die) => die - 1),
        6,
      ),
    ).toBeLessThan(30);
    expect(random.between(9, 9)).toBe(9);
  });

  it('chance is never for 0, always for 1, and otherwise as often as it says', () => {
    const random = createRandom(4);
    const hits = (share: number): number =>
      Array.from({ length: 100_000 }, () => random.chance(share)).filter(Boolean).length;
    expect(hits(0)).toBe(0);
    expect(hits(1)).toBe(100_000);
    // Six deviations of the binomial distribution.
    expect(Math.abs(hits(0.1) - 10_000)).toBeLessThan(6 * Math.sqrt(100_000 * 0.1 * 0.9));
  });

  it('pick takes each of the list, equally often', () => {
    const random = createRandom(5);
    const list = ['a', 'b', 'c', 'd'];
    const picked = Array.from({ length: 40_000 }, () => list.indexOf(random.pick(list)));
    expect(chiSquare(picked, 4)).toBeLessThan(25);
  });
});

describe('a stream split off', () => {
  it('depends on the seed and the name, not on what was drawn before', () => {
    const fresh = createRandom(11);
    const used = createRandom(11);
    words(used, 1_000);
    expect(words(used.split('loss'), 8)).toEqual(words(fresh.split('loss'), 8));
    expect(words(createRandom(12).split('loss'), 8)).not.toEqual(words(fresh.split('loss'), 8));
  });

  it('leaves the one it came from as it was', () => {
    const split = createRandom(11);
    words(split.split('loss'), 100);
    expect(words(split, 8)).toEqual(words(createRandom(11), 8));
  });

  it('has nothing to do with its parent or with one of another name', () => {
    const parent = createRandom(11);
    const [loss, delay] = [parent.split('loss'), parent.split('delay')];
    const bits = (random: Random): readonly number[] => Array.from({ length: 20_000 }, () => random.between(0, 1));
    const agreement = (a: readonly number[], b: readonly number[]): number => a.filter((bit, i) => bit === b[i]).length;
    const [lossBits, delayBits, parentBits] = [bits(loss), bits(delay), bits(parent)];
    // Half of them agree by chance; six deviations.
    const most = 6 * Math.sqrt(20_000 / 4);
    expect(Math.abs(agreement(lossBits, delayBits) - 10_000)).toBeLessThan(most);
    expect(Math.abs(agreement(lossBits, parentBits) - 10_000)).toBeLessThan(most);
  });
});
