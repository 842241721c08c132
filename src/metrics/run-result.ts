// The result of a run: the shape of summary.json (schemaVersion 1), and what gates and reports read. Extend, never rename.

import type { ProcedureName } from './names.ts';

export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'unreachable' | 'aborted';
export type ValidityVerdict = 'valid' | 'suspect' | 'invalid';

/** What a validity reason throws doubt on. `all` includes the rest. */
export type Taint = 'timing' | 'rates' | 'all';

export interface ValidityReason {
  readonly reason: string;
  readonly taints: readonly Taint[];
  /** `suspect` warns, `invalid` makes the run inconclusive. */
  readonly severity: 'suspect' | 'invalid';
}

/** Null where there are too few samples: percentile p needs 10 / (1 - p). All in microseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly min: number | null;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
  /** HdrHistogram V2, compressed, base64; readable by any HDR library. */
  readonly histogram: string;
}

export interface ProcedureResult {
  readonly started: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly challenged: number;
  /** Asked for longer after a 423 (RFC 3261 §10.2.8). */
  readonly raised: number;
  /** Of those started: attempts that repeat a failed one. Not started: those that the budget did not allow. */
  readonly retries: number;
  readonly retriesDeniedByBudget: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly latencyUs: LatencySummary;
  readonly failureLatencyUs: LatencySummary;
  readonly wireUs: LatencySummary;
  readonly lagUs: LatencySummary;
}

/** Calls to the kernel that moved at least one datagram, over the whole run and all workers, the cleanup included. */
export interface CallSummary {
  readonly count: number;
  /** Datagrams: all that the calls moved, and how many a call did. Null where there are too few calls. */
  readonly datagrams: {
    readonly total: number;
    readonly mean: number | null;
    readonly p50: number | null;
    readonly p99: number | null;
    readonly max: number | null;
  };
}

/** Rounds of the workers' loops over the whole run, and how long they were busy, waiting left out. */
export interface TurnSummary {
  readonly count: number;
  readonly us: { readonly p50: number | null; readonly p99: number | null; readonly max: number | null };
}

/** Only procedures that the flow contains appear. */
export type ProcedureResults = Readonly<Partial<Record<ProcedureName, ProcedureResult>>>;

export interface ThresholdResult {
  readonly expression: string;
  readonly source: string;
  readonly status: 'passed' | 'failed' | 'undecided';
  readonly observed: number | null;
  readonly unit: string;
  readonly limit: number;
  readonly samples: number;
  /** (limit - observed) / limit for upper limits, the reverse for lower ones; null when undecided or the limit is 0. */
  readonly margin: number | null;
}

export interface RateResult {
  readonly offeredPerSecond: number;
  readonly achievedPerSecond: number;
  readonly peakPerSecond: number;
}

/** One place that the load went to. */
export interface TargetResult {
  /** `address:port`, as it was in the end where it changed during the run. */
  readonly address: string;
  /** First sends. */
  readonly requests: number;
  /** Matched ones, provisional and repeated ones included. */
  readonly responses: number;
  /** How often a context left it for its next target, because it had failed (RFC 3263 §4.3). */
  readonly failovers: number;
}

/** 3xx answers that could be followed (RFC 3261 §8.1.3.4), by what became of them; all 0 where the scenario follows none. */
export interface RedirectResult {
  readonly followed: number;
  /** Not followed: as many as `redirects.follow` had been in the attempt; */
  readonly limit: number;
  /** every Contact that was left had been tried in it; */
  readonly loop: number;
  /** `redirects.to` does not allow any; */
  readonly notAllowed: number;
  /** there is none over UDP and IPv4; */
  readonly unusable: number;
  /** the worker's places or Request-URIs were used up, or no socket could be opened there. */
  readonly noRoom: number;
  /** Requests to places that are none of `targets`, and responses from there; their share of the run's. */
  readonly requests: number;
  readonly responses: number;
}

export interface FailureText {
  readonly status: number;
  readonly phrase: string;
  /** `Warning: …` or `P-Registrar-Error: …` as received, or empty. */
  readonly header: string;
  readonly count: number;
}

