// The registration behind a handle (handle.ts). It keeps Call-ID, From tag, CSeq and nonce for its life, has one
// attempt at a time, and is refreshed by itself when it was asked to be.
//
//   new --register--> registered --refresh--> registered --unregister--> unregistered --register--> registered …
//                        \--failed refresh--> failed, tried again by itself
//   any --remove--> removed: nothing is sent, and the binding stays with the registrar until it expires

import type { Command, EndedTransaction } from '../engine/index.ts';
import type { Procedure } from '../scenario/index.ts';
import { US_PER_SECOND } from '../std/index.ts';
import { checkExpires } from './addresses.ts';
import type { Attempt } from './attempt.ts';
import { addTransaction, createAttempt, reportAttempt } from './attempt.ts';
import type { RequestParts } from './built-request.ts';
import { BuiltRequest } from './built-request.ts';
import { RegistrationError, RegistrationFailure } from './errors.ts';
import type { RegistrationEvents } from './events.ts';
import type { RegisterRequest, Registration, RegistrationState } from './handle.ts';
import type { Line, LineListener } from './line.ts';
import { createRegistrationPlan, createStep } from './plans.ts';
import type { RegistrationHost, RegistrationInit } from './registration-host.ts';
import type { AttemptReport } from './reports.ts';
import type { Response } from './response.ts';
import { readRetryAfter, refreshAfterSeconds, retryAfterSeconds } from './timing.ts';

/** A line of a client and the registration's place in it. */
interface Seat {
  readonly line: Line;
  readonly row: number;
}

/** What is to be sent. */
interface Wish {
  readonly procedure: Procedure;
  readonly expires: number;
  readonly parts: RequestParts;
  readonly automatic: boolean;
}

const SUCCESS_EVENTS = {
  register: 'registered',
  refresh: 'refreshed',
  unregister: 'unregistered',
  wildcard: 'cleared',
  query: 'queried',
} as const satisfies Record<Procedure, keyof RegistrationEvents>;

export class ManagedRegistration implements Registration {
  readonly rid: number;
  readonly addressOfRecord: string;
  readonly registrar: string;
  readonly #init: RegistrationInit;
  readonly #host: RegistrationHost;
  readonly #listener: LineListener;
  #state: RegistrationState = 'new';
  #seat: Seat | null = null;
  #attempt: Attempt | null = null;
  #attempts = 0;
  #failures = 0;
  #lostKeepalives = 0;
  #credentialsVersion = 0;
  #expires: number;
  #parts: RequestParts;
  #grantedSeconds = 0;
  #boundUntilUs = 0;
  #isKept = false;

