// A worker entry for tests. It is the real one, but for the last load worker, which comes to the end that the plan's name
// says, with one attempt counted as under way.

import {
  attachMetricsBlock,
  BANK_MEASURED,
  COUNTER_LAST_TURN_US,
  countStarted,
  PROCEDURE_REGISTER,
  setCounter,
} from '../../../dist/metrics/index.js';
import { runTask as runRealTask } from '../../../dist/worker/main.js';
import { CTL_READY, CTL_STATE, STATE_WAIT } from '../../../dist/worker/messages.js';

const ENDS = {
  throws: () => {
    throw new Error('boom');
  },
  exits: () => process.exit(7),
  'runs-out-of-memory': () => {
    const kept = [];
    for (;;) kept.push(new Array(10_000).fill(kept.length));
  },
  hangs: (block) => {
    for (let turn = 0; ; turn++) setCounter(block, COUNTER_LAST_TURN_US, turn);
  },
  'stands-still': () => {
    for (;;);
  },
  'is-refused-late': () => {
    const problems = [{ message: 'the address went away', hint: 'bring it back' }];
    throw new Error('refused', { cause: { code: 'ADDRESS_UNAVAILABLE', problems } });
  },
};

export async function runTask(task) {
  if (task.kind !== 'load' || task.workerIndex < task.workerCount - 1) return runRealTask(task);
  if (task.plan.name === 'is-refused') ENDS['is-refused-late']();
  const lanes = new Int32Array(task.control, 0, 4);
  const block = attachMetricsBlock(task.metrics);
  Atomics.add(lanes, CTL_READY, 1);
  while (Atomics.load(lanes, CTL_STATE) === STATE_WAIT) Atomics.wait(lanes, CTL_STATE, STATE_WAIT, 100);
  countStarted(block, BANK_MEASURED, PROCEDURE_REGISTER);
  return ENDS[task.plan.name](block);
}
