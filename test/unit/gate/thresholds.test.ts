import { describe, expect, it } from 'vitest';
import { evaluateThresholds, type GateNumbers } from '../../../src/gate/index.ts';
import { taintsTouching } from '../../../src/gate/thresholds.ts';
import * as m from '../../../src/metrics/index.ts';
import type { PlanThreshold } from '../../../src/scenario/plan.ts';

const threshold = (wanted: Partial<PlanThreshold>): PlanThreshold => ({
  expression: 'the expression',
  source: 'file.yaml:12',
  scope: 'register',
  metric: 'latency',
  cause: null,
  aggregate: { kind: 'percentile', percentile: 99 },
  comparison: '<',
  limit: 50_000,
  unit: 'us',
  ...wanted,
});

/** 990 registers at 1 ms, 10 that fail with 503; 1,000 refreshes at 3 ms, of which 250 are skipped. */
function numbers(): GateNumbers {
  const block = m.createMetricsBlock(1);
  for (let i = 0; i < 1_000; i++) {
    m.countStarted(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER);
    m.countOutcome(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER, i < 990 ? m.OUTCOME_SUCCEEDED : 503);
    m.recordLatency(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER, 1_000);
  }
  for (let i = 0; i < 750; i++) {
    m.countStarted(block, m.BANK_MEASURED, m.PROCEDURE_REFRESH);
    m.countOutcome(block, m.BANK_MEASURED, m.PROCEDURE_REFRESH, m.OUTCOME_SUCCEEDED);
    m.recordLatency(block, m.BANK_MEASURED, m.PROCEDURE_REFRESH, 3_000);
  }
  m.countSkipped(block, m.BANK_MEASURED, m.PROCEDURE_REFRESH, 250);
  return { procedures: m.mergeBlocks([block]).measured, measuredSeconds: 10 };
}

const judge = (wanted: Partial<PlanThreshold>, of: GateNumbers = numbers()) => {
  const [judged] = evaluateThresholds([threshold(wanted)], of);
  if (judged === undefined) throw new Error('one threshold, one judgement');
  return judged.result;
};

describe('thresholds on what followed', () => {
  it('RFC 3261 §10.2.8 raised, and retries and those denied, are counts of the procedure and shares of what it started', () => {
    const block = m.createMetricsBlock(1);
    for (let i = 0; i < 40; i++) m.countStarted(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER);
    const of: GateNumbers = { procedures: m.mergeBlocks([block]).measured, measuredSeconds: 10 };
    const register = { ...of.procedures.register!, raised: 4, retries: 10, retriesDeniedByBudget: 2 };
    const numbersOf = { ...of, procedures: { register } };
    const count = { aggregate: { kind: 'count' }, unit: 'count', limit: 3 } as const;
    const ratio = { aggregate: { kind: 'ratio' }, unit: 'ratio', limit: 0.25 } as const;
    expect(judge({ metric: 'raised', ...count }, numbersOf)).toMatchObject({
      status: 'failed',
      observed: 4,
      samples: 40,
    });
    expect(judge({ metric: 'retriesDeniedByBudget', ...count }, numbersOf)).toMatchObject({
      status: 'passed',
      observed: 2,
    });
    expect(judge({ metric: 'retries', comparison: '<=', ...ratio }, numbersOf)).toMatchObject({
      status: 'passed',
      observed: 0.25,
    });
    expect(judge({ metric: 'retries', scope: 'all', aggregate: { kind: 'rate' }, limit: 1 }, numbersOf)).toMatchObject({
      observed: 1,
    });
  });

  it('keepalives lost and answered are of those that were sent, over the whole run; with none sent nothing is decided', () => {
    const lost = {
      scope: 'keepalive',
      metric: 'lost',
      aggregate: { kind: 'ratio' },
      unit: 'ratio',
      limit: 0.02,
    } as const;
    const of = (sent: number): GateNumbers => ({ ...numbers(), keepalive: { sent, answered: 195, lost: 3 } });
    expect(judge(lost, of(200))).toMatchObject({ status: 'passed', observed: 0.015, samples: 200 });
    expect(judge({ ...lost, limit: 0.01 }, of(200))).toMatchObject({ status: 'failed' });
    expect(judge(lost, of(0))).toMatchObject({ status: 'undecided', observed: null });
    expect(judge(lost)).toMatchObject({ status: 'undecided', samples: 0 });
  });
});

