// The control block: how the coordinator tells its workers what to do. A worker may sit in a native call and hear no
// message, so the wish lies in shared memory, where the worker looks every turn (layout: worker/messages.ts).
//
//   WAIT -> RUN -> STOP_STARTING -> ABORT        a state only ever moves to the right
//
// Left out on purpose: results. They come back as the answer of the pool's task, and the counts as metrics blocks.

import { assert } from '../std/index.ts';
import {
  CONTROL_BYTES,
  CONTROL_ORIGIN_OFFSET_BYTES,
  CTL_FAILED,
  CTL_LANES,
  CTL_READY,
  CTL_STATE,
  STATE_RUN,
} from '../worker/messages.ts';

export interface Control {
  readonly buffer: SharedArrayBuffer;
  readonly lanes: Int32Array;
  readonly originUs: Float64Array;
}

export const createControl = (): Control => {
  const buffer = new SharedArrayBuffer(CONTROL_BYTES);
  return {
    buffer,
    lanes: new Int32Array(buffer, 0, CTL_LANES),
    originUs: new Float64Array(buffer, CONTROL_ORIGIN_OFFSET_BYTES, 1),
  };
};

export const stateOf = (control: Control): number => Atomics.load(control.lanes, CTL_STATE);

/** Moves the state forward; asking for an earlier one changes nothing, so that a late STOP cannot undo an ABORT. */
export const requestState = (control: Control, state: number): void => {
  if (stateOf(control) >= state) return;
  Atomics.store(control.lanes, CTL_STATE, state);
  Atomics.notify(control.lanes, CTL_STATE);
};

/** Writes the origin first: a worker that sees RUN must see it. */
export const startAt = (control: Control, originUs: number): void => {
  assert(stateOf(control) < STATE_RUN, 'a control block starts once');
  control.originUs[0] = originUs;
  requestState(control, STATE_RUN);
};

export const readyWorkers = (control: Control): number => Atomics.load(control.lanes, CTL_READY);

/** Tells the other workers that one of them was lost. */
export const markFailed = (control: Control): void => {
  Atomics.store(control.lanes, CTL_FAILED, 1);
};
