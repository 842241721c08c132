// The result of a run, put together: numbers from the merged blocks, facts from the shell, the judgement from the gate.
// Decides nothing and looks nothing up.

import { keepaliveResult } from './aside-results.ts';
import { callSummary } from './calls.ts';
import * as at from './layout.ts';
import type { MergedMetrics, MergedProcedure, MergedProcedures } from './merge.ts';
import { bindingResult } from './merged-bindings.ts';
import { latencySummary, turnSummary } from './merged-histogram.ts';
import { DIGEST_ALGORITHM_NAMES, PROCEDURE_NAMES, type ProcedureName } from './names.ts';
import { notesOf } from './notes.ts';
import { measureRates, registeredPeak } from './rates.ts';
import type { RunFacts } from './run-facts.ts';
import type { ProcedureResult, ProcedureResults, RedirectResult, RunResult } from './run-result.ts';
import { targetResults } from './targets.ts';
import { verifyResult } from './verify-result.ts';

export const FAILURE_TEXTS_SHOWN = 10;

export function buildRunResult(merged: MergedMetrics, facts: RunFacts): RunResult {
  const { counters } = merged;
  return {
    schemaVersion: 1,
    tool: { name: 'regstorm', version: facts.toolVersion },
    scenario: facts.scenario,
    environment: facts.environment,
    startedAt: facts.startedAt,
    durationSeconds: facts.durationSeconds,
    verdict: facts.judgement.verdict,
    exitCode: facts.judgement.exitCode,
    validity: facts.judgement.validity,
    notes: notesOf(merged, facts),
    phases: facts.phases,
    thresholds: facts.judgement.thresholds,
    procedures: procedureResults(merged.measured, facts.procedures),
    totals: procedureResults(merged.total, facts.procedures),
    reasons: merged.failureTexts.slice(0, FAILURE_TEXTS_SHOWN),
    transactions: transactionsOf(merged),
    incoming: merged.incoming,
    authentication: authenticationOf(counters),
    keepalive: keepaliveResult(merged.keepalive, facts.keepalive),
    nat: { ...facts.nat, ...merged.nat },
    contexts: {
      total: counters[at.COUNTER_CONTEXTS]!,
      registeredPeak: registeredPeak(merged.series),
      registeredAtEnd: counters[at.COUNTER_REGISTERED_NOW]!,
      expiredBeforeRefresh: counters[at.COUNTER_EXPIRED_BEFORE_REFRESH]!,
      rebound: merged.rebound,
    },
    bindings: bindingResult(merged.bindings),
    verify: facts.verifyAsked ? verifyResult(counters) : null,
    cleanup: facts.cleanupAsked ? cleanupOf(counters) : null,
    rates: measureRates(merged, facts.measured),
    generator: generatorOf(merged, facts),
    target: { receiveQueueOverruns: facts.targetOverruns },
    targets: targetResults(merged, facts.targets ?? [facts.environment.target]),
  };
}

/** In the order of their numbers, whatever the flow's order: two summaries can be compared line by line. */
function procedureResults(merged: MergedProcedures, wanted: readonly ProcedureName[]): ProcedureResults {
  const results: Partial<Record<ProcedureName, ProcedureResult>> = {};
  for (const name of PROCEDURE_NAMES) {
    if (wanted.includes(name)) results[name] = procedureResult(merged[name]);
  }
  return results;
}

function procedureResult(procedure: MergedProcedure): ProcedureResult {
  const { started, succeeded, failed, skipped, challenged, raised, retries, retriesDeniedByBudget } = procedure;
  const { failures, outcomes } = procedure;
  return {
    started,
    succeeded,
    failed,
    skipped,
    challenged,
    raised,
    retries,
    retriesDeniedByBudget,
    failures,
    outcomes,
    latencyUs: latencySummary(procedure.latency),
    failureLatencyUs: latencySummary(procedure.failureLatency),
    wireUs: latencySummary(procedure.wire),
    lagUs: latencySummary(procedure.lag),
  };
}

