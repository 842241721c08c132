export type { MetricsBlock } from './block.ts';
export {
  addCounter,
  attachMetricsBlock,
  countChallenged,
  counterOf,
  countInSecond,
  countOutcome,
  countResponse,
  countSkipped,
  countStarted,
  createMetricsBlock,
  maxInSecond,
  metricsBlockBytes,
  setCalls,
  setCounter,
} from './block.ts';
export { buildRunResult } from './build-result.ts';
export { checkSums, settleLostBlock } from './check-sums.ts';
export { countFailureText } from './failure-texts.ts';
export { recordFailureLatency, recordLag, recordLatency, recordTurn, recordWire } from './histogram.ts';
export {
  CALL_DATAGRAMS_MAX,
  CALLS_PER_DIRECTION,
  CALLS_RECEIVE,
  CALLS_SEND,
  COUNTER_ACTIVE_FLOWS,
  COUNTER_CLEANUP_ATTEMPTED,
  COUNTER_CLEANUP_FAILED,
  COUNTER_CLEANUP_SUCCEEDED,
  COUNTER_CLOCK_STEPS,
  COUNTER_CONTEXTS,
  COUNTER_CPU_US,
  COUNTER_DATAGRAMS_SENT,
  COUNTER_EXPIRED_BEFORE_REFRESH,
  COUNTER_FAILURE_TEXTS_OTHER,
  COUNTER_LAST_TURN_US,
  COUNTER_LATENCY_CLAMPED,
  COUNTER_MALFORMED,
  COUNTER_MISSED_CONTEXT_BUSY,
  COUNTER_MISSED_CONTEXT_BUSY_MEASURED,
  COUNTER_MISSED_LATE,
  COUNTER_MISSED_NO_SLOT,
  COUNTER_PHASE,
  COUNTER_RECEIVE_QUEUE_OVERRUNS,
  COUNTER_REGISTERED_NOW,
  COUNTER_REQUESTS_SENT,
  COUNTER_RETRANSMISSIONS,
  COUNTER_SERIES_CLAMPED,
  COUNTER_STARTS_DUE_MEASURED,
  COUNTER_STARTS_DUE_OTHER,
  COUNTER_STARTS_MADE_MEASURED,
  COUNTER_STARTS_MADE_OTHER,
  COUNTER_STRAY,
  COUNTER_TRUNCATED,
  COUNTER_TURN_US_MAX,
  LANE_FAILED,
  LANE_REGISTERED,
  LANE_REGISTRATIONS,
  LANE_REQUESTS,
  LANE_STARTS_DUE,
  LANE_STARTS_MADE,
  LANE_SUCCEEDED,
  PHASE_CLEANUP,
  PHASE_COOLDOWN,
  PHASE_DRAIN,
  PHASE_ENDED,
  PHASE_MEASURED,
  PHASE_NAMES,
  PHASE_WARMUP,
  SERIES_SECONDS_MAX,
} from './layout.ts';
export type { MergedMetrics, MergedProcedure, MergedProcedures, MergedSeries } from './merge.ts';
export { mergeBlocks } from './merge.ts';
export type { MergedHistogram } from './merged-histogram.ts';
export { meanUs, percentileUs, samplesNeeded, sumHistograms } from './merged-histogram.ts';
export type { ProcedureName } from './names.ts';
export {
  BANK_COUNT,
  BANK_MEASURED,
  BANK_OTHER,
  OUTCOME_ABORTED,
  OUTCOME_AUTH_FAILED,
  OUTCOME_BINDING_MISSING,
  OUTCOME_CHALLENGE_UNUSABLE,
  OUTCOME_COUNT,
  OUTCOME_NO_CREDENTIALS,
  OUTCOME_SEND_ERROR,
  OUTCOME_SUCCEEDED,
  OUTCOME_TIMEOUT,
  OUTCOME_TIMEOUT_AFTER_PROVISIONAL,
  OUTCOME_UNREACHABLE,
  OWN_OUTCOME_NAMES,
  outcomeName,
  PROCEDURE_COUNT,
  PROCEDURE_NAMES,
  PROCEDURE_QUERY,
  PROCEDURE_REFRESH,
  PROCEDURE_REGISTER,
  PROCEDURE_UNREGISTER,
  PROCEDURE_WILDCARD,
} from './names.ts';
export type { Progress } from './progress.ts';
export { snapshot } from './progress.ts';
export type { Window } from './rates.ts';
export { windowSeconds } from './rates.ts';
export type { Interruption, Judgement, PrecheckOutcome, RunFacts } from './run-facts.ts';
export type {
  CallSummary,
  FailureText,
  LatencySummary,
  ProcedureResult,
  ProcedureResults,
  RateResult,
  RunResult,
  Taint,
  ThresholdResult,
  TurnSummary,
  ValidityReason,
  ValidityVerdict,
  Verdict,
} from './run-result.ts';
export { formatBytes, formatCount, formatCounted, formatRate, formatShare, formatTime, UNKNOWN } from './units.ts';
