import { describe, expect, it } from 'vitest';
import { cleanupPlan, precheckPlan } from '../../../src/coordinator/derived-plan.ts';
import { cleanupUsMax, defaultWorkers, loadUsMax, seriesSecondsFor } from '../../../src/coordinator/run-length.ts';
import { loadScenario } from '../../../src/scenario/index.ts';

const planOf = (load: string, more = '', flow = '[register]', count = 100_000) =>
  loadScenario({
    file: 's.yaml',
    text: `version: 1
target: embedded
identities: { count: ${count}, user: "u{index}", domain: test.example }
load: { ${load} }
flow: ${flow}
${more}`,
  });

describe('how long a run can last', () => {
  it('by time: its phases and the drain', () => {
    const plan = planOf('rate: 10/s, warmup: 1s, duration: 10s, cooldown: 2s', 'drain: 5s\n');
    expect(loadUsMax(plan)).toBe(18_000_000);
  });

  it('by starts: until the last flow has ended, with every request timing out', () => {
    const plan = planOf('rate: 10/s, starts: 100', '', '[register, wait: 2s]');
    expect(loadUsMax(plan)).toBe(10_000_000 + 2_000_000 + 2 * 32_000_000);
  });

  it('repeats multiply their waits; the widest end of a uniform wait counts', () => {
    const flow = '[repeat: { times: 3, steps: [refresh, wait: { uniform: [1s, 4s] }] }]';
    expect(loadUsMax(planOf('rate: 10/s, starts: 100', '', flow))).toBe(10_000_000 + 12_000_000 + 6 * 32_000_000);
  });

  it('clean-up gives every context its turn', () => {
    const plan = planOf('rate: 1000/s, duration: 1s', 'cleanup: wildcard\n');
    expect(cleanupUsMax(plan)).toBe(100_000_000 + 64_000_000);
    expect(cleanupUsMax(planOf('rate: 1000/s, duration: 1s'))).toBe(0);
  });

  it('the time series has a row for each second of it, and an end', () => {
    expect(seriesSecondsFor(planOf('rate: 10/s, duration: 10s', 'drain: 0s\n'))).toBe(11);
    expect(seriesSecondsFor(planOf('rate: 1/m, duration: 300d'))).toBe(90_000);
  });
});

describe('workers, where the operator names no number', () => {
  it.each([
    ['a small load needs one', 'rate: 1000/s, duration: 1s', 16, 1],
    ['one for every 50,000 attempts per second', 'rate: 120000/s, duration: 1s', 16, 3],
    ['never all processors', 'rate: 900000/s, duration: 1s', 4, 3],
    ['on one processor one', 'rate: 900000/s, duration: 1s', 1, 1],
  ])('%s', (_, load, processors, workers) => {
    expect(defaultWorkers(planOf(load), processors)).toBe(workers);
  });

  it('none without a context', () => {
    expect(defaultWorkers(planOf('rate: 900000/s, duration: 1s', '', '[register]', 2), 16)).toBe(2);
  });
});

describe('plans made from a plan', () => {
  const plan = planOf(
    'rate: 10/s, warmup: 1s, duration: 10s',
    'cleanup: unregister\nthresholds: ["all.failures: count == 0"]\n',
  );

  it('the precheck asks for the bindings of one identity, and judges nothing', () => {
    const check = precheckPlan(plan);
    expect(check.flow).toEqual([{ kind: 'attempt', procedure: 'query', expiresSeconds: null, headers: [] }]);
    expect([check.identities.count, check.load.starts, check.cleanup, check.thresholds]).toEqual([1, 1, 'none', []]);
  });

  it('the clean-up wipes every identity once, at the same rate, and fails when one fails', () => {
    const cleanup = cleanupPlan(plan);
    expect(cleanup.flow).toEqual([{ kind: 'attempt', procedure: 'wildcard', expiresSeconds: 0, headers: [] }]);
    expect([cleanup.load.starts, cleanup.load.startsPerPeriod, cleanup.load.warmupUs]).toEqual([
      100_000,
      plan.load.startsPerPeriod,
      0,
    ]);
    expect(cleanup.thresholds.map(({ expression }) => expression)).toEqual(['wildcard.failures: count == 0']);
  });
});
