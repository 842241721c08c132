// What the checkers keep of redirects, in a world where they are followed.

import type { RunPlan } from '../../scenario/index.ts';
import type { RedirectFacts } from '../redirect-places.ts';
import type { OutcomeCount } from './ledger.ts';

/** What may become of a 3xx that could be followed, as the summary names it. */
export type Fate = 'followed' | 'limit' | 'loop' | 'notAllowed' | 'unusable' | 'noRoom';

/** Where requests can go beside the target: in the order in which each worker was first led there. */
export interface KnownPlace {
  readonly address: number;
  readonly port: number;
  state: 'wanted' | 'open' | 'lost';
}

export interface RedirectBook {
  readonly facts: RedirectFacts;
  readonly rules: NonNullable<RunPlan['redirects']>;
  /** Sockets to the target, all workers' together. */
  readonly homes: number;
  /** By worker. */
  readonly places: KnownPlace[][];
  /** By worker: each with where it is used. */
  readonly uris: ReadonlySet<string>[];
  readonly fates: Record<Fate, number>;
  /** To and from such places. */
  requests: number;
  readonly responses: OutcomeCount;
}

/** How far an attempt has been led: its Request-URI now, where it was before, that place and this one included. */
export interface Led {
  readonly uri: string;
  readonly count: number;
  readonly visited: readonly Visit[];
}

export interface Visit {
  /** 0: the target. */
  readonly place: number;
  readonly uri: string;
}

/** Null: none is followed. */
export function createRedirectBook(
  { local, redirects }: RunPlan,
  workerCount: number,
  facts: RedirectFacts | undefined,
): RedirectBook | null {
  if (redirects === undefined || facts === undefined) return null;
  const each = <T>(make: () => T): T[] => Array.from({ length: workerCount }, make);
  return {
    facts,
    rules: redirects,
    homes: local.socketsPerWorker * workerCount,
    places: each(() => []),
    uris: each(() => new Set<string>()),
    fates: { followed: 0, limit: 0, loop: 0, notAllowed: 0, unusable: 0, noRoom: 0 },
    requests: 0,
    responses: { certain: 0, possible: 0 },
  };
}
