import { describe, expect, it } from 'vitest';
import { createEngine } from '../../../src/engine/index.ts';
import { createMetricsBlock } from '../../../src/metrics/index.ts';
import { loadScenario } from '../../../src/scenario/index.ts';
import { createMemorySum, type MemoryPlan } from '../../../src/std/index.ts';

const planOf = (count: number, rate: string, more = '') =>
  loadScenario({
    file: 'memory.yaml',
    text: `version: 1
target: embedded
identities: { count: ${count}, user: "u{index:8}", domain: test.example, password: secret }
load: { model: constant-rate, rate: ${rate}, duration: 5s }
flow: [register, refresh, { repeat: { times: 2, steps: [refresh] } }, unregister]
${more}`,
  });

const engineOf = (plan: ReturnType<typeof planOf>, memory?: MemoryPlan) =>
  createEngine({
    plan,
    workerIndex: 1,
    workerCount: 3,
    runId: 'memory',
    seed: 1,
    userAgent: 'regstorm/test',
    metrics: createMetricsBlock(1),
    ...(memory === undefined ? {} : { memory }),
  });

describe('the memory that a plan would take', () => {
  it.each([
    [10, '1/s', ''],
    [5_000, '200/s', 'cleanup: unregister'],
    [20_000, '20000/s', 'timers: { T1: 200ms }'],
  ])('is summed up without taking it, to the byte: %d contexts at %s %s', (count, rate, more) => {
    const plan = planOf(count, rate, more);
    const sum = createMemorySum();
    engineOf(plan, sum);
    expect(sum.describe()).toBe(engineOf(plan).memory.describe());
  });
});
