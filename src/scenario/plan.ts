// The run plan: what a scenario file means, with every default filled in, every unit turned into integers and every text
// template taken apart. Plain frozen data, so that it crosses threads as it is. Nothing downstream changes it.
//
// Left out on purpose: sockets, worker counts and addresses that only the shell knows (see worker/messages.ts).

import type { SharedValues } from '../std/index.ts';
import type { PlanRedirects } from './plan-redirects.ts';
import type { PlanBody, PlanContact, PlanHeader, PlanPhone, PlanRequirement, TextTemplate } from './plan-request.ts';
import type { RegistrarPlan } from './registrar-plan.ts';

export type { PlanRedirects, RedirectRule } from './plan-redirects.ts';
export type {
  PlanBody,
  PlanContact,
  PlanHeader,
  PlanParameter,
  PlanPhone,
  PlanRequirement,
  TemplatePart,
  TextTemplate,
} from './plan-request.ts';

/** The steps that talk, each with its own numbers in the result. */
export type Procedure = 'register' | 'refresh' | 'unregister' | 'wildcard' | 'query';

/** How long a `wait` lasts. All lengths are microseconds. */
export type PlanWait =
  | { readonly kind: 'fixed'; readonly lengthUs: number }
  | { readonly kind: 'uniform'; readonly leastUs: number; readonly mostUs: number }
  | { readonly kind: 'exponential'; readonly meanUs: number }
  | { readonly kind: 'ofExpires'; readonly fraction: number };

export interface AttemptStep {
  readonly kind: 'attempt';
  readonly procedure: Procedure;
  /** Seconds asked for in the Expires header; null where the request carries none (query). 0 for unregister and wildcard. */
  readonly expiresSeconds: number | null;
  readonly headers: readonly PlanHeader[];
  /** Absent: the managed Contact without parameters. Not in a query or wildcard. */
  readonly contacts?: readonly PlanContact[];
  readonly body?: PlanBody;
  readonly require?: PlanRequirement;
  /** Ends that count as succeeded (expectation.ts); absent: success alone. */
  readonly expect?: readonly string[];
  /** What follows when the step fails; absent: the flow stops. */
  readonly onFailure?: 'continue' | 'retry';
  /** With `retry` only. */
  readonly retry?: PlanRetry;
}

/** How a step that failed is tried again. */
export interface PlanRetry {
  /** `none`: it isn't, as if the flow stopped. */
  readonly policy: 'none' | 'fixed' | 'exponential' | 'exosip2';
  /** Not with `exosip2`, whose waits are its own (engine/exosip2.ts). */
  readonly baseUs: number;
  readonly capUs: number;
  /** Up to this share of each wait is left out by chance. */
  readonly jitter: number;
  /** Retries of one step at most; null: without end. */
  readonly tries: number | null;
  readonly retryAfterCapUs: number;
  /** Ends that are tried again; null: those that may be better next time (engine/endings.ts). */
  readonly on: readonly string[] | null;
}

/**
 * Stays registered for a time: refreshes the binding at a share of the granted interval that is drawn anew each time, between the
 * least and the most. Under `profile: exosip2` these two, margin and cap don't count; see src/engine/exosip2.ts.
 */
export interface HoldStep {
  readonly kind: 'hold';
  readonly forUs: number;
  /** Shares of the granted interval; more than 1 is after its end. */
  readonly leastShare: number;
  readonly mostShare: number;
  /** At the latest so long before the interval's end; 0: no such bound. */
  readonly marginUs: number;
  /** At the latest so long after the 200; null: no such bound. */
  readonly capUs: number | null;
  /** What each refresh is. */
  readonly refresh: AttemptStep;
}

export type PlanStep =
  | AttemptStep
  | HoldStep
  | { readonly kind: 'discard' }
  | { readonly kind: 'wait'; readonly wait: PlanWait }
  | { readonly kind: 'repeat'; readonly times: number; readonly steps: readonly PlanStep[] };

/** Where requests go. `uri` is a next hop that the coordinator resolves to IPv4 addresses and ports; see locate.ts. */
export type PlanTarget =
  | { readonly kind: 'embedded'; readonly registrar?: RegistrarPlan }
  | {
      readonly kind: 'uri';
      readonly text: string;
      readonly host: string;
      /** As written, else 5060. */
      readonly port: number;
      /** What is looked up before addresses, where the URI leaves it open; absent: nothing. */
      readonly lookUp?: 'naptr' | 'srv';
      /** The name server to ask, `address:port`; absent: the system's. */
      readonly dns?: string;
    };

/** What a challenge in one realm, or in any that no other credential names, is answered with. */
export interface PlanCredential {
  /** Null: every realm without a credential of its own. */
  readonly realm: string | null;
  /** The digest's user name; null: the identity's user. */
  readonly authUser: TextTemplate | null;
  readonly secret: PlanSecret;
}

