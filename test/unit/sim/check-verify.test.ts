// The checkers of the verification after the drain, opposite a real engine that does right.

import { describe, expect, it } from 'vitest';
import type { Peer } from '../engine/driver.ts';
import { accepting } from '../engine/messages.ts';
import { createPlan, register, SECOND } from '../engine/plans.ts';
import { numbered, watch } from './watched.ts';

const PLAN = numbered(createPlan({ flow: [register()], verify: { sampleShare: 1 }, cleanup: 'unregister' }));
const STOP = { kind: 'stop', atUs: 3 * SECOND, drainUs: SECOND } as const;

/** Never tells what is bound. */
const tightLipped: Peer = (request, nowUs) => (/\r\nContact:/.test(request) ? accepting()(request, nowUs) : []);

describe('An operator who interrupts the verification', () => {
  it('ends it, and the cleanup follows: nobody is accused', () => {
    const tally = watch({ plan: PLAN, peer: tightLipped, events: [STOP] });
    expect(tally.outcomes).toEqual({ succeeded: 1 });
  });

  it('rows: ends it no sooner than the operator says', () => {
    expect(() =>
      watch({
        plan: PLAN,
        peer: tightLipped,
        events: [STOP],
        tamper: (told) => ({ onStop: (worker, nowUs) => told.onStop(worker, nowUs, 5 * SECOND) }),
      }),
    ).toThrow(/^rows: /);
  });
});
