// The events of a client. Where libeXosip2 has two (SUCCESS for every 2xx, FAILURE for every challenge too), these say what happened: one
// of the first six for each attempt, `attempt` for the same in detail, `transaction` for each request. A 401 that is answered is no
// failure; it shows as a transaction.

import type { Registration } from './handle.ts';
import type { AttemptReport, MessageReport, TransactionReport } from './reports.ts';

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
  attempt: [report: AttemptReport];
  transaction: [report: TransactionReport];
  message: [message: MessageReport];
}
