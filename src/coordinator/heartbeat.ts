// Notices a worker that makes no more turns: an endless loop, or a native call that does not come back. Each look compares
// the worker's last turn with the one before. Looks are counted, not seconds, so that a stopped process (SIGSTOP, a
// suspended laptop) does not count against its workers: then the looking stops as well.

import type { MetricsBlock } from '../metrics/index.ts';
import { COUNTER_LAST_TURN_US, COUNTER_PHASE, counterOf, PHASE_ENDED } from '../metrics/index.ts';

/** Index of a worker that made no turn for `looksMax` looks, or -1. Call it at equal intervals. */
export const createHeartbeatWatch = (blocks: readonly MetricsBlock[], looksMax: number): (() => number) => {
  const lastTurnUs = blocks.map(() => Number.NaN);
  const idleLooks = blocks.map(() => 0);
  return () => {
    for (const [worker, block] of blocks.entries()) {
      const turnUs = counterOf(block, COUNTER_LAST_TURN_US);
      const moved = turnUs !== lastTurnUs[worker] || counterOf(block, COUNTER_PHASE) === PHASE_ENDED;
      lastTurnUs[worker] = turnUs;
      idleLooks[worker] = moved ? 0 : idleLooks[worker]! + 1;
    }
    return idleLooks.findIndex((looks) => looks >= looksMax);
  };
};
