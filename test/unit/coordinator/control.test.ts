import { describe, expect, it } from 'vitest';
import {
  createControl,
  markFailed,
  readyWorkers,
  requestState,
  startAt,
  stateOf,
} from '../../../src/coordinator/control.ts';
import { createHeartbeatWatch } from '../../../src/coordinator/heartbeat.ts';
import {
  COUNTER_LAST_TURN_US,
  COUNTER_PHASE,
  createMetricsBlock,
  PHASE_ENDED,
  setCounter,
} from '../../../src/metrics/index.ts';
import { attachControl, wantedState } from '../../../src/worker/control.ts';
import { CTL_READY, STATE_ABORT, STATE_RUN, STATE_STOP_STARTING, STATE_WAIT } from '../../../src/worker/messages.ts';

describe('the control block', () => {
  it('is read by a worker as the coordinator wrote it', () => {
    const control = createControl();
    const worker = attachControl(control.buffer);
    expect(wantedState(worker)).toBe(STATE_WAIT);
    startAt(control, 123_456_789.25);
    expect([wantedState(worker), worker.origin[0]]).toEqual([STATE_RUN, 123_456_789.25]);
    Atomics.add(worker.lanes, CTL_READY, 2);
    expect(readyWorkers(control)).toBe(2);
  });

  it('only moves forward: a late STOP does not undo an ABORT', () => {
    const control = createControl();
    requestState(control, STATE_ABORT);
    requestState(control, STATE_STOP_STARTING);
    expect(stateOf(control)).toBe(STATE_ABORT);
  });

  it('a failed worker is an ABORT for the others', () => {
    const control = createControl();
    startAt(control, 0);
    markFailed(control);
    expect(wantedState(attachControl(control.buffer))).toBe(STATE_ABORT);
  });
});

describe('the heartbeat', () => {
  it('names the worker that made no turn for so many looks, and never one that turns or has ended', () => {
    const blocks = [createMetricsBlock(1), createMetricsBlock(1), createMetricsBlock(1)];
    const silent = createHeartbeatWatch(blocks, 3);
    setCounter(blocks[2]!, COUNTER_PHASE, PHASE_ENDED);
    const found: number[] = [];
    for (let look = 0; look < 5; look++) {
      setCounter(blocks[0]!, COUNTER_LAST_TURN_US, look * 1000 + 1);
      found.push(silent());
    }
    expect(found).toEqual([-1, -1, -1, 1, 1]);
  });

  it('starts to count again after a turn', () => {
    const block = createMetricsBlock(1);
    const silent = createHeartbeatWatch([block], 2);
    silent();
    silent();
    setCounter(block, COUNTER_LAST_TURN_US, 5);
    expect([silent(), silent(), silent()]).toEqual([-1, -1, 0]);
  });
});
