// Thresholds: `register.latency: p99 < 50ms` against the numbers of the measured window. Fails closed: where there are no
// samples, or too few for the percentile, a threshold is undecided, never passed.
//
//   metric       latency failureLatency wire lag      histograms: percentile, min, mean, max, count
//                started succeeded failures skipped challenged    counts: count, ratio, rate
//                raised retries retriesDeniedByBudget
//   ratio        of started; skipped: of started + skipped
//   rate         per second of the measured window
//   scope verify sampled checked missing failed of the verification, as counts, or as ratio of those that were asked for
//                (of those that could be compared: missing)
//   scope keepalive  sent answered lost of all keepalives of the run, as counts, or as ratio of those that were sent
//   scope all    counts added, histograms merged over the procedures of the flow

import {
  type MergedHistogram,
  type MergedProcedure,
  meanUs,
  type ProcedureName,
  percentileUs,
  sumHistograms,
  type Taint,
  type ThresholdResult,
  type VerifyResult,
} from '../metrics/index.ts';
import type { CountMetric, KeepaliveMetric, LatencyMetric, PlanThreshold, VerifyMetric } from '../scenario/index.ts';
import { assertNever } from '../std/index.ts';

/** Of the keepalives of a run. */
export interface KeepaliveTotals {
  readonly sent: number;
  readonly answered: number;
  readonly lost: number;
}

/** The measured window; `MergedMetrics.measured` fits. */
export interface GateNumbers {
  /** Over the whole run; null when the scenario has none. */
  readonly keepalive?: KeepaliveTotals | null;
  /** Of the verification after the drain; null when there was none. */
  readonly verify?: VerifyResult | null;
  readonly procedures: Readonly<Partial<Record<ProcedureName, MergedProcedure>>>;
  readonly measuredSeconds: number;
}

/** A threshold's result, and which doubts about the run would touch it (`all` touches every one). */
export interface JudgedThreshold {
  readonly result: ThresholdResult;
  readonly touchedBy: readonly Taint[];
}

interface Observation {
  /** Null: cannot be told. */
  readonly value: number | null;
  readonly samples: number;
}

export function evaluateThresholds(thresholds: readonly PlanThreshold[], numbers: GateNumbers): JudgedThreshold[] {
  return thresholds.map((threshold) => {
    const result = resultOf(threshold, observe(threshold, numbers));
    return { result, touchedBy: taintsTouching(threshold, result.observed) };
  });
}

/**
 * Times are in doubt when timing is; rates when rates are, and so is a count that fell short: with the whole load there would
 * have been more. All other counts and ratios are in doubt only when everything is.
 */
export function taintsTouching(threshold: PlanThreshold, observed: number | null = null): readonly Taint[] {
  switch (threshold.metric) {
    case 'latency':
    case 'failureLatency':
    case 'wire':
    case 'lag':
      return threshold.aggregate.kind === 'count' ? ['all'] : ['timing', 'all'];
    case 'started':
    case 'succeeded':
    case 'failures':
    case 'skipped':
    case 'challenged':
    case 'raised':
    case 'retries':
    case 'retriesDeniedByBudget':
      return isOfLoad(threshold, observed) ? ['rates', 'all'] : ['all'];
    case 'sampled':
    case 'checked':
    case 'missing':
    case 'failed':
    case 'sent':
    case 'answered':
    case 'lost':
      return ['all'];
    default:
      return assertNever(threshold.metric, 'threshold metric');
  }
}

/** Grows with the load, and is held against something that it has to reach. */
function isOfLoad({ aggregate, comparison, limit }: PlanThreshold, observed: number | null): boolean {
  if (aggregate.kind !== 'count') return aggregate.kind === 'rate';
  if (comparison === '==') return observed !== null && observed < limit;
  return comparison === '>' || comparison === '>=';
}

function resultOf(threshold: PlanThreshold, observation: Observation): ThresholdResult {
  const { expression, source, unit, limit } = threshold;
  const observed = observation.samples > 0 ? observation.value : null;
  const status = observed === null ? 'undecided' : holds(observed, threshold) ? 'passed' : 'failed';
  return {
    expression,
    source,
    status,
    observed,
    unit,
    limit,
    samples: observation.samples,
    margin: observed === null ? null : marginOf(observed, threshold),
  };
}

function holds(observed: number, { comparison, limit }: PlanThreshold): boolean {
  switch (comparison) {
    case '<':
      return observed < limit;
    case '<=':
      return observed <= limit;
    case '>':
      return observed > limit;
    case '>=':
      return observed >= limit;
    case '==':
      return observed === limit;
    case '!=':
      return observed !== limit;
    default:
      return assertNever(comparison, 'comparison');
  }
}

