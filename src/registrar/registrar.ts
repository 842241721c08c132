// The embedded registrar's interface: a user agent server for REGISTER as a pure core (RFC 3261 §10.3). It has no socket and
// no clock; whoever runs it does this, over and over:
//
//   receive(…)   for every datagram that has come (receive.ts)
//   advance(now) ends bindings and server transactions whose time is over; tells when it wants to be called again
//   drain(sink)  hands over the answers; their bytes lie in registrar.slab
//   released(n)  when the transport is done with the n oldest of them
//
// advance() serves what has waited for service and sends answers that were held back, where a registrar file asks for such
// things. Else it frees memory and nothing else: what a request sees is exact without it.

import { assert, decodeLatin1, encodeUtf8, NEVER_US } from '../std/index.ts';
import { findAddress, firstBindingOf } from './address-table.ts';
import type { AnswerSink } from './answer-ring.ts';
import { drainAnswers, releaseAnswers } from './answer-ring.ts';
import {
  callIdEndOf,
  cseqOf,
  expireBindings,
  expiresAtOf,
  nextBindingOf,
  paramsEndOf,
  textEndOf,
  uriEndOf,
  uriStartOf,
} from './binding-table.ts';
import type { RegistrarCounters } from './counters.ts';
import { copyCounters } from './counters.ts';
import { nextExpiryUs, overdueCount } from './expiry-wheel.ts';
import { nextHeldUs } from './held-answers.ts';
import { hashBegin, hashBytes, hashEnd, PURPOSE_ADDRESS_OF_RECORD } from './keyed-hash.ts';
import { nextOutageUs } from './outages.ts';
import { serveWhatIsDue } from './receive.ts';
import { fireTimersJ, nextTimerJUs } from './server-transactions.ts';
import { nextServedUs } from './service-queue.ts';
import type { Registrar } from './state.ts';

/** One binding as text, for tests and for showing. */
export interface BindingView {
  /** The contact's URI, without angle brackets. */
  readonly contact: string;
  /** Its header parameters, each with its semicolon, without expires. */
  readonly params: string;
  readonly callId: string;
  readonly cseq: number;
  readonly expiresAtUs: number;
  /** Path values as they were stored (RFC 3327 §5.3), in their order; only where the registrar keeps them. */
  readonly path?: string;
}

/** Returns when it wants to be called next: never late, possibly early. */
export const advance = (registrar: Registrar, nowUs: number): number => {
  registrar.nowUs = nowUs;
  serveWhatIsDue(registrar, nowUs);
  fireTimersJ(registrar.transactions, nowUs);
  registrar.counters.bindingsExpired += expireBindings(registrar.bindings, nowUs);
  const housekeepingUs = Math.min(nextTimerJUs(registrar.transactions), nextExpiryUs(registrar.bindings.wheel));
  return Math.min(housekeepingUs, nextAnswerUs(registrar));
};

/** When it may have answers to send, or restarts, without a datagram coming first. */
export const nextAnswerUs = (registrar: Registrar): number => {
  const { held, outages, service } = registrar;
  const servedUs = service === null ? NEVER_US : nextServedUs(service);
  const heldUs = held === null ? NEVER_US : nextHeldUs(held);
  return Math.min(servedUs, heldUs, outages === null ? NEVER_US : nextOutageUs(registrar, outages));
};

/** How often each rule was applied, in their order. */
export const appliedRules = (registrar: Registrar): readonly { readonly name: string; readonly applied: number }[] =>
  (registrar.rules?.list ?? []).map(({ name, applied }) => ({ name, applied }));

/** From now on no rule applies, it does not go away, and it serves at once: the registrar of a simulated world that has healed. */
export const behave = (registrar: Registrar): void => {
  const { outages, rules, service } = registrar;
  if (rules !== null) rules.areOver = true;
  if (service !== null) service.isLifted = true;
  if (outages === null) return;
  outages.index = outages.plan.length;
  outages.isAway = false;
};

/** The most requests that ever waited for service. */
export const longestQueue = (registrar: Registrar): number => registrar.service?.countMost ?? 0;

/** Offers answers, oldest first, until there are no more or the sink takes none; returns how many it took. */
export const drain = (registrar: Registrar, sink: AnswerSink): number => drainAnswers(registrar.ring, sink);

/** The transport no longer needs the `count` oldest answers that it took: sent, refused or lost. */
export const released = (registrar: Registrar, count: number): void => {
  const { ring } = registrar;
  assert(count >= 0, 'a number of answers is not negative');
  assert(ring.released + count <= ring.drained, 'only drained answers are released');
  releaseAnswers(ring, count);
};

/** Answers that wait for drain(). */
export const pendingAnswerCount = (registrar: Registrar): number => registrar.ring.committed - registrar.ring.drained;

export const countersOf = (registrar: Registrar): RegistrarCounters => copyCounters(registrar.counters);

/** Requests whose answer a rule neither keeps from being sent nor still holds back, retransmissions among them. */
export const answeredCount = ({ counters, held }: Registrar): number =>
  counters.answered + counters.retransmissionsAnswered - counters.answersWithheld - (held?.count ?? 0);

/** Bindings whose time isn't over. */
export const bindingCount = (registrar: Registrar): number =>
  registrar.bindings.count - overdueCount(registrar.bindings.wheel, registrar.nowUs);

/** Addresses-of-record that hold bindings, as of the last time advance() or a request looked at them. */
export const addressOfRecordCount = (registrar: Registrar): number => registrar.addresses.boundCount;

/** The bindings of an address-of-record, given by its user part without escapes, in the order of the answer's contacts. */
export const bindingsOf = (registrar: Registrar, user: string): BindingView[] => {
  const { bindings, nowUs } = registrar;
  const views: BindingView[] = [];
  let row = firstRowOf(registrar, encodeUtf8(user));
  for (; row !== 0; row = nextBindingOf(bindings, row)) {
    const expiresAtUs = expiresAtOf(bindings, row);
    if (expiresAtUs <= nowUs) continue;
    const { bytes } = bindings.texts;
    const params = uriEndOf(bindings, row);
    const callId = paramsEndOf(bindings, row);
    views.push({
      contact: decodeLatin1(bytes, uriStartOf(bindings, row), params),
      params: decodeLatin1(bytes, params, callId),
      callId: decodeLatin1(bytes, callId, callIdEndOf(bindings, row)),
      cseq: cseqOf(bindings, row),
      expiresAtUs,
      ...(bindings.pathLength === null
        ? {}
        : { path: decodeLatin1(bytes, callIdEndOf(bindings, row), textEndOf(bindings, row)) }),
    });
  }
  return views;
};

const firstRowOf = (registrar: Registrar, user: Uint8Array): number => {
  const { addresses, hash } = registrar;
  hashBegin(hash, PURPOSE_ADDRESS_OF_RECORD);
  hashBytes(hash, user, 0, user.length);
  hashEnd(hash);
  const address = findAddress(addresses, hash.low, user, user.length);
  return address === 0 ? 0 : firstBindingOf(addresses, address);
};