describe('thresholds on times', () => {
  it('pass and fail on the percentile of their procedure, and tell what they saw', () => {
    expect(judge({})).toEqual({
      expression: 'the expression',
      source: 'file.yaml:12',
      status: 'passed',
      observed: 1_000,
      unit: 'us',
      limit: 50_000,
      samples: 1_000,
      margin: 0.98,
    });
    expect(judge({ limit: 1_000 })).toMatchObject({ status: 'failed', margin: 0 });
    expect(judge({ limit: 1_000, comparison: '<=' })).toMatchObject({ status: 'passed' });
  });

  it('over "all" take the percentile of the merged histogram, not the mean of percentiles', () => {
    expect(judge({ scope: 'all' })).toMatchObject({ observed: 3_000, samples: 1_750 });
    expect(judge({ scope: 'all', aggregate: { kind: 'percentile', percentile: 50 } })).toMatchObject({
      observed: 1_000,
    });
    expect(judge({ scope: 'all', aggregate: { kind: 'mean' } }).observed).toBeCloseTo(3_250 / 1.75, 9);
    expect(judge({ scope: 'all', aggregate: { kind: 'min' } })).toMatchObject({ observed: 1_000 });
    expect(judge({ scope: 'all', aggregate: { kind: 'max' } })).toMatchObject({ observed: 3_000 });
    expect(judge({ scope: 'all', aggregate: { kind: 'count' } })).toMatchObject({ observed: 1_750 });
  });

  it('are undecided, never passed, with too few samples for their percentile, or none', () => {
    const percentile = { kind: 'percentile', percentile: 99.9 } as const;
    expect(judge({ aggregate: percentile })).toMatchObject({ status: 'undecided', observed: null, samples: 1_000 });
    expect(judge({ aggregate: percentile, comparison: '>' })).toMatchObject({ status: 'undecided', margin: null });
    for (const kind of ['min', 'mean', 'max', 'count'] as const) {
      expect(judge({ scope: 'query', aggregate: { kind } })).toMatchObject({ status: 'undecided', samples: 0 });
    }
  });

  it('are undecided for a procedure that the flow has not', () => {
    expect(judge({ scope: 'wildcard' }, { procedures: {}, measuredSeconds: 10 })).toMatchObject({
      status: 'undecided',
    });
    expect(judge({ scope: 'all' }, { procedures: {}, measuredSeconds: 10 })).toMatchObject({ status: 'undecided' });
  });
});

describe('thresholds on counts', () => {
  const count = (wanted: Partial<PlanThreshold>) =>
    judge({ metric: 'failures', aggregate: { kind: 'ratio' }, unit: 'ratio', limit: 0.01, ...wanted });

  it('take failures and successes as a share of what was started', () => {
    expect(count({})).toMatchObject({ status: 'failed', observed: 0.01, samples: 1_000 });
    expect(count({ comparison: '<=' })).toMatchObject({ status: 'passed' });
    expect(count({ metric: 'succeeded', comparison: '>=', limit: 0.99 })).toMatchObject({ status: 'passed' });
    expect(count({ scope: 'all' }).observed).toBeCloseTo(10 / 1_750, 12);
  });

  it('take what was skipped as a share of what was started or skipped', () => {
    expect(count({ scope: 'refresh', metric: 'skipped' })).toMatchObject({ observed: 0.25, samples: 1_000 });
  });

  it('look at one cause of failure when asked', () => {
    expect(count({ cause: 'timeout' })).toMatchObject({ observed: 0, status: 'passed' });
    expect(count({ cause: 'status-503', aggregate: { kind: 'count' } })).toMatchObject({ observed: 10 });
  });

  it('take rates over the measured window, and are undecided without one', () => {
    const rate = { metric: 'succeeded', aggregate: { kind: 'rate' }, comparison: '>=', limit: 99 } as const;
    expect(judge(rate)).toMatchObject({ status: 'passed', observed: 99 });
    expect(judge(rate, { ...numbers(), measuredSeconds: 0 })).toMatchObject({ status: 'undecided' });
  });

  it('are undecided when nothing was started, even "no failures"', () => {
    for (const kind of ['ratio', 'count'] as const) {
      expect(count({ scope: 'query', aggregate: { kind } })).toMatchObject({ status: 'undecided', observed: null });
    }
  });

  it('compare as written', () => {
    const table = [
      ['<', 10, false],
      ['<', 11, true],
      ['<=', 10, true],
      ['>', 10, false],
      ['>', 9, true],
      ['>=', 10, true],
      ['==', 10, true],
      ['==', 9, false],
      ['!=', 10, false],
      ['!=', 9, true],
    ] as const;
    for (const [comparison, limit, passes] of table) {
      const { status } = count({ aggregate: { kind: 'count' }, comparison, limit });
      expect([comparison, limit, status]).toEqual([comparison, limit, passes ? 'passed' : 'failed']);
    }
  });

  it('tell the margin as the share of the limit that is left, on the side that passes', () => {
    const margin = (wanted: Partial<PlanThreshold>) => count({ aggregate: { kind: 'count' }, ...wanted }).margin;
    expect(margin({ comparison: '<', limit: 40 })).toBe(0.75);
    expect(margin({ comparison: '<', limit: 5 })).toBe(-1);
    expect(margin({ comparison: '>', limit: 5 })).toBe(1);
    expect(margin({ comparison: '==', limit: 5 })).toBeNull();
    expect(margin({ comparison: '<', limit: 0 })).toBeNull();
  });
});

