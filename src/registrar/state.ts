// The registrar's one record: its tables, and the work space for the request under way. Nothing is allocated after
// creation; every file of this folder that works on a request gets this record and touches only its own part.

import type { ContactCursor, ContactInstance, SipMessage, SipUri, StunMessage, UriPair } from '../sip/index.ts';
import {
  createContactCursor,
  createContactInstance,
  createSipMessage,
  createSipUri,
  createStunMessage,
  createUriPair,
} from '../sip/index.ts';
import { encodeAscii } from '../std/index.ts';
import { createCustomAnswer, createRules, customBytes } from './actions.ts';
import type { AddressTable } from './address-table.ts';
import { createAddressTable } from './address-table.ts';
import type { AnswerRing } from './answer-ring.ts';
import { createAnswerRing } from './answer-ring.ts';
import type { Authenticator } from './authenticator.ts';
import { createAuthenticator } from './authenticator.ts';
import type { BindingTable } from './binding-table.ts';
import { createBindingTable } from './binding-table.ts';
import type { LiveCounters } from './counters.ts';
import { createCounters } from './counters.ts';
import type { DateHeader } from './date-header.ts';
import { createDateHeader } from './date-header.ts';
import type { Extensions } from './extension-record.ts';
import { createExtensions } from './extension-record.ts';
import type { HeldAnswers } from './held-answers.ts';
import { createHeldAnswers } from './held-answers.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { RegistrarOptions, ResolvedOptions } from './options.ts';
import { resolveOptions } from './options.ts';
import type { Outages } from './outage-record.ts';
import { createOutages } from './outage-record.ts';
import type { CustomAnswer, Rules } from './rule.ts';
import { createSeededHash } from './seeded-hash.ts';
import type { TransactionTable } from './server-transactions.ts';
import { createTransactionTable } from './server-transactions.ts';
import type { ServiceQueue } from './service-queue.ts';
import { createServiceQueue } from './service-queue.ts';
import type { SessionKeys } from './session-table.ts';
import { createSessionKeys } from './session-table.ts';
import { createTextStore, GRANULE_BYTES } from './text-store.ts';
import type { UpdatePlan } from './update-plan.ts';
import { createUpdatePlan } from './update-plan.ts';
import type { UriReader } from './uri-reader.ts';
import { createUriReader } from './uri-reader.ts';

/** Slab bytes for each answer that is kept; an answer to a REGISTER has 300 to 500. */
const ANSWER_BYTES_TYPICAL = 512;
/** Text store for each address-of-record and each binding, on average; fresh memory is touched only when needed. */
const ADDRESS_TEXT_BYTES = 64;
const BINDING_TEXT_BYTES = 256;

/** Where the request under way came from, and what is known about it so far. */
export interface RequestContext {
  nowUs: number;
  bytes: Uint8Array;
  peerAddress: number;
  peerPort: number;
  keyHigh: number;
  keyLow: number;
  /** Canonical user part of the address-of-record in To, at the front of `user` (RFC 3261 §10.3(5)). */
  readonly user: Uint8Array;
  userLength: number;
  userHash: number;
  /** Row of the address-of-record, 0 when it has none. */
  address: number;
  /** Where the number in CSeq begins. */
  cseqStart: number;
  /** What the answer needs beside its contacts, at most. */
  envelopeBytes: number;
  /** FALSEHOOD_*: what a rule makes of its 200. */
  falsehood: number;
  /** What ANSWER_CUSTOM stands for. */
  custom: CustomAnswer | null;
  /** Its credentials were right. */
  isAuthenticated: boolean;
  /** The credentials name the owner of the address-of-record. */
  isUserNamed: boolean;
  /** It found the queue for service full. */
  isOverload: boolean;
  /** Where the answer under way has its topmost Via and its CSeq, from the ring's head. */
  viaOffset: number;
  cseqOffset: number;
  /** By how much a filled rport made that Via longer. */
  rportGrowth: number;
}

