// The memory plan against what is really there: every array that can be reached from an engine, counted once.

import { describe, expect, it } from 'vitest';
import type { EngineOptions } from '../../../src/engine/index.ts';
import { createEngine } from '../../../src/engine/index.ts';
import { createMetricsBlock } from '../../../src/metrics/index.ts';
import { runMemory } from '../../../src/sim/index.ts';
import type { MemoryLine } from '../../../src/std/index.ts';
import { memorySum } from '../../../src/std/index.ts';
import { createPlan, pause, refresh, register, repeat, unregister } from './plans.ts';

const FLOW = [register(), repeat(3, pause(1000), refresh()), unregister];
/** Work space that does not grow with the plan: parsed messages, known shapes of answers, a digest. */
const WORK_SPACE_BYTES = 1_000_000;

const optionsFor = (count: number, workerIndex = 0, workerCount = 1): EngineOptions => ({
  plan: createPlan({ identities: { count, password: 'secret' }, flow: FLOW, cleanup: 'unregister' }),
  workerIndex,
  workerCount,
  runId: '01234567',
  seed: 1,
  userAgent: 'regstorm',
  metrics: createMetricsBlock(1),
});

const MOST_OBJECTS = 100_000;

/** Bytes of all buffers below the object, each counted once. */
const reachableBytes = (root: object): number => {
  const seen = new Set<object>();
  const open: object[] = [root];
  let bytes = 0;
  for (let next = open.pop(); next !== undefined && seen.size < MOST_OBJECTS; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (next instanceof ArrayBuffer || next instanceof SharedArrayBuffer) bytes += next.byteLength;
    else if (ArrayBuffer.isView(next)) open.push(next.buffer);
    else open.push(...Object.values(next).filter((value) => typeof value === 'object' && value !== null));
  }
  expect(seen.size).toBeLessThan(MOST_OBJECTS);
  return bytes;
};

describe("an engine's memory", () => {
  it('grows with contexts by what its plan says, to the byte', () => {
    const [few, many] = [createEngine(optionsFor(1_000)), createEngine(optionsFor(50_000))];
    const planned = memorySum(many.memory.lines()) - memorySum(few.memory.lines());
    expect(planned).toBeGreaterThan(49_000 * 150);
    expect(reachableBytes(many) - reachableBytes(few)).toBe(planned);
  });

  it('is its plan, blocks of numbers, and work space that does not grow', () => {
    const engine = createEngine(optionsFor(20_000));
    const blocks = [engine.options.metrics, engine.asideMetrics].map((block) => block?.buffer.byteLength ?? 0);
    const rest = reachableBytes(engine) - memorySum(engine.memory.lines()) - blocks[0]! - blocks[1]!;
    expect(rest).toBeGreaterThan(0);
    expect(rest).toBeLessThan(WORK_SPACE_BYTES);
  });

  it('is fixed once it is made: a later request is a bug', () => {
    const engine = createEngine(optionsFor(10));
    expect(() => engine.memory.u8('late', 1)).toThrow('memory requested after the plan was sealed: late');
  });

  it('of a million contexts is under 200 bytes each, and rows of transactions', () => {
    const { plan, runId, userAgent } = optionsFor(1_000_000);
    const lines = runMemory(plan, { workers: 1, runId, userAgent });
    const isOfContexts = ({ consumer }: MemoryLine): boolean =>
      !['transactions', 'timers', 'outbox'].includes(consumer);
    expect(memorySum(lines.filter(isOfContexts)) / 1e6).toBeLessThan(200);
  });
});

describe("a run's memory", () => {
  it('is that of all its workers, one line per consumer', () => {
    const { plan, runId, userAgent } = optionsFor(1_001);
    const both = runMemory(plan, { workers: 2, runId, userAgent });
    const each = [0, 1].map((index) => createEngine(optionsFor(1_001, index, 2)).memory.lines());
    expect(both.map(({ consumer }) => consumer)).toEqual(each[0]!.map(({ consumer }) => consumer));
    expect(memorySum(both)).toBe(memorySum(each.flat()));
  });
});
