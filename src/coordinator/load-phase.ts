// The load itself: one task per worker thread, a common start, and an end in one of these ways.
//
//   all workers done              the plan's end
//   stop switch, once             STOP_STARTING: flows under way may end, for a short grace; then ABORT
//   stop switch, twice            ABORT
//   a worker or the embedded      markFailed + ABORT: the others stop too, what was counted stays
//   registrar lost, or hanging
//   ABORT not obeyed              the threads are ended; what they counted stays as well
//
// The counts lie in shared memory, one block per worker, so that they survive the worker.

import type { MetricsBlock } from '../metrics/index.ts';
import { createMetricsBlock } from '../metrics/index.ts';
import type { RunPlan } from '../scenario/index.ts';
import { socketCount } from '../scenario/index.ts';
import { assert, US_PER_MS, US_PER_SECOND, UserError } from '../std/index.ts';
import { monotonicNowUs } from '../transport/index.ts';
import type { LoadDone, WeightedTarget } from '../worker/messages.ts';
import { MESSAGES_VERSION, STATE_ABORT, STATE_STOP_STARTING } from '../worker/messages.ts';
import type { Control } from './control.ts';
import { createControl, markFailed, readyWorkers, requestState, startAt, stateOf } from './control.ts';
import type { RunningRegistrar } from './embedded.ts';
import { createHeartbeatWatch } from './heartbeat.ts';
import type { WorkerPool } from './pool.ts';
import type { RedirectName } from './redirect-names.ts';
import { cleanupUsMax, seriesSecondsFor } from './run-length.ts';
import type { StopSwitch } from './stop-switch.ts';
import type { TargetWatch } from './target-watch.ts';
import { userErrorIn, workerLost } from './worker-error.ts';

export interface LoadOptions {
  readonly pool: WorkerPool;
  readonly plan: RunPlan;
  readonly targets: readonly WeightedTarget[];
  readonly targetWatch: TargetWatch;
  readonly redirectNames: readonly RedirectName[];
  readonly workers: number;
  readonly runId: string;
  readonly seed: number;
  readonly userAgent: string;
  readonly stop: StopSwitch;
  /** The embedded registrar: the load cannot go on without it. */
  readonly registrar: RunningRegistrar | null;
  readonly onProgress: ((blocks: readonly MetricsBlock[], elapsedUs: number) => void) | null;
  readonly progressMs: number;
}

export interface LoadOutcome {
  readonly blocks: readonly MetricsBlock[];
  /** By worker; null for one that was lost. */
  readonly done: readonly (LoadDone | null)[];
  /** That all workers together had open. */
  readonly sockets: number;
  /** The wall clock at the common start. */
  readonly startedAt: Date;
  readonly durationUs: number;
  /** The first thing that went wrong; null when every worker came to its end. */
  readonly lost: UserError | null;
}

/** From the order to the start: the workers sleep on the state and are woken by it, which takes well under this. */
const START_LEAD_US = 50 * US_PER_MS;
const READY_POLL_MS = 5;
/** Building tables for a million contexts and opening sockets takes a second or two. */
const READY_WAIT_MS_MAX = 60_000;
/** After an interrupt, flows under way get this long, or the plan's drain if that is shorter. */
const GRACE_US_MAX = 5 * US_PER_SECOND;
/** A worker looks at the state at least every 100 ms. */
const OBEY_MS_MAX = 3_000;
/** Node's timers take no more, and fire at once instead. */
const TIMER_MS_MAX = 2 ** 31 - 1;
const LOOK_MS = 1_000;
const LOOKS_WITHOUT_TURN_MAX = 20;

/** What the pieces below share while the load lasts. */
interface Load {
  readonly options: LoadOptions;
  readonly control: Control;
  readonly blocks: readonly MetricsBlock[];
  readonly done: (LoadDone | null)[];
  /** How many tasks have ended, well or badly. */
  ended: number;
  lost: UserError | null;
}

/** Throws a UserError when the workers could not even start; nothing was sent then. */
export const runLoad = async (options: LoadOptions): Promise<LoadOutcome> => {
  const load = createLoad(options);
  const tasks = Promise.all(load.blocks.map((block, worker) => runWorker(load, worker, block)));
  await allReady(load);
  if (load.lost !== null) {
    await endedOrDestroyed(load, tasks);
    throw load.lost;
  }
  const originUs = monotonicNowUs() + START_LEAD_US;
  const startedAt = new Date(Date.now() + START_LEAD_US / US_PER_MS);
  startAt(load.control, originUs);
  const stopWatching = watch(load, originUs);
  await endedOrDestroyed(load, tasks);
  stopWatching();
  const durationUs = Math.max(0, monotonicNowUs() - originUs);
  const sockets = socketCount(options.plan.local, options.workers);
  return { blocks: load.blocks, done: load.done, sockets, startedAt, durationUs, lost: load.lost };
};