function transactionsOf(merged: MergedMetrics): RunResult['transactions'] {
  const { counters } = merged;
  const responses: Record<string, number> = {};
  for (const [status, count] of merged.responses.entries()) if (count > 0) responses[String(status)] = count;
  return {
    requestsSent: counters[at.COUNTER_REQUESTS_SENT]!,
    retransmissions: counters[at.COUNTER_RETRANSMISSIONS]!,
    datagramsSent: counters[at.COUNTER_DATAGRAMS_SENT]!,
    responses,
    stray: counters[at.COUNTER_STRAY]!,
    malformed: counters[at.COUNTER_MALFORMED]!,
    truncated: counters[at.COUNTER_TRUNCATED]!,
    retryAfter: {
      honoured: counters[at.COUNTER_RETRY_AFTER_HONOURED]!,
      capped: counters[at.COUNTER_RETRY_AFTER_CAPPED]!,
      malformed: counters[at.COUNTER_RETRY_AFTER_MALFORMED]!,
      ignored: counters[at.COUNTER_RETRY_AFTER_IGNORED]!,
    },
    redirects: redirectsOf(counters),
  };
}

function redirectsOf(counters: Float64Array): RedirectResult {
  return {
    followed: counters[at.COUNTER_REDIRECTS_FOLLOWED]!,
    limit: counters[at.COUNTER_REDIRECTS_LIMIT]!,
    loop: counters[at.COUNTER_REDIRECTS_LOOP]!,
    notAllowed: counters[at.COUNTER_REDIRECTS_NOT_ALLOWED]!,
    unusable: counters[at.COUNTER_REDIRECTS_UNUSABLE]!,
    noRoom: counters[at.COUNTER_REDIRECTS_NO_ROOM]!,
    requests: counters[at.COUNTER_REDIRECTED_REQUESTS]!,
    responses: counters[at.COUNTER_REDIRECTED_RESPONSES]!,
  };
}

function authenticationOf(counters: Float64Array): RunResult['authentication'] {
  const answered: Record<string, number> = {};
  for (const [algorithm, name] of DIGEST_ALGORITHM_NAMES.entries()) {
    const count = counters[at.COUNTER_ANSWERED_MD5 + algorithm]!;
    if (count > 0) answered[name] = count;
  }
  return {
    answered,
    staleNonces: counters[at.COUNTER_STALE_NONCES]!,
    nextNonces: counters[at.COUNTER_NEXT_NONCES]!,
    rspauth: {
      checked: counters[at.COUNTER_RSPAUTH_CHECKED]!,
      mismatches: counters[at.COUNTER_RSPAUTH_MISMATCHES]!,
    },
  };
}

function cleanupOf(counters: Float64Array): NonNullable<RunResult['cleanup']> {
  return {
    attempted: counters[at.COUNTER_CLEANUP_ATTEMPTED]!,
    succeeded: counters[at.COUNTER_CLEANUP_SUCCEEDED]!,
    failed: counters[at.COUNTER_CLEANUP_FAILED]!,
  };
}

function generatorOf(merged: MergedMetrics, facts: RunFacts): RunResult['generator'] {
  const { counters } = merged;
  return {
    workers: merged.workers,
    sockets: facts.sockets,
    cpuSeconds: facts.cpuSeconds ?? counters[at.COUNTER_CPU_US]! / 1e6,
    maxRssBytes: facts.maxRssBytes,
    missedStarts: {
      late: counters[at.COUNTER_MISSED_LATE]!,
      noSlot: counters[at.COUNTER_MISSED_NO_SLOT]!,
      contextBusy: counters[at.COUNTER_MISSED_CONTEXT_BUSY]!,
    },
    clockSteps: counters[at.COUNTER_CLOCK_STEPS]!,
    receiveQueueOverruns: counters[at.COUNTER_RECEIVE_QUEUE_OVERRUNS]!,
    sendCalls: callSummary(merged.sendCalls),
    receiveCalls: callSummary(merged.receiveCalls),
    turns: turnSummary(merged.turns),
    sendBlocked: {
      noRoom: counters[at.COUNTER_SEND_NO_ROOM]!,
      queueFull: counters[at.COUNTER_SEND_QUEUE_FULL]!,
      waitedUsTotal: counters[at.COUNTER_SEND_WAITED_US]!,
      waitedUsMax: counters[at.COUNTER_SEND_WAITED_US_MAX]!,
      overtaken: counters[at.COUNTER_OVERTAKEN]!,
    },
  };
}
