// @hot
// An attempt: one step that talks. It begins when it is due, may need several transactions (a challenge), and ends in
// exactly one outcome, which is counted here and nowhere else.

import {
  addCounter,
  BANK_MEASURED,
  BANK_OTHER,
  COUNTER_EXPIRED_BEFORE_REFRESH,
  countInSecond,
  countOutcome,
  countSkipped,
  countStarted,
  countTurned,
  LANE_FAILED,
  LANE_REGISTRATIONS,
  LANE_SUCCEEDED,
  OUTCOME_ABORTED,
  OUTCOME_BINDING_MISSING,
  OUTCOME_SEND_ERROR,
  OUTCOME_SUCCEEDED,
  OUTCOME_TIMEOUT,
  OUTCOME_TIMEOUT_AFTER_PROVISIONAL,
  OUTCOME_UNREACHABLE,
  PROCEDURE_QUERY,
  PROCEDURE_REFRESH,
  PROCEDURE_REGISTER,
  recordFailureLatency,
  recordLatency,
  recordWire,
} from '../metrics/index.ts';
import { countNonces } from './challenges.ts';
import { canSend, createTransaction, startTransaction } from './client-transaction.ts';
import { CONTEXT_IDLE, CONTEXT_READY, CONTEXT_TALKING, NOT_BOUND } from './contexts.ts';
import { planAgain } from './exosip2.ts';
import { putOffRefresh } from './holds.ts';
import { takeLatestContact } from './mappings.ts';
import type { AttemptInstruction } from './program.ts';
import { addSkipped } from './program.ts';
import { pushReady } from './ready-queue.ts';
import { endAttemptOf } from './rebinds.ts';
import { isWayLost } from './redirect-places.ts';
import { forgetRedirects } from './redirect-table.ts';
import { endReplacement, requestTextOf } from './replacement.ts';
import { REPLACING_NOTHING } from './replacement-table.ts';
import { forgetTries, isPastHold, noteTry, retryLater } from './retry.ts';
import { dropServiceRoute } from './service-routes.ts';
import { followMapping } from './speaker-contact.ts';
import { authenticatorOf } from './speakers.ts';
import type { Engine } from './state.ts';
import { PHASE_CLEANING } from './state.ts';
import { isFirstTry, settleTarget } from './targets.ts';
import { credentialsOf } from './transactions.ts';
import { flowOf } from './transport-flows.ts';

/** Begins the attempt at the context's position, which is due. False when nothing can be sent now. */
export function beginAttempt(engine: Engine, context: number): boolean {
  if (engine.targets !== null) settleTarget(engine, engine.targets, context);
  if (!canSend(engine, context)) return false;
  const { contexts, metrics } = engine;
  const instruction = engine.program.instructions[contexts.position[context]!]!;
  if (instruction.kind !== 'attempt') return false;
  const bank = bankOf(engine, contexts.dueUs[context]!);
  contexts.bank[context] = bank;
  contexts.wireUs[context] = 0;
  contexts.challenges[context] = 0;
  if (engine.intervals !== null) engine.intervals.raised[context] = 0;
  if (engine.exosip !== null) engine.exosip.repeated[context] = 0;
  countStarted(metrics, bank, instruction.procedure);
  noteTry(engine, context, bank, instruction.procedure);
  const boundUntilUs = contexts.boundUntilUs[context]!;
  // RFC 3608 §6.1: a service route ends with the registration that brought it.
  if (engine.serviceRoutes !== null && boundUntilUs <= engine.nowUs) dropServiceRoute(engine.serviceRoutes, context);
  if (instruction.procedure === PROCEDURE_REFRESH && boundUntilUs !== NOT_BOUND && boundUntilUs <= engine.nowUs) {
    addCounter(metrics, COUNTER_EXPIRED_BEFORE_REFRESH, 1);
  }
  engine.challenges.fresh[context] = 0;
  if (!authenticatorOf(engine, context).reuseNonce) engine.challenges.active[context] = 0;
  sendNext(engine, context, instruction.template);
  return true;
}

/** Sends the present attempt's request once more, with the credentials asked for. False when nothing can be sent now. */
export function answerChallenge(engine: Engine, context: number): boolean {
  if (!canSend(engine, context)) return false;
  const instruction = engine.program.instructions[engine.contexts.position[context]!]!;
  if (instruction.kind !== 'attempt') return false;
  sendNext(engine, context, instruction.template);
  return true;
}

