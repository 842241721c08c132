import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createLink,
  type Delivery,
  type Link,
  type LinkOptions,
  PERFECT_LINK,
  transit,
} from '../../../src/sim/index.ts';
import { createRandom } from '../../../src/std/index.ts';

const MESSAGE = Uint8Array.from({ length: 40 }, (_, i) => i);

const linkOf = (options: Partial<LinkOptions>, seed = 1): Link =>
  createLink({ ...PERFECT_LINK, ...options }, createRandom(seed));

/** What arrives of `count` datagrams sent `everyUs` apart, in the order of sending; each carries its number. */
const sendMany = (link: Link, count: number, everyUs = 100): readonly (readonly Delivery[])[] =>
  Array.from({ length: count }, (_, i) => transit(link, i * everyUs, Uint8Array.of(i >> 16, i >> 8, i), 0, 3));

const share = fc.double({ min: 0, max: 1, noNaN: true });
const anyOptions: fc.Arbitrary<LinkOptions> = fc.record({
  delayUs: fc.nat({ max: 100_000 }),
  jitterUs: fc.nat({ max: 10_000 }),
  lossShare: share,
  burst: fc.option(fc.record({ beginShare: share, endShare: share, lossShare: share })),
  duplicateShare: share,
  reorderShare: share,
  heldUs: fc.nat({ max: 100_000 }),
  corruptShare: share,
  partitions: fc.array(fc.record({ fromUs: fc.nat({ max: 20_000 }), toUs: fc.nat({ max: 20_000 }) }), { maxLength: 3 }),
});

describe('a link, whatever its options', () => {
  it('accounts for every datagram: offered + duplicated = delivered + lost in each way', () => {
    fc.assert(
      fc.property(anyOptions, fc.nat(), (options, seed) => {
        const link = createLink(options, createRandom(seed));
        const deliveries = sendMany(link, 200).flat();
        const { counts } = link;
        expect(counts.offered).toBe(200);
        expect(counts.offered + counts.duplicated).toBe(
          counts.delivered + counts.lost + counts.lostInBurst + counts.lostInPartition,
        );
        expect(deliveries).toHaveLength(counts.delivered);
        expect(deliveries.filter(({ isCorrupted }) => isCorrupted)).toHaveLength(counts.corrupted);
      }),
    );
  });

  it('gives the same datagrams the same fate for the same seed', () => {
    fc.assert(
      fc.property(anyOptions, fc.nat(), (options, seed) => {
        const [first, second] = [createLink(options, createRandom(seed)), createLink(options, createRandom(seed))];
        expect(sendMany(first, 100)).toEqual(sendMany(second, 100));
        expect(first.counts).toEqual(second.counts);
      }),
    );
  });

  it('brings nothing before its delay, and nothing later than delay, jitter and holding back together behind its queue', () => {
    fc.assert(
      fc.property(anyOptions, fc.nat(), (options, seed) => {
        const link = createLink(options, createRandom(seed));
        for (const [i, copies] of sendMany(link, 100).entries()) {
          for (const { atUs } of copies) {
            expect(atUs).toBeGreaterThanOrEqual(i * 100 + options.delayUs);
            expect(atUs).toBeLessThanOrEqual(i * 100 + options.delayUs + options.jitterUs + options.heldUs);
          }
        }
      }),
    );
  });

  it('leaves the bytes of the sender alone, and gives each copy its own', () => {
    const link = linkOf({ duplicateShare: 1, corruptShare: 1 });
    const sent = MESSAGE.slice();
    const [first, second] = transit(link, 0, sent, 5, 25);
    expect(sent).toEqual(MESSAGE);
    expect(first?.bytes.buffer).not.toBe(second?.bytes.buffer);
  });
});

