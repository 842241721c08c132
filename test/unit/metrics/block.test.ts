import { describe, expect, it } from 'vitest';
import * as m from '../../../src/metrics/index.ts';
import * as layout from '../../../src/metrics/layout.ts';

describe('metrics block', () => {
  it('is the size it says, and a second view sees what the first one wrote', () => {
    const block = m.createMetricsBlock(10);
    expect(block.buffer.byteLength).toBe(m.metricsBlockBytes(10));
    const view = m.attachMetricsBlock(block.buffer);
    expect(view.seriesSeconds).toBe(10);
    m.addCounter(block, m.COUNTER_STRAY, 2);
    m.addCounter(block, m.COUNTER_STRAY, 3);
    expect(m.counterOf(view, m.COUNTER_STRAY)).toBe(5);
    m.setCounter(view, m.COUNTER_STRAY, 1);
    expect(m.counterOf(block, m.COUNTER_STRAY)).toBe(1);
  });

  it('refuses a buffer that is no block, of another version, or cut off', () => {
    expect(() => m.attachMetricsBlock(new SharedArrayBuffer(m.metricsBlockBytes(1)))).toThrow('is a metrics block');
    expect(() => m.attachMetricsBlock(new SharedArrayBuffer(16))).toThrow('has all its tables');
    const block = m.createMetricsBlock(2);
    new Int32Array(block.buffer)[layout.HEADER_SERIES_SECONDS] = 3;
    expect(() => m.attachMetricsBlock(block.buffer)).toThrow('length of its series');
    new Int32Array(block.buffer)[layout.HEADER_VERSION] = 99;
    expect(() => m.attachMetricsBlock(block.buffer)).toThrow('our version');
  });

  it('refuses a series of no, too many or half a second', () => {
    for (const seconds of [0, 1.5, m.SERIES_SECONDS_MAX + 1]) expect(() => m.createMetricsBlock(seconds)).toThrow();
  });

  it('lays every table out without overlap, the Float64 ones on 8 bytes', () => {
    const block = m.createMetricsBlock(3);
    const tables = Object.values(block).filter((value) => ArrayBuffer.isView(value));
    expect(tables).toHaveLength(17);
    tables.sort((a, b) => a.byteOffset - b.byteOffset);
    for (const [i, table] of tables.entries()) {
      const end = tables[i + 1]?.byteOffset ?? block.buffer.byteLength;
      expect(table.byteOffset + table.byteLength).toBe(end);
    }
  });

  it('counts attempts, outcomes, skips and challenges by bank and procedure', () => {
    const block = m.createMetricsBlock(1);
    m.countStarted(block, m.BANK_OTHER, m.PROCEDURE_QUERY);
    m.countOutcome(block, m.BANK_OTHER, m.PROCEDURE_QUERY, 699);
    m.countSkipped(block, m.BANK_MEASURED, m.PROCEDURE_REFRESH, 4);
    m.countChallenged(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER);
    const last = layout.rowOf(m.BANK_OTHER, m.PROCEDURE_QUERY);
    expect(block.attempts[last * layout.ATTEMPT_COUNT + layout.ATTEMPT_STARTED]).toBe(1);
    expect(block.outcomes[last * m.OUTCOME_COUNT + 699]).toBe(1);
    const refresh = layout.rowOf(m.BANK_MEASURED, m.PROCEDURE_REFRESH);
    expect(block.attempts[refresh * layout.ATTEMPT_COUNT + layout.ATTEMPT_SKIPPED]).toBe(4);
    expect(block.attempts.reduce((sum, n) => sum + n, 0)).toBe(6);
  });

  it('counts responses from 100 to 699 and nothing else', () => {
    const block = m.createMetricsBlock(1);
    for (const status of [99, 100, 200, 200, 699, 700, -1]) m.countResponse(block, status);
    expect([block.responses[100], block.responses[200], block.responses[699]]).toEqual([1, 2, 1]);
    expect(block.responses.reduce((sum, n) => sum + n, 0)).toBe(4);
  });

  it('adds up within a second, keeps the maximum, and puts what comes after the series into its last row, counted', () => {
    const block = m.createMetricsBlock(2);
    m.countInSecond(block, 999_999, m.LANE_REQUESTS, 2);
    m.countInSecond(block, 0, m.LANE_REQUESTS, 1);
    m.maxInSecond(block, 1_000_000, m.LANE_REGISTERED, 7);
    m.maxInSecond(block, 1_500_000, m.LANE_REGISTERED, 5);
    m.countInSecond(block, 2_000_000, m.LANE_REQUESTS, 4);
    expect(block.series[m.LANE_REQUESTS]).toBe(3);
    expect(block.series[layout.LANE_COUNT + m.LANE_REGISTERED]).toBe(7);
    expect(block.series[layout.LANE_COUNT + m.LANE_REQUESTS]).toBe(4);
    expect(m.counterOf(block, m.COUNTER_SERIES_CLAMPED)).toBe(1);
  });
});

describe('layout', () => {
  it('numbers counters, lanes and phases without gaps or doubles', () => {
    const numbers = (prefix: string, apart: readonly string[]) =>
      Object.entries(layout)
        .filter(([name]) => name.startsWith(prefix) && !apart.includes(name))
        .map(([, value]) => value as number)
        .sort((a, b) => a - b);
    const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
    expect(numbers('COUNTER_', ['COUNTER_COUNT'])).toEqual(upTo(layout.COUNTER_COUNT));
    expect(numbers('LANE_', ['LANE_COUNT'])).toEqual(upTo(layout.LANE_COUNT));
    expect(numbers('PHASE_', ['PHASE_NAMES'])).toEqual(upTo(layout.PHASE_NAMES.length));
    expect(layout.PHASE_NAMES[layout.PHASE_DRAIN]).toBe('drain');
  });

  it('gives every outcome, status and procedure a name', () => {
    expect(m.outcomeName(m.OUTCOME_CHALLENGE_UNUSABLE)).toBe('challenge-unusable');
    expect(m.outcomeName(503)).toBe('status-503');
    expect(m.PROCEDURE_NAMES).toHaveLength(m.PROCEDURE_COUNT);
    expect(m.PROCEDURE_NAMES[m.PROCEDURE_QUERY]).toBe('query');
  });
});
