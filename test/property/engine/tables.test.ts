import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOutbox, outboxRoom, queueMessage } from '../../../src/engine/outbox.ts';
import { addSkipped, compileProgram } from '../../../src/engine/program.ts';
import { createReadyQueue, dropReady, peekReady, pushReady, putBackReady } from '../../../src/engine/ready-queue.ts';
import {
  clearTimer,
  createTimerLists,
  deadlineOf,
  dueSlot,
  NO_SLOT,
  nextTimerUs,
  setTimer,
} from '../../../src/engine/timer-lists.ts';
import { createWaitHeap, nextWaitUs, popWait, pushWait } from '../../../src/engine/wait-heap.ts';
import { PROCEDURE_NAMES } from '../../../src/metrics/index.ts';
import type { PlanStep } from '../../../src/scenario/index.ts';
import { createMemoryPlan } from '../../../src/std/index.ts';
import { unroll } from '../../unit/engine/books.ts';
import { query, refresh, register, repeat, unregister } from '../../unit/engine/plans.ts';

describe('the engine’s tables against slow and obvious ones', () => {
  it('timer lists fire what a sorted list of deadlines fires', () => {
    const durations = [5, 10, 40];
    const move = fc.record({ slot: fc.nat(9), list: fc.nat(2), clears: fc.boolean(), passesUs: fc.nat(15) });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 80 }), (moves) => {
        const lists = createTimerLists(createMemoryPlan(), 'test', 10, durations);
        const model = new Map<number, { list: number; deadlineUs: number }>();
        let nowUs = 0;
        for (const { slot, list, clears, passesUs } of moves) {
          nowUs += passesUs;
          if (clears) {
            clearTimer(lists, slot);
            model.delete(slot);
          } else {
            setTimer(lists, list, slot, nowUs);
            model.delete(slot);
            model.set(slot, { list, deadlineUs: nowUs + durations[list]! });
          }
          expect(nextTimerUs(lists)).toBe(Math.min(...[...model.values()].map(({ deadlineUs }) => deadlineUs)));
          for (let due = 0; due < durations.length; due++) {
            for (let fired = dueSlot(lists, due, nowUs); fired !== NO_SLOT; fired = dueSlot(lists, due, nowUs)) {
              expect(model.get(fired)).toEqual({ list: due, deadlineUs: deadlineOf(lists, fired) });
              clearTimer(lists, fired);
              model.delete(fired);
            }
          }
          for (const { deadlineUs } of model.values()) expect(deadlineUs).toBeGreaterThan(nowUs);
        }
      }),
    );
  });

  it('the wait heap gives out the least deadline first, and the lower context among equals', () => {
    const move = fc.option(fc.nat(20), { freq: 3 });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 100 }), (moves) => {
        const heap = createWaitHeap(createMemoryPlan(), moves.length);
        const model: { deadlineUs: number; context: number }[] = [];
        for (const [context, deadlineUs] of moves.entries()) {
          if (deadlineUs !== null) {
            pushWait(heap, deadlineUs, context);
            model.push({ deadlineUs, context });
            model.sort((a, b) => a.deadlineUs - b.deadlineUs || a.context - b.context);
          } else if (model.length > 0) expect(popWait(heap)).toBe(model.shift()!.context);
          expect(nextWaitUs(heap)).toBe(model[0]?.deadlineUs ?? Number.POSITIVE_INFINITY);
        }
        while (model.length > 0) expect(popWait(heap)).toBe(model.shift()!.context);
        expect(heap.size).toBe(0);
      }),
    );
  });

  it('the ready queue is first in, first out, and one that is put back comes next', () => {
    const moves = fc.array(fc.constantFrom('push', 'drop', 'put back'), { maxLength: 60 });
    fc.assert(
      fc.property(moves, (given) => {
        const queue = createReadyQueue(createMemoryPlan(), 4);
        const model: number[] = [];
        for (const [context, what] of given.entries()) {
          if (what === 'push' && model.length < 4) {
            pushReady(queue, context);
            model.push(context);
          } else if (what !== 'push' && model.length > 0) {
            dropReady(queue);
            if (what === 'put back') putBackReady(queue);
            else model.shift();
          }
          expect(queue.size).toBe(model.length);
          if (model.length > 0) expect(peekReady(queue)).toBe(model[0]);
        }
      }),
    );
  });

  it('the outbox never gives out bytes that a message on its way still needs', () => {
    const longest = 10;
    const move = fc.option(fc.integer({ min: 1, max: longest }), { freq: 3 });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 120 }), fc.integer({ min: 24, max: 60 }), (moves, slabBytes) => {
        const outbox = createOutbox(createMemoryPlan(), 8, slabBytes, longest);
        const model: { start: number; stop: number }[] = [];
        for (const length of moves) {
          if (length === null) {
            if (model.shift() !== undefined) outbox.first++;
            outbox.offered = Math.max(outbox.offered, outbox.first);
            continue;
          }
          const start = outboxRoom(outbox);
          if (model.length === 0) expect(start).toBe(0);
          if (start < 0) continue;
          expect(start + longest).toBeLessThanOrEqual(slabBytes);
          for (const used of model) expect(start + longest <= used.start || start >= used.stop).toBe(true);
          queueMessage(outbox, start, start + length, 0, 0, 0);
          model.push({ start, stop: start + length });
          expect(model.length).toBeLessThanOrEqual(8);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('attempts that are left undone are counted as if every round had been walked', () => {
    const attempts: PlanStep[] = [register(), refresh(), unregister, query];
    const step = fc.constantFrom(...attempts);
    const loopOf = (inner: fc.Arbitrary<PlanStep>): fc.Arbitrary<PlanStep> =>
      fc
        .tuple(fc.integer({ min: 1, max: 3 }), fc.array(inner, { maxLength: 3 }))
        .map(([times, steps]) => repeat(times, ...steps));
    const one = fc.oneof(step, loopOf(step));
    const two = fc.oneof(one, loopOf(one));
    const flow = fc.array(fc.oneof(two, loopOf(two)), { maxLength: 5 });
    fc.assert(
      fc.property(flow, (steps) => {
        const program = compileProgram(steps, 0);
        const walked = unroll(steps);
        let met = 0;
        const rounds = new Uint32Array(4);
        for (let position = 0; program.instructions[position]!.kind !== 'end'; ) {
          const instruction = program.instructions[position]!;
          if (instruction.kind === 'attempt') {
            met++;
            const counts = new Float64Array(PROCEDURE_NAMES.length);
            addSkipped(program, position, rounds, 0, counts);
            for (const [number, name] of PROCEDURE_NAMES.entries()) {
              expect(counts[number]).toBe(walked.slice(met).filter((other) => other === name).length);
            }
          }
          if (instruction.kind === 'loop') rounds[instruction.depth] = 0;
          if (instruction.kind === 'again' && ++rounds[instruction.depth]! < instruction.times)
            position = instruction.body;
          else position++;
        }
        expect(met).toBe(walked.length);
      }),
    );
  });
});
