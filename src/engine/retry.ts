// @hot
// A step that failed is tried again, if the scenario says so: as an attempt of its own, whose intended start is the end of the last
// try plus the wait. None by default: under load a retry is load that nobody asked for.
//
//   fixed         base each time
//   exponential   RFC 5626 §4.5: base * 2^(failures in a row), at most cap; of that, chance leaves out up to `jitter`
//   exosip2       when a device of libeXosip2 would (exosip2.ts); of Retry-After only where it minds it
//   Retry-After   RFC 3261 §20.33: not before; at most `retryAfterCap`
//
//   this end is none that is tried again, or all tries are used   -> the step has failed
//   the run's budget has no retry left (retries.ts)               -> the same, counted as denied
//   nothing starts any more (drain)                               -> the same: a retry would be a new attempt
//   otherwise                                                     -> wait, then begin the same step again

import {
  addCounter,
  COUNTER_RETRY_AFTER_CAPPED,
  COUNTER_RETRY_AFTER_HONOURED,
  countRetry,
  countRetryDenied,
} from '../metrics/index.ts';
import type { PlanRetry } from '../scenario/index.ts';
import { US_PER_SECOND } from '../std/index.ts';
import { chance } from './chance.ts';
import { CONTEXT_READY, CONTEXT_WAITING } from './contexts.ts';
import { AGAIN_IF_TOLD, NEVER_AGAIN } from './endings.ts';
import { isBackedOff } from './exosip2.ts';
import type { AttemptInstruction, RetryRule } from './program.ts';
import { NOTHING_TOLD, WHOLE_RETRY } from './retries.ts';
import type { Engine } from './state.ts';
import { PHASE_LOADING } from './state.ts';
import { pushWait } from './wait-heap.ts';

/** The first of a hundred, one for each try. */
const RETRY_SALT = 0x52_0000;
/** A retry without end is counted no further. */
const MOST_COUNTED = 255;

/** An attempt begins: a retry, which is counted, or one that earns the budget its share. */
export function noteTry(engine: Engine, context: number, bank: number, procedure: number): void {
  const { retries } = engine;
  if (retries === null) return;
  if (retries.tries[context] !== 0) countRetry(engine.metrics, bank, procedure);
  else retries.allowance = Math.min(retries.allowance + retries.share, retries.most);
}

/** The step is done with, or the flow. */
export function forgetTries({ retries }: Engine, context: number): void {
  if (retries !== null) retries.tries[context] = 0;
}

/** Between two tries of a step: the next one waits for its time, or for room. */
export function isBetweenTries({ retries, contexts }: Engine, context: number): boolean {
  if (retries === null || retries.tries[context] === 0) return false;
  const state = contexts.state[context];
  return state === CONTEXT_WAITING || state === CONTEXT_READY;
}

/** The attempt at the context's position has failed at `endUs`. True when it is tried again, and the context waits for that. */
export function retryLater(
  engine: Engine,
  context: number,
  rule: RetryRule,
  { procedure, isHeld }: AttemptInstruction,
  outcome: number,
  endUs: number,
): boolean {
  const { retries, contexts } = engine;
  if (retries === null || engine.phase !== PHASE_LOADING) return false;
  const again = rule.on[outcome]!;
  if (again === NEVER_AGAIN || (again === AGAIN_IF_TOLD && retries.toldSeconds < 0)) return false;
  const tries = retries.tries[context]! + 1;
  if (rule.plan.tries !== null && tries > rule.plan.tries) return false;
  if (isHeld && rule.plan.policy === 'exosip2' && isPastHold(engine, context)) return false;
  if (retries.allowance < WHOLE_RETRY) {
    countRetryDenied(engine.metrics, contexts.bank[context]!, procedure);
    return false;
  }
  retries.allowance -= WHOLE_RETRY;
  retries.tries[context] = Math.min(tries, MOST_COUNTED);
  contexts.dueUs[context] = dueUs(engine, context, rule.plan, outcome, endUs);
  contexts.state[context] = CONTEXT_WAITING;
  pushWait(engine.waits, contexts.dueUs[context]!, context);
  return true;
}

/** A device that stays registered tries again until its time is over, and has then not failed: it goes on with its next step. */
export function isPastHold({ exosip, holds }: Engine, context: number): boolean {
  return exosip !== null && holds !== null && exosip.againUs[context]! >= holds.untilUs[context]!;
}

/** When the step is tried again for the `retries.tries`th time. */
function dueUs(engine: Engine, context: number, plan: PlanRetry, outcome: number, endUs: number): number {
  if (plan.policy === 'exosip2') {
    const againUs = engine.exosip!.againUs[context]!;
    return isBackedOff(engine, outcome) ? Math.max(againUs, endUs + takeToldUs(engine, plan.retryAfterCapUs)) : againUs;
  }
  const tries = engine.retries!.tries[context]!;
  return endUs + Math.max(waitUs(engine, context, plan, tries), takeToldUs(engine, plan.retryAfterCapUs));
}

function waitUs(engine: Engine, context: number, { policy, baseUs, capUs, jitter }: PlanRetry, tries: number): number {
  const longestUs = policy === 'exponential' ? Math.min(capUs, baseUs * 2 ** tries) : baseUs;
  return Math.round(longestUs * (1 - jitter * chance(engine, context, RETRY_SALT + tries)));
}

/** What Retry-After asks for, counted as honoured or capped; 0 without one. */
function takeToldUs(engine: Engine, capUs: number): number {
  const retries = engine.retries!;
  const toldUs = retries.toldSeconds * US_PER_SECOND;
  if (toldUs < 0) return 0;
  retries.toldSeconds = NOTHING_TOLD;
  addCounter(engine.metrics, toldUs > capUs ? COUNTER_RETRY_AFTER_CAPPED : COUNTER_RETRY_AFTER_HONOURED, 1);
  return Math.min(toldUs, capUs);
}
