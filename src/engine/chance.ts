// @hot
// What a scenario leaves to chance, decided for one context at one place of its flow. Nothing is drawn from a stream: the number
// follows from the seed and from who, when and where alone, so it is the same for any number of workers.

import { contextOfRow } from '../scenario/shares.ts';
import { mixBits, uniformOf } from '../std/index.ts';
import type { ContextTable } from './contexts.ts';
import type { Engine } from './state.ts';

/**
 * A number in [0, 1) that depends on the seed, the identity, the start and the place in the flow, and on nothing else. `salt` tells
 * apart what is drawn at the same place.
 */
export function chance(engine: Engine, context: number, salt: number): number {
  const { contexts, options } = engine;
  const identity = contextOfRow(context, options.workerIndex, options.workerCount);
  return uniformOf(engine.waitSeed, identity, contexts.starts[context]!, placeOf(contexts, context, salt));
}

/** The same as 32 bits, a signed integer: a fraction would be a heap number wherever it crosses a call. */
export function chanceBits(engine: Engine, context: number, salt: number): number {
  const { contexts, options } = engine;
  const identity = contextOfRow(context, options.workerIndex, options.workerCount);
  const seed = mixBits(mixBits(engine.waitSeed, identity), contexts.starts[context]!);
  return mixBits(seed, placeOf(contexts, context, salt));
}

function placeOf(contexts: ContextTable, context: number, salt: number): number {
  let place = contexts.position[context]! + salt;
  for (let depth = 0; depth < contexts.loopDepth; depth++) {
    place = Math.imul(place, 31) + contexts.rounds[context * contexts.loopDepth + depth]!;
  }
  return place;
}
