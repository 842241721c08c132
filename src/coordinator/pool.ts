// The worker threads: one Piscina pool, as many threads as tasks, each running one task that lasts as long as the run.
//
// `atomics: 'disabled'` because a worker keeps its own event loop turning (sockets, timers) between tasks; Piscina's
// blocking wait would stop it. Threads are stopped by the control block, and `destroy` is the last resort.

import { Piscina } from 'piscina';
import { assert } from '../std/index.ts';
import type { WorkerDone, WorkerTask } from '../worker/messages.ts';

/** What runs in a thread, and how much JavaScript heap it may take. Tables and slabs lie outside that heap. */
export interface WorkerEntry {
  readonly file: URL;
  readonly heapMb: number;
}

/** What a worker file exports for the pool to call. */
const TASK_EXPORT = 'runTask';

/**
 * The compiled worker. Its heap holds the plan and some fixed objects, a few megabytes; a worker that needs a thousand has
 * a leak, and ends instead of taking the machine with it.
 */
export const DEFAULT_WORKER: WorkerEntry = {
  file: new URL('../worker/main.js', import.meta.url),
  heapMb: 1024,
};

export interface WorkerPool {
  /** Rejects when the worker throws, exits or runs out of memory. */
  run(task: WorkerTask): Promise<WorkerDone>;
  /** Ends every thread, whatever it does. */
  destroy(): Promise<void>;
}

export const createPool = (threads: number, entry: WorkerEntry): WorkerPool => {
  assert(threads >= 1, 'a pool has at least one thread');
  const pool = new Piscina<WorkerTask, WorkerDone>({
    filename: entry.file.href,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: 1,
    atomics: 'disabled',
    resourceLimits: { maxOldGenerationSizeMb: entry.heapMb },
    recordTiming: false,
    // A thread starts without them, and its stacks should name sources where ours do.
    ...(process.sourceMapsEnabled ? { execArgv: [...process.execArgv, '--enable-source-maps'] } : {}),
  });
  // A thread without a task can fail too (a replacement for a lost one, while the run is being ended). The task that was
  // lost has reported the trouble; without a listener this event would end the process without a report.
  pool.on('error', () => {});
  return {
    run: (task) => pool.run(task, { name: TASK_EXPORT }),
    destroy: () => pool.destroy(),
  };
};
