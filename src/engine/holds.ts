// @hot
// The step `hold`: a context stays registered for a time. Its instructions (program.ts) make it go in a circle:
//
//   hold      the hold begins when the context comes to it; its end is then known
//   holding   when is the next refresh due? Before the end: wait for it, and go on to `keep`. Else wait for the end, and leave.
//   keep      in the drain holds are over, and no refresh of theirs begins: leave
//   attempt   the refresh; when it has succeeded, back to `holding`. One that fails stops the flow, as any attempt does, unless the
//             step says otherwise: then back to `holding` as well, and the next one is not before Retry-After (RFC 3261 §20.33).
//
// A refresh is due a share of the granted interval after the 200 that granted it (RFC 3261 §10.2.4), whatever was sent in
// between; where the hold begins later than that, it is due when the hold begins. A context without a binding has nothing to
// refresh, and waits. The columns are in hold-table.ts.

import { addCounter, COUNTER_RETRY_AFTER_CAPPED, COUNTER_RETRY_AFTER_HONOURED } from '../metrics/index.ts';
import { MOST_PUT_OFF_US, refreshOffsetUs } from '../scenario/hold-timing.ts';
import type { HoldStep } from '../scenario/index.ts';
import { NEVER_US, US_PER_SECOND } from '../std/index.ts';
import { chanceBits } from './chance.ts';
import { CONTEXT_WAITING, NOT_BOUND } from './contexts.ts';
import { exosipRefreshUs } from './exosip2.ts';
import type { RetryRule } from './program.ts';
import { NOTHING_TOLD } from './retries.ts';
import type { Engine } from './state.ts';
import { PHASE_LOADING } from './state.ts';
import { pushWait } from './wait-heap.ts';

const HOLD_SALT = 0x48;

/** The context has come to a hold. */
export function beginHold(engine: Engine, context: number, forUs: number): void {
  const { untilUs, refreshes, earliestUs } = engine.holds!;
  untilUs[context] = engine.contexts.dueUs[context]! + forUs;
  refreshes[context] = 0;
  if (earliestUs !== null) earliestUs[context] = 0;
}

/** True when the context now waits; else it stands at the instruction to go on with, at the refresh or at `exit`. */
export function keepHolding(engine: Engine, context: number, step: HoldStep, exit: number): boolean {
  const { contexts, holds, nowUs } = engine;
  if (engine.phase !== PHASE_LOADING) {
    contexts.position[context] = exit;
    return false;
  }
  const { untilUs, refreshes, earliestUs } = holds!;
  const readyUs = contexts.dueUs[context]!;
  const fromUs = earliestUs === null ? readyUs : Math.max(readyUs, earliestUs[context]!);
  const refreshUs = Math.max(fromUs, nextRefreshUs(engine, context, step));
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

/** A refresh has ended otherwise than it was meant to, and its hold goes on: the next one is not before its answer's Retry-After. */
export function putOffRefresh(engine: Engine, context: number, retry: RetryRule | null, endUs: number): void {
  const { holds, metrics } = engine;
  if (holds === null || holds.earliestUs === null || holds.toldSeconds < 0 || engine.phase !== PHASE_LOADING) return;
  const toldUs = holds.toldSeconds * US_PER_SECOND;
  const capUs = retry === null ? MOST_PUT_OFF_US : retry.plan.retryAfterCapUs;
  holds.toldSeconds = NOTHING_TOLD;
  addCounter(metrics, toldUs > capUs ? COUNTER_RETRY_AFTER_CAPPED : COUNTER_RETRY_AFTER_HONOURED, 1);
  holds.earliestUs[context] = endUs + Math.min(toldUs, capUs);
}

/**
 * When the binding is to be refreshed; never where there is none. A refresh that failed in a hold that goes on (`onFailure: continue`)
 * counts like one that granted the same again: what is overdue would be sent without a rest.
 */
function nextRefreshUs(engine: Engine, context: number, step: HoldStep): number {
  const { contexts } = engine;
  const boundUntilUs = contexts.boundUntilUs[context]!;
  if (boundUntilUs === NOT_BOUND) return NEVER_US;
  const grantedUs = contexts.grantedSeconds[context]! * US_PER_SECOND;
  const { exosip, refreshes } = engine.holds!;
  const readyUs = contexts.dueUs[context]!;
  const grantedAtUs = boundUntilUs - grantedUs;
  const isAfterFailure = refreshes[context] !== 0 && grantedAtUs < readyUs;
  if (exosip !== null) return isAfterFailure ? exosip.againUs[context]! : exosipRefreshUs(exosip, context);
  const fromUs = isAfterFailure ? readyUs : grantedAtUs;
  return fromUs + refreshOffsetUs(step, grantedUs, drawShare(engine, context, step));
}

/** Each refresh of a hold draws its own. */
function drawShare(engine: Engine, context: number, { leastShare, mostShare }: HoldStep): number {
  if (leastShare === mostShare) return leastShare;
  const salt = HOLD_SALT + Math.imul(engine.holds!.refreshes[context]!, 0x10001);
  return leastShare + ((chanceBits(engine, context, salt) >>> 0) / 2 ** 32) * (mostShare - leastShare);
}
