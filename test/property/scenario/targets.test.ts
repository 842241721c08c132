// Whatever a name server says, a look-up ends; and RFC 2782's order holds for any records.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DnsAnswer, UriTarget } from '../../../src/scenario/index.ts';
import {
  assignSlots,
  continueLocating,
  isQuestion,
  MOST_TARGETS,
  orderTargets,
  startLocating,
} from '../../../src/scenario/index.ts';

const number16 = fc.nat({ max: 0xffff });
const name = fc.constantFrom('a.example', 'b.example', '_sip._udp.a.example', '.', '', 'A.EXAMPLE', '10.0.0.1');
const ttlSeconds = fc.option(fc.nat({ max: 100_000 }));
const answer: fc.Arbitrary<DnsAnswer> = fc.oneof(
  fc.record({ kind: fc.constant('none' as const), why: fc.string(), ttlSeconds }),
  fc.record({ kind: fc.constantFrom('failed' as const, 'silent' as const), why: fc.string() }),
  fc.record({
    kind: fc.constant('a' as const),
    ttlSeconds,
    addresses: fc.array(fc.ipV4(), { maxLength: 40 }),
  }),
  fc.record({
    kind: fc.constant('srv' as const),
    ttlSeconds,
    records: fc.array(fc.record({ priority: number16, weight: number16, port: number16, host: name }), {
      maxLength: 90,
    }),
  }),
  fc.record({
    kind: fc.constant('naptr' as const),
    ttlSeconds,
    records: fc.array(
      fc.record({
        order: number16,
        preference: number16,
        flags: fc.constantFrom('s', 'S', 'a', 'u', ''),
        service: fc.constantFrom('SIP+D2U', 'SIP+D2T', 'SIPS+D2T', 'E2U+sip', '', 'sip+d2u'),
        replacement: name,
      }),
      { maxLength: 20 },
    ),
  }),
);

const TARGET: UriTarget = { kind: 'uri', text: 'sip:a.example', host: 'a.example', port: 5060, lookUp: 'naptr' };

describe('looking a target up', () => {
  it('RFC 3263 §4 ends after few questions, whatever is answered, with places to go to or a sentence', () => {
    fc.assert(
      fc.property(fc.infiniteStream(answer), (answers) => {
        let state = startLocating(TARGET, false);
        let asked = 0;
        for (; isQuestion(state.next); asked++) {
          expect(asked).toBeLessThan(100);
          state = continueLocating(state, answers.next().value as DnsAnswer);
        }
        const located = state.next;
        if (located.kind === 'failed') {
          expect(located.message.length).toBeGreaterThan(0);
          return;
        }
        expect(located.targets.length).toBeGreaterThan(0);
        expect(located.targets.length).toBeLessThanOrEqual(MOST_TARGETS);
        const places = located.targets.map(({ address, port }) => `${address}:${port}`);
        expect(new Set(places).size).toBe(places.length);
        for (const { port, weight } of located.targets) {
          expect(port).toBeGreaterThan(0);
          expect(Number.isSafeInteger(weight)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

const sorted = fc
  .array(fc.record({ priority: fc.nat({ max: 3 }), weight: fc.oneof(fc.constant(0), number16) }), {
    minLength: 1,
    maxLength: MOST_TARGETS,
  })
  .map((records) => [...records].sort((a, b) => a.priority - b.priority));

const orderOf = (records: readonly { priority: number; weight: number }[], seed: number, context: number): number[] => {
  const order = new Uint8Array(records.length);
  const weights = {
    count: records.length,
    priority: records.map(({ priority }) => priority),
    weight: records.map(({ weight }) => weight),
  };
  orderTargets(weights, seed, context, order);
  return [...order];
};

describe('RFC 2782 the order of targets', () => {
  it('RFC 2782 names each target once, the lowest priority first, and the same for the same seed and context', () => {
    fc.assert(
      fc.property(sorted, fc.nat(), fc.nat(), (records, seed, context) => {
        const order = orderOf(records, seed, context);
        expect([...order].sort((a, b) => a - b)).toEqual(records.map((_, at) => at));
        const priorities = order.map((at) => records[at]!.priority);
        expect(priorities).toEqual([...priorities].sort((a, b) => a - b));
        expect(orderOf(records, seed, context)).toEqual(order);
      }),
    );
  });

  it('RFC 2782 spreads contexts in proportion to the weights, the first choice and the second', () => {
    const records = [10, 20, 70].map((weight) => ({ priority: 0, weight: weight * 840 }));
    const first = [0, 0, 0];
    const afterLargest = [0, 0, 0];
    const contexts = 30_000;
    for (let context = 0; context < contexts; context++) {
      const order = orderOf(records, 7, context);
      first[order[0]!]! += 1;
      if (order[0] === 2) afterLargest[order[1]!]! += 1;
    }
    // Five standard deviations of 30,000 draws at one half are 433.
    for (const [at, share] of [0.1, 0.2, 0.7].entries()) {
      expect(Math.abs(first[at]! - share * contexts)).toBeLessThan(433);
    }
    expect(Math.abs(afterLargest[0]! - first[2]! / 3)).toBeLessThan(433);
  });

  it('RFC 2782 a weight of 0 is hardly ever chosen beside others, and equally often among its like', () => {
    const beside = [0, 840].map((weight) => ({ priority: 0, weight }));
    const among = [0, 0].map((weight) => ({ priority: 0, weight }));
    let besideFirst = 0;
    let amongFirst = 0;
    for (let context = 0; context < 10_000; context++) {
      besideFirst += orderOf(beside, 1, context)[0] === 0 ? 1 : 0;
      amongFirst += orderOf(among, 1, context)[0] === 0 ? 1 : 0;
    }
    expect(besideFirst).toBeLessThan(60);
    expect(Math.abs(amongFirst - 5_000)).toBeLessThan(250);
  });
});

const place = fc.record({
  address: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3'),
  port: fc.constantFrom(5060, 5061),
  priority: fc.nat({ max: 3 }),
  weight: number16,
});
const places = (leastCount: number) =>
  fc.uniqueArray(place, { minLength: leastCount, maxLength: 6, selector: ({ address, port }) => `${address}:${port}` });
const keyOf = ({ address, port }: { address: string; port: number }): string => `${address}:${port}`;

describe('targets that are looked up again', () => {
  it('keep their slot where they stay, take one that is free where they are new, and none is in two', () => {
    fc.assert(
      fc.property(places(1), places(1), (present, found) => {
        const { slots, left } = assignSlots(present, found);
        expect(slots).toHaveLength(present.length);
        const taken = slots.filter((slot) => slot !== null);
        expect([...taken, ...left].map(keyOf).sort()).toEqual(found.map(keyOf).sort());
        expect(left).toEqual(found.slice(present.length));
        for (const [slot, before] of present.entries()) {
          const stays = found.slice(0, present.length).find((target) => keyOf(target) === keyOf(before));
          if (stays !== undefined) expect(slots[slot]).toEqual(stays);
        }
      }),
    );
  });
});
