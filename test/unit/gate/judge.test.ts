import { describe, expect, it } from 'vitest';
import { type JudgeFacts, judgeRun } from '../../../src/gate/index.ts';
import * as m from '../../../src/metrics/index.ts';
import { sampleBlocks } from '../metrics/sample-run.ts';

const FACTS: JudgeFacts = {
  thresholds: [
    {
      expression: 'register.latency: p50 < 1ms',
      source: 'run.yaml:9',
      scope: 'register',
      metric: 'latency',
      cause: null,
      aggregate: { kind: 'percentile', percentile: 50 },
      comparison: '<',
      limit: 1_000,
      unit: 'us',
    },
  ],
  measuredSeconds: 10,
  verifyAsked: false,
  onInvalid: 'fail',
  interrupted: null,
  workersLost: 0,
  precheck: 'answered',
  regressed: false,
};

/** One start due and made; its attempt ended as told, and requests went out. */
function oneAttempt(outcome: number): m.MetricsBlock {
  const block = m.createMetricsBlock(1);
  m.countStarted(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER);
  m.countOutcome(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER, outcome);
  for (const counter of [m.COUNTER_STARTS_DUE_MEASURED, m.COUNTER_STARTS_MADE_MEASURED, m.COUNTER_REQUESTS_SENT]) {
    m.addCounter(block, counter, 1);
  }
  return block;
}

const judge = (blocks: readonly m.MetricsBlock[], facts: Partial<JudgeFacts> = {}) =>
  judgeRun(m.mergeBlocks(blocks), { ...FACTS, ...facts });

describe('judgement of a run', () => {
  it('passes a good run with its thresholds, and says nothing of the built-in one', () => {
    const judgement = judge(sampleBlocks());
    expect(judgement).toMatchObject({ verdict: 'pass', exitCode: 0, validity: { verdict: 'valid' } });
    expect(judgement.thresholds.map(({ expression }) => expression)).toEqual(['register.latency: p50 < 1ms']);
  });

  it('is 20 when nothing succeeded, even without thresholds', () => {
    const block = oneAttempt(403);
    m.countResponse(block, 403);
    const judgement = judge([block], { thresholds: [] });
    expect(judgement.exitCode).toBe(20);
    expect(judgement.thresholds).toMatchObject([{ source: 'built-in', status: 'failed', observed: 0, samples: 1 }]);
  });

  it('is 23 when nothing ever came back, unless the precheck was answered', () => {
    const blocks = [oneAttempt(m.OUTCOME_TIMEOUT)];
    expect(judge(blocks, { precheck: 'silent' })).toMatchObject({ verdict: 'unreachable', exitCode: 23 });
    expect(judge(blocks, { precheck: 'none' }).exitCode).toBe(23);
    expect(judge(blocks, { precheck: 'answered' }).exitCode).toBe(20);
    expect(judge(sampleBlocks(), { precheck: 'silent' }).exitCode).toBe(0);
    expect(judge([m.createMetricsBlock(1)], { precheck: 'refused' }).exitCode).toBe(23);
  });

  it('is not "unreachable" when it was us who sent nothing', () => {
    expect(judge([m.createMetricsBlock(1)], { precheck: 'none', thresholds: [] }).exitCode).toBe(20);
  });

  it('takes starts on busy contexts for no shortfall of the generator', () => {
    const blocks = sampleBlocks();
    for (const block of blocks) m.addCounter(block, m.COUNTER_STARTS_DUE_MEASURED, 2_000);
    expect(judge(blocks).exitCode).toBe(22);
    for (const block of blocks) m.addCounter(block, m.COUNTER_MISSED_CONTEXT_BUSY, 2_000);
    for (const block of blocks) m.addCounter(block, m.COUNTER_MISSED_CONTEXT_BUSY_MEASURED, 2_000);
    expect(judge(blocks)).toMatchObject({ exitCode: 0, validity: { verdict: 'valid' } });
  });

  it('reads validity from the counters of the run', () => {
    const [block, ...others] = sampleBlocks();
    if (block === undefined) throw new Error('the sample run has workers');
    m.setCounter(block, m.COUNTER_RECEIVE_QUEUE_OVERRUNS, 3);
    m.setCounter(block, m.COUNTER_CLOCK_STEPS, 1);
    m.setCounter(block, m.COUNTER_TURN_US_MAX, 5_000_000);
    m.setCounter(block, m.COUNTER_MISSED_LATE, 1);
    const { validity, exitCode } = judge([block, ...others]);
    expect(exitCode).toBe(22);
    expect(validity.reasons.map(({ severity }) => severity)).toEqual(['suspect', 'invalid', 'invalid', 'suspect']);
    expect(judge([block, ...others], { onInvalid: 'warn' }).exitCode).toBe(0);
  });

  it('is 24 with a lost worker and 130 when interrupted', () => {
    expect(judge(sampleBlocks(), { workersLost: 1 }).exitCode).toBe(24);
    expect(judge(sampleBlocks(), { workersLost: 1, interrupted: 'SIGINT' }).exitCode).toBe(130);
  });
});