/** H(A1) is made of user name, realm and password, so one that is given fits one user, one realm and one hash. */
export type PlanSecret =
  | { readonly kind: 'password'; readonly text: TextTemplate }
  | { readonly kind: 'ha1'; readonly digits: string; readonly algorithm: HashName }
  /** In the column ha1 of the subscribers' file. */
  | { readonly kind: 'ha1-column'; readonly algorithm: HashName };

export type HashName = 'MD5' | 'SHA-256' | 'SHA-512-256';

/**
 * Users from a file (read-subscribers.ts): context i is row `first + i`, and {index} the number of its row. Templates name its
 * columns.
 */
export interface PlanSubscribers {
  /** As messages name it. */
  readonly file: string;
  /** Those that are used, in the order in which the table has them. */
  readonly columns: readonly { readonly name: string; readonly longestBytes: number }[];
  readonly unused: readonly string[];
  readonly values: SharedValues;
  /** Each user has the domain of its row; `domain` is then that of the first one. */
  readonly hasDomains: boolean;
  /** And registers at that domain: no `registrar` says otherwise. */
  readonly ownRegistrars: boolean;
  /** A user's secret answers only the realm of its row. */
  readonly hasRealms: boolean;
  /** The realm that all rows name; null: they name none, or several. */
  readonly realm: string | null;
  /** 16 hex digits over what the rows of the run say, secrets left out. */
  readonly contentHash: string;
}

export interface PlanIdentities {
  readonly count: number;
  /** What {index} counts from. */
  readonly first: number;
  readonly user: TextTemplate;
  readonly domain: string;
  /** The password of every user in any realm. Null, and no `credentials`: a challenge ends the attempt with `no-credentials`. */
  readonly password: string | null;
  /** Credentials that say more than that: instead of `password`, never beside it. */
  readonly credentials: readonly PlanCredential[];
  /** Absent: users differ by their number alone. */
  readonly subscribers?: PlanSubscribers;
}

export interface PlanAuth {
  /** False: each attempt begins without credentials, whatever nonces are kept, and so asks for a challenge. */
  readonly reuseNonce: boolean;
  /** A 2xx with a wrong rspauth fails its attempt; absent: it is counted. */
  readonly checkRspauth?: true;
}

/** Constant-rate, open loop: start k is due at k * periodUs / startsPerPeriod, rounded down to whole microseconds. */
export interface PlanLoad {
  readonly model: 'constant-rate';
  readonly startsPerPeriod: number;
  readonly periodUs: number;
  /** Bound on the number of starts over the whole run; null when only time bounds it. */
  readonly starts: number | null;
  /** The measured window; null when the run ends with the last flow of `starts`. */
  readonly durationUs: number | null;
  readonly warmupUs: number;
  readonly cooldownUs: number;
}

/** RFC 3261 Table 4: T1 500 ms, T2 4 s, T4 5 s. Timer F is 64 * T1, Timer K is T4. */
export interface TimerProfile {
  readonly t1Us: number;
  readonly t2Us: number;
  readonly t4Us: number;
}

export type LatencyMetric = 'latency' | 'failureLatency' | 'wire' | 'lag';
export type CountMetric =
  | 'started'
  | 'succeeded'
  | 'failures'
  | 'skipped'
  | 'challenged'
  | 'raised'
  | 'retries'
  | 'retriesDeniedByBudget';
/** Of the verification: `verify.missing: count == 0`. */
export type VerifyMetric = 'sampled' | 'checked' | 'missing' | 'failed';
/** Of the keepalives, over the whole run: `keepalive.lost: ratio < 0.1%`. */
export type KeepaliveMetric = 'sent' | 'answered' | 'lost';

/**
 * One gate. `register.latency: p99 < 50ms` is {scope register, metric latency, aggregate {percentile 99}, '<', 50000, 'us'};
 * `all.failures: ratio < 0.1%` is {scope all, metric failures, aggregate ratio, '<', 0.001, 'ratio'}.
 */
export interface PlanThreshold {
  readonly expression: string;
  /** `file:line`, or `--threshold` / `built-in`. */
  readonly source: string;
  readonly scope: Procedure | 'all' | 'verify' | 'keepalive';
  /** A VerifyMetric or KeepaliveMetric where the scope is `verify` or `keepalive`, and only there. */
  readonly metric: LatencyMetric | CountMetric | VerifyMetric | KeepaliveMetric;
  /** For `failures.<cause>`: only that cause, e.g. `timeout` or `status-503`. */
  readonly cause: string | null;
  readonly aggregate:
    | { readonly kind: 'percentile'; readonly percentile: number }
    | { readonly kind: 'min' | 'mean' | 'max' | 'count' | 'ratio' | 'rate' };
  readonly comparison: '<' | '<=' | '>' | '>=' | '==' | '!=';
  /** In the unit's base: microseconds, a plain number, a share of 1, or per second. */
  readonly limit: number;
  readonly unit: 'us' | 'count' | 'ratio' | 'perSecond';
}

