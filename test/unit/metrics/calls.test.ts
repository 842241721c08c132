import { describe, expect, it } from 'vitest';
import { callSummary } from '../../../src/metrics/calls.ts';
import * as m from '../../../src/metrics/index.ts';
import { sampleBlocks, sampleFacts } from './sample-run.ts';

/** Calls by how many datagrams they moved. */
const countsOf = (calls: Readonly<Record<number, number>>): Float64Array => {
  const counts = new Float64Array(m.CALLS_PER_DIRECTION);
  for (const [datagrams, count] of Object.entries(calls)) counts[Number(datagrams)] = count;
  return counts;
};

const blockWith = (sent: Readonly<Record<number, number>>, received: Readonly<Record<number, number>> = {}) => {
  const block = m.createMetricsBlock(1);
  m.setCalls(block, m.CALLS_SEND, countsOf(sent));
  m.setCalls(block, m.CALLS_RECEIVE, countsOf(received));
  return block;
};

const generatorOf = (blocks: readonly m.MetricsBlock[]): m.RunResult['generator'] =>
  m.buildRunResult(m.mergeBlocks(blocks), sampleFacts()).generator;

describe('datagrams a call', () => {
  it('are added up over workers, each direction by itself', () => {
    const workers = [blockWith({ 1: 900, 16: 50 }, { 64: 3 }), blockWith({ 1: 50, 4: 1_000 }, { 1: 1, 64: 1 })];
    const { sendCalls, receiveCalls } = generatorOf(workers);
    expect(sendCalls).toEqual({
      count: 2_000,
      datagrams: { total: 5_750, mean: 2.88, p50: 4, p99: 16, max: 16 },
    });
    expect(receiveCalls).toEqual({ count: 5, datagrams: { total: 257, mean: 51.4, p50: null, p99: null, max: 64 } });
  });

  it('are set, not added, when a worker publishes again what it has counted', () => {
    const block = blockWith({ 3: 10 });
    m.setCalls(block, m.CALLS_SEND, countsOf({ 3: 11, 5: 1 }));
    expect(generatorOf([block]).sendCalls).toMatchObject({ count: 12, datagrams: { total: 38, max: 5 } });
  });

  it('leave out calls that moved nothing', () => {
    expect(callSummary(countsOf({ 0: 1e6, 2: 20 }))).toEqual({
      count: 20,
      datagrams: { total: 40, mean: 2, p50: 2, p99: null, max: 2 },
    });
  });

  it('are told exactly at the edge of a percentile: half the calls, and all but one in a hundred', () => {
    expect(callSummary(countsOf({ 1: 500, 7: 490, 1024: 10 })).datagrams).toMatchObject({ p50: 1, p99: 7, max: 1_024 });
    expect(callSummary(countsOf({ 1: 499, 7: 490, 1024: 11 })).datagrams).toMatchObject({ p50: 7, p99: 1_024 });
  });

  it('have no percentile with fewer calls than 10 / (1 - p)', () => {
    expect(callSummary(countsOf({ 2: 19 })).datagrams).toMatchObject({ mean: 2, p50: null, max: 2 });
    expect(callSummary(countsOf({ 2: 999 })).datagrams).toMatchObject({ p50: 2, p99: null });
    expect(callSummary(countsOf({ 2: 1_000 })).datagrams.p99).toBe(2);
    expect(callSummary(countsOf({}))).toEqual({
      count: 0,
      datagrams: { total: 0, mean: null, p50: null, p99: null, max: null },
    });
  });

  it('count beyond 32 bits', () => {
    const { count, datagrams } = generatorOf([blockWith({ 2: 2 ** 33 }), blockWith({ 2: 1 })]).sendCalls;
    expect([count, datagrams.total]).toEqual([2 ** 33 + 1, 2 ** 34 + 2]);
  });
});

describe('turns', () => {
  const turns = (...lengthsUs: readonly number[]): m.MetricsBlock => {
    const block = m.createMetricsBlock(1);
    for (const us of lengthsUs) m.recordTurn(block, us);
    return block;
  };

  it('are added up over workers, with the longest of all', () => {
    const one = turns(...Array.from({ length: 600 }, () => 40));
    const two = turns(...Array.from({ length: 400 }, () => 90), 5_001);
    expect(generatorOf([one, two]).turns).toEqual({ count: 1_001, us: { p50: 40, p99: 90, max: 5_001 } });
  });

  it('have no percentile with fewer than 10 / (1 - p), and no maximum with none', () => {
    expect(generatorOf([turns(7)]).turns).toEqual({ count: 1, us: { p50: null, p99: null, max: 7 } });
    expect(generatorOf([turns(...Array(999).fill(7))]).turns.us).toEqual({ p50: 7, p99: null, max: 7 });
    expect(generatorOf([turns()]).turns).toEqual({ count: 0, us: { p50: null, p99: null, max: null } });
  });

  it('are no part of any latency', () => {
    const merged = m.mergeBlocks([turns(1, 2, 3)]);
    for (const procedure of Object.values(merged.total)) {
      expect([
        procedure.latency.count,
        procedure.failureLatency.count,
        procedure.wire.count,
        procedure.lag.count,
      ]).toEqual([0, 0, 0, 0]);
    }
    const sample = m.mergeBlocks(sampleBlocks());
    expect([sample.turns.count, sample.turns.maxUs]).toEqual([18_002, 701]);
  });
});
