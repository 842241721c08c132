// What the tables of a run would take, without making them: the real engine of each worker, on a memory plan that only adds
// up.
//
// Left out on purpose: whatever does not grow with the scenario (the program itself, sockets, a block of numbers for each
// worker), and an embedded registrar.

import { createEngine } from '../engine/index.ts';
import { createMetricsBlock } from '../metrics/index.ts';
import type { RunPlan } from '../scenario/index.ts';
import type { MemoryLine } from '../std/index.ts';
import { addMemory, createMemorySum, valuesBytes } from '../std/index.ts';

export interface MemoryOptions {
  readonly workers: number;
  readonly runId: string;
  /** Value of the User-Agent header. */
  readonly userAgent: string;
}

/** The file of subscribers is there once, for all. */
function sharedLines({ identities: { subscribers } }: RunPlan): readonly MemoryLine[] {
  return subscribers === undefined ? [] : [{ consumer: 'subscribers', bytes: valuesBytes(subscribers.values) }];
}

/** All workers together, one line per consumer. */
export function runMemory(plan: RunPlan, options: MemoryOptions): readonly MemoryLine[] {
  const metrics = createMetricsBlock(1);
  const plans = Array.from({ length: options.workers }, (_, workerIndex) => {
    const memory = createMemorySum();
    const facts = { workerIndex, workerCount: options.workers, seed: 0, redirects: { names: [] } };
    createEngine({ ...options, ...facts, plan, metrics, memory });
    return memory.lines();
  });
  return [...addMemory(plans), ...sharedLines(plan)];
}