/** What contexts answer to requests that come in on their sockets. */
export interface PlanIncoming {
  /** RFC 6665 §4.1.3: 481, there being no subscription; 200 as a phone does whose subscription the provider made. */
  readonly notify: 200 | 481;
}

/** How the simulated devices behave where the RFCs leave them a choice, or where they break them; see docs/profiles.md. */
export type Profile = 'rfc3261' | 'exosip2';

/**
 * What is done about a Contact that is not where the registrar sees its phone: nothing; it is repaired in the next request; or, as
 * libeXosip2 does, its binding is deleted and the right one registered.
 */
export type NatMode = 'off' | 'direct' | 'exosip';

/** The NATs of some phones forget their mappings: from a moment between the two on, each speaks from another port. */
export interface PlanRebind {
  /** Of the contexts, 0 to 1. */
  readonly share: number;
  /** Since the run began. */
  readonly fromUs: number;
  readonly toUs: number;
}

/** Where a NAT or a balancer in front of the generator is reached. Null: the port is the socket's own. */
export interface PlanAdvertise {
  readonly host: string;
  readonly port: number | null;
}

export type KeepaliveKind = 'crlf' | 'stun' | 'options';

/** What keeps NAT mappings open; the next one comes `leastUs` to `everyUs` after the one before. */
export interface PlanKeepalive {
  readonly kind: KeepaliveKind;
  /** For each context that has a binding, as phones do, or once for each socket. */
  readonly per: 'context' | 'socket';
  readonly everyUs: number;
  readonly leastUs: number;
}

export type CleanupMode = 'none' | 'unregister' | 'wildcard';
export type PrecheckMode = 'register' | 'options' | 'none';
export type SocketKind = 'auto' | 'udp-batch' | 'udp-dgram';

/** Where requests come from; local-sockets.ts says which socket takes which address and port. */
export interface PlanLocal {
  /** IPv4 addresses to bind, in turn. Empty: the system chooses. */
  readonly addresses: readonly string[];
  /** Ports to bind on each address; null: the system chooses. */
  readonly firstPort: number | null;
  readonly lastPort: number | null;
  readonly socketsPerWorker: number;
  /** Each socket has a spare one, which contexts that are rebound speak from; absent or null: none is. */
  readonly rebind?: PlanRebind | null;
  readonly sockets: SocketKind;
  /** Most datagrams handed to the kernel in one call; null: as many as the transport finds best. */
  readonly maxBurst: number | null;
  /** Neighbouring requests of one length as one, cut apart by the kernel (UDP_SEGMENT). */
  readonly segmentation: boolean;
}

/** After the drain the bindings of a share of the contexts are asked for, and compared with what was confirmed to them. */
export interface PlanVerify {
  readonly sampleShare: number;
}

export interface RunPlan {
  readonly version: 1;
  readonly name: string;
  /** The scenario file as the operator named it. */
  readonly file: string;
  /** 16 hex digits over the effective scenario, secrets left out: equal for runs that can be compared. */
  readonly hash: string;
  readonly target: PlanTarget;
  /** The Request-URI, e.g. `sip:test.example`; has no user part (RFC 3261 §10.2). */
  readonly requestUri: string;
  readonly phone?: PlanPhone;
  readonly identities: PlanIdentities;
  readonly auth: PlanAuth;
  /** Absent: no redirect is followed. */
  readonly redirects?: PlanRedirects;
  readonly load: PlanLoad;
  readonly flow: readonly PlanStep[];
  readonly profile: Profile;
  /** Retries of the whole run as a share of its other attempts; null: as many as there are; absent: no step retries. */
  readonly retryBudget?: number | null;
  readonly timers: TimerProfile;
  readonly drainUs: number;
  /** Null: nothing is verified. */
  readonly verify: PlanVerify | null;
  readonly cleanup: CleanupMode;
  readonly precheck: PrecheckMode;
  readonly local: PlanLocal;
  readonly incoming: PlanIncoming;
  readonly keepalive: PlanKeepalive | null;
  readonly nat: NatMode;
  /** What Contacts say instead of the socket's own address (`local.advertise`); null: that address. */
  readonly advertise: PlanAdvertise | null;
  readonly thresholds: readonly PlanThreshold[];
  /** Null: random, chosen by the coordinator and printed. */
  readonly seed: number | null;
}
