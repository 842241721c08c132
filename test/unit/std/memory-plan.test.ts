import { describe, expect, it } from 'vitest';
import { addMemory, createMemoryPlan, createMemorySum, type MemoryPlan, memorySum } from '../../../src/std/index.ts';

const ask = (memory: MemoryPlan): readonly number[] => [
  memory.u8('a', 3).length,
  memory.u16('a', 5).length,
  memory.u32('b', 7).length,
  memory.i32('b', 2).length,
  memory.f64('c', 1).length,
];

describe('a memory plan', () => {
  it('grants what is asked for and adds it up by consumer, the largest first', () => {
    const memory = createMemoryPlan();
    expect(ask(memory)).toEqual([3, 5, 7, 2, 1]);
    expect(memory.describe()).toBe('b: 36\na: 13\nc: 8\nsum: 57');
  });

  it('that only adds up grants empty columns and has the same sum', () => {
    const memory = createMemorySum();
    expect(ask(memory)).toEqual([0, 0, 0, 0, 0]);
    expect([memory.totalBytes(), memory.describe()]).toEqual([57, 'b: 36\na: 13\nc: 8\nsum: 57']);
  });

  it('tells its lines in the order of the first requests', () => {
    const memory = createMemorySum();
    ask(memory);
    expect(memory.lines()).toEqual([
      { consumer: 'a', bytes: 13 },
      { consumer: 'b', bytes: 36 },
      { consumer: 'c', bytes: 8 },
    ]);
    expect(memorySum(memory.lines())).toBe(57);
  });

  it('and others are one, consumer by consumer', () => {
    const one = [
      { consumer: 'a', bytes: 1 },
      { consumer: 'b', bytes: 2 },
    ];
    expect(addMemory([one, [{ consumer: 'b', bytes: 5 }]])).toEqual([
      { consumer: 'a', bytes: 1 },
      { consumer: 'b', bytes: 7 },
    ]);
  });

  it.each([createMemoryPlan, createMemorySum])('%o asserts when it is asked after it was sealed', (create) => {
    const memory = create();
    memory.seal();
    expect(() => memory.u8('a', 1)).toThrow('after the plan was sealed: a');
  });
});
