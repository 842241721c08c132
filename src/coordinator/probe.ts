// One exchange with the target by one thread of the pool, before or without any load: the precheck's question, and the
// single user of `regstorm quick`. Nothing of it is counted.

import { createMetricsBlock } from '../metrics/index.ts';
import type { RunPlan } from '../scenario/index.ts';
import { assert } from '../std/index.ts';
import type { ProbeDone, ResolvedTarget } from '../worker/messages.ts';
import { MESSAGES_VERSION, STATE_ABORT } from '../worker/messages.ts';
import { createControl, requestState } from './control.ts';
import type { WorkerPool } from './pool.ts';
import type { StopSwitch } from './stop-switch.ts';
import { userErrorIn, workerLost } from './worker-error.ts';

export interface ProbeOptions {
  readonly pool: WorkerPool;
  readonly plan: RunPlan;
  readonly target: ResolvedTarget;
  readonly runId: string;
  readonly seed: number;
  readonly userAgent: string;
  readonly timeoutUs: number;
  /** End as soon as anything came back. */
  readonly stopAtFirstAnswer: boolean;
  /** Keep every message as text. */
  readonly trace: boolean;
  readonly stop: StopSwitch;
}

/** A probe's counts are thrown away. */
const SERIES_SECONDS = 1;

/** Throws a UserError when the worker could not do it. A pressed stop switch ends the exchange early. */
export const runProbe = async (options: ProbeOptions): Promise<ProbeDone> => {
  const { pool, stop, plan, target, runId, seed, userAgent, timeoutUs, stopAtFirstAnswer, trace } = options;
  const control = createControl();
  const stopListening = stop.onPress(() => requestState(control, STATE_ABORT));
  try {
    const done = await pool.run({
      kind: 'probe',
      version: MESSAGES_VERSION,
      plan,
      target,
      runId,
      seed,
      userAgent,
      timeoutUs,
      stopAtFirstAnswer,
      trace,
      control: control.buffer,
      metrics: createMetricsBlock(SERIES_SECONDS).buffer,
    });
    assert(done.kind === 'probe-done', 'a probe task is answered by probe-done');
    return done;
  } catch (error) {
    throw userErrorIn(error) ?? workerLost(error, 'the worker of the first exchange');
  } finally {
    stopListening();
  }
};
