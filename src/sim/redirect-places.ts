// Places of a simulated world that redirects lead to (RFC 3261 §8.1.3.4): further addresses of its registrar, whose sockets are opened when
// an engine wants them, as a worker does it. They are numbered behind those to the target: sockets s of W workers with L lines, place p
// (from 1): p W L to (p + 1) W L - 1.

import type { Engine, LocatedName } from '../engine/index.ts';
import { attachFlow, settlePlace, wantedPlace } from '../engine/index.ts';
import type { Observer } from './observer.ts';

/** What the world knows of places and their names. */
export interface RedirectFacts {
  readonly names: readonly LocatedName[];
  /** An IPv4 address as a number that no socket can be connected to. */
  readonly noRoute: number;
}

export interface OpenerOptions {
  readonly worker: number;
  readonly engine: Engine;
  /** By flow. */
  readonly sentBys: readonly string[];
  readonly facts: RedirectFacts;
  readonly observer: Observer;
}

/** Opens whatever the engine waits for; called once a turn, before it advances. */
export const openPlaces =
  ({ worker, engine, sentBys, facts, observer }: OpenerOptions) =>
  (nowUs: number): void => {
    for (let wanted = wantedPlace(engine); wanted !== null; wanted = wantedPlace(engine)) {
      const { place, firstFlow, address, port } = wanted;
      const isOpen = address !== facts.noRoute;
      observer.onPlace(worker, nowUs, { place, address, port, isOpen });
      for (let line = 0; isOpen && line < engine.lines; line++) {
        attachFlow(engine, firstFlow + line, sentBys[line]!, { address, port });
      }
      settlePlace(engine, place, isOpen);
    }
  };
