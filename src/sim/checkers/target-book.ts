// What the checkers count of each target, in a world with several.

import type { RunPlan } from '../../scenario/index.ts';
import type { DrawnTargets } from '../target-faults.ts';
import type { OutcomeCount } from './ledger.ts';

export interface TargetBook {
  readonly facts: DrawnTargets;
  /** Sockets to one target, all workers' together. */
  readonly homes: number;
  /** By target. */
  readonly requests: number[];
  readonly failovers: number[];
  readonly responses: OutcomeCount[];
}

/** What has room before each socket in one turn, at least. */
export const ROOM_LEAST = 64;

/** Null: the load goes to one target. */
export function createTargetBook(
  { local }: RunPlan,
  workerCount: number,
  facts: DrawnTargets | undefined,
): TargetBook | null {
  if (facts === undefined || facts.count < 2) return null;
  const zeros = (): number[] => Array.from({ length: facts.count }, () => 0);
  return {
    facts,
    homes: local.socketsPerWorker * workerCount,
    requests: zeros(),
    failovers: zeros(),
    responses: zeros().map(() => ({ certain: 0, possible: 0 })),
  };
}
