// @hot
// Open-loop starts: each is made when the schedule says so, or it is counted why not. Nothing is put off silently: a
// start that comes late carries its intended time, and one that comes more than MOST_LATE_US late is not made.

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
import { advanceStart } from '../scenario/shares.ts';
import { NEVER_US, US_PER_SECOND } from '../std/index.ts';
import { bankOf } from './attempt.ts';
import { canSend } from './client-transaction.ts';
import { CONTEXT_IDLE } from './contexts.ts';
import { beginFlow } from './flow.ts';
import { outboxRoom } from './outbox.ts';
import type { Engine } from './state.ts';

export const MOST_LATE_US = US_PER_SECOND;

/** True when a start is due. */
export function isStartDue(engine: Engine): boolean {
  return engine.starts.timeUs <= engine.nowUs;
}

/** Makes the next start, which is due, or counts why it is not made. False when it has to wait for room in the outbox. */
export function makeStart(engine: Engine): boolean {
  if (outboxRoom(engine.outbox) < 0) return false;
  const { starts, metrics, contexts, nowUs } = engine;
  const intendedUs = starts.timeUs;
  const isMeasured = countDue(engine, intendedUs) === BANK_MEASURED;
  if (nowUs - intendedUs > MOST_LATE_US) addCounter(metrics, COUNTER_MISSED_LATE, 1);
  else if (contexts.state[starts.row] !== CONTEXT_IDLE) {
    addCounter(metrics, COUNTER_MISSED_CONTEXT_BUSY, 1);
    if (isMeasured) addCounter(metrics, COUNTER_MISSED_CONTEXT_BUSY_MEASURED, 1);
  } else if (!canSend(engine)) addCounter(metrics, COUNTER_MISSED_NO_SLOT, 1);
  else {
    const madeMeasured = bankOf(engine, nowUs) === BANK_MEASURED;
    addCounter(metrics, madeMeasured ? COUNTER_STARTS_MADE_MEASURED : COUNTER_STARTS_MADE_OTHER, 1);
    countInSecond(metrics, nowUs, LANE_STARTS_MADE, 1);
    beginFlow(engine, starts.row, intendedUs);
  }
  advanceStart(starts);
  return true;
}

/** The load ends at `endUs`: starts that were due before and could not be made any more are late for good. */
export function closeStarts(engine: Engine, endUs: number): void {
  const { starts } = engine;
  while (starts.timeUs < endUs) {
    countDue(engine, starts.timeUs);
    addCounter(engine.metrics, COUNTER_MISSED_LATE, 1);
    advanceStart(starts);
  }
  starts.timeUs = NEVER_US;
}

function countDue(engine: Engine, intendedUs: number): number {
  const bank = bankOf(engine, intendedUs);
  addCounter(engine.metrics, bank === BANK_MEASURED ? COUNTER_STARTS_DUE_MEASURED : COUNTER_STARTS_DUE_OTHER, 1);
  countInSecond(engine.metrics, intendedUs, LANE_STARTS_DUE, 1);
  return bank;
}
