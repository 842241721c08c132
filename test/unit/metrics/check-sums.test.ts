import { describe, expect, it } from 'vitest';
import * as m from '../../../src/metrics/index.ts';
import { checkTargets } from '../../../src/metrics/targets.ts';
import { sampleBlocks, sampleFacts } from './sample-run.ts';

const resultOf = (blocks: readonly m.MetricsBlock[]) => m.buildRunResult(m.mergeBlocks(blocks), sampleFacts());

describe('sums', () => {
  it('name the procedure and the numbers when an attempt has no outcome', () => {
    const blocks = sampleBlocks();
    for (const block of blocks.slice(0, 1)) m.countStarted(block, m.BANK_OTHER, m.PROCEDURE_REGISTER);
    const violations = m.checkSums(resultOf(blocks));
    expect(violations).toHaveLength(2);
    expect(violations[0]).toMatch(/^totals\.register: started 12001 is not succeeded \d+ \+ failed \d+$/);
  });

  it('find more challenges than attempts, and datagrams that are neither request nor retransmission', () => {
    const block = m.createMetricsBlock(1);
    m.countChallenged(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER);
    m.addCounter(block, m.COUNTER_DATAGRAMS_SENT, 1);
    const violations = m.checkSums(resultOf([block]));
    expect(violations).toContain('procedures.register: challenged 1 is more than started 0');
    expect(violations).toContain('transactions: datagramsSent 1 is not requestsSent 0 + retransmissions 0');
  });

  it('find failures that do not add up', () => {
    const result = resultOf(sampleBlocks());
    const register = result.procedures.register;
    if (register === undefined) throw new Error('the sample run registers');
    const wrong = { ...result, procedures: { register: { ...register, failures: {} } } };
    expect(m.checkSums(wrong)[0]).toMatch(/^procedures\.register: failures add up to 0, not to failed \d+$/);
  });

  it('hold for a worker that was lost, once its block is settled: what was under way is aborted', () => {
    const block = m.createMetricsBlock(1);
    for (let i = 0; i < 3; i++) m.countStarted(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER);
    m.countStarted(block, m.BANK_OTHER, m.PROCEDURE_UNREGISTER);
    m.countOutcome(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER, m.OUTCOME_SUCCEEDED);
    m.addCounter(block, m.COUNTER_REQUESTS_SENT, 4);
    m.addCounter(block, m.COUNTER_DATAGRAMS_SENT, 3);
    expect(m.checkSums(resultOf([block]))).not.toEqual([]);
    expect(m.settleLostBlock(block)).toBe(3);
    const result = resultOf([block]);
    expect(m.checkSums(result)).toEqual([]);
    expect(result.procedures.register?.failures).toEqual({ aborted: 2 });
    expect(m.settleLostBlock(block)).toBe(0);
  });

  it('count what redirects led elsewhere beside the targets, not as theirs', () => {
    const block = m.createMetricsBlock(1);
    m.addCounter(block, m.COUNTER_REQUESTS_SENT, 5);
    m.addCounter(block, m.COUNTER_DATAGRAMS_SENT, 5);
    m.addCounter(block, m.COUNTER_REDIRECTED_REQUESTS, 2);
    m.addCounter(block, m.COUNTER_REDIRECTED_RESPONSES, 1);
    for (let i = 0; i < 4; i++) m.countResponse(block, 302);
    const result = resultOf([block]);
    expect(result.targets).toMatchObject([{ requests: 3, responses: 3 }]);
    expect(result.transactions.redirects).toMatchObject({ requests: 2, responses: 1 });
    expect([...m.checkSums(result), ...checkTargets(result)]).toEqual([]);
    const wrong = { ...result, targets: result.targets.map((target) => ({ ...target, requests: 5 })) };
    expect(checkTargets(wrong)).toEqual(['targets: their requests add up to 7, not to requestsSent 5']);
  });
});
