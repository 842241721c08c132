// What a program holds in its hands: a registration, and a request of it that was built and not sent yet. As interfaces, since events and
// reports name them too; the classes behind them are in managed-registration.ts and built-request.ts.

import type { HeaderValue, MessageBody } from './plans.ts';
import type { AttemptReport } from './reports.ts';

export type RegistrationState = 'new' | 'registered' | 'unregistered' | 'failed' | 'removed';

/** The handle of one registration, libeXosip2's `rid`. It has one attempt at a time. */
export interface Registration {
  /** From 1, by its client. */
  readonly rid: number;
  /** `sip:user@domain`. */
  readonly addressOfRecord: string;
  /** The Request-URI. */
  readonly registrar: string;
  readonly state: RegistrationState;
  /** True while an attempt is under way; another one is then refused with `BUSY`. */
  readonly isBusy: boolean;
  /** What the registrar granted last, in seconds; 0 without a binding, and when it has expired. */
  readonly grantedSeconds: number;
  /** Null before the first request. */
  readonly callId: string | null;
  /** The next request, to be changed and sent: a refresh, with `expires` 0 the end of the registration. Default: as asked for before. */
  buildRegister(options?: { readonly expires?: number }): RegisterRequest;
  /** Registers, or refreshes the binding that there is. */
  refresh(options?: { readonly expires?: number }): Promise<AttemptReport>;
  /** Removes this registration's binding; the handle can register again. */
  unregister(): Promise<AttemptReport>;
  /** RFC 3261 §10.2.2: removes every binding of the address-of-record, whoever made it. */
  unregisterAll(): Promise<AttemptReport>;
  /** RFC 3261 §10.2.3: asks for the bindings, which are then in the report's `response`. */
  query(): Promise<AttemptReport>;
  /** Forgets it without a word to the registrar. What is under way is given up; its promise rejects with `REMOVED`. */
  remove(): void;
}

/** The moment in which a program changes headers and body. What is set here stays for the registration's later requests. */
export interface RegisterRequest {
  readonly registration: Registration;
  /** What is asked for, in seconds; 0 unregisters. */
  readonly expires: number;
  /** In order. */
  readonly headers: readonly HeaderValue[];
  /** Null: none. */
  readonly body: MessageBody | null;
  /** Replaces the header, or adds it. Headers that every request carries anyway (Via, CSeq, Contact, Expires …) are refused. */
  setHeader(name: string, value: string): this;
  removeHeader(name: string): this;
  /**
   * Replaces the body: a text, which is sent in UTF-8, or bytes, which are copied; at most 12,000 of them. `type` is its Content-Type,
   * `text/plain` or the like; Content-Length is the client's. With qop=auth-int it is part of the digest (RFC 7616 §3.4.3).
   */
  setBody(content: string | Uint8Array, type: string): this;
  removeBody(): this;
  /**
   * Sends it, answers challenges, and resolves when the registrar has granted it. Rejects with a RegistrationFailure when it did not, and
   * with a RegistrationError when it cannot be sent now (`BUSY`: another one of this registration is under way).
   */
  send(): Promise<AttemptReport>;
}
