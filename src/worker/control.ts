// The control block: what the coordinator wants of its workers, and what they tell it besides numbers. A worker looks at
// it every turn, since it hears no message while it waits in the kernel. The layout is in messages.ts.

import { CONTROL_ORIGIN_OFFSET_BYTES, CTL_FAILED, CTL_READY, CTL_STATE, STATE_ABORT, STATE_WAIT } from './messages.ts';

/** The longest sleep before the control block is looked at again. */
export const LONGEST_WAIT_US = 100_000;

export interface Control {
  readonly lanes: Int32Array;
  readonly origin: Float64Array;
}

export const attachControl = (buffer: SharedArrayBuffer): Control => ({
  lanes: new Int32Array(buffer, 0, CONTROL_ORIGIN_OFFSET_BYTES / 4),
  origin: new Float64Array(buffer, CONTROL_ORIGIN_OFFSET_BYTES, 1),
});

/** One of STATE_*; a run in which a worker failed is to be aborted. */
export function wantedState(control: Control): number {
  return Atomics.load(control.lanes, CTL_FAILED) !== 0 ? STATE_ABORT : Atomics.load(control.lanes, CTL_STATE);
}

/** Says that this worker can begin, and blocks until the coordinator says so; returns the run's origin, microseconds. */
export function awaitStart(control: Control): number {
  Atomics.add(control.lanes, CTL_READY, 1);
  Atomics.notify(control.lanes, CTL_READY);
  while (wantedState(control) === STATE_WAIT) {
    Atomics.wait(control.lanes, CTL_STATE, STATE_WAIT, LONGEST_WAIT_US / 1000);
  }
  return control.origin[0] ?? 0;
}
