// What goes wrong in a client, as types. What the caller did wrong is a RegistrationError with a code (a busy handle above all); what
// the registrar or the network did is a RegistrationFailure, which says how the attempt ended. A mistake in an address or a header is a
// UserError, as everywhere in regstorm.

import type { AttemptReport } from './reports.ts';

export const REGISTRATION_ERROR_CODES = {
  /** Another attempt of this registration is under way; wait for its promise. */
  BUSY: 'the registration has an attempt under way',
  /** The registration was removed. */
  REMOVED: 'the registration was removed',
  /** The client was closed. */
  CLOSED: 'the client is closed',
  /** A request is sent once. */
  SENT: 'the request was sent already; build another one',
  /** There are as many registrations as the client was made for. */
  FULL: 'the client holds no more registrations',
  /** The request is longer than a registrar would read. */
  TOO_LONG: 'the request is too long to send',
} as const;

export type RegistrationErrorCode = keyof typeof REGISTRATION_ERROR_CODES;

/** The caller asked for what cannot be done now. */
export class RegistrationError extends Error {
  readonly code: RegistrationErrorCode;
  /** The registration; null where it is about the client. */
  readonly rid: number | null;

  constructor(code: RegistrationErrorCode, rid: number | null = null) {
    super(`${REGISTRATION_ERROR_CODES[code]}${rid === null ? '' : ` (rid ${rid})`}`);
    this.name = 'RegistrationError';
    this.code = code;
    this.rid = rid;
  }
}

/** The attempt ended badly: an answer that refused it, or none. */
export class RegistrationFailure extends Error {
  readonly attempt: AttemptReport;
  /** `timeout`, `auth-failed`, `status-403` …: the outcomes of docs/errors.md. */
  override readonly cause: string;

  constructor(attempt: AttemptReport) {
    const { procedure, cause, status, reason } = attempt;
    const said = status === null ? '' : ` (the last answer was ${status} ${reason ?? ''})`;
    super(`${procedure} failed: ${cause}${said}`);
    this.name = 'RegistrationFailure';
    this.attempt = attempt;
    this.cause = cause ?? 'succeeded';
  }

  /** The status of the last answer; null when there was none. */
  get status(): number | null {
    return this.attempt.status;
  }
}
