// The entry of every worker thread: the pool hands it a task and gets an answer. A mistake of the operator's that shows
// only here (a port in use) crosses the thread boundary as the error's cause, since a class does not survive it.

import { assert, assertNever, isUserError } from '../std/index.ts';
import type { WorkerDone, WorkerTask } from './messages.ts';
import { MESSAGES_VERSION } from './messages.ts';

export async function runTask(task: WorkerTask): Promise<WorkerDone> {
  assert(task.version === MESSAGES_VERSION, 'coordinator and worker are of one version');
  try {
    return await dispatch(task);
  } catch (error) {
    if (!isUserError(error)) throw error;
    throw new Error(error.message, { cause: { code: error.code, problems: error.problems } });
  }
}

/**
 * A thread that has no task loads nothing: the native library cannot be loaded by a thread that is being ended, which would
 * abort the whole process, and idle threads are ended whenever a run ends early.
 */
async function dispatch(task: WorkerTask): Promise<WorkerDone> {
  switch (task.kind) {
    case 'load':
      return (await import('./load.ts')).runLoad(task);
    case 'probe':
      return (await import('./probe.ts')).runProbe(task);
    case 'registrar':
      return (await import('./registrar-server.ts')).runRegistrar(task);
    case 'survey':
      return (await import('./survey.ts')).runSurvey(task);
    default:
      return assertNever(task, 'task');
  }
}
