import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import * as m from '../../../src/metrics/index.ts';
import * as layout from '../../../src/metrics/layout.ts';
import { latencySummary, mergeHistograms } from '../../../src/metrics/merged-histogram.ts';
import { SAMPLE_WINDOW, sampleBlocks, sampleFacts } from './sample-run.ts';

const REGISTER_LATENCY = layout.histogramOf(m.BANK_MEASURED, m.PROCEDURE_REGISTER, layout.KIND_LATENCY);

const histogramOfValues = (values: readonly number[], repeats = 1): m.MergedHistogram => {
  const block = m.createMetricsBlock(1);
  for (const value of values) {
    for (let i = 0; i < repeats; i++) m.recordLatency(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER, value);
  }
  return mergeHistograms([block], [REGISTER_LATENCY]);
};

describe('merged histogram', () => {
  it('keeps exact least, greatest and mean, and percentiles within 0.1 %', () => {
    const values = Array.from({ length: 2_000 }, (_, i) => 1_000_000 + i * 500);
    const summary = latencySummary(histogramOfValues(values));
    expect(summary).toMatchObject({ count: 2_000, min: 1_000_000, max: 1_999_500, mean: 1_499_750 });
    expect(Math.abs((summary.p50 ?? 0) / 1_499_500 - 1)).toBeLessThan(0.001);
    expect(Math.abs((summary.p99 ?? 0) / 1_989_500 - 1)).toBeLessThan(0.001);
  });

  it('never tells a percentile above the greatest or below the least value', () => {
    const summary = latencySummary(histogramOfValues([70_003], 1_000));
    expect([summary.min, summary.p50, summary.p99, summary.max]).toEqual([70_003, 70_003, 70_003, 70_003]);
  });

  it('tells a percentile from 10 / (1 - p) samples on, and not one earlier', () => {
    expect([50, 90, 95, 99, 99.9, 100].map(m.samplesNeeded)).toEqual([20, 100, 200, 1_000, 10_000, 1]);
    expect(latencySummary(histogramOfValues([5], 999)).p99).toBeNull();
    expect(latencySummary(histogramOfValues([5], 1_000)).p99).toBe(5);
    expect(latencySummary(histogramOfValues([5], 9_999)).p999).toBeNull();
    expect(latencySummary(histogramOfValues([5], 10_000)).p999).toBe(5);
  });

  it('has nothing to tell without samples, and still encodes', () => {
    const summary = latencySummary(histogramOfValues([]));
    expect(summary).toMatchObject({ count: 0, min: null, mean: null, p50: null, max: null });
    expect(decodeFromCompressedBase64(summary.histogram, 64).totalCount).toBe(0);
  });

  it('encodes so that hdr-histogram-js decodes the same counts and percentiles', () => {
    const values = Array.from({ length: 5_000 }, (_, i) => (i * 7_919) % 3_000_017);
    const histogram = histogramOfValues([...values, 0, layout.HDR_VALUE_MAX]);
    const decoded = decodeFromCompressedBase64(latencySummary(histogram).histogram, 64);
    expect(decoded.totalCount).toBe(5_002);
    for (const percentile of [1, 50, 90, 99]) {
      expect(decoded.getValueAtPercentile(percentile)).toBe(m.percentileUs(histogram, percentile) ?? 'told');
    }
  });

  it('adds up buckets beyond 32 bits', () => {
    const block = m.createMetricsBlock(1);
    m.recordLatency(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER, 9);
    block.buckets[REGISTER_LATENCY * layout.HDR_LENGTH + 9] = 0xffff_ffff;
    const histogram = mergeHistograms([block, block, block], [REGISTER_LATENCY]);
    expect(histogram.count).toBe(3 * 0xffff_ffff);
    expect(decodeFromCompressedBase64(latencySummary(histogram).histogram, 64).totalCount).toBe(3 * 0xffff_ffff);
  });

  it('is the same whether procedures are merged from blocks or from their histograms', () => {
    const { measured } = m.mergeBlocks(sampleBlocks());
    const sum = m.sumHistograms([measured.register.latency, measured.query.latency, measured.unregister.latency]);
    expect(sum.count).toBe(measured.register.latency.count + measured.unregister.latency.count);
    expect(sum.maxUs).toBe(Math.max(measured.register.latency.maxUs, measured.unregister.latency.maxUs));
    expect(sum.sumUs).toBe(measured.register.latency.sumUs + measured.unregister.latency.sumUs);
  });
});

