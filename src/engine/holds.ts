// @hot
// The step `hold`: a context stays registered for a time. Its instructions (program.ts) make it go in a circle:
//
//   hold      the hold begins when the context comes to it; its end is then known
//   holding   when is the next refresh due? Before the end: wait for it, and go on to `keep`. Else wait for the end, and leave.
//   keep      in the drain holds are over, and no refresh of theirs begins: leave
//   attempt   the refresh; when it has succeeded, back to `holding`. One that fails stops the flow, as any attempt does.
//
// A refresh is due a share of the granted interval after the 200 that granted it (RFC 3261 §10.2.4), whatever was sent in
// between; where the hold begins later than that, it is due when the hold begins. A context without a binding has nothing to
// refresh, and waits.
//
//  column     array         unit  meaning                                       valid in
//  untilUs    Float64Array  µs    when the hold ends                            a hold
//  refreshes  Uint32Array   -     how many of its refreshes have been planned   a hold
//
// No column is there for a scenario without a hold.

import { refreshOffsetUs } from '../scenario/hold-timing.ts';
import type { HoldStep, RunPlan } from '../scenario/index.ts';
import type { MemoryPlan } from '../std/index.ts';
import { NEVER_US, US_PER_SECOND } from '../std/index.ts';
import { chance } from './chance.ts';
import { CONTEXT_WAITING, NOT_BOUND } from './contexts.ts';
import type { ExosipTable } from './exosip2.ts';
import { createExosipTable, exosipRefreshUs } from './exosip2.ts';
import type { Program } from './program.ts';
import type { Engine } from './state.ts';
import { PHASE_LOADING } from './state.ts';
import { pushWait } from './wait-heap.ts';

export interface HoldTable {
  readonly untilUs: Float64Array;
  readonly refreshes: Uint32Array;
  /** Null, but under profile exosip2. */
  readonly exosip: ExosipTable | null;
}

const HOLD_SALT = 0x48;

/** Null when the flow has no hold. */
export function createHolds(memory: MemoryPlan, plan: RunPlan, program: Program, count: number): HoldTable | null {
  if (!program.hasHold) return null;
  const exosip = plan.profile === 'exosip2' ? createExosipTable(memory, count) : null;
  return { untilUs: memory.f64('holds', count), refreshes: memory.u32('holds', count), exosip };
}

/** The context has come to a hold. */
export function beginHold(engine: Engine, context: number, forUs: number): void {
  const { untilUs, refreshes } = engine.holds!;
  untilUs[context] = engine.contexts.dueUs[context]! + forUs;
  refreshes[context] = 0;
}

/** True when the context now waits; else it stands at the instruction to go on with, at the refresh or at `exit`. */
export function keepHolding(engine: Engine, context: number, step: HoldStep, exit: number): boolean {
  const { contexts, holds, nowUs } = engine;
  if (engine.phase !== PHASE_LOADING) {
    contexts.position[context] = exit;
    return false;
  }
  const { untilUs, refreshes } = holds!;
  const readyUs = contexts.dueUs[context]!;
  const refreshUs = Math.max(readyUs, nextRefreshUs(engine, context, step));
  const isRefresh = refreshUs < untilUs[context]!;
  // An answer that came after the end of the hold is when its next step is due.
  const dueUs = isRefresh ? refreshUs : Math.max(readyUs, untilUs[context]!);
  if (isRefresh) refreshes[context] = refreshes[context]! + 1;
  contexts.position[context] = isRefresh ? contexts.position[context]! + 1 : exit;
  contexts.dueUs[context] = dueUs;
  if (dueUs <= nowUs) return false;
  contexts.state[context] = CONTEXT_WAITING;
  pushWait(engine.waits, dueUs, context);
  return true;
}

/** When the binding is to be refreshed; never where there is none. */
function nextRefreshUs(engine: Engine, context: number, step: HoldStep): number {
  const { contexts } = engine;
  const boundUntilUs = contexts.boundUntilUs[context]!;
  if (boundUntilUs === NOT_BOUND) return NEVER_US;
  const { exosip } = engine.holds!;
  if (exosip !== null) return exosipRefreshUs(exosip, context);
  const grantedUs = contexts.grantedSeconds[context]! * US_PER_SECOND;
  return boundUntilUs - grantedUs + refreshOffsetUs(step, grantedUs, drawShare(engine, context, step));
}

/** Each refresh of a hold draws its own. */
function drawShare(engine: Engine, context: number, { leastShare, mostShare }: HoldStep): number {
  if (leastShare === mostShare) return leastShare;
  const salt = HOLD_SALT + Math.imul(engine.holds!.refreshes[context]!, 0x10001);
  return leastShare + chance(engine, context, salt) * (mostShare - leastShare);
}
