// The stages of a run, as one worker goes through them:
//
//   loading   starts are made; ends with the schedule, or when all starts are made and their flows have ended
//   draining  nothing starts; waits are cut short, flows go on for at most `drain`; what remains then is aborted
//   verifying (only if asked) the bindings of some contexts are asked for, outside all numbers (verify.ts)
//   cleaning  (only if asked) each context that the registrar may still hold is unregistered, outside all numbers
//   over      nothing is sent any more
//
// Waits are cut short, bindings asked for and cleaned up at a pace (pace.ts), so that the end of a run is no storm of our own making.

import {
  COUNTER_CLEANUP_ATTEMPTED,
  COUNTER_CLEANUP_FAILED,
  COUNTER_CLEANUP_SUCCEEDED,
  COUNTER_PHASE,
  COUNTER_VERIFY_SAMPLED,
  OUTCOME_ABORTED,
  PHASE_CLEANUP,
  PHASE_COOLDOWN,
  PHASE_DRAIN,
  PHASE_ENDED,
  PHASE_MEASURED,
  PHASE_VERIFY,
  PHASE_WARMUP,
  setCounter,
} from '../metrics/index.ts';
import { NEVER_US } from '../std/index.ts';
import { bankOf, finishAttempt, stopFlow } from './attempt.ts';
import { terminate } from './client-transaction.ts';
import { CONTEXT_IDLE, CONTEXT_READY, isInAttempt, NO_TRANSACTION } from './contexts.ts';
import { beginFlow } from './flow.ts';
import { asideLengthUs, nextReleaseUs, paced } from './pace.ts';
import type { Program } from './program.ts';
import { pushReady } from './ready-queue.ts';
import { isBetweenTries } from './retry.ts';
import { areStartsDone, closeStarts } from './starts.ts';
import type { Engine } from './state.ts';
import { PHASE_CLEANING, PHASE_DRAINING, PHASE_LOADING, PHASE_OVER, PHASE_VERIFYING } from './state.ts';
import { flowOf } from './transport-flows.ts';
import { countSample } from './verify.ts';
import { popWait } from './wait-heap.ts';

/** Moves from phase to phase as far as `engine.nowUs` and the work done allow. */
export function updatePhase(engine: Engine): void {
  if (engine.phase === PHASE_LOADING) {
    const isOver = engine.nowUs >= engine.loadEndUs;
    if (isOver || (isLoadDone(engine) && engine.activeFlows === 0)) beginDrain(engine, engine.options.plan.drainUs);
  }
  if (engine.phase === PHASE_DRAINING && (engine.activeFlows === 0 || engine.nowUs >= engine.phaseEndUs))
    endDrain(engine);
  if (engine.phase === PHASE_VERIFYING) updateVerification(engine);
  if (engine.phase === PHASE_CLEANING) updateCleanup(engine);
  setCounter(engine.options.metrics, COUNTER_PHASE, phaseNumber(engine));
}

/** Nothing is left to start. Who commands contexts may always have another command. */
function isLoadDone(engine: Engine): boolean {
  return engine.speakers === null && areStartsDone(engine);
}

/** From now on nothing starts; flows under way have `lengthUs` to end. */
function beginDrain(engine: Engine, lengthUs: number): void {
  closeStarts(engine, Math.min(engine.nowUs, engine.loadEndUs));
  enterPhase(engine, PHASE_DRAINING, engine.nowUs + lengthUs);
  engine.drainStartedUs = engine.nowUs;
}

/** The drain, whether or not it has begun, ends within `lengthUs`; so does a verification, and none begins behind it. */
export function limitDrain(engine: Engine, lengthUs: number): void {
  engine.isStopped = true;
  if (engine.phase === PHASE_LOADING) beginDrain(engine, lengthUs);
  else if (engine.phase === PHASE_DRAINING || engine.phase === PHASE_VERIFYING)
    engine.phaseEndUs = Math.min(engine.phaseEndUs, engine.nowUs + lengthUs);
}

/** The context's wait is over. A retry is a new attempt, and once nothing starts any more there is none: its flow has failed. */
export function endWait(engine: Engine, context: number): void {
  const { contexts } = engine;
  if (engine.phase !== PHASE_LOADING && isBetweenTries(engine, context)) {
    stopFlow(engine, context, contexts.position[context]!, contexts.bank[context]!);
    return;
  }
  contexts.state[context] = CONTEXT_READY;
  pushReady(flowOf(engine, context).ready, context);
}

/** While draining: cuts short the waits whose turn has come, those first that would have ended first. */
export function releaseWaits(engine: Engine): void {
  const { waits, contexts } = engine;
  let allowed = paced(engine, waits.size + engine.released) - engine.released;
  for (; allowed > 0 && waits.size > 0; allowed--) {
    const context = popWait(waits);
    engine.released += 1;
    contexts.dueUs[context] = Math.min(contexts.dueUs[context]!, engine.nowUs);
    endWait(engine, context);
  }
}

/** While cleaning: starts the flow of the cleanup for the contexts whose turn has come. */
export function releaseCleanups(engine: Engine): void {
  const { contexts } = engine;
  let allowed = paced(engine, contexts.count) - engine.released;
  while (allowed > 0 && engine.cleanupNext < contexts.count) {
    const context = engine.cleanupNext++;
    if (contexts.mayBeBound[context] !== 1) continue;
    allowed--;
    engine.released += 1;
    beginFlow(engine, context, engine.nowUs);
  }
}

