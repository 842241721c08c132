// The entry of every worker thread: the pool hands it a task and gets an answer. A mistake of the operator's that shows
// only here (a port in use) crosses the thread boundary as the error's cause, since a class does not survive it.

import { assert, assertNever, UserError } from '../std/index.ts';
import { runLoad } from './load.ts';
import type { WorkerDone, WorkerTask } from './messages.ts';
import { MESSAGES_VERSION } from './messages.ts';
import { runProbe } from './probe.ts';
import { runRegistrar } from './registrar-server.ts';

export async function runTask(task: WorkerTask): Promise<WorkerDone> {
  assert(task.version === MESSAGES_VERSION, 'coordinator and worker are of one version');
  try {
    return await dispatch(task);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new Error(error.message, { cause: { code: error.code, problems: error.problems } });
  }
}

function dispatch(task: WorkerTask): Promise<WorkerDone> {
  switch (task.kind) {
    case 'load':
      return runLoad(task);
    case 'probe':
      return runProbe(task);
    case 'registrar':
      return runRegistrar(task);
    default:
      return assertNever(task, 'task');
  }
}