const createLoad = (options: LoadOptions): Load => {
  const seriesSeconds = seriesSecondsFor(options.plan);
  return {
    options,
    control: createControl(),
    blocks: Array.from({ length: options.workers }, () => createMetricsBlock(seriesSeconds)),
    done: Array.from({ length: options.workers }, () => null),
    ended: 0,
    lost: null,
  };
};

/** Never rejects: what goes wrong is kept in `load.lost`. */
const runWorker = async (load: Load, worker: number, block: MetricsBlock): Promise<void> => {
  const { pool, plan, targets, targetWatch, redirectNames, workers, runId, seed, userAgent } = load.options;
  try {
    const done = await pool.run({
      kind: 'load',
      version: MESSAGES_VERSION,
      plan,
      targets,
      targetTable: targetWatch.table,
      redirectNames,
      workerIndex: worker,
      workerCount: workers,
      runId,
      seed,
      userAgent,
      control: load.control.buffer,
      metrics: block.buffer,
    });
    assert(done.kind === 'load-done', 'a load task is answered by load-done');
    load.done[worker] = done;
  } catch (error) {
    lose(load, userErrorIn(error) ?? workerLost(error, `worker ${worker + 1} of ${workers}`));
  } finally {
    load.ended++;
  }
};

/** A lost worker fails the run: the first one is remembered, the others are told to stop. */
const lose = (load: Load, error: UserError): void => {
  load.lost ??= error;
  markFailed(load.control);
  requestState(load.control, STATE_ABORT);
};

/** Waits until every worker has its sockets, or something went wrong, or the operator stops it. */
const allReady = async (load: Load): Promise<void> => {
  const { workers, stop } = load.options;
  for (let waitedMs = 0; readyWorkers(load.control) < workers; waitedMs += READY_POLL_MS) {
    if (load.lost !== null || stop.level() > 0 || load.ended === workers) break;
    if (waitedMs >= READY_WAIT_MS_MAX) lose(load, neverReady(load));
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
};

const neverReady = (load: Load): UserError => {
  const ready = `${readyWorkers(load.control)} of ${load.options.workers} workers`;
  return new UserError('WORKER_LOST', { message: `only ${ready} got ready within ${READY_WAIT_MS_MAX / 1000} s` });
};

/** Progress, heartbeats, interrupts and the registrar's health. Returns how to stop watching. */
const watch = (load: Load, originUs: number): (() => void) => {
  const { stop, registrar, onProgress, progressMs, plan, targetWatch } = load.options;
  const stopLooking = targetWatch.start(load.control);
  const timers: NodeJS.Timeout[] = [];
  const silentWorker = createHeartbeatWatch(load.blocks, LOOKS_WITHOUT_TURN_MAX);
  timers.push(setInterval(() => loseSilent(load, silentWorker()), LOOK_MS));
  if (onProgress !== null) {
    timers.push(setInterval(() => onProgress(load.blocks, Math.max(0, monotonicNowUs() - originUs)), progressMs));
  }
  let watching = true;
  const stopListening = stop.onPress((level) => {
    requestState(load.control, level === 1 ? STATE_STOP_STARTING : STATE_ABORT);
    if (level === 1) timers.push(setTimeout(() => requestState(load.control, STATE_ABORT), graceMs(plan)));
  });
  registrar?.ended.then((end) => {
    if (watching) lose(load, end instanceof UserError ? end : workerLost(new Error('ended early'), 'the registrar'));
  });
  return () => {
    watching = false;
    stopLooking();
    stopListening();
    for (const timer of timers) clearTimeout(timer);
  };
};

/** The short drain of an interrupted run, and then its clean-up. */
const graceMs = (plan: RunPlan): number =>
  Math.min(TIMER_MS_MAX, (Math.min(plan.drainUs, GRACE_US_MAX) + cleanupUsMax(plan)) / US_PER_MS);

const loseSilent = (load: Load, worker: number): void => {
  if (worker < 0) return;
  const who = `worker ${worker + 1} of ${load.options.workers}`;
  lose(load, new UserError('WORKER_LOST', { message: `${who} hangs: no turn in ${LOOKS_WITHOUT_TURN_MAX} s` }));
};

/** Waits for the tasks' end. Once ABORT was asked for, only a few seconds more; then the threads are ended. */
const endedOrDestroyed = async (load: Load, tasks: Promise<unknown>): Promise<void> => {
  let abortedMs = 0;
  const timer = setInterval(() => {
    if (stateOf(load.control) !== STATE_ABORT) return;
    abortedMs += LOOK_MS / 10;
    if (abortedMs !== OBEY_MS_MAX) return;
    lose(load, new UserError('WORKER_LOST', { message: `a worker did not stop within ${OBEY_MS_MAX / 1000} s` }));
    void load.options.pool.destroy();
  }, LOOK_MS / 10);
  await tasks;
  clearInterval(timer);
};
