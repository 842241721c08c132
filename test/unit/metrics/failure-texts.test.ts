import { describe, expect, it } from 'vitest';
import { counterOf, createMetricsBlock } from '../../../src/metrics/block.ts';
import { countFailureText } from '../../../src/metrics/failure-texts.ts';
import * as layout from '../../../src/metrics/layout.ts';

const count = (block: ReturnType<typeof createMetricsBlock>, status: number, phrase: string, header: string) => {
  const bytes = Buffer.from(`xx${phrase}yy${header}zz`);
  const phraseEnd = 2 + Buffer.byteLength(phrase);
  countFailureText(block, status, bytes, 2, phraseEnd, phraseEnd + 2, phraseEnd + 2 + Buffer.byteLength(header));
};

describe('failure texts', () => {
  it('counts equal texts together, and apart by status, phrase and header', () => {
    const block = createMetricsBlock(1);
    count(block, 503, 'Busy', 'Warning: 399 a "b"');
    count(block, 503, 'Busy', 'Warning: 399 a "b"');
    count(block, 500, 'Busy', 'Warning: 399 a "b"');
    count(block, 503, 'Busy', '');
    count(block, 503, 'Bus', 'yWarning');
    count(block, 503, 'Busy', 'Warning');
    expect(counterOf(block, layout.COUNTER_FAILURE_TEXTS_USED)).toBe(5);
    expect([...block.textCounts.subarray(0, 6)]).toEqual([2, 1, 1, 1, 1, 0]);
  });

  it('takes spans that are missing as empty texts', () => {
    const block = createMetricsBlock(1);
    countFailureText(block, 403, new Uint8Array(0), -1, -1, 0, 0);
    countFailureText(block, 403, new Uint8Array(0), 5, 3, -1, -1);
    expect(counterOf(block, layout.COUNTER_FAILURE_TEXTS_USED)).toBe(1);
    expect(block.textCounts[0]).toBe(2);
  });

  it('cuts a phrase at 120 and a header at 200 bytes, and touches nothing behind them', () => {
    const block = createMetricsBlock(1);
    count(block, 400, 'p'.repeat(500), 'h'.repeat(500));
    count(block, 400, `${'p'.repeat(120)}q`, 'h'.repeat(200));
    count(block, 404, 'n', '');
    expect(block.textCounts[0]).toBe(2);
    expect([...block.textFields.subarray(0, 3)]).toEqual([400, 120, 200]);
    expect(Buffer.from(block.textBytes.subarray(0, 321)).toString()).toBe(`${'p'.repeat(120)}${'h'.repeat(200)}n`);
  });

  it('counts into "other" once 64 different texts are kept, and still counts those', () => {
    const block = createMetricsBlock(1);
    for (let i = 0; i < 100; i++) count(block, 500, `error ${i}`, '');
    count(block, 500, 'error 63', '');
    expect(counterOf(block, layout.COUNTER_FAILURE_TEXTS_USED)).toBe(layout.FAILURE_TEXTS_MAX);
    expect(counterOf(block, layout.COUNTER_FAILURE_TEXTS_OTHER)).toBe(36);
    expect(block.textCounts[63]).toBe(2);
  });
});
