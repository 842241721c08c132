// Everything that crosses the thread boundary: the tasks the coordinator gives to the pool, their answers, and the
// control block in shared memory. Plain data only. MESSAGES_VERSION is checked by the worker.
//
// Control block (Int32Array over a SharedArrayBuffer; CTL_* are indices):
//   CTL_STATE      what the coordinator wants: WAIT, RUN, STOP_STARTING (drain, then end), ABORT (end now)
//   CTL_READY      how many workers have their sockets open
//   CTL_FAILED     a worker ended badly: the others stop too
//   CTL_TARGETS    the edition of the target table (target-table.ts) that counts now; 0: as in the beginning
// and, in the same buffer after the Int32 lanes, one Float64: the run's origin on CLOCK_MONOTONIC, microseconds, valid once
// CTL_STATE is RUN.

import type { RegistrarBehaviour, RunPlan, SubscriberUsers } from '../scenario/index.ts';
import type { ErrorCode } from '../std/index.ts';

export const MESSAGES_VERSION = 2;

export const CTL_STATE = 0;
export const CTL_READY = 1;
export const CTL_FAILED = 2;
export const CTL_TARGETS = 3;
export const CTL_LANES = 4;
export const CONTROL_ORIGIN_OFFSET_BYTES = CTL_LANES * 4;
export const CONTROL_BYTES = CONTROL_ORIGIN_OFFSET_BYTES + 8;

export const STATE_WAIT = 0;
export const STATE_RUN = 1;
export const STATE_STOP_STARTING = 2;
export const STATE_ABORT = 3;

/** Places beyond its targets that redirects may add to a worker, each with as many sockets as a target. */
export const MOST_REDIRECT_PLACES = 8;

export interface ResolvedTarget {
  readonly address: string;
  readonly port: number;
}

/** One of several places that the load goes to: its share follows from SRV priority and weight. */
export interface WeightedTarget extends ResolvedTarget {
  readonly priority: number;
  readonly weight: number;
}

/** Generates load until the plan is done or CTL_STATE says stop. One per worker thread, never two at once. */
export interface LoadTask {
  readonly kind: 'load';
  readonly version: number;
  readonly plan: RunPlan;
  /** The most preferred first. */
  readonly targets: readonly WeightedTarget[];
  /** Where they are once they were looked up again (target-table.ts); null: they hold for the whole run. */
  readonly targetTable: SharedArrayBuffer | null;
  /** The names in `redirects.to` that were found, each with an IPv4 address in host order. */
  readonly redirectNames: readonly { readonly host: string; readonly address: number; readonly port: number }[];
  readonly workerIndex: number;
  readonly workerCount: number;
  readonly runId: string;
  readonly seed: number;
  readonly userAgent: string;
  readonly control: SharedArrayBuffer;
  readonly metrics: SharedArrayBuffer;
}

/** The embedded registrar. Answers with RegistrarReady through `port`, then serves until CTL_STATE is ABORT. */
export interface RegistrarTask {
  readonly kind: 'registrar';
  readonly version: number;
  readonly options: RegistrarTaskOptions;
  readonly control: SharedArrayBuffer;
  /** Int32Array: [0] 0 while starting, then the UDP port, or -1 when it could not open (the task then rejects). */
  readonly portCell: SharedArrayBuffer;
}

export interface RegistrarTaskOptions {
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  readonly domain: string;
  /** Null: no challenge, unless the behaviour has a password of its own. */
  readonly password: string | null;
  /** Users who have one each; null: there is no file of them. */
  readonly users: SubscriberUsers | null;
  readonly behaviour: RegistrarBehaviour;
  /** How many addresses-of-record it can hold. */
  readonly capacity: number;
  readonly seed: number;
  readonly sockets: 'auto' | 'udp-batch' | 'udp-dgram';
}

/**
 * One exchange by the plan's first identity, before any load and outside all counts: the precheck, and `quick` with a
 * single user. Ends when its flow has ended (or, with stopAtFirstAnswer, as soon as anything came back), when the peer is
 * refused by ICMP, or at timeoutUs.
 */
