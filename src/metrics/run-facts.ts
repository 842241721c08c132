// What only the shell knows about a run, and what the gate decided: everything in a result that is not counted.

import type { ProcedureName } from './names.ts';
import type { Window } from './rates.ts';
import type { KeepaliveFacts, NatFacts, RunResult } from './run-result.ts';

export type Judgement = Pick<RunResult, 'verdict' | 'exitCode' | 'validity' | 'thresholds'>;
export type Interruption = 'SIGINT' | 'SIGTERM';
/** What the exchange before the load found; `none` when none was made. */
export type PrecheckOutcome = 'answered' | 'silent' | 'refused' | 'none';

/** What only the shell knows. */
export interface RunFacts {
  readonly toolVersion: string;
  readonly scenario: RunResult['scenario'];
  readonly environment: RunResult['environment'];
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationSeconds: number;
  readonly measured: Window;
  readonly phases: RunResult['phases'];
  /** Those of the flow. */
  readonly procedures: readonly ProcedureName[];
  /** That all workers together had open. */
  readonly sockets: number;
  /** Processor time of the whole process; where it is not given, that of the worker threads stands. */
  readonly cpuSeconds?: number;
  readonly maxRssBytes: number;
  readonly verifyAsked: boolean;
  readonly cleanupAsked: boolean;
  readonly keepalive: KeepaliveFacts | null;
  readonly nat: NatFacts;
  readonly interrupted: Interruption | null;
  readonly workersLost: number;
  readonly precheck: PrecheckOutcome;
  /** `address:port` of each target; absent where it is one, which the environment names. */
  readonly targets?: readonly string[];
  /** Datagrams that the registrar's own sockets dropped; null where that cannot be told. */
  readonly targetOverruns: number | null;
  /** More of them, such as workers' warnings. */
  readonly notes: readonly string[];
  readonly judgement: Judgement;
}
