// How much memory a run's tables take, as a sum with one line per consumer: what --verbose says before a run, and in validate.

import { defaultWorkers, processors, userAgent } from '../coordinator/index.ts';
import type { RunPlan } from '../scenario/index.ts';
import { runMemory } from '../sim/index.ts';
import type { MemoryLine } from '../std/index.ts';
import { memorySum } from '../std/index.ts';

const BYTES_PER_MB = 1e6;
/** Of the same length as those that a run makes for itself. */
const SOME_RUN_ID = '00000000';

/** `workers` null: as many as the run would take by itself. */
export const memoryText = (plan: RunPlan, workers: number | null, runId: string | null): string => {
  const count = workers ?? defaultWorkers(plan, processors());
  const lines = runMemory(plan, { workers: count, runId: runId ?? SOME_RUN_ID, userAgent: userAgent() });
  const { count: contexts } = plan.identities;
  const perContext = Math.round(memorySum(lines) / contexts);
  const of = count === 1 ? 'one worker' : `${count} workers`;
  return [
    `memory of the tables, ${of}:`,
    ...table([...lines].sort((a, b) => b.bytes - a.bytes)),
    `  ${perContext} bytes for each of ${contexts} contexts`,
  ].join('\n');
};

const table = (lines: readonly MemoryLine[]): string[] => {
  const rows = [...lines, { consumer: 'sum', bytes: memorySum(lines) }];
  const width = Math.max(...rows.map(({ consumer }) => consumer.length));
  return rows.map(({ consumer, bytes }) => `  ${consumer.padEnd(width)}  ${megabytes(bytes).padStart(10)}`);
};

const megabytes = (bytes: number): string => `${(bytes / BYTES_PER_MB).toFixed(2)} MB`;