/** Sends the present attempt's request once more, changed as its last answer asked for, or to another place. False when nothing can be sent now. */
export function repeatRequest(engine: Engine, context: number): boolean {
  if (engine.redirects !== null && isWayLost(engine.redirects, context)) {
    finishAttempt(engine, context, OUTCOME_SEND_ERROR, engine.nowUs);
    return true;
  }
  if (!canSend(engine, context)) return false;
  const instruction = engine.program.instructions[engine.contexts.position[context]!]!;
  if (instruction.kind !== 'attempt') return false;
  // Whoever answers so has taken the credentials: a challenge that still comes is no verdict on them.
  engine.challenges.fresh[context] = 0;
  sendNext(engine, context, instruction.template);
  return true;
}

/** Whether the present attempt has sent no more than one request. */
export function isFirstRequest(engine: Engine, context: number): boolean {
  const { contexts, intervals, targets, exosip, redirects, replacements } = engine;
  if (exosip !== null && exosip.repeated[context] !== 0) return false;
  if (replacements !== null && replacements.stage[context] !== REPLACING_NOTHING) return false;
  if (contexts.challenges[context] !== 0 || (targets !== null && !isFirstTry(targets, context))) return false;
  if (redirects !== null && redirects.followed[context] !== 0) return false;
  return intervals === null || intervals.raised[context] === 0;
}

/** Ends the context's present attempt at `endUs`. Its flow goes on, or stops and leaves the rest skipped. */
export function finishAttempt(engine: Engine, context: number, outcome: number, endUs: number): void {
  const { contexts, metrics } = engine;
  const instruction = engine.program.instructions[contexts.position[context]!]!;
  if (instruction.kind !== 'attempt') return;
  const { procedure } = instruction;
  const bank = contexts.bank[context]!;
  const isMet = meets(instruction.expected, outcome);
  countOutcome(metrics, bank, procedure, outcome);
  if (isMet !== (outcome === OUTCOME_SUCCEEDED)) countTurned(metrics, bank, procedure, outcome);
  countInSecond(metrics, engine.nowUs, isMet ? LANE_SUCCEEDED : LANE_FAILED, 1);
  const isRegistered = procedure === PROCEDURE_REGISTER || procedure === PROCEDURE_REFRESH;
  if (isRegistered && outcome === OUTCOME_SUCCEEDED) countInSecond(metrics, engine.nowUs, LANE_REGISTRATIONS, 1);
  recordTimes(engine, context, procedure, outcome, isMet, endUs);
  if (isDoubtful(outcome)) noteDoubt(engine, context);
  if (engine.replacements !== null) endReplacement(engine, engine.replacements, context, outcome);
  if (engine.rebinds !== null) endAttemptOf(engine, engine.rebinds, context);
  if (engine.observer !== null) engine.observer.ended(context, outcome, endUs, contexts.wireUs[context]!);
  if (engine.redirects !== null) forgetRedirects(engine.redirects, context);
  const { retry } = instruction;
  if (engine.exosip !== null && outcome !== OUTCOME_SUCCEEDED)
    planAgain(engine, engine.exosip, context, instruction, outcome, endUs);
  if (!isMet && retry !== null && retryLater(engine, context, retry, instruction, outcome, endUs)) return;
  forgetTries(engine, context);
  // Nothing follows what the end of the run has cut off.
  if (outcome === OUTCOME_ABORTED || (!isMet && !goesOn(engine, context, instruction))) {
    stopFlow(engine, context, contexts.position[context]!, bank);
    return;
  }
  if (instruction.isHeld && outcome !== OUTCOME_SUCCEEDED) putOffRefresh(engine, context, retry, endUs);
  contexts.position[context] = instruction.next;
  contexts.state[context] = CONTEXT_READY;
  contexts.dueUs[context] = endUs;
  pushReady(flowOf(engine, context).ready, context);
}

/** Whether a failure leaves the flow going on. */
function goesOn(engine: Engine, context: number, { goesOn, isHeld, retry }: AttemptInstruction): boolean {
  return goesOn || (isHeld && retry !== null && retry.plan.policy === 'exosip2' && isPastHold(engine, context));
}