describe('order', () => {
  it('is kept under jitter: nothing overtakes', () => {
    const times = sendMany(linkOf({ delayUs: 1_000, jitterUs: 5_000, duplicateShare: 0.1 }), 5_000)
      .flat()
      .map(({ atUs }) => atUs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('is kept but for those that are held back: without them nothing overtakes, and later ones overtake them', () => {
    const heldUs = 20_000;
    const link = linkOf({ delayUs: 1_000, reorderShare: 0.05, heldUs });
    const times = sendMany(link, 5_000).flatMap((copies, i) => copies.map(({ atUs }) => ({ i, atUs })));
    const held = times.filter(({ i, atUs }) => atUs === i * 100 + 1_000 + heldUs);
    const others = times.filter(({ i, atUs }) => atUs === i * 100 + 1_000);
    expect(held).toHaveLength(link.counts.heldBack);
    expect(held.length + others.length).toBe(5_000);
    expect(held.some(({ i, atUs }) => others.some((other) => other.i > i && other.atUs < atUs))).toBe(true);
  });
});

describe('shares', () => {
  const COUNT = 100_000;
  /** Six deviations of the binomial distribution. */
  const near = (count: number, probability: number): boolean =>
    Math.abs(count - COUNT * probability) < 6 * Math.sqrt(COUNT * probability * (1 - probability));

  it.each([0.01, 0.1, 0.5])('of %s come out as asked for, each within six deviations', (probability) => {
    const { counts: lossy } = run({ lossShare: probability });
    const { counts: doubled } = run({ duplicateShare: probability });
    const { counts: held } = run({ reorderShare: probability, heldUs: 1 });
    const { counts: damaged } = run({ corruptShare: probability });
    for (const count of [lossy.lost, doubled.duplicated, held.heldBack, damaged.corrupted]) {
      expect(near(count, probability), `${count} of ${COUNT}`).toBe(true);
    }
  });

  it('of 0 and 1 are never and always', () => {
    expect(run({}).counts).toMatchObject({ delivered: COUNT, lost: 0, duplicated: 0, heldBack: 0, corrupted: 0 });
    expect(run({ lossShare: 1 }).counts).toMatchObject({ delivered: 0, lost: COUNT });
  });

  const run = (options: Partial<LinkOptions>): Link => {
    const link = linkOf(options, 42);
    sendMany(link, COUNT);
    return link;
  };
});

describe('partitions', () => {
  it('lose what is sent from their beginning up to their end, and nothing else', () => {
    const partitions = [
      { fromUs: 1_000, toUs: 2_000 },
      { fromUs: 5_000, toUs: 5_100 },
    ];
    const link = linkOf({ delayUs: 700, partitions });
    const lost = sendMany(link, 100).flatMap((copies, i) => (copies.length === 0 ? [i * 100] : []));
    expect(lost).toEqual([1_000, 1_100, 1_200, 1_300, 1_400, 1_500, 1_600, 1_700, 1_800, 1_900, 5_000]);
    expect(link.counts.lostInPartition).toBe(lost.length);
  });
});

describe('bursts (Gilbert and Elliott)', () => {
  /** How long the link was bad each time; with lossShare 1 every datagram of a bad time is lost. */
  const burstLengths = (beginShare: number, endShare: number): readonly number[] => {
    const fates = sendMany(linkOf({ burst: { beginShare, endShare, lossShare: 1 } }, 9), 200_000);
    const letters = fates.map((copies) => (copies.length === 0 ? 'x' : '.')).join('');
    return (letters.match(/x+/g) ?? []).map(({ length }) => length);
  };

  it('last 1 / endShare datagrams on average, and losses come together', () => {
    const lengths = burstLengths(0.002, 0.05);
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    // A geometric distribution of mean 20 deviates by 19.5: four deviations of the mean of some 390 bursts.
    expect(Math.abs(mean - 20)).toBeLessThan((4 * 19.5) / Math.sqrt(lengths.length));
    expect(Math.max(...lengths)).toBeGreaterThan(60);
  });

  it('lose in the long run the share of the time in which the link is bad', () => {
    const lost = burstLengths(0.01, 0.1).reduce((sum, length) => sum + length, 0);
    expect(lost / 200_000).toBeGreaterThan(0.08);
    expect(lost / 200_000).toBeLessThan(0.1);
  });

  it('lose only a part while the link is bad, when asked to', () => {
    const link = linkOf({ burst: { beginShare: 1, endShare: 0, lossShare: 0.25 } });
    sendMany(link, 40_000);
    expect(link.isBad).toBe(true);
    expect(Math.abs(link.counts.lostInBurst - 10_000)).toBeLessThan(6 * Math.sqrt(40_000 * 0.25 * 0.75));
  });
});

describe('damage', () => {
  it.each([0, 1, 2, 40])('to %s bytes always shows: a corrupted copy never equals what was sent', (length) => {
    const link = linkOf({ corruptShare: 1 }, length);
    const sent = MESSAGE.slice(0, length);
    const unchanged = Array.from({ length: 20_000 }, (_, i) => transit(link, i, sent, 0, length)).filter(
      ([copy]) => copy === undefined || Buffer.compare(copy.bytes, sent) === 0,
    );
    expect(unchanged).toEqual([]);
  });

  it('cuts short, lengthens by one and changes bytes', () => {
    const link = linkOf({ corruptShare: 1 });
    const lengths = Array.from({ length: 1_000 }, (_, i) => transit(link, i, MESSAGE, 0, 40)[0]?.bytes.length ?? -1);
    expect(lengths.some((length) => length < 40)).toBe(true);
    expect(lengths).toContain(40);
    expect(lengths).toContain(41);
  });
});
