// How long messages waited for the kernel, from a made-up series of flushes.

import { describe, expect, it } from 'vitest';
import { createSendWait, forgetMark, noteFlush, type SendWait, sumWaits } from '../../../src/transport/send-wait.ts';

const MS = 1_000;
const waitedOf = (wait: SendWait, nowUs: number): readonly number[] => {
  const { waitedUsMax, waitedUsTotal } = sumWaits([wait], nowUs);
  return [waitedUsMax, waitedUsTotal];
};

describe('the wait for the kernel', () => {
  it('is none while every flush takes all', () => {
    const wait = createSendWait();
    noteFlush(wait, 1 * MS, 16, 0);
    noteFlush(wait, 2 * MS, 16, 0);
    expect(sumWaits([wait], 9 * MS)).toEqual({ noRoom: 0, queueFull: 0, waitedUsTotal: 0, waitedUsMax: 0 });
  });

  it('is that of the last message that was left when a flush was cut short, whatever comes behind it', () => {
    const wait = createSendWait();
    noteFlush(wait, 1 * MS, 6, 10);
    noteFlush(wait, 2 * MS, 7, 13);
    noteFlush(wait, 3 * MS, 2, 40);
    expect(waitedOf(wait, 3 * MS)).toEqual([2 * MS, 2 * MS]);
    noteFlush(wait, 5 * MS, 1, 39);
    expect(waitedOf(wait, 5 * MS)).toEqual([4 * MS, 4 * MS]);
    noteFlush(wait, 6 * MS, 39, 0);
    expect(waitedOf(wait, 99 * MS)).toEqual([4 * MS, 5 * MS]);
  });

  it('goes on for what has not left yet', () => {
    const wait = createSendWait();
    noteFlush(wait, 1 * MS, 0, 1);
    expect(waitedOf(wait, 8 * MS)).toEqual([7 * MS, 7 * MS]);
  });

  it('is forgotten with messages that were dropped', () => {
    const wait = createSendWait();
    noteFlush(wait, 1 * MS, 0, 5);
    forgetMark(wait);
    noteFlush(wait, 9 * MS, 3, 0);
    expect(waitedOf(wait, 9 * MS)).toEqual([0, 0]);
  });

  it('is the longest over several sockets, and the sum of their times and counts', () => {
    const [left, right] = [createSendWait(), createSendWait()];
    left.noRoom = 2;
    right.noRoom = 1;
    right.queueFull = 4;
    noteFlush(left, 0, 0, 1);
    noteFlush(left, 3 * MS, 1, 0);
    noteFlush(right, 2 * MS, 0, 1);
    noteFlush(right, 4 * MS, 1, 0);
    expect(sumWaits([left, right], 9 * MS)).toEqual({
      noRoom: 3,
      queueFull: 4,
      waitedUsTotal: 5 * MS,
      waitedUsMax: 3 * MS,
    });
  });
});