/** The next time at which the present phase has something to do by itself. */
export function nextPhaseUs(engine: Engine): number {
  const { contexts } = engine;
  switch (engine.phase) {
    case PHASE_LOADING:
      return Math.min(engine.phaseEndUs, engine.starts.timeUs);
    case PHASE_DRAINING:
      return Math.min(engine.phaseEndUs, nextReleaseUs(engine, engine.waits.size, engine.waits.size + engine.released));
    case PHASE_VERIFYING:
      return Math.min(engine.phaseEndUs, nextQueryUs(engine));
    case PHASE_CLEANING:
      return Math.min(engine.phaseEndUs, nextReleaseUs(engine, contexts.count - engine.cleanupNext, contexts.count));
    default:
      return NEVER_US;
  }
}

function nextQueryUs(engine: Engine): number {
  const { total, next } = engine.verification!;
  return nextReleaseUs(engine, engine.contexts.count - next, total);
}

function endDrain(engine: Engine): void {
  if (engine.activeFlows > 0) abortFlows(engine);
  const { verification } = engine;
  if (verification === null || engine.isStopped) {
    beginCleanup(engine);
    return;
  }
  enterAside(engine, PHASE_VERIFYING, verification.program);
  engine.verifyStartedUs = engine.nowUs;
  countSample(engine, verification);
}

function updateVerification(engine: Engine): void {
  const { next, total } = engine.verification!;
  const isDone = total === 0 || (next >= engine.contexts.count && engine.activeFlows === 0);
  if (!isDone && engine.nowUs < engine.phaseEndUs) return;
  if (engine.activeFlows > 0) abortFlows(engine);
  closeVerification(engine);
  beginCleanup(engine);
}

function closeVerification(engine: Engine): void {
  setCounter(engine.options.metrics, COUNTER_VERIFY_SAMPLED, engine.released);
}

function beginCleanup(engine: Engine): void {
  if (engine.cleanupProgram === null) {
    endRun(engine);
    return;
  }
  enterAside(engine, PHASE_CLEANING, engine.cleanupProgram);
  engine.cleanupStartedUs = engine.nowUs;
}

/** From now on what happens is outside the run's numbers. */
function enterAside(engine: Engine, phase: number, program: Program): void {
  enterPhase(engine, phase, engine.nowUs + asideLengthUs(engine));
  engine.program = program;
  if (engine.metrics !== engine.options.metrics) return;
  engine.metrics = engine.asideMetrics!;
  for (const flow of engine.flows) flow.runEntriesEnd = flow.outbox.end;
}

function updateCleanup(engine: Engine): void {
  const isDone = engine.cleanupNext >= engine.contexts.count && engine.activeFlows === 0;
  if (!isDone && engine.nowUs < engine.phaseEndUs) return;
  if (engine.activeFlows > 0) abortFlows(engine);
  closeCleanup(engine);
  endRun(engine);
}

/** The run ends here and now, in whatever phase it is: what is under way is aborted, so that the sums close. */
export function abortRun(engine: Engine): void {
  if (engine.phase === PHASE_OVER) return;
  if (engine.phase === PHASE_LOADING) closeStarts(engine, Math.min(engine.nowUs, engine.loadEndUs));
  if (engine.activeFlows > 0) abortFlows(engine);
  if (engine.phase === PHASE_VERIFYING) closeVerification(engine);
  if (engine.phase === PHASE_CLEANING) closeCleanup(engine);
  endRun(engine);
  setCounter(engine.options.metrics, COUNTER_PHASE, phaseNumber(engine));
}

function closeCleanup(engine: Engine): void {
  const { metrics } = engine.options;
  const { mayBeBound } = engine.contexts;
  let failed = 0;
  for (let context = 0; context < engine.cleanupNext; context++) failed += mayBeBound[context]!;
  setCounter(metrics, COUNTER_CLEANUP_ATTEMPTED, engine.released);
  setCounter(metrics, COUNTER_CLEANUP_FAILED, failed);
  setCounter(metrics, COUNTER_CLEANUP_SUCCEEDED, engine.released - failed);
}

function endRun(engine: Engine): void {
  enterPhase(engine, PHASE_OVER, NEVER_US);
  engine.endedUs = engine.nowUs;
}

function enterPhase(engine: Engine, phase: number, endUs: number): void {
  engine.phase = phase;
  engine.phaseStartUs = engine.nowUs;
  engine.phaseEndUs = endUs;
  engine.released = 0;
}

/** Ends every flow: attempts under way are aborted, the steps behind them skipped. */
export function abortFlows(engine: Engine): void {
  const { contexts, waits, flows } = engine;
  waits.size = 0;
  for (const { ready } of flows) ready.size = 0;
  engine.targets?.waiting.fill(0);
  for (let context = 0; context < contexts.count; context++) {
    const state = contexts.state[context]!;
    if (state === CONTEXT_IDLE) continue;
    const slot = contexts.transaction[context]!;
    if (slot !== NO_TRANSACTION) terminate(engine, slot);
    if (isInAttempt(state)) {
      finishAttempt(engine, context, OUTCOME_ABORTED, engine.nowUs);
    } else {
      // It stands at the instruction that would have come next, or at one that has begun before and is not tried again.
      const done = contexts.position[context]! - (isBetweenTries(engine, context) ? 0 : 1);
      stopFlow(engine, context, done, bankOf(engine, contexts.dueUs[context]!));
    }
  }
}

/** The number of the phase that progress shows. */
function phaseNumber(engine: Engine): number {
  switch (engine.phase) {
    case PHASE_LOADING:
      if (engine.nowUs < engine.options.plan.load.warmupUs) return PHASE_WARMUP;
      return engine.nowUs < engine.measuredToUs ? PHASE_MEASURED : PHASE_COOLDOWN;
    case PHASE_DRAINING:
      return PHASE_DRAIN;
    case PHASE_VERIFYING:
      return PHASE_VERIFY;
    case PHASE_CLEANING:
      return PHASE_CLEANUP;
    default:
      return PHASE_ENDED;
  }
}
