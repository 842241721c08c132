// The judgement over a finished run: thresholds, validity, verdict and exit code from the merged numbers and the few facts
// that only the shell knows. The order of a run's end: settle lost blocks, merge, judge, build the result, check its sums.

import {
  COUNTER_CLOCK_STEPS,
  COUNTER_MALFORMED,
  COUNTER_MISSED_CONTEXT_BUSY_MEASURED,
  COUNTER_MISSED_LATE,
  COUNTER_MISSED_NO_SLOT,
  COUNTER_OVERTAKEN,
  COUNTER_RECEIVE_QUEUE_OVERRUNS,
  COUNTER_REQUESTS_SENT,
  COUNTER_SEND_NO_ROOM,
  COUNTER_SEND_QUEUE_FULL,
  COUNTER_SEND_WAITED_US_MAX,
  COUNTER_STARTS_DUE_MEASURED,
  COUNTER_STARTS_DUE_OTHER,
  COUNTER_STARTS_MADE_MEASURED,
  COUNTER_STRAY,
  COUNTER_TURN_US_MAX,
  type Interruption,
  type Judgement,
  type MergedHistogram,
  type MergedMetrics,
  type MergedProcedures,
  type PrecheckOutcome,
  percentileUs,
  samplesNeeded,
  sumHistograms,
  verifyResult,
} from '../metrics/index.ts';
import type { PlanThreshold } from '../scenario/index.ts';
import { evaluateThresholds, type JudgedThreshold } from './thresholds.ts';
import { judgeValidity, type ValidityFacts } from './validity.ts';
import { decideVerdict } from './verdict.ts';

export interface JudgeFacts {
  readonly thresholds: readonly PlanThreshold[];
  readonly measuredSeconds: number;
  readonly verifyAsked: boolean;
  readonly onInvalid: 'fail' | 'warn';
  readonly interrupted: Interruption | null;
  readonly workersLost: number;
  readonly precheck: PrecheckOutcome;
  /** A comparison with a baseline found the run worse. */
  readonly regressed: boolean;
}

export function judgeRun(merged: MergedMetrics, facts: JudgeFacts): Judgement {
  const verify = facts.verifyAsked ? verifyResult(merged.counters) : null;
  const { measured: procedures, keepalive } = merged;
  const numbers = { procedures, measuredSeconds: facts.measuredSeconds, verify, keepalive };
  const judged = [...evaluateThresholds(facts.thresholds, numbers), ...builtInThresholds(merged.total)];
  const validity = judgeValidity(validityFactsOf(merged));
  const { verdict, exitCode } = decideVerdict({
    interrupted: facts.interrupted,
    usageError: false,
    internalError: false,
    workersLost: facts.workersLost,
    unreachable: isUnreachable(merged, facts.precheck),
    thresholds: judged,
    validity,
    onInvalid: facts.onInvalid,
    regressed: facts.regressed,
  });
  return { verdict, exitCode, validity, thresholds: judged.map(({ result }) => result) };
}

/**
 * A run in which nothing succeeded has failed, whatever its file asks for. Looks at the whole run, and appears among the
 * thresholds only when it fails: it says nothing about a run that works.
 */
export function builtInThresholds(total: MergedProcedures): JudgedThreshold[] {
  const procedures = Object.values(total);
  if (procedures.some(({ succeeded }) => succeeded > 0)) return [];
  const result = {
    expression: 'all.succeeded: count > 0',
    source: 'built-in',
    status: 'failed',
    observed: 0,
    unit: 'count',
    limit: 0,
    samples: procedures.reduce((sum, { started }) => sum + started, 0),
    margin: null,
  } as const;
  return [{ result, touchedBy: ['all'] }];
}

/** Refused at the precheck (RFC 3261 §18.4), or requests went out and nothing at all ever came back. */
export function isUnreachable({ responses, counters }: MergedMetrics, precheck: PrecheckOutcome): boolean {
  if (precheck === 'refused') return true;
  if (precheck === 'answered') return false;
  if (precheck === 'none' && counters[COUNTER_REQUESTS_SENT] === 0) return false;
  return !responses.some((count) => count > 0) && counters[COUNTER_STRAY] === 0 && counters[COUNTER_MALFORMED] === 0;
}

export function validityFactsOf({ counters, measured }: MergedMetrics): ValidityFacts {
  return {
    startsDue: counters[COUNTER_STARTS_DUE_MEASURED]! - counters[COUNTER_MISSED_CONTEXT_BUSY_MEASURED]!,
    startsMade: counters[COUNTER_STARTS_MADE_MEASURED]!,
    startsDueWholeRun: counters[COUNTER_STARTS_DUE_MEASURED]! + counters[COUNTER_STARTS_DUE_OTHER]!,
    missedLate: counters[COUNTER_MISSED_LATE]!,
    missedNoSlot: counters[COUNTER_MISSED_NO_SLOT]!,
    lag: worstLag(Object.values(measured).map(({ lag }) => lag)),
    receiveQueueOverruns: counters[COUNTER_RECEIVE_QUEUE_OVERRUNS]!,
    sendNoRoom: counters[COUNTER_SEND_NO_ROOM]!,
    sendQueueFull: counters[COUNTER_SEND_QUEUE_FULL]!,
    sendWaitedUsMax: counters[COUNTER_SEND_WAITED_US_MAX]!,
    overtaken: counters[COUNTER_OVERTAKEN]!,
    clockSteps: counters[COUNTER_CLOCK_STEPS]!,
    longestTurnUs: counters[COUNTER_TURN_US_MAX]!,
  };
}

/** The procedure with the greatest p99 speaks for the run, as in its report; where none has enough samples, all together. */
function worstLag(lags: readonly MergedHistogram[]): MergedHistogram {
  const telling = lags.filter(({ count }) => count >= samplesNeeded(99));
  const worstFirst = telling.sort((a, b) => (percentileUs(b, 99) ?? 0) - (percentileUs(a, 99) ?? 0));
  return worstFirst[0] ?? sumHistograms(lags);
}
