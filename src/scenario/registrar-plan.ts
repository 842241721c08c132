// What a registrar file means, with every default filled in: the embedded registrar as a test double. Plain frozen data; the
// file alone gives a RegistrarPlan, and so does `target: { embedded: … }` in a scenario, whose identities then say the rest.
//
// The registrar (src/registrar) takes a RegistrarBehaviour as it is and knows nothing of files.

import type { TextTemplate } from './text-template.ts';

/** Who is meant by a rule: numbers at the end of the user part, or a pattern with `*` and `?` for all of it. */
export type PlanUserMatch =
  | { readonly kind: 'range'; readonly first: number; readonly last: number }
  | { readonly kind: 'pattern'; readonly pattern: string };

export type RuleProcedure = 'register' | 'refresh' | 'unregister' | 'wildcard' | 'query' | 'options';

/** All that is not null has to hold. Times count from the first datagram that the registrar got. */
export interface PlanRuleMatch {
  readonly users: PlanUserMatch | null;
  /** A share of all users, always the same ones for a seed. */
  readonly userShare: number | null;
  /** A share of the requests. */
  readonly share: number | null;
  /** What the share is drawn for: a retransmission has the fate of its transaction, or one of its own. */
  readonly per: 'transaction' | 'datagram';
  readonly fromUs: number;
  readonly toUs: number | null;
  readonly procedure: RuleProcedure | null;
  /** With an Authorization or Proxy-Authorization, or without; null: either. */
  readonly credentials: boolean | null;
  /** The rule ends when it was applied so often. */
  readonly times: number | null;
}

export type PlanDelay =
  | { readonly kind: 'fixed'; readonly lengthUs: number }
  | { readonly kind: 'uniform'; readonly leastUs: number; readonly mostUs: number }
  | { readonly kind: 'normal'; readonly meanUs: number; readonly deviationUs: number }
  | { readonly kind: 'exponential'; readonly meanUs: number };

export interface PlanAnswer {
  readonly status: number;
  readonly phrase: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** What a rule does to the answers of the 200 that it lets the registrar give. */
export type PlanFalsehood = 'ownContactMissing' | 'notStored' | 'grantedZero';

/** A rule's action, or all of its actions together. */
export interface PlanAction {
  /** The request is taken for never received; or it is obeyed, and its answer is not sent. */
  readonly drop: 'request' | 'answer' | null;
  /** 100 at once; `hang`: and nothing after it. */
  readonly trying: 'answered' | 'hang' | null;
  readonly delay: PlanDelay | null;
  /** How often the answer is sent. */
  readonly copies: number;
  readonly wrongBranch: boolean;
  readonly wrongCseq: boolean;
  readonly garbage: boolean;
  readonly falsehood: PlanFalsehood | null;
  readonly answer: PlanAnswer | null;
}

export interface PlanRule {
  /** As the closing report names it. */
  readonly name: string;
  readonly match: PlanRuleMatch;
  readonly action: PlanAction;
}

/** It goes away at a time, counted from the first datagram, and comes back with its bindings or without. */
export interface PlanRestart {
  readonly atUs: number;
  readonly awayUs: number;
  readonly keepsBindings: boolean;
}

/** So many requests per time, one after the other, and a queue of those that wait. */
export interface PlanService {
  readonly serviceUs: number;
  readonly queue: number;
  readonly whenFull: 'drop' | '503';
  readonly retryAfterSeconds: number;
}

export type DigestAlgorithm = 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess' | 'SHA-512-256' | 'SHA-512-256-sess';

export interface RegistrarAuth {
  /** Null: the password of the scenario's identities. */
  readonly password: string | null;
  /** Null: the domain. */
  readonly realm: string | null;
  /** A challenge for each, in this order. */
  readonly algorithms: readonly DigestAlgorithm[];
  readonly qop: 'auth' | 'auth-int' | 'both' | 'none';
  readonly challenge: 'registrar' | 'proxy' | 'both';
  /** Of the proxy that challenges before the registrar does. Null: `proxy.` and the domain. */
  readonly proxyRealm: string | null;
  readonly nonceLifetimeSeconds: number;
  /** Null: as often as it is counted upwards. */
  readonly nonceUses: number | null;
  /** Whether a challenge says stale=true to who answered rightly to an old nonce. */
  readonly saysStale: boolean;
  /** Authentication-Info with a nextnonce in every 200 (RFC 7616 §3.5). */
  readonly nextNonce: boolean;
  /** The proof that it knows the password, in that header too; `wrong` proves nothing. */
  readonly rspauth: 'none' | 'right' | 'wrong';
  readonly userhash: boolean;
}

export interface RegistrarBehaviour {
  readonly minExpiresSeconds: number;
  readonly maxExpiresSeconds: number;
  readonly defaultExpiresSeconds: number;
  readonly contactsMost: number;
  /** What becomes of a contact beyond them: refused, or it takes the place of the oldest binding. */
  readonly contactsBeyond: 'refuse' | 'replace';
  /** Null: as the scenario's identities say; for a registrar file, no challenge. */
  readonly auth: RegistrarAuth | null;
  readonly service: PlanService | null;
  /** RFC 3327: `strict` refuses who does not support it, where a proxy on the way does (§5.3). */
  readonly path: 'off' | 'accept' | 'strict';
  readonly outbound: boolean;
  readonly gruu: boolean;
  readonly serviceRoutes: readonly string[];
  readonly associatedUris: readonly TextTemplate[];
  readonly bodies: 'accept' | 'refuse';
  readonly rules: readonly PlanRule[];
  readonly restarts: readonly PlanRestart[];
}

export interface RegistrarPlan {
  /** Null: where the command line says. */
  readonly listen: { readonly address: string; readonly port: number } | null;
  readonly domain: string | null;
  readonly users: number | null;
  readonly seed: number | null;
  readonly behaviour: RegistrarBehaviour;
}
