import fc from 'fast-check';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import * as m from '../../src/metrics/index.ts';
import { summaryText } from '../../src/report/index.ts';
import { sampleFacts } from '../unit/metrics/sample-run.ts';

const times = fc.array(fc.nat({ max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 200 });

describe('histograms of several workers', () => {
  it('are within 0.1 % of the exact percentile of all values, however they are shared out', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 4 }), (values, workers) => {
        const blocks = Array.from({ length: workers }, () => m.createMetricsBlock(1));
        for (const [i, value] of values.entries()) {
          for (const [worker, block] of blocks.entries()) {
            if (i % workers === worker) m.recordWire(block, i % 2, m.PROCEDURE_REFRESH, value);
          }
        }
        const { wire } = m.mergeBlocks(blocks).total.refresh;
        const sorted = [...values].sort((a, b) => a - b);
        expect(wire.count).toBe(values.length);
        expect([wire.minUs, wire.maxUs]).toEqual([sorted[0], sorted.at(-1)]);
        const told = m.percentileUs(wire, 50);
        const exact = sorted[Math.ceil(values.length / 2) - 1] ?? 0;
        if (values.length < 20) expect(told).toBeNull();
        else expect(Math.abs((told ?? -1) - exact)).toBeLessThanOrEqual(exact / 1_000);
      }),
      { numRuns: 60 },
    );
  });

  it('survive encoding: any HDR library reads the same counts', () => {
    fc.assert(
      fc.property(times, (values) => {
        const block = m.createMetricsBlock(1);
        for (const value of values) {
          m.recordLatency(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER, value);
          m.countStarted(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER);
          m.countOutcome(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER, m.OUTCOME_SUCCEEDED);
        }
        const result = m.buildRunResult(m.mergeBlocks([block]), { ...sampleFacts(), procedures: ['register'] });
        expect(m.checkSums(result)).toEqual([]);
        const decoded = decodeFromCompressedBase64(result.procedures.register?.latencyUs.histogram ?? '', 64);
        expect(decoded.totalCount).toBe(values.length);
        const greatest = Math.max(...values);
        expect(decoded.getValueAtPercentile(100)).toBeGreaterThanOrEqual(greatest);
        expect(decoded.getValueAtPercentile(100)).toBeLessThanOrEqual(greatest * 1.001);
      }),
      { numRuns: 40 },
    );
  });
});

describe('failure texts', () => {
  it('from any bytes are counted completely, and printed without control characters', () => {
    const text = fc.record({ status: fc.integer({ min: 300, max: 699 }), bytes: fc.uint8Array({ maxLength: 400 }) });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 90 }), fc.nat({ max: 400 }), (texts, cut) => {
        const block = m.createMetricsBlock(1);
        for (const { status, bytes } of texts) {
          const phraseEnd = Math.min(cut, bytes.length);
          m.countFailureText(block, status, bytes, 0, phraseEnd, phraseEnd, bytes.length);
        }
        const merged = m.mergeBlocks([block]);
        const listed = merged.failureTexts.reduce((sum, { count }) => sum + count, 0);
        expect(listed + m.counterOf(block, m.COUNTER_FAILURE_TEXTS_OTHER)).toBe(texts.length);
        const shown = summaryText(m.buildRunResult(merged, sampleFacts()), { colour: false, folder: null });
        for (const line of shown.split('\n')) {
          expect([...line].length).toBeLessThanOrEqual(100);
          expect([...line].every((c) => c >= ' ' && !(c >= '\u007f' && c < '\u00a0'))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});
