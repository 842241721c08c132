// The embedded registrar as a thread of the run: started before the load, stopped after it. It shares the process, so its
// processor time is part of the run's; results say so.

import type { RegistrarPlan, RunPlan } from '../scenario/index.ts';
import { defaultBehaviour, usersOf } from '../scenario/index.ts';
import { assert, UserError } from '../std/index.ts';
import type { RegistrarDone, RegistrarTaskOptions, ResolvedTarget } from '../worker/messages.ts';
import { MESSAGES_VERSION, STATE_ABORT } from '../worker/messages.ts';
import { createControl, requestState } from './control.ts';
import type { WorkerPool } from './pool.ts';
import { userErrorIn, workerLost } from './worker-error.ts';

const LOOPBACK = '127.0.0.1';
const READY_POLL_MS = 5;
/** Allocating tables for a million bindings takes well under a second. */
const READY_WAIT_MS_MAX = 30_000;
/** It looks at the state at least every 100 ms. */
const STOP_WAIT_MS_MAX = 3_000;

export interface RunningRegistrar {
  readonly target: ResolvedTarget;
  /** Settles when the thread ends, asked or not; never rejects. */
  readonly ended: Promise<RegistrarDone | UserError>;
  /** Asks it to end and waits for its counts, a few seconds at most; null when there are none. */
  stop(): Promise<RegistrarDone | null>;
}

/** RFC 3261 §10.3 leaves the limits to the registrar's policy; by default it grants what is asked, an hour where nothing is. */
export const embeddedOptions = (plan: RunPlan, seed: number): RegistrarTaskOptions =>
  taskOptions(plan, settingsOf(plan), seed);

const taskOptions = (plan: RunPlan, registrar: RegistrarPlan | null, seed: number): RegistrarTaskOptions => ({
  address: LOOPBACK,
  port: 0,
  domain: registrar?.domain ?? plan.identities.domain,
  password: plan.identities.password,
  users: usersOf(plan.identities),
  behaviour: registrar?.behaviour ?? defaultBehaviour(),
  capacity: registrar?.users ?? plan.identities.count,
  seed: registrar?.seed ?? seed,
  sockets: plan.local.sockets,
});

/** As `target: { embedded: … }` has it; null where the scenario says `embedded` and no more. */
const settingsOf = ({ target }: RunPlan): RegistrarPlan | null =>
  target.kind === 'embedded' ? (target.registrar ?? null) : null;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Resolves when it listens; throws PORT_IN_USE and the like as the thread reported it. */
export const startRegistrar = async (pool: WorkerPool, options: RegistrarTaskOptions): Promise<RunningRegistrar> => {
  const control = createControl();
  const port = new Int32Array(new SharedArrayBuffer(4));
  let settled: RegistrarDone | UserError | null = null;
  const ended = pool
    .run({
      kind: 'registrar',
      version: MESSAGES_VERSION,
      options,
      control: control.buffer,
      portCell: port.buffer as SharedArrayBuffer,
    })
    .then(
      (done) => {
        assert(done.kind === 'registrar-done', 'a registrar task is answered by registrar-done');
        settled = done;
        return done;
      },
      (error: unknown) => {
        settled = userErrorIn(error) ?? workerLost(error, 'the registrar');
        return settled;
      },
    );
  const stop = async (): Promise<RegistrarDone | null> => {
    requestState(control, STATE_ABORT);
    for (let waitedMs = 0; settled === null && waitedMs < STOP_WAIT_MS_MAX; waitedMs += READY_POLL_MS) {
      await pause(READY_POLL_MS);
    }
    return settled instanceof UserError ? null : settled;
  };
  for (let waitedMs = 0; Atomics.load(port, 0) <= 0 && settled === null; waitedMs += READY_POLL_MS) {
    if (waitedMs >= READY_WAIT_MS_MAX) throw notReady();
    await pause(READY_POLL_MS);
  }
  // A thread that ended before it was asked to has a reason to tell.
  if ((settled as unknown) instanceof UserError) throw settled as unknown as UserError;
  return { target: { address: options.address, port: Atomics.load(port, 0) }, ended, stop };
};

const notReady = (): UserError =>
  new UserError('WORKER_LOST', { message: `the registrar did not start within ${READY_WAIT_MS_MAX / 1000} s` });
