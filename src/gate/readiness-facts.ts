// What is known of a machine before a run, as plain data, and what a check says about it. Gathered by
// coordinator/gather-readiness.ts, judged by readiness.ts.

/** What the plan asks of the machine. */
export interface PlanNeeds {
  readonly workers: number;
  /** As many as its rate asks for, whatever the machine has. */
  readonly workersWanted: number;
  /** Workers, and the embedded registrar's. */
  readonly threads: number;
  /** Source addresses and ports. */
  readonly sockets: number;
  /** Targets that each of them has a socket to. */
  readonly targets: number;
  readonly segmentation: boolean;
  readonly contexts: number;
  readonly startsPerSecond: number;
  readonly attemptsPerSecond: number;
  /** With a challenge for each of them; more than that comes only from a registrar that repeats itself. */
  readonly answersPerSecond: number;
  /** Open files of the whole process, at most. */
  readonly descriptors: number;
  /** All tables, numbers and threads. */
  readonly memoryBytes: number;
  /** The part of it that grows with the contexts. */
  readonly tableBytes: number;
  readonly socketKind: 'auto' | 'udp-batch' | 'udp-dgram';
  /** Null: the system chooses. */
  readonly localPorts: { readonly first: number; readonly last: number } | null;
}

/** Something that could not be done, in the words of the run. */
export interface ReadinessProblem {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

export interface TargetFacts {
  readonly name: string;
  /** Null where it has none, or none that load may go to. */
  readonly address: string | null;
  /** All that it has, the most preferred first; each is sent its share by priority and weight (RFC 2782). */
  readonly targets: readonly {
    readonly address: string;
    readonly port: number;
    readonly priority: number;
    readonly weight: number;
  }[];
  /** What was looked up and what came of it, a sentence each. */
  readonly steps: readonly string[];
  /** How long that holds; null: for good, or it is not told. */
  readonly ttlSeconds: number | null;
  readonly sameMachine: boolean;
  readonly problem: ReadinessProblem | null;
}

/** What came of opening the run's sockets. */
export interface SocketFacts {
  readonly transport: 'udp-batch' | 'udp-dgram';
  readonly batchUnavailable: string | null;
  readonly socketsOpened: number;
  readonly problems: readonly (ReadinessProblem & { readonly localPort: number })[];
  readonly receiveBufferBytes: number | null;
  readonly sendBufferBytes: number | null;
  readonly receiveBufferBytesWanted: number;
  readonly sendBufferBytesWanted: number;
  readonly stamped: boolean | null;
  readonly segmented: boolean | null;
}

/** Null: this system does not tell. */
export interface MachineReadiness {
  readonly receiveBufferBytesMax: number | null;
  readonly sendBufferBytesMax: number | null;
  readonly localPortRange: { readonly first: number; readonly last: number; readonly inUse: number } | null;
  /** Infinity (null in JSON): no limit. */
  readonly openFiles: { readonly soft: number; readonly hard: number } | null;
  readonly processors: {
    /** That this process may run on. */
    readonly usable: number;
    readonly online: number;
    /** How many processors' worth of time its control group gets; null: as much as there is. */
    readonly quota: number | null;
  };
  readonly memory: { readonly availableBytes: number; readonly limitedBy: 'machine' | 'control group' } | null;
  readonly clockSource: { readonly current: string; readonly available: readonly string[] } | null;
  readonly clockReadNs: number;
  readonly sleepLateUs: number;
  readonly sleepLateUsMax: number;
  readonly governor: string | null;
  /** Processes that ran or wanted to, in the mean of the last minute. */
  readonly loadAverage: number | null;
}

export interface ReadinessFacts {
  readonly plan: PlanNeeds;
  readonly target: TargetFacts;
  readonly sockets: SocketFacts;
  readonly machine: MachineReadiness;
}

export type FindingStatus = 'ok' | 'warning' | 'missing' | 'unknown';

export interface Finding {
  readonly check: string;
  readonly status: FindingStatus;
  readonly is: string;
  readonly needed: string;
  /** Commands and flags, the best first; empty where none helps or none is needed. */
  readonly mend: readonly string[];
}

export type Check = (facts: ReadinessFacts) => Finding;