describe('merged blocks', () => {
  it('add counters up, but keep the greatest of the longest turns', () => {
    const merged = m.mergeBlocks(sampleBlocks());
    expect(merged.workers).toBe(2);
    expect(merged.counters[m.COUNTER_STRAY]).toBe(6);
    expect(merged.counters[m.COUNTER_TURN_US_MAX]).toBe(701);
  });

  it('hold the measured window apart, and in the totals both banks', () => {
    const { measured, total } = m.mergeBlocks(sampleBlocks());
    expect([measured.register.started, total.register.started]).toEqual([10_000, 12_000]);
    expect(total.register.latency.count).toBeGreaterThan(measured.register.latency.count);
    expect(measured.register.failures).toEqual({
      timeout: measured.register.outcomes.timeout,
      'status-503': measured.register.outcomes['status-503'],
    });
    expect(measured.register.started).toBe(measured.register.succeeded + measured.register.failed);
    expect(measured.unregister.skipped).toBe(measured.register.failed);
    expect(measured.query.outcomes).toEqual({});
  });

  it('merge failure texts by status and text, the most frequent first', () => {
    const [one, two] = [m.createMetricsBlock(1), m.createMetricsBlock(1)];
    const add = (block: m.MetricsBlock, status: number, phrase: string, times: number) => {
      const bytes = new TextEncoder().encode(phrase);
      for (let i = 0; i < times; i++) m.countFailureText(block, status, bytes, 0, bytes.length, 0, 0);
    };
    add(one, 500, 'b', 2);
    add(one, 403, 'Forbidden', 1);
    add(two, 403, 'Forbidden', 4);
    add(two, 500, 'a', 2);
    const { failureTexts } = m.mergeBlocks([one, two]);
    expect(failureTexts.map(({ status, phrase, count }) => [status, phrase, count])).toEqual([
      [403, 'Forbidden', 5],
      [500, 'a', 2],
      [500, 'b', 2],
    ]);
  });

  it('make text of bytes that are no UTF-8 without failing', () => {
    const block = m.createMetricsBlock(1);
    m.countFailureText(block, 400, Uint8Array.of(0xff, 0x41, 0xc3), 0, 3, 0, 0);
    expect(m.mergeBlocks([block]).failureTexts[0]?.phrase).toBe('\ufffdA\ufffd');
  });

  it('add series of different lengths second by second', () => {
    const [short, long] = [m.createMetricsBlock(1), m.createMetricsBlock(3)];
    m.countInSecond(short, 0, m.LANE_REQUESTS, 1);
    m.countInSecond(long, 500_000, m.LANE_REQUESTS, 2);
    m.countInSecond(long, 2_500_000, m.LANE_REQUESTS, 4);
    const { series } = m.mergeBlocks([short, long]);
    const requests = [0, 1, 2].map((second) => series.rows[second * layout.LANE_COUNT + m.LANE_REQUESTS]);
    expect(requests).toEqual([3, 0, 4]);
  });
});

