import { describe, expect, it } from 'vitest';
import * as m from '../../../src/metrics/index.ts';
import { sampleBlocks } from './sample-run.ts';

describe('progress', () => {
  it('tells rates since the previous look, and since the begin at the first one', () => {
    const block = m.createMetricsBlock(10);
    m.addCounter(block, m.COUNTER_STARTS_MADE_OTHER, 100);
    const first = m.snapshot([block], 2_000_000, null);
    expect(first.startsPerSecond).toBe(50);
    m.addCounter(block, m.COUNTER_STARTS_MADE_MEASURED, 50);
    m.countOutcome(block, m.BANK_OTHER, m.PROCEDURE_REFRESH, m.OUTCOME_SUCCEEDED);
    m.countOutcome(block, m.BANK_MEASURED, m.PROCEDURE_QUERY, 404);
    const second = m.snapshot([block], 2_500_000, first);
    expect(second).toMatchObject({ starts: 150, succeeded: 1, failed: 1, atUs: 2_500_000 });
    expect([second.startsPerSecond, second.succeededPerSecond, second.failedPerSecond]).toEqual([100, 2, 2]);
    expect(m.snapshot([block], 2_500_000, second).startsPerSecond).toBe(0);
  });

  it('is in the phase of the worker that is farthest behind', () => {
    const blocks = [m.createMetricsBlock(1), m.createMetricsBlock(1)];
    for (const block of blocks.slice(0, 1)) m.setCounter(block, m.COUNTER_PHASE, m.PHASE_DRAIN);
    expect(m.snapshot(blocks, 0, null).phase).toBe('warmup');
    for (const block of blocks.slice(1)) m.setCounter(block, m.COUNTER_PHASE, m.PHASE_MEASURED);
    expect(m.snapshot(blocks, 0, null).phase).toBe('measured');
  });

  it('shows the p99 that the result will show, and none with too few samples', () => {
    const blocks = sampleBlocks();
    const { measured } = m.mergeBlocks(blocks);
    const all = m.sumHistograms(Object.values(measured).map(({ latency }) => latency));
    const lag = m.sumHistograms(Object.values(measured).map((procedure) => procedure.lag));
    const progress = m.snapshot(blocks, 15_000_000, null);
    expect(progress.latencyP99Us).toBe(m.percentileUs(all, 99));
    expect(progress.lagP99Us).toBe(m.percentileUs(lag, 99));
    expect(m.snapshot([m.createMetricsBlock(1)], 1, null).latencyP99Us).toBeNull();
  });
});
