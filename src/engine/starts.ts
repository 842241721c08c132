// @hot
// Open-loop starts: each is made when the schedule says so, or it is counted why not. Nothing is put off silently: a
// start that comes late carries its intended time, and one that comes more than MOST_LATE_US late is not made.
//
// The worker's cursor passes every start when it is due. One whose flow has no room in its outbox is held: it waits in its flow,
// with those that follow it there, and the starts of other flows go on. A held start needs no table: a flow's contexts are a
// part of the run's like a worker's, so a cursor of the flow stands on the oldest of them, and a number says how many they are.

import {
  addCounter,
  BANK_MEASURED,
  COUNTER_MISSED_CONTEXT_BUSY,
  COUNTER_MISSED_CONTEXT_BUSY_MEASURED,
  COUNTER_MISSED_LATE,
  COUNTER_MISSED_NO_SLOT,
  COUNTER_STARTS_DUE_MEASURED,
  COUNTER_STARTS_DUE_OTHER,
  COUNTER_STARTS_MADE_MEASURED,
  COUNTER_STARTS_MADE_OTHER,
  countInSecond,
  LANE_STARTS_DUE,
  LANE_STARTS_MADE,
} from '../metrics/index.ts';
import { advanceStart, moveToStart, rowOfContext } from '../scenario/shares.ts';
import { NEVER_US, US_PER_SECOND } from '../std/index.ts';
import { bankOf } from './attempt.ts';
import { canSend } from './client-transaction.ts';
import { CONTEXT_IDLE } from './contexts.ts';
import { beginFlow } from './flow.ts';
import { outboxRoom } from './outbox.ts';
import type { Engine } from './state.ts';
import type { TargetTable } from './target-table.ts';
import { NOT_HELD } from './target-table.ts';
import { ownRouteOf, settleTarget } from './targets.ts';
import type { TransportFlow } from './transport-flows.ts';
import { flowOf } from './transport-flows.ts';
import { appendWaiting, isHeld, takeWaiting } from './waiting.ts';

export const MOST_LATE_US = US_PER_SECOND;

/** True when a start is due. */
export function isStartDue(engine: Engine): boolean {
  return engine.starts.timeUs <= engine.nowUs;
}

/** True when no start is left: none to come, and none held. */
export function areStartsDone(engine: Engine): boolean {
  return engine.starts.timeUs === NEVER_US && engine.heldStarts === 0;
}

/** Makes the next start, which is due, or counts why it is not made, or holds it. Returns its flow. */
export function makeStart(engine: Engine): TransportFlow {
  const { starts } = engine;
  const flow = flowOf(engine, starts.row);
  if (engine.targets !== null) makeRoutedStart(engine, engine.targets, starts.row, starts.timeUs);
  else if (flow.heldStartCount > 0 || outboxRoom(flow.outbox) < 0) holdStart(engine, flow);
  else beginStart(engine, starts.row, starts.timeUs);
  advanceStart(starts);
  return flow;
}

/** Makes the oldest start that the flow holds, or counts why it is not made. False when it holds none, or still has no room. */
export function makeHeldStart(engine: Engine, flow: TransportFlow): boolean {
  if (flow.heldStartCount === 0) return false;
  const { timeUs, context } = flow.heldStart;
  const row = rowOfContext(context, engine.options.workerCount);
  if (outboxRoom(flow.outbox) < 0) return false;
  releaseStart(engine, flow);
  beginStart(engine, row, timeUs);
  return true;
}

/** With several targets it is the context that waits, in the list of the flow that it would leave through (waiting.ts). */
function makeRoutedStart(engine: Engine, targets: TargetTable, row: number, timeUs: number): void {
  if (engine.contexts.state[row] === CONTEXT_IDLE && !isHeld(targets, row)) {
    settleTarget(engine, targets, row);
    const { outbox, id } = ownRouteOf(engine, row);
    if (outboxRoom(outbox) < 0) {
      targets.heldUs[row] = timeUs;
      engine.heldStarts += 1;
      appendWaiting(targets, id, row);
      return;
    }
  }
  beginStart(engine, row, timeUs);
}

