import { describe, expect, it } from 'vitest';
import { OWN_OUTCOME_NAMES, PROCEDURE_NAMES } from '../../../src/metrics/names.ts';
import { parseThreshold } from '../../../src/scenario/index.ts';
import { OWN_CAUSES, PROCEDURES } from '../../../src/scenario/threshold.ts';

const percentile = (p: number) => ({ kind: 'percentile', percentile: p });

describe('threshold expressions', () => {
  it.each([
    ['register.latency: p99 < 50ms', 'register', 'latency', null, percentile(99), '<', 50_000, 'us'],
    ['refresh.wire:p99.9<=1.5s', 'refresh', 'wire', null, percentile(99.9), '<=', 1_500_000, 'us'],
    ['all.lag: max < 1ms', 'all', 'lag', null, { kind: 'max' }, '<', 1_000, 'us'],
    ['query.failureLatency: mean >= 2us', 'query', 'failureLatency', null, { kind: 'mean' }, '>=', 2, 'us'],
    ['all.failures: ratio < 0.1%', 'all', 'failures', null, { kind: 'ratio' }, '<', 0.001, 'ratio'],
    [
      'unregister.failures.timeout: count == 0',
      'unregister',
      'failures',
      'timeout',
      { kind: 'count' },
      '==',
      0,
      'count',
    ],
    ['all.failures.status-503: rate < 5/s', 'all', 'failures', 'status-503', { kind: 'rate' }, '<', 5, 'perSecond'],
    ['wildcard.succeeded: rate > 30/m', 'wildcard', 'succeeded', null, { kind: 'rate' }, '>', 0.5, 'perSecond'],
    ['all.challenged: rate == 0/s', 'all', 'challenged', null, { kind: 'rate' }, '==', 0, 'perSecond'],
    ['verify.missing: count == 0', 'verify', 'missing', null, { kind: 'count' }, '==', 0, 'count'],
    ['verify.missing: ratio <= 0.1%', 'verify', 'missing', null, { kind: 'ratio' }, '<=', 0.001, 'ratio'],
    ['keepalive.lost: ratio < 1%', 'keepalive', 'lost', null, { kind: 'ratio' }, '<', 0.01, 'ratio'],
    ['all.retries: ratio <= 5%', 'all', 'retries', null, { kind: 'ratio' }, '<=', 0.05, 'ratio'],
    ['register.raised: count == 0', 'register', 'raised', null, { kind: 'count' }, '==', 0, 'count'],
    ['all.skipped: count != 3', 'all', 'skipped', null, { kind: 'count' }, '!=', 3, 'count'],
  ])('%s is understood', (text, scope, metric, cause, aggregate, comparison, limit, unit) => {
    expect(parseThreshold(text, 'x.yaml:3')).toEqual({
      ok: true,
      value: { expression: text, source: 'x.yaml:3', scope, metric, cause, aggregate, comparison, limit, unit },
    });
  });

  it.each([
    [
      'register latency',
      0,
      '"register latency" is not a threshold; write it like "register.latency: p99 < 50ms" or "all.failures: ratio < 0.1%"',
    ],
    ['regster.latency: p99 < 50ms', 0, 'unknown procedure "regster" in a threshold; did you mean "register"?'],
    ['register.latnecy: p99 < 50ms', 9, 'unknown metric "latnecy" in a threshold; did you mean "latency"?'],
    [
      'register.missing: count == 0',
      9,
      'unknown metric "missing" in a threshold; known: latency, failureLatency, wire, lag, started, succeeded, failures, skipped, challenged, raised, retries, retriesDeniedByBudget',
    ],
    [
      'verify.latency: p99 < 50ms',
      7,
      'unknown metric "latency" in a threshold; known: sampled, checked, missing, failed',
    ],
    ['keepalive.missing: count == 0', 10, 'unknown metric "missing" in a threshold; known: sent, answered, lost'],
    ['keepalive.lost: rate == 0/s', 16, '"lost" has no rate; known: count, ratio'],
    ['verify.missing: rate == 0/s', 16, '"missing" has no rate; known: count, ratio'],
    ['register.latency: p98 < 50ms', 18, 'unknown aggregate "p98" in a threshold; did you mean "p90"?'],
    ['register.latency: ratio < 1%', 18, '"latency" has no ratio; known: p50, p90, p95, p99, p99.9, min, mean, max'],
    ['all.failures: p99 < 50ms', 14, '"failures" has no p99; known: count, ratio, rate'],
    ['register.latency: p99 =< 50ms', 22, 'unknown comparison "=<" in a threshold; did you mean "<"?'],
    [
      'register.latency: p99 < 50',
      24,
      '"50" is not a duration; it has no unit (us, ms, s, m, h or d), for example 50s',
    ],
    ['all.failures: ratio < 101%', 22, '"101%" is more than 100%'],
    ['all.failures: ratio < 0.1', 22, '"0.1" is not a percentage; write for example 0.1%'],
    ['all.failures: count < 1.5', 22, '"1.5" is not a count; write a whole number from 0 to 9007199254740991'],
    ['all.failures: rate < 5', 21, '"5" is not a rate; write starts per time, for example 5000/s'],
    [
      'all.failures.timout: count == 0',
      13,
      'unknown cause "timout"; a status is written status-503; did you mean "timeout"?',
    ],
    ['all.started.timeout: count == 0', 12, '"started" has no causes; only failures has, for example failures.timeout'],
    ['  regster.latency: p99 < 50ms', 2, 'unknown procedure "regster" in a threshold; did you mean "register"?'],
  ])('%s is refused, pointing at the word', (text, offset, message) => {
    expect(parseThreshold(text, 's')).toEqual({ ok: false, message, offset });
  });

  it('knows the procedures and the causes that results have', () => {
    expect(PROCEDURES).toEqual(PROCEDURE_NAMES);
    expect(['succeeded', ...OWN_CAUSES]).toEqual(OWN_OUTCOME_NAMES);
  });
});
