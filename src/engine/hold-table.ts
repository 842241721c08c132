// Columns of the step `hold` (holds.ts).
//
//  column     array         unit  meaning                                       valid in
//  untilUs    Float64Array  µs    when the hold ends                            a hold
//  refreshes  Uint32Array   -     how many of its refreshes have been planned   a hold
//
// No column is there for a scenario without a hold.

import { refreshOffsetUs } from '../scenario/hold-timing.ts';
import type { MemoryPlan } from '../std/index.ts';
import { US_PER_SECOND } from '../std/index.ts';
import type { ExosipTable } from './exosip2-table.ts';
import type { Program } from './program.ts';

export interface HoldTable {
  readonly untilUs: Float64Array;
  readonly refreshes: Uint32Array;
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
  return { untilUs: memory.f64('holds', count), refreshes: memory.u32('holds', count), exosip: fleet };
}

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
