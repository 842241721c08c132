// What must hold in every run of an engine, whatever its peer did, and the numbers of a run by name.

import { CONTEXT_IDLE } from '../../../src/engine/contexts.ts';
import type { Engine } from '../../../src/engine/index.ts';
import { TX_FREE } from '../../../src/engine/transactions.ts';
import type { MetricsBlock } from '../../../src/metrics/index.ts';
import {
  BANK_MEASURED,
  BANK_OTHER,
  COUNTER_DATAGRAMS_SENT,
  COUNTER_MISSED_CONTEXT_BUSY,
  COUNTER_MISSED_LATE,
  COUNTER_MISSED_NO_SLOT,
  COUNTER_REQUESTS_SENT,
  COUNTER_RETRANSMISSIONS,
  COUNTER_STARTS_DUE_MEASURED,
  COUNTER_STARTS_DUE_OTHER,
  COUNTER_STARTS_MADE_MEASURED,
  COUNTER_STARTS_MADE_OTHER,
  counterOf,
  OUTCOME_COUNT,
  outcomeName,
  PROCEDURE_NAMES,
} from '../../../src/metrics/index.ts';
import * as layout from '../../../src/metrics/layout.ts';
import type { PlanStep, Procedure } from '../../../src/scenario/index.ts';
import { flowFacts } from '../../../src/scenario/index.ts';
import type { Run } from './driver.ts';

/** Beyond so many rows counting them each turn would take longer than everything else. */
const MOST_ROWS_COUNTED = 300;