  constructor(init: RegistrationInit, host: RegistrationHost) {
    this.rid = init.rid;
    this.addressOfRecord = `sip:${init.identity.user}@${init.identity.domain}`;
    this.registrar = init.registrar.uri;
    this.#init = init;
    this.#host = host;
    this.#expires = init.expires;
    this.#parts = { headers: init.identity.headers, body: null };
    this.#listener = {
      transactionEnded: (ended, how, response) => this.#transactionEnded(ended, how, response),
      attemptEnded: (cause, endUs, wireUs) => this.#attemptEnded(cause, endUs, wireUs),
      keepaliveEnded: (roundTripUs) => this.#keepaliveEnded(roundTripUs),
      wake: () => this.#keep(),
      lineEnded: (error) => this.#lineEnded(error),
    };
  }

  get state(): RegistrationState {
    return this.#state;
  }

  get isBusy(): boolean {
    return this.#attempt !== null;
  }

  get grantedSeconds(): number {
    return this.#isBound() ? this.#grantedSeconds : 0;
  }

  get callId(): string | null {
    return this.#seat === null ? null : `${this.#seat.line.runId}-${this.rid}`;
  }

  buildRegister({ expires = this.#expires }: { readonly expires?: number } = {}): RegisterRequest {
    checkExpires(expires);
    return new BuiltRequest(this, expires, this.#parts, (request) => this.#send(request));
  }

  refresh(options: { readonly expires?: number } = {}): Promise<AttemptReport> {
    return this.buildRegister(options).send();
  }

  unregister(): Promise<AttemptReport> {
    return this.buildRegister({ expires: 0 }).send();
  }

  unregisterAll(): Promise<AttemptReport> {
    return this.#start({ procedure: 'wildcard', expires: 0, parts: this.#parts, automatic: false });
  }

  query(): Promise<AttemptReport> {
    return this.#start({ procedure: 'query', expires: 0, parts: this.#parts, automatic: false });
  }

  remove(): void {
    if (this.#state === 'removed') return;
    this.#state = 'removed';
    this.#seat?.line.release(this.#seat.row);
    this.#giveUp(new RegistrationError('REMOVED', this.rid));
    this.#host.forget(this);
  }

  #send({ expires, headers, body }: RegisterRequest): Promise<AttemptReport> {
    const procedure = this.#procedureFor(expires);
    return this.#start({ procedure, expires, parts: { headers, body }, automatic: false });
  }

  #procedureFor(expires: number): Procedure {
    if (this.#init.contacts === 'all') return 'wildcard';
    if (this.#init.contacts === 'none') return 'query';
    if (expires === 0) return 'unregister';
    return this.#isBound() ? 'refresh' : 'register';
  }

  #isBound(): boolean {
    return this.#seat !== null && this.#boundUntilUs > this.#seat.line.nowUs();
  }

  /** The attempt is under way from here on, whatever it takes until its request leaves. */
  #start(wish: Wish): Promise<AttemptReport> {
    const refusal = this.#refusal();
    if (refusal !== null) return Promise.reject(refusal);
    const { procedure, automatic } = wish;
    const { uri: requestUri } = this.#init.registrar;
    const attempt = createAttempt({ rid: this.rid, number: ++this.#attempts, procedure, automatic, requestUri });
    // Nobody waits for what the client does by itself; its failure is an event.
    if (automatic) attempt.promise.catch(() => {});
    this.#attempt = attempt;
    if (this.#seat !== null && this.#seat.line.renew() === null) this.#command(attempt, wish, this.#seat);
    else void this.#sitDown(attempt, wish);
    return attempt.promise;
  }

  #refusal(): RegistrationError | null {
    if (this.#state === 'removed') return new RegistrationError('REMOVED', this.rid);
    if (this.#host.isClosed()) return new RegistrationError('CLOSED', this.rid);
    return this.#attempt === null ? null : new RegistrationError('BUSY', this.rid);
  }

  /** Before its first request: opens the line, unless another registration has done so. Later: where it leads is looked up again. */
  async #sitDown(attempt: Attempt, wish: Wish): Promise<void> {
    try {
      const line = this.#seat?.line ?? (await this.#host.lineTo(this.#init.nextHop));
      await line.renew();
      if (this.#attempt !== attempt) return;
      if (this.#host.isClosed()) throw new RegistrationError('CLOSED', this.rid);
      this.#seat ??= this.#claim(line);
      this.#command(attempt, wish, this.#seat);
    } catch (error) {
      if (this.#attempt === attempt) this.#giveUp(error);
    }
  }

  #claim(line: Line): Seat {
    const row = line.claim(this.#listener);
    if (row === null) throw new RegistrationError('FULL', this.rid);
    return { line, row };
  }

  #command(attempt: Attempt, wish: Wish, { line, row }: Seat): void {
    const version = this.#host.credentialsVersion();
    if (version !== this.#credentialsVersion) line.forgetCredentials(row);
    this.#credentialsVersion = version;
    attempt.startedUs = line.nowUs();
    if (!line.start(row, this.#commandFor(wish, line))) {
      this.#giveUp(new RegistrationError('TOO_LONG', this.rid));
      return;
    }
    this.#parts = wish.parts;
    // Whoever ends it does not want it refreshed, even if the registrar does not answer.
    if (wish.procedure === 'unregister' || wish.procedure === 'wildcard') this.#isKept = false;
    // A device of libeXosip2 goes on trying, whether it was ever registered or not.
    else if (this.#host.profile === 'exosip2' && wish.procedure !== 'query') this.#isKept = this.#init.autoRefresh;
    if (wish.expires > 0) this.#expires = wish.expires;
  }

  #commandFor(wish: Wish, line: Line): Command {
    const { identity, registrar, contacts, route } = this.#init;
    const { userAgent, nat, profile } = this.#host;
    const credentials = this.#host.credentialsOf(identity.user);
    const step = createStep({ ...wish, ...wish.parts, contacts }, profile);
    return {
      plan: createRegistrationPlan(line.plan, { identity, registrar, credentials, route, nat, step }),
      step,
      number: this.rid,
      userAgent,
      displayName: identity.displayName === null ? null : quote(identity.displayName),
      isAutomatic: wish.automatic,
    };
  }

  #transactionEnded(ended: EndedTransaction, how: string, response: Response | null): void {
    if (this.#attempt === null || this.#seat === null) return;
    const report = addTransaction(this.#attempt, { ended, how, response }, this.#seat.line);
    this.#host.emit('transaction', report);
  }

  #keepaliveEnded(roundTripUs: number | null): void {
    this.#lostKeepalives = roundTripUs === null ? this.#lostKeepalives + 1 : 0;
    this.#host.emit('keepalive', { registration: this, roundTripUs, lost: this.#lostKeepalives });
  }

  #attemptEnded(cause: string, endUs: number, wireUs: number): void {
    const attempt = this.#attempt;
    const seat = this.#seat;
    if (attempt === null || seat === null) return;
    this.#attempt = null;
    const grantedSeconds = seat.line.grantedSeconds(seat.row);
    const report = reportAttempt(attempt, { cause, endUs, wireUs, grantedSeconds });
    this.#host.emit('attempt', report);
    if (report.succeeded) this.#succeeded(report, seat, endUs);
    else this.#failed(report, seat);
    if (report.succeeded) attempt.resolve(report);
    else attempt.reject(new RegistrationFailure(report));
  }

  #succeeded(report: AttemptReport, seat: Seat, endUs: number): void {
    const { procedure, grantedSeconds } = report;
    if (procedure !== 'query') {
      const isBound = grantedSeconds > 0;
      this.#failures = 0;
      this.#grantedSeconds = grantedSeconds;
      this.#boundUntilUs = isBound ? endUs + grantedSeconds * US_PER_SECOND : 0;
      this.#state = isBound ? 'registered' : 'unregistered';
      this.#isKept = isBound && this.#init.autoRefresh;
    }
    // A question between two refreshes took the alarm away; the binding's end is where it was.
    if (this.#isKept) this.#wakeIn(seat, this.#refreshInSeconds(seat));
    this.#host.emit(SUCCESS_EVENTS[procedure], { registration: this, attempt: report });
  }

  #refreshInSeconds({ line, row }: Seat): number {
    const { refreshAfter } = this.#host;
    const device = refreshAfter === null ? line.deviceTimes(row) : null;
    if (device !== null) return (device.refreshUs - line.nowUs()) / US_PER_SECOND;
    const grantedAtUs = this.#boundUntilUs - this.#grantedSeconds * US_PER_SECOND;
    const sinceSeconds = (line.nowUs() - grantedAtUs) / US_PER_SECOND;
    return (refreshAfter ?? refreshAfterSeconds)(this.#grantedSeconds) - sinceSeconds;
  }

  /** Null: it is not tried again. */
  #retryInSeconds({ line, row }: Seat, { cause, status, response }: AttemptReport): number | null {
    const { retryAfter } = this.#host;
    const device = retryAfter === null ? line.deviceTimes(row) : null;
    if (device !== null) return Math.max(0, device.retryUs - line.nowUs()) / US_PER_SECOND;
    const asked = readRetryAfter(response?.header('Retry-After')[0]);
    const facts = { failures: this.#failures, cause: cause ?? '', status, retryAfterSeconds: asked };
    return (retryAfter ?? retryAfterSeconds)(facts);
  }

  #failed(report: AttemptReport, seat: Seat): void {
    const { procedure, cause } = report;
    const isRegistering = procedure === 'register' || procedure === 'refresh';
    let retryInSeconds: number | null = null;
    if (isRegistering) {
      this.#state = 'failed';
      this.#failures += 1;
    }
    if (isRegistering && this.#isKept) retryInSeconds = this.#retryInSeconds(seat, report);
    else if (this.#isKept && procedure === 'query') this.#wakeIn(seat, this.#refreshInSeconds(seat));
    if (retryInSeconds !== null) this.#wakeIn(seat, retryInSeconds);
    this.#host.emit('failed', { registration: this, attempt: report, cause: cause ?? '', retryInSeconds });
  }

  #wakeIn({ line, row }: Seat, seconds: number): void {
    line.wakeAt(row, line.nowUs() + Math.max(0, Math.round(seconds * US_PER_SECOND)));
  }

  /** It is time to refresh, or to try again. */
  #keep(): void {
    if (this.#refusal() !== null) return;
    const procedure = this.#procedureFor(this.#expires);
    void this.#start({ procedure, expires: this.#expires, parts: this.#parts, automatic: true });
  }

  #lineEnded(error: unknown): void {
    this.#seat = null;
    this.#isKept = false;
    this.#boundUntilUs = 0;
    this.#giveUp(error ?? new RegistrationError('CLOSED', this.rid));
  }

  #giveUp(error: unknown): void {
    this.#attempt?.reject(error);
    this.#attempt = null;
  }
}

/** RFC 3261 §25.1: quoted-string. */
const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
