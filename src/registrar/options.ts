// What a registrar is made from. Everything that bounds memory is here, and is taken at creation.
//
// The misbehaviour (rules, restarts, a limited service) comes as src/scenario has read it from a registrar file.
//
// Left out on purpose: several domains. It is a registrar to be tested against.

import type {
  DigestAlgorithm,
  PlanRestart,
  PlanRule,
  PlanService,
  SubscriberUsers,
  TextTemplate,
} from '../scenario/index.ts';
import { assert } from '../std/index.ts';
import { TEXT_BYTES_MAX } from './text-store.ts';

export interface RegistrarOptions {
  /** The one domain it serves, as it stands in Request-URI and To; upper and lower case are the same. */
  readonly domain: string;
  /** Of the challenge; default: the domain. */
  readonly realm?: string;
  /** Shared by all users, whose names are the user parts of their addresses-of-record. Null: no challenge. */
  readonly password: string | null;
  /** Users who have a password each, instead of the one. Default null. */
  readonly users?: SubscriberUsers | null;
  /** 'none' challenges as RFC 2069 did, without qop and so without protection against replays. Default 'auth'. */
  readonly qop?: 'auth' | 'auth-int' | 'both' | 'none';
  /** A challenge for each, in this order (RFC 8760 §2.3). Default MD5 alone. */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** Who asks: the registrar with 401, a proxy with 407, or first the one and then the other. Default 'registrar'. */
  readonly challenge?: 'registrar' | 'proxy' | 'both';
  /** Where both ask. Default: `proxy.` and the domain. */
  readonly proxyRealm?: string | null;
  /** After so many uses a nonce is stale. Default: never. */
  readonly nonceUses?: number;
  /** Whether a challenge for an old nonce says stale=true. Default true. */
  readonly saysStale?: boolean;
  /** Authentication-Info with a nextnonce in each 200 (RFC 7616 §3.5). Default false. */
  readonly nextNonce?: boolean;
  /** In the Authentication-Info of each 200 the proof that it knows the password (RFC 7616 §3.5), or what proves nothing. Default 'none'. */
  readonly rspauth?: 'none' | 'right' | 'wrong';
  /** Takes the hash of a user name for it, and says so (RFC 7616 §3.4.4). Default false. */
  readonly userhash?: boolean;
  /** Shorter intervals get 423 with this as Min-Expires, as far as RFC 3261 §10.3(7) allows (below 3600). */
  readonly minExpiresSeconds: number;
  /** Longer ones are shortened to this. */
  readonly maxExpiresSeconds: number;
  /** For contacts that ask for nothing. */
  readonly defaultExpiresSeconds: number;
  /** Addresses-of-record. */
  readonly capacity: number;
  /** Default 10. */
  readonly maxContactsPerAor?: number;
  /** Bindings over all; default 2 for each address-of-record. */
  readonly bindingCapacity?: number;
  /** After this a nonce is stale. Default 300. */
  readonly nonceLifetimeSeconds?: number;
  /** Timer J is 64 times this. Default 500,000. */
  readonly t1Us?: number;
  /** Makes nonces and To tags its own. */
  readonly seed: number;
  /**
   * Answers kept for retransmissions; each has 512 bytes of the slab on average. RFC 3261 wants them kept for 64*T1, which
   * at high rates is more than anyone would give; the default is 2 for each address-of-record, at least 65,536 (so 32 MB,
   * touched only as they are needed) and at most 262,144.
   */
  readonly transactionCapacity?: number;
  /** Answers that may wait for the transport. Default 4096. */
  readonly outboxSlots?: number;
  /** The longest answer. The default has room for maxContactsPerAor contacts of 300 bytes, and is at least 4096. */
  readonly answerBytesMax?: number;
  /** What the clock on the wall says at time 0, microseconds since 1970; for the Date header. Default 0. */
  readonly wallClockOffsetUs?: number;
  /** Default: none. */
  readonly rules?: readonly PlanRule[];
  readonly restarts?: readonly PlanRestart[];
  /** Default null: every request is served at once. */
  readonly service?: PlanService | null;
  /** RFC 3327. Default off; `strict` refuses who does not support what a proxy asks for. */
  readonly path?: 'off' | 'accept' | 'strict';
  /** RFC 5626 and RFC 5627. Default false. */
  readonly outbound?: boolean;
  readonly gruu?: boolean;
  /** Lines of each 200; `{user}` is that of To. */
  readonly serviceRoutes?: readonly string[];
  readonly associatedUris?: readonly TextTemplate[];
  /** Of a type that it knows nothing of, which is any: passed over, or refused with 415 (RFC 3261 §8.2.3, the default). */
  readonly bodies?: 'accept' | 'refuse';
  /** What becomes of a contact beyond maxContactsPerAor: refused (the default), or the oldest gives way. */
  readonly contactsBeyond?: 'refuse' | 'replace';
}