describe('taints', () => {
  it('times are touched by timing, rates by rates, counts and ratios by nothing less than all', () => {
    const of = (wanted: Partial<PlanThreshold>) => taintsTouching(threshold(wanted));
    for (const metric of ['latency', 'failureLatency', 'wire', 'lag'] as const) {
      expect(of({ metric })).toEqual(['timing', 'all']);
      expect(of({ metric, aggregate: { kind: 'count' } })).toEqual(['all']);
    }
    for (const metric of ['started', 'succeeded', 'failures', 'skipped', 'challenged'] as const) {
      expect(of({ metric, aggregate: { kind: 'rate' } })).toEqual(['rates', 'all']);
      expect(of({ metric, aggregate: { kind: 'ratio' } })).toEqual(['all']);
      expect(of({ metric, aggregate: { kind: 'count' } })).toEqual(['all']);
    }
  });

  it('a count that fell short is touched by rates: fewer starts than asked for make fewer of everything', () => {
    const touchedBy = (comparison: PlanThreshold['comparison'], limit: number) => {
      const wanted = { metric: 'succeeded', aggregate: { kind: 'count' }, unit: 'count', comparison, limit } as const;
      return evaluateThresholds([threshold(wanted)], numbers())[0]?.touchedBy;
    };
    expect(touchedBy('>=', 991)).toEqual(['rates', 'all']);
    expect(touchedBy('>', 990)).toEqual(['rates', 'all']);
    expect(touchedBy('==', 991)).toEqual(['rates', 'all']);
    expect(touchedBy('==', 989)).toEqual(['all']);
    expect(touchedBy('<', 990)).toEqual(['all']);
    expect(touchedBy('<=', 989)).toEqual(['all']);
    expect(touchedBy('!=', 990)).toEqual(['all']);
  });
});

describe('thresholds on the verification', () => {
  const missing = { scope: 'verify', metric: 'missing', aggregate: { kind: 'count' }, unit: 'count' } as const;
  const verified = (sampled: number, checked: number, lost: number): GateNumbers => ({
    ...numbers(),
    verify: { sampled, checked, missing: lost, failed: sampled - checked },
  });

  it('hold and fail on how many bindings were missing, of those that could be compared', () => {
    const none = { ...missing, comparison: '==', limit: 0 } as const;
    expect(judge(none, verified(120, 100, 0))).toMatchObject({ status: 'passed', observed: 0, samples: 100 });
    expect(judge(none, verified(120, 100, 1))).toMatchObject({ status: 'failed', observed: 1, samples: 100 });
    const share = { ...missing, aggregate: { kind: 'ratio' }, unit: 'ratio', limit: 0.05 } as const;
    expect(judge(share, verified(120, 100, 4))).toMatchObject({ status: 'passed', observed: 0.04 });
  });

  it('tell how many could be asked and compared', () => {
    const checked = { ...missing, metric: 'checked', comparison: '>=', limit: 100 } as const;
    expect(judge(checked, verified(120, 100, 0))).toMatchObject({ status: 'passed', observed: 100, samples: 120 });
    const failed = { ...missing, metric: 'failed', aggregate: { kind: 'ratio' }, unit: 'ratio', limit: 0.1 } as const;
    expect(judge(failed, verified(120, 90, 0))).toMatchObject({ status: 'failed', observed: 0.25 });
  });

  it('are undecided where nobody was asked, or there was no verification: never passed', () => {
    const none = { ...missing, comparison: '==', limit: 0 } as const;
    expect(judge(none, verified(0, 0, 0))).toMatchObject({ status: 'undecided', observed: null });
    expect(judge(none, verified(5, 0, 0))).toMatchObject({ status: 'undecided', observed: null });
    expect(judge(none, numbers())).toMatchObject({ status: 'undecided', observed: null });
  });

  it('are in doubt only when everything is', () => {
    expect(taintsTouching(threshold(missing))).toEqual(['all']);
  });
});
