import { describe, expect, it } from 'vitest';
import * as m from '../../../src/metrics/index.ts';
import { followUpLines } from '../../../src/report/follow-ups.ts';
import { palette } from '../../../src/report/layout.ts';
import { sampleBlocks, sampleFacts } from '../metrics/sample-run.ts';

const linesOf = (change: (block: m.MetricsBlock) => void): readonly string[] => {
  const block = m.createMetricsBlock(1);
  change(block);
  const result = m.buildRunResult(m.mergeBlocks([...sampleBlocks(), block]), sampleFacts());
  return followUpLines(result, palette(false));
};

describe('what followed answers that asked for something, as lines', () => {
  it('nothing where nothing of it happened', () => {
    expect(linesOf(() => {})).toEqual([]);
  });

  it('20.33 raised intervals, retries and the budget, and Retry-After by what became of it, over both banks', () => {
    const lines = linesOf((block) => {
      m.countRaised(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER);
      m.countRaised(block, m.BANK_OTHER, m.PROCEDURE_REGISTER);
      m.countRetry(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER);
      m.countRetryDenied(block, m.BANK_OTHER, m.PROCEDURE_REGISTER);
      m.addCounter(block, m.COUNTER_RETRY_AFTER_HONOURED, 12_000);
      m.addCounter(block, m.COUNTER_RETRY_AFTER_MALFORMED, 3);
    });
    expect(lines).toEqual([
      'What followed (whole run)',
      '  2 asked for a longer interval after a 423',
      '  1 retry, 1 denied by the budget',
      '  Retry-After: 12,000 honoured, 0 capped, 3 malformed, 0 ignored',
    ]);
  });

  it('RFC 3261 §8.1.3.4 redirects: how many were followed, and why others were not', () => {
    const lines = linesOf((block) => {
      m.addCounter(block, m.COUNTER_REDIRECTS_FOLLOWED, 1_200);
      m.addCounter(block, m.COUNTER_REDIRECTS_LOOP, 3);
      m.addCounter(block, m.COUNTER_REDIRECTS_NOT_ALLOWED, 2);
    });
    expect(lines).toEqual([
      'What followed (whole run)',
      '  redirects: 1,200 followed, 5 not (3 in a loop, 2 to places that redirects.to does not allow)',
    ]);
    expect(linesOf((block) => m.addCounter(block, m.COUNTER_REDIRECTS_FOLLOWED, 7))).toEqual([
      'What followed (whole run)',
      '  redirects: 7 followed',
    ]);
  });
});
