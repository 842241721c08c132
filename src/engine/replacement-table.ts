// What `nat: exosip` keeps of each context (replacement.ts); there is no table in any other mode.
//
//  column       array        unit  meaning                                                            valid in
//  stage        Uint8Array   -     REPLACING_* below                                                  every row
//  replacedAt   Uint32Array  s     when its Contact was last replaced, rounded down, plus 1; 0: never   every row

import type { AttemptStep, RunPlan } from '../scenario/index.ts';
import type { MemoryPlan } from '../std/index.ts';
import { deletionsOf, replaceableOf } from './deletions.ts';
import type { Program } from './program.ts';
import { stepsOf } from './request-templates.ts';

/** The present attempt's requests are those of its step. */
export const REPLACING_NOTHING = 0;
/** The old Contact is being deleted. */
export const REPLACING_DELETES = 1;
/** The new one is being registered. */
export const REPLACING_REGISTERS = 2;

export const NO_DELETION = -1;

export interface ReplacementTable {
  readonly stage: Uint8Array;
  readonly replacedAt: Uint32Array;
  /** For each step of the flow the number of its deletion's text, or NO_DELETION. */
  readonly deletions: Int32Array;
  /** The deletions as steps of their own, by the same numbers. */
  readonly steps: readonly (AttemptStep | null)[];
}

/** Null where no Contact is replaced. */
export function createReplacements(
  memory: MemoryPlan,
  plan: RunPlan,
  { attempts }: Program,
  contexts: number,
): ReplacementTable | null {
  if (plan.nat !== 'exosip') return null;
  const deletions = new Int32Array(attempts.length).fill(NO_DELETION);
  // Their texts come last of all.
  let next = stepsOf(plan).length - deletionsOf(attempts).length;
  for (const [template, step] of attempts.entries()) if (replaceableOf(step) !== null) deletions[template] = next++;
  return {
    stage: memory.u8('contexts', contexts),
    replacedAt: memory.u32('contexts', contexts),
    deletions,
    steps: attempts.map((step) => deletionsOf([step])[0] ?? null),
  };
}

/** The step that the context's request is of instead of the one with this text, while its old Contact is being deleted; else null. */
export function deletionFor(table: ReplacementTable | null, context: number, template: number): AttemptStep | null {
  if (table === null || table.stage[context] !== REPLACING_DELETES) return null;
  return table.steps[template] ?? null;
}