describe('run result', () => {
  const result = m.buildRunResult(m.mergeBlocks(sampleBlocks()), sampleFacts());

  it('shows the procedures of the flow and no others, in their fixed order', () => {
    expect(Object.keys(result.procedures)).toEqual(['register', 'unregister']);
    expect(Object.keys(result.totals)).toEqual(['register', 'unregister']);
  });

  it('has sums that hold', () => {
    expect(m.checkSums(result)).toEqual([]);
  });

  it('tells rates of the measured window: offered, achieved, and the best second', () => {
    expect(result.rates.starts).toEqual({ offeredPerSecond: 1_000, achievedPerSecond: 1_000, peakPerSecond: 1_000 });
    expect(result.rates.registrations.offeredPerSecond).toBe(1_000);
    expect(result.rates.registrations.achievedPerSecond).toBe((result.procedures.register?.succeeded ?? 0) / 10);
    expect(result.rates.requests.offeredPerSecond).toBe(result.rates.requests.achievedPerSecond);
    expect(result.rates.requests.peakPerSecond).toBeGreaterThan(result.rates.requests.achievedPerSecond);
  });

  it('counts as registrations what registered, and no refusal that was expected', () => {
    const block = m.createMetricsBlock(1);
    for (const outcome of [m.OUTCOME_SUCCEEDED, m.OUTCOME_SUCCEEDED, 403]) {
      m.countStarted(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER);
      m.countOutcome(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER, outcome);
    }
    m.countTurned(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER, 403);
    const expecting = m.buildRunResult(m.mergeBlocks([block]), sampleFacts());
    expect(expecting.procedures.register?.succeeded).toBe(3);
    expect(expecting.rates.registrations.achievedPerSecond).toBe(0.2);
  });

  it('counts a second that the window covers in part in proportion, and takes peaks from whole seconds', () => {
    const block = m.createMetricsBlock(3);
    for (const second of [0, 1, 2]) m.countInSecond(block, second * 1e6, m.LANE_REQUESTS, [900, 100, 900][second] ?? 0);
    const facts = { ...sampleFacts(), measured: { startSeconds: 0.5, endSeconds: 2.5 } };
    const { rates } = m.buildRunResult(m.mergeBlocks([block]), facts);
    expect(rates.requests).toEqual({ offeredPerSecond: 500, achievedPerSecond: 500, peakPerSecond: 100 });
  });

  it('has rates of 0 when the measured window was never reached', () => {
    const facts = { ...sampleFacts(), measured: { startSeconds: 2, endSeconds: 1 } };
    const { rates } = m.buildRunResult(m.mergeBlocks(sampleBlocks()), facts);
    expect(rates.starts).toEqual({ offeredPerSecond: 0, achievedPerSecond: 0, peakPerSecond: 0 });
  });

  it('adds the peaks of the workers within the same second for registeredPeak', () => {
    const [one, two] = [m.createMetricsBlock(3), m.createMetricsBlock(3)];
    m.maxInSecond(one, 0, m.LANE_REGISTERED, 10);
    m.maxInSecond(two, 0, m.LANE_REGISTERED, 1);
    m.maxInSecond(two, 1_000_000, m.LANE_REGISTERED, 10);
    expect(m.buildRunResult(m.mergeBlocks([one, two]), sampleFacts()).contexts.registeredPeak).toBe(11);
  });

  it('takes processor time from the workers, and cleanup numbers only when cleanup was asked for', () => {
    expect(result.generator.cpuSeconds).toBeCloseTo(2.468001, 9);
    expect(result.cleanup).toBeNull();
    const asked = m.buildRunResult(m.mergeBlocks(sampleBlocks()), { ...sampleFacts(), cleanupAsked: true });
    expect(asked.cleanup).toEqual({ attempted: 0, succeeded: 0, failed: 0 });
  });

  it('notes what a reader should know, and nothing about a plain run', () => {
    expect(result.notes).toEqual([]);
    const [block] = sampleBlocks();
    if (block === undefined) throw new Error('the sample run has workers');
    m.addCounter(block, m.COUNTER_MISSED_CONTEXT_BUSY, 1_234);
    m.addCounter(block, m.COUNTER_MALFORMED, 1);
    const facts = sampleFacts();
    const notes = m.buildRunResult(m.mergeBlocks([block]), {
      ...facts,
      environment: { ...facts.environment, sharedMachine: true, wireClock: 'userland' },
      interrupted: 'SIGINT',
      workersLost: 1,
      precheck: 'silent',
      notes: ['the receive buffer is smaller than asked for'],
    }).notes;
    expect(notes).toHaveLength(8);
    expect(notes[0]).toContain('interrupted by SIGINT');
    expect(notes.join('\n')).toContain('1,234 starts were not made because the context was still in its flow');
    expect(notes.join('\n')).toContain('1 datagram could not be read');
    expect(notes.at(-1)).toBe('the receive buffer is smaller than asked for');
  });

  it('is plain data that survives JSON', () => {
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(SAMPLE_WINDOW.endSeconds).toBeLessThan(result.durationSeconds);
  });
});
