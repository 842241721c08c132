// One seed, one world, watched by every checker: `regstorm simulate`. What comes back is plain counts that depend on the seed
// (and the length asked for) and on nothing else; a violation is told as it is.

import { socketsOfWorker } from '../scenario/index.ts';
import { NEVER_US } from '../std/index.ts';
import type { Tally } from './checkers/index.ts';
import { createCheckers } from './checkers/index.ts';
import { STEP_HEADER } from './draw-scenario.ts';
import type { DrawnWorld } from './draw-world.ts';
import { drawWorld } from './draw-world.ts';
import { createEffects } from './effects.ts';
import { createLiveness } from './liveness.ts';
import { tellAll } from './observer.ts';
import { Violation } from './violation.ts';
import type { WorldEnd, WorldOptions } from './world.ts';
import { bindingsHeld, createWorkers, createWorld, outcomesOf, runWorld } from './world.ts';

export interface SimulationWish {
  readonly seed: number;
  /** Length of the load in virtual hours; null: drawn from the seed. */
  readonly hours: number | null;
}

export interface SimulationReport {
  readonly seed: number;
  readonly runId: string;
  /** The scenario that was drawn, as a file. */
  readonly scenario: string;
  readonly faults: readonly string[];
  readonly isCalm: boolean;
  readonly contexts: number;
  readonly workers: number;
  readonly sockets: number;
  /** Null when a violation ended it early. */
  readonly end: SimulationEnd | null;
  /** What did not hold; null when everything did. */
  readonly violation: string | null;
}

export interface SimulationEnd {
  readonly world: WorldEnd;
  readonly tally: Tally;
  /** Over all procedures and the whole run, by name. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Transactions begun after the network had healed: all of them. */
  readonly answeredAfterHealing: number;
  /** How often each thing that may be drawn took effect. */
  readonly effects: Readonly<Record<string, number>>;
}

const SECONDS_PER_HOUR = 3_600;

export function simulate({ seed, hours }: SimulationWish): SimulationReport {
  const drawn = drawWorld(seed, { loadSeconds: hours === null ? null : hours * SECONDS_PER_HOUR });
  const { plan, runId, addresses, targets } = drawn.options;
  const facts = {
    seed,
    runId,
    scenario: drawn.scenario,
    faults: drawn.faults,
    isCalm: drawn.isCalm,
    contexts: plan.identities.count,
    workers: addresses.length / socketsOfWorker(plan.local),
    sockets: addresses.length * (targets?.count ?? 1),
  };
  try {
    return { ...facts, end: play(drawn), violation: null };
  } catch (error) {
    // Whatever is thrown in here, a checker's word or the code's own assertion, is a bug that this seed has found.
    return { ...facts, end: null, violation: describe(error) };
  }
}

function play(drawn: DrawnWorld): SimulationEnd {
  const { plan, targets, redirects } = drawn.options;
  const workers = createWorkers(drawn.options);
  const { registrar, isCommanded = false } = drawn.options;
  const grants = { longestSeconds: registrar.maxExpiresSeconds, defaultSeconds: registrar.defaultExpiresSeconds };
  const proving = { kind: registrar.rspauth ?? 'none', isProxy: registrar.challenge === 'proxy' };
  const checkers = createCheckers({
    plan,
    workers,
    stepHeader: STEP_HEADER,
    grants,
    proving,
    isCommanded,
    ...(targets === undefined ? {} : { targets }),
    ...(redirects === undefined ? {} : { redirects }),
  });
  const liveness = createLiveness({
    healedUs: healedUs(drawn.options),
    timerFUs: 64 * plan.timers.t1Us,
    workerCount: workers.length,
  });
  const effects = createEffects();
  const watching = tellAll([checkers.observer, liveness.observer, effects.observer]);
  const world = createWorld(drawn.options, workers, watching);
  const end = runWorld(world);
  const answeredAfterHealing = liveness.finish(workers.map(({ engine }) => engine.endedUs));
  const tally = checkers.finish({
    nowUs: end.endedUs,
    bindingsOf: (user: string) => bindingsHeld(world, user),
    isQuiet: true,
  });
  const outcomes = outcomesOf(workers);
  if (drawn.isCalm) checkCalm(outcomes);
  return {
    world: end,
    tally,
    outcomes,
    answeredAfterHealing,
    effects: { ...effects.counts, ...tally.followed, ...end.rulesApplied, ...end.targetFaults },
  };
}

/** When nothing that was wrong before the healing can reach a new request any more. */
function healedUs({ healUs, toRegistrar, toClients, restarts }: WorldOptions): number {
  if (healUs === null) return NEVER_US;
  const jitterUs = toRegistrar.jitterUs + toClients.jitterUs;
  return Math.max(healUs + jitterUs, ...restarts.map(({ atUs, awayUs }) => atUs + awayUs + 1));
}

/** In a world without faults everything succeeds; aborted is what the end of the drain cuts off. */
function checkCalm(outcomes: Readonly<Record<string, number>>): void {
  const names = Object.keys(outcomes).filter((name) => name !== 'succeeded' && name !== 'aborted');
  if (names.length > 0) throw new Violation(`calm: nothing goes wrong in this world, and yet: ${names.join(', ')}`);
}

function describe(error: unknown): string {
  if (error instanceof Violation) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ''}` : String(error);
}