export interface Registrar {
  readonly options: ResolvedOptions;
  /** Every answer lies in here; the transport is given it. */
  readonly slab: Uint8Array;
  readonly ring: AnswerRing;
  readonly transactions: TransactionTable;
  readonly addresses: AddressTable;
  readonly bindings: BindingTable;
  readonly counters: LiveCounters;
  readonly hash: KeyedHash;
  /** Seals nonces. Apart, since a restart forgets it, and addresses must still be found. */
  nonceHash: KeyedHash;
  readonly date: DateHeader;
  readonly message: SipMessage;
  readonly stun: StunMessage;
  readonly contact: ContactCursor;
  readonly uriPair: UriPair;
  readonly uris: UriReader;
  readonly authenticator: Authenticator;
  readonly plan: UpdatePlan;
  readonly request: RequestContext;
  /** The latest time it was told. */
  nowUs: number;
  /** When the first datagram came, from which rules and restarts count; -1: none yet. */
  startedUs: number;
  /** These are null where nobody asked for them. */
  readonly rules: Rules | null;
  readonly held: HeldAnswers | null;
  readonly outages: Outages | null;
  readonly service: ServiceQueue | null;
  readonly overload: CustomAnswer | null;
  readonly extensions: Extensions | null;
  readonly sessions: SessionKeys | null;
  /** Work space of extensions. */
  readonly instance: ContactInstance;
  readonly otherInstance: ContactInstance;
  readonly contactUri: SipUri;
  /** What an answer may carry beyond the usual, at most. */
  readonly extraBytes: number;
}

/** The longest user part of an address-of-record, unescaped. */
export const USER_BYTES_MAX = 512;

const createRequestContext = (): RequestContext => ({
  nowUs: 0,
  bytes: new Uint8Array(0),
  peerAddress: 0,
  peerPort: 0,
  keyHigh: 0,
  keyLow: 0,
  user: new Uint8Array(USER_BYTES_MAX),
  userLength: 0,
  userHash: 0,
  address: 0,
  cseqStart: 0,
  envelopeBytes: 0,
  falsehood: 0,
  custom: null,
  isAuthenticated: false,
  isUserNamed: false,
  isOverload: false,
  viaOffset: 0,
  cseqOffset: 0,
  rportGrowth: 0,
});

/** 503 for whoever finds the queue full; null: they are dropped. */
const createOverload = ({ service }: ResolvedOptions): CustomAnswer | null => {
  if (service === null || service.whenFull === 'drop') return null;
  const headers = [{ name: 'Retry-After', value: String(service.retryAfterSeconds) }];
  return createCustomAnswer({ status: 503, phrase: 'Service Unavailable', headers });
};

const slabBytes = (options: ResolvedOptions): number =>
  Math.max(options.transactionCapacity * ANSWER_BYTES_TYPICAL, 4 * options.answerBytesMax);

export const createRegistrar = (given: RegistrarOptions): Registrar => {
  const options = resolveOptions(given);
  const { capacity, bindingCapacity } = options;
  const textBytes = capacity * ADDRESS_TEXT_BYTES + bindingCapacity * BINDING_TEXT_BYTES;
  const texts = createTextStore(Math.ceil(textBytes / GRANULE_BYTES) + 1024);
  const addresses = createAddressTable(capacity, texts);
  const ring = createAnswerRing(slabBytes(options), options.answerBytesMax, options.outboxSlots);
  const rules = createRules(options.rules, options.seed);
  const isHolding = options.rules.some(({ action }) => action.delay !== null);
  const overload = createOverload(options);
  const authenticator = createAuthenticator(options);
  return {
    options,
    slab: ring.slab,
    ring,
    transactions: createTransactionTable(options.transactionCapacity, options.t1Us, isHolding),
    addresses,
    bindings: createBindingTable(bindingCapacity, addresses, texts, options.path !== 'off'),
    counters: createCounters(),
    hash: createSeededHash(options.seed),
    nonceHash: createSeededHash(options.seed),
    date: createDateHeader(options.wallClockOffsetUs),
    message: createSipMessage(),
    stun: createStunMessage(),
    contact: createContactCursor(),
    uriPair: createUriPair(),
    uris: createUriReader(encodeAscii(options.domain)),
    authenticator,
    plan: createUpdatePlan(),
    request: createRequestContext(),
    nowUs: 0,
    startedUs: -1,
    rules,
    held: isHolding ? createHeldAnswers(options.transactionCapacity) : null,
    outages: createOutages(options.restarts),
    service: options.service === null ? null : createServiceQueue(options.service.queue, options.service.serviceUs),
    overload,
    extensions: createExtensions(options),
    sessions: createSessionKeys(options),
    instance: createContactInstance(),
    otherInstance: createContactInstance(),
    contactUri: createSipUri(),
    extraBytes:
      authenticator.answerBytes + customBytes([overload, ...(rules?.list ?? []).map(({ action }) => action.answer)]),
  };
};