/** Requests that came in on the contexts' sockets, over the whole run. */
export interface IncomingResult {
  /** By method; `other` is any that no RFC in docs/METHOD.md names. */
  readonly requests: Readonly<Record<string, number>>;
  /** Sent, by status. */
  readonly answers: Readonly<Record<string, number>>;
  /** ACK and CANCEL, and what found no room: requests without answers. */
  readonly unanswered: number;
  /** Datagrams without a message, by which a server keeps NAT mappings open: CRLF, CRLFCRLF, four zero bytes. */
  readonly keepalives: number;
}

export interface VerifyResult {
  readonly sampled: number;
  readonly checked: number;
  readonly missing: number;
  readonly failed: number;
}

/** Which keepalives the scenario wants. */
export interface KeepaliveFacts {
  readonly kind: 'crlf' | 'stun' | 'options';
  readonly per: 'context' | 'socket';
  readonly everySeconds: number;
}

/** Keepalives of the contexts, over the whole run. sent = answered + lost + open. */
export interface KeepaliveResult extends KeepaliveFacts {
  readonly sent: number;
  /** These are null for crlf, which nobody answers. */
  readonly answered: number | null;
  /** Without an answer when the next one was due. */
  readonly lost: number | null;
  /** Sent last, and not answered when the run was over. */
  readonly open: number | null;
  /** Answers that came too late, twice, or to nothing. */
  readonly unknown: number;
  readonly roundTripUs: LatencySummary | null;
}

/** Answers that told of something, and the text of one of them as received. */
export interface ToldResult {
  readonly answers: number;
  readonly example: string;
}

/** What 2xx answers listed, over the whole run, the cleanup left out. */
export interface BindingResult {
  /** Answers to a register or refresh in which one of our Contacts got less than it asked for, is missing, or got 0. */
  readonly grantedLess: number;
  readonly missing: number;
  readonly zero: number;
  /** Answers that list more or fewer bindings than the request asked for. */
  readonly more: number;
  readonly fewer: number;
  /** Service-Routes that could not be kept, and are not used. */
  readonly routesLeft: number;
  /** Only what was told. */
  readonly told: Readonly<
    Partial<Record<'path' | 'serviceRoute' | 'pubGruu' | 'tempGruu' | 'associatedUri', ToldResult>>
  >;
}

/** Where the sockets of the run are seen (RFC 3581). */
export interface NatFacts {
  readonly mode: 'off' | 'direct' | 'exosip';
  /** `local.advertise`, or null. */
  readonly advertise: string | null;
  /** Local sockets that answers told about, and how many of them were seen elsewhere than where they are. */
  readonly sockets: number;
  readonly behindNat: number;
  /** The first few of those behind a NAT. */
  readonly seen: readonly { readonly local: string; readonly seen: string }[];
}

export interface NatResult extends NatFacts {
  /** A socket that was seen at one address came to be seen at another one. */
  readonly changes: number;
  /** Contacts of sockets that were repaired; each is that of all its phones. */
  readonly repairs: number;
  /** How often a Contact that leads nowhere was left as it was, because one had been repaired less than a minute ago. */
  readonly stopped: number;
  /** With `exosip`: requests that delete the binding of the old Contact, and those of them that ended without a 2xx. */
  readonly deletions: number;
  readonly deletionsFailed: number;
  /** Phones' new Contacts that were registered behind a deletion. */
  readonly replacements: number;
}

