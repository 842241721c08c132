import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addEvent, createEventQueue, nextEventUs, takeEvent } from '../../../src/sim/event-queue.ts';

describe('What will happen', () => {
  it('comes soonest first, and of the same time in the order in which it was added', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (times) => {
        const queue = createEventQueue<number>();
        for (const [number, atUs] of times.entries()) addEvent(queue, atUs, number);
        const taken: number[] = [];
        while (nextEventUs(queue) !== Number.POSITIVE_INFINITY) taken.push(takeEvent(queue));
        const expected = times.map((_, number) => number).sort((a, b) => times[a]! - times[b]! || a - b);
        expect(taken).toEqual(expected);
      }),
    );
  });

  it('is never when nothing is planned', () => {
    expect(nextEventUs(createEventQueue())).toBe(Number.POSITIVE_INFINITY);
  });
});
