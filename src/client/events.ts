// The events of a client. Where libeXosip2 has two (SUCCESS for every 2xx, FAILURE for every challenge too), these say what happened: one
// of the first six for each attempt, `attempt` for the same in detail, `transaction` for each request. A 401 that is answered is no
// failure; it shows as a transaction.

import type { Registration } from './handle.ts';
import type { AttemptReport, Endpoint, MessageReport, TransactionReport } from './reports.ts';

export interface RegistrationEvent {
  readonly registration: Registration;
  readonly attempt: AttemptReport;
}

export interface FailedEvent extends RegistrationEvent {
  /** `timeout`, `auth-failed`, `status-403` …: the outcomes of docs/errors.md. */
  readonly cause: string;
  /** When the client tries again by itself; null: it does not. */
  readonly retryInSeconds: number | null;
}

export interface KeepaliveEvent {
  readonly registration: Registration;
  /** Microseconds from the keepalive to its answer; null: none came until the next one was due. */
  readonly roundTripUs: number | null;
  /** How many have been lost in a row, this one included; 0: it was answered. */
  readonly lost: number;
}

/** Where a socket is seen from outside, as an answer's Via (RFC 3581 §4) or a STUN server says. */
export interface MappingEvent {
  readonly local: Endpoint;
  /** The same as `local` where there is no NAT. */
  readonly seen: Endpoint;
  /** Where it was seen before; null: nowhere yet. */
  readonly before: Endpoint | null;
}

/** By name: what a listener gets. */
export interface RegistrationEvents {
  /** There was no binding, and now there is one. */
  registered: [event: RegistrationEvent];
  refreshed: [event: RegistrationEvent];
  unregistered: [event: RegistrationEvent];
  /** All bindings of the address-of-record were removed. */
  cleared: [event: RegistrationEvent];
  /** The bindings were asked for; they are in `attempt.response`. */
  queried: [event: RegistrationEvent];
  failed: [event: FailedEvent];
  /** A keepalive was answered, or lost. */
  keepalive: [event: KeepaliveEvent];
  /** It is known where requests come from, or they have come to be seen at another address. */
  mapping: [event: MappingEvent];
  attempt: [report: AttemptReport];
  transaction: [report: TransactionReport];
  message: [message: MessageReport];
}