export interface Numbers {
  readonly started: number;
  readonly skipped: number;
  readonly challenged: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

export const BANKS = { measured: [BANK_MEASURED], other: [BANK_OTHER], total: [BANK_MEASURED, BANK_OTHER] } as const;

/** A procedure's attempts, of the whole run or of one bank. */
export const numbersOf = (
  { metrics }: { readonly metrics: MetricsBlock },
  procedure: Procedure,
  bank: keyof typeof BANKS = 'total',
): Numbers => {
  const rows = BANKS[bank].map((number) => layout.rowOf(number, PROCEDURE_NAMES.indexOf(procedure)));
  const attempts = (kind: number): number =>
    rows.reduce((sum, row) => sum + metrics.attempts[row * layout.ATTEMPT_COUNT + kind]!, 0);
  const outcomes: Record<string, number> = {};
  for (let outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
    const count = rows.reduce((sum, row) => sum + metrics.outcomes[row * OUTCOME_COUNT + outcome]!, 0);
    if (count > 0) outcomes[outcomeName(outcome)] = count;
  }
  return {
    started: attempts(layout.ATTEMPT_STARTED),
    skipped: attempts(layout.ATTEMPT_SKIPPED),
    challenged: attempts(layout.ATTEMPT_CHALLENGED),
    outcomes,
  };
};

export interface Times {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

const KINDS = {
  latency: layout.KIND_LATENCY,
  failureLatency: layout.KIND_FAILURE_LATENCY,
  wire: layout.KIND_WIRE,
  lag: layout.KIND_LAG,
} as const;

/** The exact count, sum, least and greatest of a histogram of the measured bank. */
export const timesOf = ({ metrics }: Run, procedure: Procedure, kind: keyof typeof KINDS): Times => {
  const histogram = layout.histogramOf(BANK_MEASURED, PROCEDURE_NAMES.indexOf(procedure), KINDS[kind]);
  const stat = (number: number): number => metrics.stats[histogram * layout.STATS_PER_HISTOGRAM + number]!;
  return {
    count: stat(layout.STAT_COUNT),
    sum: stat(layout.STAT_SUM),
    min: stat(layout.STAT_MIN),
    max: stat(layout.STAT_MAX),
  };
};

export const counted = (run: { readonly metrics: MetricsBlock }, counter: number): number =>
  counterOf(run.metrics, counter);

export const responsesOf = ({ metrics }: Run): Readonly<Record<string, number>> => {
  const responses: Record<string, number> = {};
  metrics.responses.forEach((count, status) => {
    if (count > 0) responses[status] = count;
  });
  return responses;
};

const mustEqual = (what: string, actual: number, expected: number): void => {
  if (actual !== expected) throw new Error(`${what}: ${actual}, not ${expected}`);
};

/** In every turn: rows free and in use are all rows, and flows are counted right. */
export const checkTables = ({ transactions, contexts, activeFlows }: Engine): void => {
  if (transactions.capacity > MOST_ROWS_COUNTED) return;
  const inUse = transactions.state.reduce((count, state) => count + (state === TX_FREE ? 0 : 1), 0);
  mustEqual('rows free and in use', transactions.free + inUse, transactions.capacity);
  const active = contexts.state.reduce((count, state) => count + (state === CONTEXT_IDLE ? 0 : 1), 0);
  mustEqual('active flows', activeFlows, active);
};

/** At the end of a run: every attempt has one outcome, every datagram is a request or its repetition, all rows are free. */
export const checkBooks = (run: Run): void => {
  for (const bank of ['measured', 'other'] as const) {
    for (const procedure of PROCEDURE_NAMES) {
      const { started, outcomes, challenged } = numbersOf(run, procedure, bank);
      const ended = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
      mustEqual(`outcomes of ${procedure}, ${bank}`, ended, started);
      if (challenged > started) throw new Error(`${procedure}: more challenged than started`);
    }
  }
  const requests = counted(run, COUNTER_REQUESTS_SENT) + counted(run, COUNTER_RETRANSMISSIONS);
  mustEqual('requests and retransmissions', requests, counted(run, COUNTER_DATAGRAMS_SENT));
  // Answers to incoming requests and keepalives have counters of their own.
  const registers = run.sent.filter(({ text, isCleanup }) => !isCleanup && text.startsWith('REGISTER '));
  mustEqual('datagrams counted', requests, registers.length);
  checkStarts(run);
  checkSteps(run);
  const { transactions } = run.engine;
  mustEqual('free rows at the end', transactions.free, transactions.capacity);
  mustEqual('flows at the end', run.engine.activeFlows, 0);
  for (const { atUs } of run.sent) if (atUs > run.endedUs) throw new Error('a datagram left after the end');
};

const checkStarts = (run: Run): void => {
  const due = counted(run, COUNTER_STARTS_DUE_MEASURED) + counted(run, COUNTER_STARTS_DUE_OTHER);
  const made = counted(run, COUNTER_STARTS_MADE_MEASURED) + counted(run, COUNTER_STARTS_MADE_OTHER);
  const missed =
    counted(run, COUNTER_MISSED_LATE) +
    counted(run, COUNTER_MISSED_NO_SLOT) +
    counted(run, COUNTER_MISSED_CONTEXT_BUSY);
  mustEqual('starts made and missed', made + missed, due);
};

/**
 * Of every start that was made, each attempt of the flow is either started or skipped, loops counted out. Retries come on top, and
 * refreshes of a hold, as many as there are.
 */
const checkSteps = (run: Run): void => {
  // Who is commanded has no flow that says how many attempts there are to be.
  if (run.engine.options.commanded === true) return;
  const made = counted(run, COUNTER_STARTS_MADE_MEASURED) + counted(run, COUNTER_STARTS_MADE_OTHER);
  for (const procedure of PROCEDURE_NAMES) {
    const { started, skipped } = numbersOf(run, procedure);
    const inFlow = unroll(run.engine.options.plan.flow).filter((step) => step === procedure).length;
    if (procedure === 'refresh' && flowFacts(run.engine.options.plan.flow).hasHold) {
      if (started + skipped < inFlow) throw new Error('refreshes of the flow are neither started nor skipped');
      continue;
    }
    const retries = retriesOf(run, procedure);
    mustEqual(`${procedure} started and skipped`, started + skipped, made * inFlow + retries);
  }
};

const retriesOf = ({ metrics }: Run, procedure: Procedure): number =>
  BANKS.total.reduce<number>((sum, bank) => {
    const row = layout.rowOf(bank, PROCEDURE_NAMES.indexOf(procedure));
    return sum + metrics.attempts[row * layout.ATTEMPT_COUNT + layout.ATTEMPT_RETRIES]!;
  }, 0);

/** The attempts of a flow one after another, by walking every round of every loop. */
export const unroll = (steps: readonly PlanStep[]): readonly Procedure[] => {
  const walked: Procedure[] = [];
  for (const step of steps) {
    if (step.kind === 'attempt') walked.push(step.procedure);
    if (step.kind === 'repeat') for (let round = 0; round < step.times; round++) walked.push(...unroll(step.steps));
  }
  return walked;
};