export interface ProbeTask {
  readonly kind: 'probe';
  readonly version: number;
  readonly plan: RunPlan;
  readonly target: ResolvedTarget;
  readonly runId: string;
  readonly seed: number;
  readonly userAgent: string;
  readonly control: SharedArrayBuffer;
  readonly metrics: SharedArrayBuffer;
  readonly stopAtFirstAnswer: boolean;
  readonly timeoutUs: number;
  /** Keep every message as text. */
  readonly trace: boolean;
}

/** Tries what a load would use and sends nothing to the target: `regstorm doctor`. Leaves nothing open. */
export interface SurveyTask {
  readonly kind: 'survey';
  readonly version: number;
  readonly plan: RunPlan;
  readonly targets: readonly ResolvedTarget[];
  readonly workerCount: number;
  readonly userAgent: string;
}

export type WorkerTask = LoadTask | RegistrarTask | ProbeTask | SurveyTask;

export interface LoadDone {
  readonly kind: 'load-done';
  readonly transport: 'udp-batch' | 'udp-dgram';
  readonly wireClock: 'kernel' | 'userland';
  readonly cpuUs: number;
  readonly warnings: readonly string[];
  /** When each phase of this worker really began, microseconds since the origin; null when it was not reached. */
  readonly drainStartedUs: number | null;
  readonly verifyStartedUs: number | null;
  readonly cleanupStartedUs: number | null;
  readonly endedUs: number;
  readonly cleanup: { readonly attempted: number; readonly succeeded: number; readonly failed: number };
  /** Each local socket that answers told about: its own address, and where it is seen. */
  readonly seen: readonly { readonly local: string; readonly seen: string }[];
}

export interface RegistrarDone {
  readonly kind: 'registrar-done';
  /** Requests that came, and those of them that an answer was sent to; retransmissions in both. */
  readonly requests: number;
  readonly answered: number;
  readonly bindings: number;
  /** What a rule, a limited service or a restart did, one line each. */
  readonly events: readonly string[];
  readonly cpuUs: number;
  readonly warnings: readonly string[];
}

export interface TracedMessage {
  readonly direction: 'sent' | 'received';
  readonly atUs: number;
  readonly text: string;
}

export interface ProbeDone {
  readonly kind: 'probe-done';
  readonly answer: 'answered' | 'refused' | 'silent';
  /** The first status code that came back, or null. */
  readonly status: number | null;
  readonly localAddress: string;
  readonly localPort: number;
  readonly transport: 'udp-batch' | 'udp-dgram';
  readonly messages: readonly TracedMessage[];
  readonly warnings: readonly string[];
}

/** A socket that could not be opened, as the run would tell it. */
export interface SurveyProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  /** 0: any port. */
  readonly localPort: number;
}

export interface SurveyDone {
  readonly kind: 'survey-done';
  readonly transport: 'udp-batch' | 'udp-dgram';
  /** Why udp-batch cannot be used here; null when it can. */
  readonly batchUnavailable: string | null;
  readonly socketsOpened: number;
  readonly problems: readonly SurveyProblem[];
  /** The smallest that any socket got; null when none was opened. */
  readonly receiveBufferBytes: number | null;
  readonly sendBufferBytes: number | null;
  readonly receiveBufferBytesWanted: number;
  readonly sendBufferBytesWanted: number;
  /** Whether a datagram to ourselves carried the kernel's receive time; null when that could not be tried. */
  readonly stamped: boolean | null;
  /** Whether requests would leave in segments (UDP_SEGMENT); null: nobody asked for it, or it could not be tried. */
  readonly segmented: boolean | null;
  /** What reading the clock costs, nanoseconds. */
  readonly clockReadNs: number;
  /** How late sleeps of half a millisecond ended: the median, and the latest. */
  readonly sleepLateUs: number;
  readonly sleepLateUsMax: number;
  /** The tables of all workers together. */
  readonly tableBytes: number;
}

export type WorkerDone = LoadDone | RegistrarDone | ProbeDone | SurveyDone;
