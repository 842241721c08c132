// Threshold expressions: `register.latency: p99 < 50ms` as text, taken apart into a PlanThreshold. Every fault points at
// the word it is about, so that an editor or a terminal can underline it.
//
//   <scope> . <metric> [ . <cause> ] : <aggregate> <comparison> <limit>
//   register    latency                 p99          <            50ms      latencies: p50 p90 p95 p99 p99.9 min mean max
//   all         failures  timeout       ratio        <            0.1%      counters:  count (a number) ratio (%) rate (/s)
//   verify      missing                 count        ==           0         of the verification: count (a number) ratio (%)
//   keepalive   lost                    ratio        <            1%        of the keepalives: the same
//
// What a percentile or ratio is taken of, and whether there are samples enough, is the gate's business.

import { assertNever, US_PER_SECOND } from '../std/index.ts';
import { type Fault, fault, type Parsed, parsed, quoted } from './parsed.ts';
import type { CountMetric, KeepaliveMetric, LatencyMetric, PlanThreshold, Procedure, VerifyMetric } from './plan.ts';
import { parseDuration, parsePercent, parseRate, parseWholeNumber } from './quantities.ts';
import { suggestion } from './suggest.ts';

export const PROCEDURES = [
  'register',
  'refresh',
  'unregister',
  'wildcard',
  'query',
] as const satisfies readonly Procedure[];
const SCOPES = [...PROCEDURES, 'all', 'verify', 'keepalive'] as const;
const LATENCY_METRICS = ['latency', 'failureLatency', 'wire', 'lag'] as const satisfies readonly LatencyMetric[];
const COUNT_METRICS = [
  'started',
  'succeeded',
  'failures',
  'skipped',
  'challenged',
  'raised',
  'retries',
  'retriesDeniedByBudget',
] as const satisfies readonly CountMetric[];
const VERIFY_METRICS = ['sampled', 'checked', 'missing', 'failed'] as const satisfies readonly VerifyMetric[];
const KEEPALIVE_METRICS = ['sent', 'answered', 'lost'] as const satisfies readonly KeepaliveMetric[];
const METRICS = [...LATENCY_METRICS, ...COUNT_METRICS] as const;
const PERCENTILES = ['p50', 'p90', 'p95', 'p99', 'p99.9'] as const;
const LATENCY_AGGREGATES = [...PERCENTILES, 'min', 'mean', 'max'] as const;
const COUNT_AGGREGATES = ['count', 'ratio', 'rate'] as const;
/** There is no window over which a rate of these would be taken. */
const ASIDE_AGGREGATES = ['count', 'ratio'] as const;
const COMPARISONS = ['<', '<=', '>', '>=', '==', '!='] as const;

/** The causes without a status code; a test holds them equal to the outcome names of the results. */
export const OWN_CAUSES: readonly string[] = [
  'timeout',
  'timeout-after-provisional',
  'auth-failed',
  'no-credentials',
  'send-error',
  'unreachable',
  'binding-missing',
  'aborted',
  'challenge-unusable',
  'granted-less',
  'binding-count',
  'rspauth-wrong',
];

/** A success where `expect` names something else. */
const UNEXPECTED_SUCCESS = 'unexpected-success';

const MAX_EXPRESSION_LENGTH = 200;
const MAX_COUNT = Number.MAX_SAFE_INTEGER;

type Threshold = Omit<PlanThreshold, 'expression' | 'source'>;

/** The expression's parts as written, each with its offset in the text. */
interface Word {
  readonly text: string;
  readonly at: number;
}

interface Words {
  readonly scope: Word;
  readonly metric: Word;
  readonly cause: Word | null;
  readonly aggregate: Word;
  readonly comparison: Word;
  readonly limit: Word;
}

const SHAPE = /^(\s*)([^\s.:]+)\.([^\s.:]+)(?:\.([^\s:]+))?(\s*:\s*)([^\s<>=!]+)(\s*)([<>=!]+)(\s*)(\S+)\s*$/;

const shapeFault = (text: string): Fault =>
  fault(
    `${quoted(text)} is not a threshold; write it like "register.latency: p99 < 50ms" or "all.failures: ratio < 0.1%"`,
  );

const splitWords = (text: string): Parsed<Words> => {
  const match = text.length > MAX_EXPRESSION_LENGTH ? null : SHAPE.exec(text);
  if (match === null) return shapeFault(text);
  const [, blank, scope, metric, cause, colon, aggregate, gap, comparison, secondGap, limit] =
    match as unknown as string[];
  const scopeAt = blank!.length;
  const metricAt = scopeAt + scope!.length + 1;
  const causeAt = metricAt + metric!.length + 1;
  const colonAt = cause === undefined ? causeAt - 1 : causeAt + cause.length;
  const aggregateAt = colonAt + colon!.length;
  const comparisonAt = aggregateAt + aggregate!.length + gap!.length;
  const limitAt = comparisonAt + comparison!.length + secondGap!.length;
  return parsed({
    scope: { text: scope!, at: scopeAt },
    metric: { text: metric!, at: metricAt },
    cause: cause === undefined ? null : { text: cause, at: causeAt },
    aggregate: { text: aggregate!, at: aggregateAt },
    comparison: { text: comparison!, at: comparisonAt },
    limit: { text: limit!, at: limitAt },
  });
};