/** The start that waits in this context, which is out of its list. False: its target has no room yet, and it goes on waiting. */
export function makeWaitingStart(engine: Engine, targets: TargetTable, row: number): boolean {
  settleTarget(engine, targets, row);
  if (outboxRoom(ownRouteOf(engine, row).outbox) < 0) return false;
  const timeUs = targets.heldUs[row]!;
  forgetHeld(engine, targets, row);
  beginStart(engine, row, timeUs);
  return true;
}

function forgetHeld(engine: Engine, targets: TargetTable, row: number): void {
  targets.heldUs[row] = NOT_HELD;
  engine.heldStarts -= 1;
}

/** Takes the starts that wait out of the flow's list; contexts that wait with something under way stay in it. */
function missWaiting(engine: Engine, targets: TargetTable, flow: number): void {
  for (let left = targets.waiting[flow]!; left > 0; left--) {
    const row = takeWaiting(targets, flow);
    if (isHeld(targets, row)) {
      missLate(engine, targets.heldUs[row]!);
      forgetHeld(engine, targets, row);
    } else appendWaiting(targets, flow, row);
  }
}

/** The load ends at `endUs`: starts that were due before and could not be made any more are late for good. */
export function closeStarts(engine: Engine, endUs: number): void {
  const { starts, flows, targets } = engine;
  for (const flow of flows) {
    if (targets !== null) missWaiting(engine, targets, flow.id);
    while (flow.heldStartCount > 0) {
      missLate(engine, flow.heldStart.timeUs);
      releaseStart(engine, flow);
    }
  }
  while (starts.timeUs < endUs) {
    missLate(engine, starts.timeUs);
    advanceStart(starts);
  }
  starts.timeUs = NEVER_US;
}

function beginStart(engine: Engine, row: number, intendedUs: number): void {
  const { metrics, contexts, nowUs } = engine;
  const isMeasured = countDue(engine, intendedUs) === BANK_MEASURED;
  if (nowUs - intendedUs > MOST_LATE_US) addCounter(metrics, COUNTER_MISSED_LATE, 1);
  else if (contexts.state[row] !== CONTEXT_IDLE || (engine.targets !== null && isHeld(engine.targets, row))) {
    addCounter(metrics, COUNTER_MISSED_CONTEXT_BUSY, 1);
    if (isMeasured) addCounter(metrics, COUNTER_MISSED_CONTEXT_BUSY_MEASURED, 1);
  } else if (!canSend(engine, row)) addCounter(metrics, COUNTER_MISSED_NO_SLOT, 1);
  else {
    const madeMeasured = bankOf(engine, nowUs) === BANK_MEASURED;
    addCounter(metrics, madeMeasured ? COUNTER_STARTS_MADE_MEASURED : COUNTER_STARTS_MADE_OTHER, 1);
    countInSecond(metrics, nowUs, LANE_STARTS_MADE, 1);
    beginFlow(engine, row, intendedUs);
  }
}

/** The start at which the worker's cursor stands waits in its flow. */
function holdStart(engine: Engine, flow: TransportFlow): void {
  if (flow.heldStartCount === 0) moveToStart(flow.heldStart, engine.starts);
  flow.heldStartCount += 1;
  engine.heldStarts += 1;
}

function releaseStart(engine: Engine, flow: TransportFlow): void {
  advanceStart(flow.heldStart);
  flow.heldStartCount -= 1;
  engine.heldStarts -= 1;
}

function missLate(engine: Engine, intendedUs: number): void {
  countDue(engine, intendedUs);
  addCounter(engine.metrics, COUNTER_MISSED_LATE, 1);
}

function countDue(engine: Engine, intendedUs: number): number {
  const bank = bankOf(engine, intendedUs);
  addCounter(engine.metrics, bank === BANK_MEASURED ? COUNTER_STARTS_DUE_MEASURED : COUNTER_STARTS_DUE_OTHER, 1);
  countInSecond(engine.metrics, intendedUs, LANE_STARTS_DUE, 1);
  return bank;
}
