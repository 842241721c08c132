// The simulated world itself: what a seed draws, that it is the same every time, and that its faults are real.

import { describe, expect, it } from 'vitest';
import { loadScenario, socketsOfWorker } from '../../../src/scenario/index.ts';
import type { DrawnWorld } from '../../../src/sim/draw-world.ts';
import { drawWorld } from '../../../src/sim/draw-world.ts';
import { tellAll } from '../../../src/sim/observer.ts';
import type { WorldEnd, WorldOptions } from '../../../src/sim/world.ts';
import { createWorkers, createWorld, outcomesOf, runWorld } from '../../../src/sim/world.ts';

const DRAWN_LENGTH = { loadSeconds: null };

interface Played {
  readonly end: WorldEnd;
  readonly outcomes: Readonly<Record<string, number>>;
}

const play = (options: WorldOptions): Played => {
  const workers = createWorkers(options);
  const end = runWorld(createWorld(options, workers, tellAll([])));
  return { end, outcomes: outcomesOf(workers) };
};

const seeds = (count: number): number[] => Array.from({ length: count }, (_, number) => number + 1);
const drawn = seeds(400).map((seed) => drawWorld(seed, DRAWN_LENGTH));
const isSmall = ({ plan }: WorldOptions): boolean => plan.load.startsPerPeriod < 60 && plan.identities.count < 300;
/** The first calm world that does a fair amount of work. */
const calm = drawn.find(
  ({ isCalm, options }) => isCalm && options.plan.identities.count > 50 && options.plan.load.startsPerPeriod > 100,
) as DrawnWorld;

describe('A seed', () => {
  it('draws the same world every time, and another seed another', () => {
    expect(drawWorld(7, DRAWN_LENGTH)).toEqual(drawWorld(7, DRAWN_LENGTH));
    expect(drawWorld(7, DRAWN_LENGTH).scenario).not.toBe(drawWorld(8, DRAWN_LENGTH).scenario);
  });

  it('draws a scenario that the loader takes as it stands', () => {
    for (const { scenario, options } of drawn.slice(0, 50)) {
      expect(loadScenario({ file: options.plan.file, text: scenario })).toEqual(options.plan);
    }
  });

  it('draws every kind of fault there is, alone and together, and calm worlds too', () => {
    const kinds = new Set(drawn.flatMap(({ faults }) => faults));
    expect([...kinds].sort()).toMatchInlineSnapshot(`
      [
        "answers",
        "blockades",
        "bursts to clients",
        "bursts to registrar",
        "contact limit",
        "corruption to clients",
        "corruption to registrar",
        "duplicates to clients",
        "duplicates to registrar",
        "few bindings",
        "few reads a turn",
        "forged answers",
        "forgetful",
        "jitter to clients",
        "jitter to registrar",
        "limited service",
        "loss to clients",
        "loss to registrar",
        "nonces expire",
        "operator",
        "outages",
        "outbound",
        "partial batches",
        "partitions to clients",
        "partitions to registrar",
        "provisionals",
        "quantum",
        "redirects",
        "refused datagrams",
        "registrar too small",
        "reordering to clients",
        "reordering to registrar",
        "restarts",
        "rules",
        "shortened expires",
        "slow registrar",
        "stalls",
        "target astray",
        "target refusing",
        "target silent",
        "target unavailable",
        "too brief",
        "unasked challenge",
        "unreachable",
        "wrong rspauth",
      ]
    `);
    expect(drawn.filter(({ isCalm }) => isCalm).length).toBeGreaterThan(10);
    expect(drawn.filter(({ faults }) => faults.length === 1).length).toBeGreaterThan(10);
    expect(drawn.filter(({ faults }) => faults.length > 5).length).toBeGreaterThan(10);
  });

  it('draws from one context to thousands, one worker to three, and one socket of each to eight', () => {
    const counts = drawn.map(({ options }) => options.plan.identities.count);
    expect([Math.min(...counts), Math.max(...counts) > 3_000]).toEqual([1, true]);
    const sockets = drawn.map(({ options }) => options.plan.local.socketsPerWorker);
    const workers = drawn.map(({ options }) => options.addresses.length / socketsOfWorker(options.plan.local));
    expect(new Set(workers)).toEqual(new Set([1, 2, 3]));
    expect([Math.min(...sockets), Math.max(...sockets)]).toEqual([1, 8]);
    expect(sockets.filter((count) => count > 1).length).toBeGreaterThan(100);
  });

  it('draws sockets with an address and port each of their own, on several addresses with the same ports', () => {
    let shared = 0;
    for (const { options } of drawn) {
      const { addresses } = options;
      expect(new Set(addresses.map(({ address, port }) => `${address}:${port}`)).size).toBe(addresses.length);
      if (new Set(addresses.map(({ port }) => port)).size < addresses.length) shared++;
    }
    expect(shared).toBeGreaterThan(50);
  });
});

describe('A world', () => {
  it('sends the same datagrams at the same times when it is played again', () => {
    const options = drawn
      .map((world) => world.options)
      .filter(isSmall)
      .slice(0, 6);
    const hashes = options.map((world) => play(world).end.hash);
    expect(options.map((world) => play(world).end.hash)).toEqual(hashes);
    expect(new Set(hashes).size).toBe(options.length);
  });

  it('has other bytes under another run id, and nothing else changes', () => {
    const first = play(calm.options);
    const second = play({ ...calm.options, runId: 'another' });
    expect(second.end.hash).not.toBe(first.end.hash);
    expect(second.end.datagrams).toBe(first.end.datagrams);
    expect(second.outcomes).toEqual(first.outcomes);
  });

  it('without faults lets nothing fail', () => {
    const { end, outcomes } = play(calm.options);
    expect(Object.keys(outcomes).filter((name) => name !== 'aborted')).toEqual(['succeeded']);
    expect(end.toRegistrar.offered).toBe(end.toRegistrar.delivered);
  });

  it('that loses everything gives nothing but timeouts', () => {
    const lost = { ...calm.options.toRegistrar, lossShare: 1 };
    const { outcomes, end } = play({ ...calm.options, toRegistrar: lost, healUs: null });
    expect(Object.keys(outcomes).filter((name) => name !== 'aborted')).toEqual(['timeout']);
    expect(end.registrar.answered).toBe(0);
  });

  it('whose registrar is away loses what comes meanwhile, and goes on when it is back', () => {
    const restarts = [{ atUs: 5_000_000, awayUs: 3_000_000, keepsBindings: false }];
    const { end, outcomes } = play({ ...calm.options, restarts });
    expect(end.registrar.restarts).toBe(1);
    expect(end.registrar.lostInRestarts).toBeGreaterThan(0);
    expect(outcomes.succeeded).toBeGreaterThan(0);
  });
});