export interface RunResult {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: 'regstorm'; readonly version: string };
  readonly scenario: {
    readonly name: string;
    readonly file: string;
    readonly hash: string;
    readonly seed: number;
    readonly runId: string;
  };
  readonly environment: {
    readonly node: string;
    readonly platform: string;
    readonly kernel: string;
    readonly cpuModel: string;
    readonly cpus: number;
    readonly target: string;
    readonly transport: string;
    readonly wireClock: 'kernel' | 'userland';
    /** The target's address is one of this machine's: generator and registrar share the processors. */
    readonly sharedMachine: boolean;
    /** The command line with secrets left out. */
    readonly commandLine: readonly string[];
  };
  readonly startedAt: string;
  readonly durationSeconds: number;
  readonly verdict: Verdict;
  readonly exitCode: number;
  readonly validity: { readonly verdict: ValidityVerdict; readonly reasons: readonly ValidityReason[] };
  /** Facts that throw no doubt, such as generator and target on one machine. */
  readonly notes: readonly string[];
  readonly phases: readonly {
    readonly name: string;
    readonly startSeconds: number;
    readonly durationSeconds: number;
  }[];
  readonly thresholds: readonly ThresholdResult[];
  readonly procedures: ProcedureResults;
  readonly totals: ProcedureResults;
  readonly reasons: readonly FailureText[];
  readonly transactions: {
    readonly requestsSent: number;
    readonly retransmissions: number;
    readonly datagramsSent: number;
    readonly responses: Readonly<Record<string, number>>;
    readonly stray: number;
    readonly malformed: number;
    readonly truncated: number;
    /** Retry-After headers (RFC 3261 §20.33) by what became of them; ignored: nothing followed that they could put off. */
    readonly retryAfter: {
      readonly honoured: number;
      readonly capped: number;
      readonly malformed: number;
      readonly ignored: number;
    };
    readonly redirects: RedirectResult;
  };
  readonly incoming: IncomingResult;
  /** Digest challenges over the whole run; those of the cleanup are left out. */
  readonly authentication: {
    /** Challenges answered, by algorithm; what did not occur is left out. */
    readonly answered: Readonly<Record<string, number>>;
    /** Of those: said that the nonce was stale, not that the password was wrong. */
    readonly staleNonces: number;
    /** Nonces for the next request that came with a 2xx. */
    readonly nextNonces: number;
    /** Proofs of servers that they know the secret (rspauth), and those of them that are wrong. */
    readonly rspauth: { readonly checked: number; readonly mismatches: number };
  };
  /** Null where the scenario wants none. */
  readonly keepalive: KeepaliveResult | null;
  readonly nat: NatResult;
  readonly contexts: {
    readonly total: number;
    readonly registeredPeak: number;
    readonly registeredAtEnd: number;
    readonly expiredBeforeRefresh: number;
    /** Those that came to speak from another port (`nat.rebind`). */
    readonly rebound: number;
  };
  readonly bindings: BindingResult;
  /**
   * Bindings asked for after the drain, outside all measured numbers: of so many contexts, so many answers could be compared with
   * what was confirmed, and so many did not list the binding. Of the rest (failed) nothing can be told: no answer, another one than
   * a 200, or one that came when the binding may have expired. Null when none was asked for.
   */
  readonly verify: VerifyResult | null;
  /** Cleanup after the drain, outside all measured numbers; null when none was asked for. */
  readonly cleanup: { readonly attempted: number; readonly succeeded: number; readonly failed: number } | null;
  readonly rates: { readonly starts: RateResult; readonly registrations: RateResult; readonly requests: RateResult };
  readonly generator: {
    readonly workers: number;
    /** Source addresses and ports, over all workers; 0 in a run that made no load. */
    readonly sockets: number;
    readonly cpuSeconds: number;
    readonly maxRssBytes: number;
    readonly missedStarts: { readonly late: number; readonly noSlot: number; readonly contextBusy: number };
    readonly clockSteps: number;
    readonly receiveQueueOverruns: number;
    readonly sendCalls: CallSummary;
    readonly receiveCalls: CallSummary;
    readonly turns: TurnSummary;
    /** Flushes that the kernel cut short, by what was full, and how long messages then waited for it. */
    readonly sendBlocked: {
      readonly noRoom: number;
      readonly queueFull: number;
      readonly waitedUsTotal: number;
      readonly waitedUsMax: number;
      /** Timers E and F that fired for a request which had not left yet. */
      readonly overtaken: number;
    };
  };
  readonly target: {
    /** Datagrams dropped at the registrar's own sockets during the load; null where that cannot be told. */
    readonly receiveQueueOverruns: number | null;
  };
  /** The most preferred first; contexts are spread over them by SRV weight (RFC 2782). */
  readonly targets: readonly TargetResult[];
}
