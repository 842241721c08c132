import { build } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { counterOf, createMetricsBlock } from '../../../src/metrics/block.ts';
import { hdrHighestValue, hdrIndex, hdrLowestValue, recordLag, recordLatency } from '../../../src/metrics/histogram.ts';
import * as layout from '../../../src/metrics/layout.ts';
import { BANK_MEASURED, BANK_OTHER, PROCEDURE_REFRESH, PROCEDURE_REGISTER } from '../../../src/metrics/names.ts';

const reference = build({
  bitBucketSize: 64,
  autoResize: false,
  lowestDiscernibleValue: 1,
  highestTrackableValue: layout.HDR_VALUE_MAX,
  numberOfSignificantValueDigits: layout.HDR_DIGITS,
  useWebAssembly: false,
}) as unknown as {
  countsArrayLength: number;
  countsArrayIndex(value: number): number;
  valueFromIndex(index: number): number;
  highestEquivalentValue(value: number): number;
};

/** Every value up to 5000, the neighbours of each power of two, and a multiplicative walk over the rest. */
function* sampleValues(): Generator<number> {
  for (let value = 0; value <= 5_000; value++) yield value;
  for (let bit = 12; bit <= 31; bit++) {
    for (let step = -2; step <= 2; step++) if (2 ** bit + step <= layout.HDR_VALUE_MAX) yield 2 ** bit + step;
  }
  for (let value = 5_000; value < layout.HDR_VALUE_MAX; value = Math.floor(value * 1.0007)) yield value;
}

describe('HDR index', () => {
  it('has as many buckets as hdr-histogram-js for 1 us to 2^31 - 1 us with 3 digits', () => {
    expect(layout.HDR_LENGTH).toBe(reference.countsArrayLength);
    expect(hdrIndex(layout.HDR_VALUE_MAX)).toBe(layout.HDR_LENGTH - 1);
  });

  it('puts every value where hdr-histogram-js puts it', () => {
    for (const value of sampleValues()) {
      if (hdrIndex(value) !== reference.countsArrayIndex(value)) expect(value).toBe('in the same bucket');
    }
  });

  it('names the lowest and highest value of every bucket as hdr-histogram-js does', () => {
    for (let index = 0; index < layout.HDR_LENGTH; index++) {
      const lowest = reference.valueFromIndex(index);
      if (hdrLowestValue(index) !== lowest) expect(index).toBe('a bucket with the same lowest value');
      if (hdrHighestValue(index) !== reference.highestEquivalentValue(lowest)) expect(index).toBe('the same highest');
    }
  });
});

describe('recording', () => {
  const statOf = (block: ReturnType<typeof createMetricsBlock>, histogram: number, stat: number) =>
    block.stats[histogram * layout.STATS_PER_HISTOGRAM + stat];

  it('keeps count, sum, least and greatest exactly, apart by bank, procedure and kind', () => {
    const block = createMetricsBlock(1);
    for (const value of [5_001, 70_003, 12]) recordLatency(block, BANK_MEASURED, PROCEDURE_REGISTER, value);
    recordLatency(block, BANK_OTHER, PROCEDURE_REGISTER, 1);
    recordLag(block, BANK_MEASURED, PROCEDURE_REFRESH, 2);
    const histogram = layout.histogramOf(BANK_MEASURED, PROCEDURE_REGISTER, layout.KIND_LATENCY);
    expect(statOf(block, histogram, layout.STAT_COUNT)).toBe(3);
    expect(statOf(block, histogram, layout.STAT_SUM)).toBe(75_016);
    expect(statOf(block, histogram, layout.STAT_MIN)).toBe(12);
    expect(statOf(block, histogram, layout.STAT_MAX)).toBe(70_003);
    const lag = layout.histogramOf(BANK_MEASURED, PROCEDURE_REFRESH, layout.KIND_LAG);
    expect(block.buckets[lag * layout.HDR_LENGTH + 2]).toBe(1);
  });

  it('records 0 as 0, and what lies outside at the end it passed, counted', () => {
    const block = createMetricsBlock(1);
    const first = layout.histogramOf(BANK_MEASURED, PROCEDURE_REGISTER, layout.KIND_LAG) * layout.HDR_LENGTH;
    recordLag(block, BANK_MEASURED, PROCEDURE_REGISTER, 0);
    expect(counterOf(block, layout.COUNTER_LATENCY_CLAMPED)).toBe(0);
    recordLag(block, BANK_MEASURED, PROCEDURE_REGISTER, -7);
    recordLag(block, BANK_MEASURED, PROCEDURE_REGISTER, 2 ** 31);
    recordLag(block, BANK_MEASURED, PROCEDURE_REGISTER, 1e12);
    expect(counterOf(block, layout.COUNTER_LATENCY_CLAMPED)).toBe(3);
    expect(block.buckets[first]).toBe(2);
    expect(block.buckets[first + layout.HDR_LENGTH - 1]).toBe(2);
  });
});