export type ResolvedOptions = Required<RegistrarOptions>;

const CONTACT_BYTES_TYPICAL = 300;
const ANSWER_BYTES_MIN = 4096;
const TRANSACTIONS_MIN = 65_536;
const TRANSACTIONS_MAX = 262_144;
/** An answer must fit into one UDP datagram over IPv4. */
const ANSWER_BYTES_LIMIT = 65_507;

export const resolveOptions = (options: RegistrarOptions): ResolvedOptions => {
  const maxContactsPerAor = options.maxContactsPerAor ?? 10;
  const resolved: ResolvedOptions = {
    realm: options.domain,
    users: null,
    qop: 'auth',
    algorithms: ['MD5'],
    challenge: 'registrar',
    proxyRealm: null,
    nonceUses: Number.POSITIVE_INFINITY,
    saysStale: true,
    nextNonce: false,
    rspauth: 'none',
    userhash: false,
    maxContactsPerAor,
    bindingCapacity: Math.min(options.capacity * maxContactsPerAor, options.capacity * 2 + 2 * maxContactsPerAor),
    nonceLifetimeSeconds: 300,
    t1Us: 500_000,
    transactionCapacity: Math.min(Math.max(options.capacity * 2, TRANSACTIONS_MIN), TRANSACTIONS_MAX),
    outboxSlots: 4096,
    answerBytesMax: Math.min(
      Math.max(ANSWER_BYTES_MIN, 1024 + maxContactsPerAor * CONTACT_BYTES_TYPICAL),
      ANSWER_BYTES_LIMIT,
    ),
    wallClockOffsetUs: 0,
    rules: [],
    restarts: [],
    service: null,
    path: 'off',
    outbound: false,
    gruu: false,
    serviceRoutes: [],
    associatedUris: [],
    bodies: 'refuse',
    contactsBeyond: 'refuse',
    ...options,
  };
  assertOptions(resolved);
  return resolved;
};

/** Whoever reads the operator's input has checked it; what is wrong here is a bug. */
const assertOptions = (options: ResolvedOptions): void => {
  assert(options.domain.length > 0, 'a registrar serves a domain');
  assert(options.domain.length <= 255, 'the domain has at most 255 characters');
  assert(options.realm.length <= 255, 'the realm has at most 255 characters');
  assert(!/["\\\r\n]/.test(options.realm), 'the realm can stand between quotes as it is');
  assert(options.minExpiresSeconds >= 0, 'minExpiresSeconds is not negative');
  assert(options.maxExpiresSeconds >= 1, 'maxExpiresSeconds is at least 1');
  assert(options.maxExpiresSeconds >= options.minExpiresSeconds, 'maxExpiresSeconds is at least minExpiresSeconds');
  assert(options.defaultExpiresSeconds >= 1, 'defaultExpiresSeconds is at least 1');
  assert(options.capacity >= 1, 'capacity is at least 1');
  assert(options.maxContactsPerAor >= 1, 'maxContactsPerAor is at least 1');
  assert(options.maxContactsPerAor <= 64, 'maxContactsPerAor is at most 64');
  assert(options.bindingCapacity >= 1, 'bindingCapacity is at least 1');
  assert(options.algorithms.length >= 1, 'a challenge names an algorithm');
  assert(options.nonceLifetimeSeconds >= 1, 'nonceLifetimeSeconds is at least 1');
  assert(options.t1Us >= 1, 't1Us is at least 1');
  assert(options.transactionCapacity >= 1, 'transactionCapacity is at least 1');
  assert(options.outboxSlots >= 1, 'outboxSlots is at least 1');
  assert(options.answerBytesMax >= TEXT_BYTES_MAX, `answerBytesMax is at least ${TEXT_BYTES_MAX}`);
  assert(options.answerBytesMax <= ANSWER_BYTES_LIMIT, `answerBytesMax is at most ${ANSWER_BYTES_LIMIT}`);
};
