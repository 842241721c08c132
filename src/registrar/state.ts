// The registrar's one record: its tables, and the work space for the request under way. Nothing is allocated after
// creation; every file of this folder that works on a request gets this record and touches only its own part.

import type { ContactCursor, SipMessage, StunMessage, UriPair } from '../sip/index.ts';
import { createContactCursor, createSipMessage, createStunMessage, createUriPair } from '../sip/index.ts';
import { encodeAscii, encodeUtf8 } from '../std/index.ts';
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
import type { KeyedHash } from './keyed-hash.ts';
import { createKeyedHash } from './keyed-hash.ts';
import type { RegistrarOptions, ResolvedOptions } from './options.ts';
import { resolveOptions } from './options.ts';
import type { TransactionTable } from './server-transactions.ts';
import { createTransactionTable } from './server-transactions.ts';
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
  readonly realm: Uint8Array;
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
});

/** Two keys from any seed, each bit of which reaches both. */
export const createSeededHash = (seed: number): KeyedHash => {
  const low = seed >>> 0;
  const high = Math.floor(seed / 4_294_967_296) >>> 0;
  const key0 = Math.imul(low ^ 0x2545f491, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
  return createKeyedHash(key0 ^ (key0 >>> 15), Math.imul(key0 ^ (key0 >>> 13), 0xc2b2ae35) ^ high);
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
  return {
    options,
    slab: ring.slab,
    ring,
    transactions: createTransactionTable(options.transactionCapacity, options.t1Us),
    addresses,
    bindings: createBindingTable(bindingCapacity, addresses, texts),
    counters: createCounters(),
    hash: createSeededHash(options.seed),
    nonceHash: createSeededHash(options.seed),
    date: createDateHeader(options.wallClockOffsetUs),
    realm: encodeUtf8(options.realm),
    message: createSipMessage(),
    stun: createStunMessage(),
    contact: createContactCursor(),
    uriPair: createUriPair(),
    uris: createUriReader(encodeAscii(options.domain)),
    authenticator: createAuthenticator(options.password, options.qop),
    plan: createUpdatePlan(),
    request: createRequestContext(),
    nowUs: 0,
  };
};
