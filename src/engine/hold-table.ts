// Columns of the step `hold` (holds.ts).
//
//  column     array         unit  meaning                                       valid in
//  untilUs    Float64Array  µs    when the hold ends                            a hold
//  refreshes  Uint32Array   -     how many of its refreshes have been planned   a hold
//  earliestUs Float64Array  µs    its refreshes are not to come before           a hold that goes on after failures
//
// No column is there for a scenario without a hold, and the last one only where a hold goes on after failures.

import { refreshOffsetUs } from '../scenario/hold-timing.ts';
import type { MemoryPlan } from '../std/index.ts';
import { US_PER_SECOND } from '../std/index.ts';
import type { ExosipTable } from './exosip2-table.ts';
import type { Program } from './program.ts';
import { NOTHING_TOLD } from './retries.ts';

export interface HoldTable {
  readonly untilUs: Float64Array;
  readonly refreshes: Uint32Array;
  /** Null: no hold goes on after a failure, or nobody in one minds Retry-After. */
  readonly earliestUs: Float64Array | null;
  /** What the answer at hand says in Retry-After, until somebody has used it. */
  toldSeconds: number;
  /** Null, but under profile exosip2. */
  readonly exosip: ExosipTable | null;
}

/** Null when the flow has no hold. */
export function createHolds(
  memory: MemoryPlan,
  program: Program,
  exosip: ExosipTable | null,
  count: number,
): HoldTable | null {
  if (!program.hasHold) return null;
  const fleet = exosip?.isFleet === true ? exosip : null;
  return {
    untilUs: memory.f64('holds', count),
    refreshes: memory.u32('holds', count),
    earliestUs: fleet === null && goesOnAfterFailures(program) ? memory.f64('holds', count) : null,
    toldSeconds: NOTHING_TOLD,
    exosip: fleet,
  };
}

const goesOnAfterFailures = ({ instructions }: Program): boolean =>
  instructions.some((each) => each.kind === 'attempt' && each.isHeld && (each.goesOn || each.expected !== null));

/** As many as so many contexts make in the briefest of the program's holds, if the registrar grants what it is asked for. */
export function refreshesPerSecond({ instructions }: Program, contexts: number): number {
  let most = 0;
  for (const instruction of instructions) {
    if (instruction.kind !== 'hold') continue;
    const { step } = instruction;
    const grantedUs = Math.max(1, step.refresh.expiresSeconds ?? 0) * US_PER_SECOND;
    const everyUs = refreshOffsetUs(step, grantedUs, (step.leastShare + step.mostShare) / 2);
    most = Math.max(most, (contexts * US_PER_SECOND) / everyUs);
  }
  return most;
}