/** How much of the limit is left: positive on the side that passes. Equality has no such side. */
function marginOf(observed: number, { comparison, limit }: PlanThreshold): number | null {
  if (limit === 0 || comparison === '==' || comparison === '!=') return null;
  const upper = comparison === '<' || comparison === '<=';
  return (upper ? limit - observed : observed - limit) / limit;
}

function observe(threshold: PlanThreshold, numbers: GateNumbers): Observation {
  const scoped = proceduresIn(threshold.scope, numbers);
  switch (threshold.metric) {
    case 'latency':
    case 'failureLatency':
    case 'wire':
    case 'lag':
      return observeTimes(threshold, histogramOver(scoped, threshold.metric));
    case 'started':
    case 'succeeded':
    case 'failures':
    case 'skipped':
    case 'challenged':
    case 'raised':
    case 'retries':
    case 'retriesDeniedByBudget':
      return observeCount(threshold, threshold.metric, scoped, numbers.measuredSeconds);
    case 'sampled':
    case 'checked':
    case 'missing':
    case 'failed':
      return observeVerify(threshold.metric, threshold.aggregate.kind === 'ratio', numbers.verify ?? null);
    case 'sent':
    case 'answered':
    case 'lost':
      return observeKeepalive(threshold.metric, threshold.aggregate.kind === 'ratio', numbers.keepalive ?? null);
    default:
      return assertNever(threshold.metric, 'threshold metric');
  }
}

function proceduresIn(scope: PlanThreshold['scope'], { procedures }: GateNumbers): MergedProcedure[] {
  if (scope === 'verify' || scope === 'keepalive') return [];
  if (scope === 'all') return Object.values(procedures);
  const procedure = procedures[scope];
  return procedure === undefined ? [] : [procedure];
}

function histogramOver(procedures: readonly MergedProcedure[], metric: LatencyMetric): MergedHistogram {
  const [only] = procedures;
  if (only !== undefined && procedures.length === 1) return only[metric];
  return sumHistograms(procedures.map((procedure) => procedure[metric]));
}

function observeTimes({ aggregate }: PlanThreshold, histogram: MergedHistogram): Observation {
  const samples = histogram.count;
  switch (aggregate.kind) {
    case 'percentile':
      return { value: percentileUs(histogram, aggregate.percentile), samples };
    case 'min':
      return { value: histogram.minUs, samples };
    case 'mean':
      return { value: meanUs(histogram), samples };
    case 'max':
      return { value: histogram.maxUs, samples };
    case 'count':
      return { value: samples, samples };
    case 'ratio':
    case 'rate':
      // The scenario's check refuses these for times; without a meaning there is nothing to decide.
      return { value: null, samples };
    default:
      return assertNever(aggregate, 'aggregate');
  }
}

function observeCount(
  threshold: PlanThreshold,
  metric: CountMetric,
  procedures: readonly MergedProcedure[],
  measuredSeconds: number,
): Observation {
  let count = 0;
  let samples = 0;
  for (const procedure of procedures) {
    count += countOf(procedure, metric, threshold.cause);
    samples += procedure.started;
    if (metric === 'skipped') samples += procedure.skipped;
  }
  switch (threshold.aggregate.kind) {
    case 'count':
      return { value: count, samples };
    case 'ratio':
      return { value: samples === 0 ? null : count / samples, samples };
    case 'rate':
      return { value: measuredSeconds > 0 ? count / measuredSeconds : null, samples };
    default:
      // Percentiles and the like of a plain count: refused by the scenario's check, and undecided here.
      return { value: null, samples };
  }
}

function observeVerify(metric: VerifyMetric, isRatio: boolean, verify: VerifyResult | null): Observation {
  if (verify === null) return { value: null, samples: 0 };
  const count = verify[metric];
  const samples = metric === 'missing' ? verify.checked : verify.sampled;
  return { value: isRatio ? count / samples : count, samples };
}

function observeKeepalive(metric: KeepaliveMetric, isRatio: boolean, keepalive: KeepaliveTotals | null): Observation {
  if (keepalive === null) return { value: null, samples: 0 };
  const { sent } = keepalive;
  return { value: isRatio ? keepalive[metric] / sent : keepalive[metric], samples: sent };
}

function countOf(procedure: MergedProcedure, metric: CountMetric, cause: string | null): number {
  if (metric !== 'failures') return procedure[metric];
  return cause === null ? procedure.failed : (procedure.failures[cause] ?? 0);
}