/** Whether an end counts as succeeded: a success, unless the scenario expects something else. */
function meets(expected: Uint8Array | null, outcome: number): boolean {
  return expected === null ? outcome === OUTCOME_SUCCEEDED : expected[outcome] === 1;
}

/** Ends the context's flow after the instruction at `position`; the attempts that would have followed are skipped. */
export function stopFlow(engine: Engine, context: number, position: number, bank: number): void {
  const { skipped, program, contexts } = engine;
  skipped.fill(0);
  addSkipped(program, position, contexts.rounds, context * contexts.loopDepth, skipped);
  for (let procedure = 0; procedure < skipped.length; procedure++) {
    if (skipped[procedure]! > 0) countSkipped(engine.metrics, bank, procedure, skipped[procedure]!);
  }
  endFlow(engine, context);
}

export function endFlow(engine: Engine, context: number): void {
  engine.contexts.state[context] = CONTEXT_IDLE;
  engine.activeFlows -= 1;
}

/** An attempt belongs to the phase of its intended start, whenever it ends. */
export function bankOf(engine: Engine, intendedUs: number): number {
  const isMeasured = intendedUs >= engine.options.plan.load.warmupUs && intendedUs < engine.measuredToUs;
  return isMeasured ? BANK_MEASURED : BANK_OTHER;
}

/** With credentials for all challenges that are kept, those of this attempt and those from before. */
function sendNext(engine: Engine, context: number, template: number): void {
  const { challenges, transactions } = engine;
  const { repairs, replacements } = engine;
  if (repairs !== null && replacements === null) takeLatestContact(engine, repairs, context);
  if (engine.speakers !== null) followMapping(engine, context);
  const text = replacements === null ? template : requestTextOf(replacements, context, template);
  const slot = createTransaction(engine, context, text);
  const places = challenges.active[context]!;
  if (places !== 0) {
    transactions.credentials[slot] = credentialsOf(places, challenges.fresh[context]!);
    countNonces(challenges, context, places);
  }
  if (engine.exosip !== null) engine.exosip.startedUs[context] = engine.nowUs;
  engine.contexts.state[context] = CONTEXT_TALKING;
  startTransaction(engine, slot);
}

function recordTimes(
  engine: Engine,
  context: number,
  procedure: number,
  outcome: number,
  isMet: boolean,
  endUs: number,
): void {
  const { metrics, contexts } = engine;
  const bank = contexts.bank[context]!;
  const latencyUs = Math.max(0, endUs - contexts.dueUs[context]!);
  switch (outcome) {
    case OUTCOME_TIMEOUT:
    case OUTCOME_TIMEOUT_AFTER_PROVISIONAL:
      recordLatency(metrics, bank, procedure, latencyUs);
      break;
    // The moment at which we lost patience says nothing about the registrar.
    case OUTCOME_ABORTED:
      break;
    default:
      if (isMet) {
        recordLatency(metrics, bank, procedure, latencyUs);
        recordWire(metrics, bank, procedure, contexts.wireUs[context]!);
      } else recordFailureLatency(metrics, bank, procedure, latencyUs);
  }
}

/**
 * After a register or refresh without a final answer the registrar may hold a binding all the same; and whatever was confirmed before
 * such a request, it may have changed.
 */
export function noteDoubt(engine: Engine, context: number): void {
  const instruction = engine.program.instructions[engine.contexts.position[context]!]!;
  if (instruction.kind !== 'attempt') return;
  const { procedure } = instruction;
  if (engine.phase === PHASE_CLEANING || procedure === PROCEDURE_QUERY) return;
  if (procedure === PROCEDURE_REGISTER || procedure === PROCEDURE_REFRESH) engine.contexts.mayBeBound[context] = 1;
  if (engine.verification !== null) engine.verification.isUnsure[context] = 1;
}

/** A status says what became of the binding, and so does a challenge that was the last word: nothing. */
function isDoubtful(outcome: number): boolean {
  switch (outcome) {
    case OUTCOME_TIMEOUT:
    case OUTCOME_TIMEOUT_AFTER_PROVISIONAL:
    case OUTCOME_SEND_ERROR:
    case OUTCOME_UNREACHABLE:
    case OUTCOME_BINDING_MISSING:
    case OUTCOME_ABORTED:
      return true;
    default:
      return false;
  }
}
