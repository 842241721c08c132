// A run in which the last of two workers comes to a bad end.

import type { RunOutcome, StopSwitch } from '../../src/coordinator/index.ts';
import { createStopSwitch, loadPlan, runPlan } from '../../src/coordinator/index.ts';
import { scenario } from './cli-session.ts';

const FAILING = new URL('./workers/failing-worker.mjs', import.meta.url);

export interface Attempt {
  /** How the last worker ends; see failing-worker.mjs. */
  readonly end: string;
  readonly file?: URL;
  readonly stop?: StopSwitch;
  /** Called again and again while the load runs. */
  readonly look?: () => void;
}

/** A long load by two workers against the embedded registrar. */
export const runWith = ({
  end,
  file = FAILING,
  stop = createStopSwitch(),
  look = () => {},
}: Attempt): Promise<RunOutcome> => {
  const text = scenario({ count: 1000, rate: '200/s', load: 'duration: 10m' }).replace('name: test', `name: ${end}`);
  const plan = loadPlan({ file: 'test.yaml', text }, { overrides: [], environment: {} });
  return runPlan(plan, {
    runId: 'abcdef01',
    seed: 1,
    workers: 2,
    allowPublic: false,
    dns: null,
    waitTargetUs: 0,
    onInvalid: 'fail',
    commandLine: [],
    worker: { file, heapMb: 32 },
    stop,
    observer: { notice: () => {}, warning: () => {}, progress: { everyMs: 100, look } },
  });
};
