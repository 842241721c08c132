import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanLoad } from '../../../src/scenario/index.ts';
import {
  advanceStart,
  contextOfRow,
  contextsOfWorker,
  createStartCursor,
  isMeasured,
  MAX_STARTS,
  MAX_STARTS_PER_PERIOD,
  rowOfContext,
  startCount,
  startsBefore,
  startTimeUs,
} from '../../../src/scenario/index.ts';
import { NEVER_US } from '../../../src/std/index.ts';

const load = (part: Partial<PlanLoad>): PlanLoad => ({
  model: 'constant-rate',
  startsPerPeriod: 1,
  periodUs: 200,
  starts: null,
  durationUs: null,
  warmupUs: 0,
  cooldownUs: 0,
  ...part,
});

const exactTimeUs = (rate: { startsPerPeriod: number; periodUs: number }, start: number): number =>
  Number((BigInt(start) * BigInt(rate.periodUs)) / BigInt(rate.startsPerPeriod));

interface Start {
  readonly start: number;
  readonly context: number;
  readonly timeUs: number;
}

const startsOfWorker = (plan: PlanLoad, contextCount: number, workerIndex: number, workerCount: number): Start[] => {
  const cursor = createStartCursor({ load: plan, contextCount, workerIndex, workerCount });
  const starts: Start[] = [];
  while (cursor.timeUs !== NEVER_US) {
    expect(contextOfRow(cursor.row, workerIndex, workerCount)).toBe(cursor.context);
    expect(rowOfContext(cursor.context, workerCount)).toBe(cursor.row);
    starts.push({ start: cursor.start, context: cursor.context, timeUs: cursor.timeUs });
    advanceStart(cursor);
  }
  return starts;
};

describe('startTimeUs', () => {
  it('is exact for every start up to 2^40 and every rate the loader lets through', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: MAX_STARTS }),
        fc.integer({ min: 1, max: MAX_STARTS_PER_PERIOD }),
        fc.integer({ min: 1, max: 86_400_000_000 }),
        (start, startsPerPeriod, periodUs) => {
          const exact = exactTimeUs({ startsPerPeriod, periodUs }, start);
          fc.pre(exact <= Number.MAX_SAFE_INTEGER);
          expect(startTimeUs({ startsPerPeriod, periodUs }, start)).toBe(exact);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('rounds down to whole microseconds', () => {
    const rate = { startsPerPeriod: 3, periodUs: 1_000_000 };
    expect([0, 1, 2, 3, 4].map((k) => startTimeUs(rate, k))).toEqual([0, 333_333, 666_666, 1_000_000, 1_333_333]);
  });
});

describe('startCount', () => {
  it('counts the starts due before the end of warm-up, window and cool-down', () => {
    expect(startCount(load({ warmupUs: 2_000_000, durationUs: 10_000_000, cooldownUs: 1_000_000 }))).toBe(65_000);
  });

  it('is bounded by starts', () => {
    expect(startCount(load({ durationUs: 10_000_000, starts: 7 }))).toBe(7);
    expect(startCount(load({ starts: 12_345 }))).toBe(12_345);
  });

  it('counts exactly the starts whose time lies before the end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 20_000 }),
        (startsPerPeriod, periodUs, endUs) => {
          const rate = { startsPerPeriod, periodUs };
          const count = startsBefore(rate, endUs);
          expect(startTimeUs(rate, count)).toBeGreaterThanOrEqual(endUs);
          if (count > 0) expect(startTimeUs(rate, count - 1)).toBeLessThan(endUs);
        },
      ),
    );
  });
});

describe('shares', () => {
  it('the union over any number of workers is the unsplit plan, context by context and microsecond by microsecond', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 0, max: 200 }),
        (contextCount, workerCount, startsPerPeriod, periodUs, starts) => {
          const plan = load({ startsPerPeriod, periodUs, starts });
          const union: Start[] = [];
          for (let w = 0; w < workerCount; w++) union.push(...startsOfWorker(plan, contextCount, w, workerCount));
          union.sort((a, b) => a.start - b.start);
          const whole: Start[] = [];
          for (let k = 0; k < starts; k++) {
            whole.push({ start: k, context: k % contextCount, timeUs: exactTimeUs(plan, k) });
          }
          expect(union).toEqual(whole);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('deals every context to exactly one worker, evenly', () => {
    for (const [count, workers] of [
      [10, 3],
      [3, 10],
      [1, 1],
      [12, 4],
    ] as const) {
      const rows = Array.from({ length: workers }, (_, w) => contextsOfWorker(count, w, workers));
      expect(rows.reduce((a, b) => a + b)).toBe(count);
      expect(Math.max(...rows) - Math.min(...rows)).toBeLessThanOrEqual(1);
    }
  });

  it('a worker without contexts has no start', () => {
    expect(startsOfWorker(load({ starts: 100 }), 2, 3, 4)).toEqual([]);
  });

  it('a worker starts in the order of time', () => {
    const starts = startsOfWorker(load({ starts: 500, startsPerPeriod: 7, periodUs: 1000 }), 9, 1, 4);
    const times = starts.map((s) => s.timeUs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

describe('isMeasured', () => {
  it('holds from the end of the warm-up to the end of the window', () => {
    const plan = load({ warmupUs: 100, durationUs: 50, cooldownUs: 10 });
    expect([99, 100, 149, 150].map((t) => isMeasured(plan, t))).toEqual([false, true, true, false]);
  });

  it('has no end when only starts bound the run', () => {
    expect(isMeasured(load({ starts: 1, warmupUs: 5 }), 1e15)).toBe(true);
  });
});
