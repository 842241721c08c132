import { describe, expect, it } from 'vitest';
import { COUNTER_REGISTERED_NOW, mergeBlocks } from '../../../src/metrics/index.ts';
import { registeredPeak } from '../../../src/metrics/rates.ts';
import { counted } from './books.ts';
import { drive, type Run } from './driver.ts';
import { accepting } from './messages.ts';
import { createPlan, discard, pause, register, SECOND, unregister } from './plans.ts';

const peakOf = (run: Run): number => registeredPeak(mergeBlocks([run.metrics]).series);

const twenty = { identities: { count: 20 }, load: { startsPerPeriod: 1000, starts: 20 } };

describe('contexts with a binding', () => {
  it('are counted at their peak, however short it was', () => {
    const plan = createPlan({ ...twenty, flow: [register(), pause(SECOND / 10), unregister] });
    const run = drive({ plan, peer: accepting() });
    expect(peakOf(run)).toBe(20);
    expect(counted(run, COUNTER_REGISTERED_NOW)).toBe(0);
  });

  it('are counted once each, though they register again', () => {
    const plan = createPlan({ ...twenty, flow: [register(), register(), pause(SECOND * 3), register()] });
    const run = drive({ plan, peer: accepting() });
    expect(peakOf(run)).toBe(20);
    expect(counted(run, COUNTER_REGISTERED_NOW)).toBe(20);
  });

  it('10.2.1 are no longer counted when their binding has expired or is forgotten', () => {
    const expired = drive({
      plan: createPlan({ ...twenty, flow: [register(2), pause(SECOND * 5)] }),
      peer: accepting(),
    });
    expect(peakOf(expired)).toBe(20);
    expect(counted(expired, COUNTER_REGISTERED_NOW)).toBe(0);
    const forgotten = drive({ plan: createPlan({ ...twenty, flow: [register(), discard] }), peer: accepting() });
    expect(counted(forgotten, COUNTER_REGISTERED_NOW)).toBe(0);
  });

  it('10.2.1 that expire and are made anew within a second are counted once', () => {
    const flow = [register(1), pause(SECOND + SECOND / 10), register(1), pause(SECOND / 2), unregister];
    expect(peakOf(drive({ plan: createPlan({ ...twenty, flow }), peer: accepting() }))).toBe(20);
  });
});