const oneOf = <T extends string>(word: Word, known: readonly T[], what: string): Parsed<T> => {
  const found = known.find((candidate) => candidate === word.text);
  if (found !== undefined) return parsed(found);
  return fault(`unknown ${what} "${word.text}" in a threshold${suggestion(word.text, known)}`, word.at);
};

type Metric = PlanThreshold['metric'];

const isLatency = (metric: Metric): metric is LatencyMetric => (LATENCY_METRICS as readonly string[]).includes(metric);

const isAside = (metric: Metric): boolean =>
  ([...VERIFY_METRICS, ...KEEPALIVE_METRICS] as readonly string[]).includes(metric);

const metricsOf = (scope: PlanThreshold['scope']): readonly Metric[] => {
  if (scope === 'verify') return VERIFY_METRICS;
  return scope === 'keepalive' ? KEEPALIVE_METRICS : METRICS;
};

const aggregatesOf = (metric: Metric): readonly (typeof LATENCY_AGGREGATES | typeof COUNT_AGGREGATES)[number][] => {
  if (isAside(metric)) return ASIDE_AGGREGATES;
  return isLatency(metric) ? LATENCY_AGGREGATES : COUNT_AGGREGATES;
};

/** `source` is what a report names as the expression's origin: `file:line`, a flag, or `built-in`. */
export const parseThreshold = (text: string, source: string): Parsed<PlanThreshold> => {
  const words = splitWords(text);
  if (!words.ok) return words;
  const threshold = readThreshold(words.value);
  return threshold.ok ? parsed({ expression: text.trim(), source, ...threshold.value }) : threshold;
};

const readThreshold = (words: Words): Parsed<Threshold> => {
  const scope = oneOf(words.scope, SCOPES, 'procedure');
  if (!scope.ok) return scope;
  const metric = oneOf(words.metric, metricsOf(scope.value), 'metric');
  if (!metric.ok) return metric;
  const cause = readCause(words.cause, metric.value);
  if (!cause.ok) return cause;
  const aggregate = readAggregate(words.aggregate, metric.value);
  if (!aggregate.ok) return aggregate;
  const comparison = oneOf(words.comparison, COMPARISONS, 'comparison');
  if (!comparison.ok) return comparison;
  const limit = readLimit(words.limit, aggregate.value);
  if (!limit.ok) return limit;
  return parsed({
    scope: scope.value,
    metric: metric.value,
    cause: cause.value,
    aggregate: aggregate.value,
    comparison: comparison.value,
    ...limit.value,
  });
};

const readCause = (word: Word | null, metric: Metric): Parsed<string | null> => {
  if (word === null) return parsed(null);
  if (metric !== 'failures')
    return fault(`"${metric}" has no causes; only failures has, for example failures.timeout`, word.at);
  const isOwn = OWN_CAUSES.includes(word.text) || word.text === UNEXPECTED_SUCCESS;
  if (isOwn || /^status-[3-6]\d\d$/.test(word.text)) return parsed(word.text);
  const advice = suggestion(word.text, OWN_CAUSES);
  return fault(`unknown cause "${word.text}"; a status is written status-503${advice}`, word.at);
};

const readAggregate = (word: Word, metric: Metric): Parsed<PlanThreshold['aggregate']> => {
  const known = aggregatesOf(metric);
  const isKnown = (known as readonly string[]).includes(word.text);
  if (!isKnown && ([...LATENCY_AGGREGATES, ...COUNT_AGGREGATES] as readonly string[]).includes(word.text)) {
    return fault(`"${metric}" has no ${word.text}; known: ${known.join(', ')}`, word.at);
  }
  const name = oneOf(word, known, 'aggregate');
  if (!name.ok) return name;
  const value = name.value;
  if (value === 'min' || value === 'mean' || value === 'max') return parsed({ kind: value });
  if (value === 'count' || value === 'ratio' || value === 'rate') return parsed({ kind: value });
  return parsed({ kind: 'percentile', percentile: Number(value.slice(1)) });
};

type Limit = Pick<PlanThreshold, 'limit' | 'unit'>;

const readLimit = (word: Word, aggregate: PlanThreshold['aggregate']): Parsed<Limit> => {
  const limit = limitOf(word.text, aggregate.kind);
  return limit.ok ? limit : fault(limit.message, word.at + limit.offset);
};

const limitOf = (text: string, kind: PlanThreshold['aggregate']['kind']): Parsed<Limit> => {
  switch (kind) {
    case 'percentile':
    case 'min':
    case 'mean':
    case 'max':
      return inUnit(parseDuration(text), 'us');
    case 'count':
      return inUnit(parseWholeNumber(text, { what: 'a count', least: 0, most: MAX_COUNT }), 'count');
    case 'ratio':
      return inUnit(parsePercent(text), 'ratio');
    case 'rate':
      return perSecond(text);
    default:
      return assertNever(kind, 'aggregate');
  }
};

const inUnit = (value: Parsed<number>, unit: PlanThreshold['unit']): Parsed<Limit> =>
  value.ok ? parsed({ limit: value.value, unit }) : value;

/** A rate, which as a limit may be nothing at all: `rate == 0/s`. */
const perSecond = (text: string): Parsed<Limit> => {
  if (/^0(\.0+)?\/(s|m|h)$/.test(text)) return parsed({ limit: 0, unit: 'perSecond' });
  const rate = parseRate(text);
  if (!rate.ok) return rate;
  return parsed({ limit: (rate.value.startsPerPeriod * US_PER_SECOND) / rate.value.periodUs, unit: 'perSecond' });
};
