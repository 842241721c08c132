// @hot
// Which contexts have a binding that has not expired, and how many: kept with every change, and counted anew once a second,
// since a binding that expires tells nobody. A context whose binding has expired since the last count is still in it.

import { COUNTER_REGISTERED_NOW, LANE_REGISTERED, maxInSecond, setCounter } from '../metrics/index.ts';
import { US_PER_SECOND } from '../std/index.ts';
import { countBound, NOT_BOUND } from './contexts.ts';
import { beginKeepalive } from './keepalive.ts';
import type { Engine } from './state.ts';

/** The context's binding, granted at `fromUs`, lasts so long. Not its end as an argument: that would be a heap number. */
export function bind(engine: Engine, context: number, fromUs: number, grantedSeconds: number): void {
  const { boundUntilUs } = engine.contexts;
  if (boundUntilUs[context]! <= engine.countedUs) {
    showCount(engine, engine.boundCount + 1);
  }
  boundUntilUs[context] = fromUs + grantedSeconds * US_PER_SECOND;
  if (engine.keepalive !== null) beginKeepalive(engine, engine.keepalive, context);
}

/** The context has no binding any more, or none that it knows of. */
export function unbind(engine: Engine, context: number): void {
  const { boundUntilUs } = engine.contexts;
  if (boundUntilUs[context]! > engine.countedUs) showCount(engine, engine.boundCount - 1);
  boundUntilUs[context] = NOT_BOUND;
}

/** Counts anew when a second has passed, or when told to. The whole table: 1.2 ms for a million contexts. */
export function countBindings(engine: Engine, isNow: boolean): void {
  if (!isNow && engine.nowUs - engine.countedUs < US_PER_SECOND) return;
  engine.countedUs = engine.nowUs;
  showCount(engine, countBound(engine.contexts, engine.nowUs));
}

function showCount(engine: Engine, count: number): void {
  engine.boundCount = count;
  setCounter(engine.options.metrics, COUNTER_REGISTERED_NOW, count);
  maxInSecond(engine.options.metrics, engine.nowUs, LANE_REGISTERED, count);
}
