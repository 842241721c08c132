// The library's client: any number of registrations, one at a time or together, on the engine that also makes the load.
//
//   const client = new RegistrationClient();
//   client.addCredentials({ username: 'alice', password: 'secret' });
//   const request = client.buildInitialRegister({ from: 'sip:alice@example.org', expires: 1800 });
//   request.setHeader('Supported', '100rel, path');
//   await request.send();
//   …
//   await request.registration.unregister();
//   await client.close();
//
// A next hop gets a socket and an engine when its first request is sent (line.ts), and all registrations that go there share them.

import { EventEmitter } from 'node:events';
import { MOST_COMMANDED_CONTEXTS } from '../engine/index.ts';
import type { RunPlan } from '../scenario/index.ts';
import { checkOptions } from '../scenario/index.ts';
import { monotonicNowUs } from '../transport/index.ts';
import type { Place } from './addresses.ts';
import { checkExpires, hasControl, readIdentity, readNameServer, readPlace, wrong } from './addresses.ts';
import type { ContactOptions } from './contacts.ts';
import { readContacts } from './contacts.ts';
import type { CredentialsOptions } from './credential-store.ts';
import { createCredentialStore } from './credential-store.ts';
import { RegistrationError } from './errors.ts';
import type { RegistrationEvents } from './events.ts';
import type { RegisterRequest, Registration } from './handle.ts';
import type { Line } from './line.ts';
import type { LocatedPlaces } from './locate.ts';
import { locate } from './locate.ts';
import { ManagedRegistration } from './managed-registration.ts';
import { openLine } from './open-line.ts';
import { CLIENT_OPTIONS, INITIAL_REGISTER_OPTIONS, KEEPALIVE_OPTIONS, TIMER_OPTIONS } from './option-kinds.ts';
import type { KeepaliveOptions, TimerOptions } from './plans.ts';
import { createLinePlan } from './plans.ts';
import { checkRedirects, locateRedirects } from './redirects.ts';
import type { RegistrationHost } from './registration-host.ts';
import type { ClientStatistics } from './statistics.ts';
import { sumStatistics } from './statistics.ts';
import type { RefreshAfter, RetryAfter } from './timing.ts';

export interface RegistrationClientOptions {
  /** IPv4 address to speak from; default: the system's choice. */
  readonly localAddress?: string;
  /** Default: any free one. With a port of its own, a client reaches one next hop. */
  readonly localPort?: number;
  /**
   * What a Contact of our own address says when the registrar sees us elsewhere (RFC 3581 §4): `off`, the default, our own address all the
   * same; `direct`, that address, in the request that answers the challenge or in the next one. The event `mapping` tells of it either way.
   */
  readonly nat?: 'off' | 'direct';
  /** `host` or `host:port`, which Contacts of our own address say instead: where a NAT or balancer in front of us is reached. */
  readonly advertise?: string;
  /** What is sent between requests so that a NAT keeps its mapping, for each registration that has a binding; default: nothing. */
  readonly keepalive?: KeepaliveOptions;
  /** The User-Agent header; default `regstorm`. */
  readonly userAgent?: string;
  readonly timers?: TimerOptions;
  /** At one next hop; default 1000. */
  readonly mostRegistrations?: number;
  /** The name server to ask, `address[:port]`, for everything; default: the system's, and its hosts file. */
  readonly dns?: string;
  /** Whether a public address may be reached; default false, as everywhere in regstorm. */
  readonly allowPublic?: boolean;
  /** How many redirects (3xx) an attempt follows, up to 10; default 0: it ends with the status. */
  readonly followRedirects?: number;
  /**
   * Where redirects may lead: addresses, networks (`10.0.0.0/8`), host names, each with a port or without; default: the next hop's
   * addresses and its host, whatever the port.
   */
  readonly redirectsTo?: readonly string[];
  /**
   * `exosip2`: a device of libeXosip2, as docs/profiles.md has it: when it refreshes and tries again, the least that it asks for (30 s), its
   * decimal nonce count, and what it sends again after a 401, 407 or 606. Default: `rfc3261`.
   */
  readonly profile?: 'rfc3261' | 'exosip2';
  /** When a registration is refreshed by itself; default: at 80 to 95 % of the granted interval, or as the profile has it. */
  readonly refreshAfter?: RefreshAfter;
  /** When a failed refresh is tried again by itself; default: RFC 5626 §4.5, Retry-After, never what cannot get better; or as the profile has it. */
  readonly retryAfter?: RetryAfter;
}

export interface InitialRegister {
  /**
   * The address-of-record, for From and To: `sip:alice@example.org`, or with a display name `"Alice" <sip:alice@example.org>`. What stands
   * behind a `?`, as in `sip:alice@example.org?X-Tenant=7`, becomes headers of the requests (RFC 3261 §19.1.5); those that a URI must
   * not decide (Route, Via, Supported, body …) are refused.
   */
  readonly from: string;
  /** The Request-URI: `sip:host[:port]` or `host[:port]`; default: the address-of-record's domain. */
  readonly registrar?: string;
  /** Where requests go instead of the registrar: `sip:host[:port]`. */
  readonly outboundProxy?: string;
  /** The outbound proxy stands in a Route header too (RFC 3261 §8.1.2); default false: it is the next hop and no more. */
  readonly route?: boolean;
  /**
   * Null (the default): our own address. A URI, or one or several with q, instance and so on. `*`: all bindings, to remove them. Empty:
   * none, to ask for the bindings.
   */
  readonly contact?: string | ContactOptions | readonly ContactOptions[] | null;
  /** Seconds; default 3600, and 0 with `*`. */
  readonly expires?: number;
  /** Refreshes by itself from the first 200 on; default true. */
  readonly autoRefresh?: boolean;
}

type Listener<K extends keyof RegistrationEvents> = (...event: RegistrationEvents[K]) => void;

const DEFAULT_EXPIRES_SECONDS = 3_600;
const DEFAULT_REGISTRATIONS = 1_000;
const RUN_ID_BYTES = 4;
/** Requests under way at once when all registrations are ended together. */
const TOGETHER = 50;

export class RegistrationClient {
  readonly #options: RegistrationClientOptions;
  readonly #plan: RunPlan;
  readonly #credentials = createCredentialStore();
  readonly #events = new EventEmitter<RegistrationEvents>();
  readonly #registrations = new Map<number, Registration>();
  readonly #lines = new Map<string, Line | Promise<Line>>();
  readonly #host: RegistrationHost;
  readonly #clientId = randomHex(RUN_ID_BYTES);
  /** Clients of one domain do not all turn to the same of its servers (RFC 2782). */
  readonly #seed = Number.parseInt(this.#clientId, 16) | 0;
  readonly #dns: string | null;
  readonly #originUs = monotonicNowUs();
  #lastRid = 0;
  #lastLine = 0;
  #isClosed = false;

  /** Throws a UserError for an option that cannot be; nothing is opened before the first request. */
  constructor(options: RegistrationClientOptions = {}) {
    checkOptions('RegistrationClient', options, CLIENT_OPTIONS);
    checkOptions('timers', options.timers ?? {}, TIMER_OPTIONS);
    if (options.keepalive !== undefined) checkKeepalive(options.keepalive);
    const { mostRegistrations = DEFAULT_REGISTRATIONS, nat, advertise } = options;
    if (!(mostRegistrations >= 1 && mostRegistrations <= MOST_COMMANDED_CONTEXTS)) {
      throw wrong('mostRegistrations', `${mostRegistrations} is not a number from 1 to ${MOST_COMMANDED_CONTEXTS}`);
    }
    if (hasControl(options.userAgent ?? ''))
      throw wrong('userAgent', 'there is a line break or control character in it');
    if (nat !== undefined && nat !== 'off' && nat !== 'direct')
      throw wrong('nat', `"${nat}" is neither off nor direct`);
    if (nat === 'direct' && advertise !== undefined) {
      throw wrong('nat', 'advertise says where we are reached, and direct would learn it; leave one of them out');
    }
    this.#options = options;
    this.#dns = options.dns === undefined ? null : readNameServer(options.dns);
    const { followRedirects = 0, redirectsTo = null } = options;
    this.#plan = createLinePlan({
      localAddress: options.localAddress ?? null,
      localPort: options.localPort ?? null,
      timers: options.timers ?? {},
      keepalive: options.keepalive ?? null,
      advertise: advertise ?? null,
      profile: options.profile ?? 'rfc3261',
      mostRegistrations,
      followRedirects,
      redirectsTo,
    });
    checkRedirects(this.#plan, options.allowPublic === true);
    this.#host = this.#createHost();
  }

  /** A registration's first request, not sent yet. Its handle is `request.registration`. */
  buildInitialRegister(initial: InitialRegister): RegisterRequest {
    if (this.#isClosed) throw new RegistrationError('CLOSED');
    checkOptions('register', initial, INITIAL_REGISTER_OPTIONS);
    if (initial.from === undefined)
      throw wrong('from', 'it is missing; give an address-of-record, sip:alice@example.org');
    const identity = readIdentity(initial.from);
    const registrar = readPlace('registrar', initial.registrar ?? identity.domain);
    const nextHop = initial.outboundProxy === undefined ? registrar : readPlace('outboundProxy', initial.outboundProxy);
    const contacts = readContacts(initial.contact ?? null);
    const expires = initial.expires ?? (contacts === 'all' ? 0 : DEFAULT_EXPIRES_SECONDS);
    checkExpires(expires);
    if (contacts === 'all' && expires !== 0) {
      throw wrong('expires', `Contact: * goes with Expires 0 and no other (RFC 3261 §10.2.2), not with ${expires}`);
    }
    const route = readRoute(initial, nextHop);
    const autoRefresh = (initial.autoRefresh ?? true) && contacts !== 'all' && contacts !== 'none';
    const rid = ++this.#lastRid;
    const init = { rid, identity, registrar, nextHop, contacts, route, expires, autoRefresh };
    const registration = new ManagedRegistration(init, this.#host);
    this.#registrations.set(rid, registration);
    return registration.buildRegister();
  }

  /** Builds and sends in one; gives the handle once it is registered. */
  async register(initial: InitialRegister): Promise<Registration> {
    const request = this.buildInitialRegister(initial);
    await request.send();
    return request.registration;
  }

  /** All that were built and not removed, in that order. */
  get registrations(): readonly Registration[] {
    return [...this.#registrations.values()];
  }

  /** By its number; undefined when there is none, or it was removed. */
  registration(rid: number): Registration | undefined {
    return this.#registrations.get(rid);
  }

  /** For challenges to this user; replaces what the user had for the same realm. From the next request on. */
  addCredentials(credentials: CredentialsOptions): void {
    this.#credentials.add(credentials);
  }

  /** The user's credentials for a realm, or all of the user's. Returns how many there were. */
  removeCredentials(username: string, realm?: string): number {
    return this.#credentials.remove(username, realm);
  }

  clearCredentials(): void {
    this.#credentials.clear();
  }

  /** Unregisters whatever is registered. Those that could not be are in the answer; a busy one is among them. */
  async unregisterAll(): Promise<{ readonly failed: readonly Registration[] }> {
    const waiting = this.registrations.filter(({ state }) => state === 'registered');
    const failed: Registration[] = [];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const registration = next;
        await registration.unregister().catch(() => failed.push(registration));
      }
    };
    await Promise.all(Array.from({ length: TOGETHER }, work));
    return { failed };
  }

  /** Ends without a word to any registrar; what is under way is given up. `unregisterAll` before it leaves no binding behind. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const lines = await Promise.allSettled(this.#lines.values());
    await Promise.all(lines.map((line) => (line.status === 'fulfilled' ? line.value.close() : null)));
  }

  on<K extends keyof RegistrationEvents>(name: K, listener: Listener<K>): this {
    this.#events.on(name, listener as never);
    return this;
  }

  once<K extends keyof RegistrationEvents>(name: K, listener: Listener<K>): this {
    this.#events.once(name, listener as never);
    return this;
  }

  off<K extends keyof RegistrationEvents>(name: K, listener: Listener<K>): this {
    this.#events.off(name, listener as never);
    return this;
  }

  statistics(): ClientStatistics {
    const lines = [...this.#lines.values()].filter((line): line is Line => !(line instanceof Promise));
    return { registrations: this.#registrations.size, ...sumStatistics(lines.map(({ metrics }) => metrics)) };
  }

  #createHost(): RegistrationHost {
    return {
      userAgent: this.#options.userAgent ?? 'regstorm',
      nat: this.#options.nat ?? 'off',
      profile: this.#options.profile ?? 'rfc3261',
      refreshAfter: this.#options.refreshAfter ?? null,
      retryAfter: this.#options.retryAfter ?? null,
      isClosed: () => this.#isClosed,
      lineTo: (nextHop) => this.#lineTo(nextHop),
      credentialsVersion: () => this.#credentials.version(),
      credentialsOf: (username) => this.#credentials.of(username),
      emit: (name, event) => this.#emit(name, event),
      forget: ({ rid }) => this.#registrations.delete(rid),
    };
  }

  /** Not from the midst of a turn: a listener may throw, and what it calls may need the engine. */
  #emit<K extends keyof RegistrationEvents>(name: K, event: RegistrationEvents[K][0]): void {
    if (this.#events.listenerCount(name) === 0) return;
    queueMicrotask(() => (this.#events as EventEmitter).emit(name, event));
  }

  #lineTo(nextHop: Place): Line | Promise<Line> {
    const key = nextHop.uri.toLowerCase();
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const opening = this.#open(nextHop);
    this.#lines.set(key, opening);
    opening.then(
      (line) => this.#lines.set(key, line),
      () => this.#lines.delete(key),
    );
    return opening;
  }

  async #open(nextHop: Place): Promise<Line> {
    const options = { dns: this.#dns, allowPublic: this.#options.allowPublic === true };
    const look = (): Promise<LocatedPlaces> => locate(nextHop, options);
    const located = await look();
    const runId = `${this.#clientId}-${++this.#lastLine}`;
    const onMessage = (message: RegistrationEvents['message'][0]): void => this.#emit('message', message);
    return openLine({
      // So that redirects know which host is the line's own.
      plan: { ...this.#plan, target: nextHop.target, requestUri: nextHop.uri },
      redirectNames: await locateRedirects(this.#plan, options),
      runId,
      located,
      look,
      seed: this.#seed,
      originUs: this.#originUs,
      onMessage,
      onMapping: (mapping) => this.#emit('mapping', mapping),
    });
  }
}

const readRoute = ({ route = false, outboundProxy }: InitialRegister, nextHop: Place): string | null => {
  if (!route) return null;
  if (outboundProxy === undefined) throw wrong('route', 'there is no outboundProxy that could stand in it');
  return `<${nextHop.uri};lr>`;
};

/** For programs without types: neither has a default. */
const checkKeepalive = (keepalive: KeepaliveOptions): void => {
  checkOptions('keepalive', keepalive, KEEPALIVE_OPTIONS);
  if (keepalive.kind === undefined || keepalive.everySeconds === undefined) {
    throw wrong('keepalive', "give kind and everySeconds, as in { kind: 'stun', everySeconds: 20 }");
  }
};

const randomHex = (bytes: number): string =>
  [...globalThis.crypto.getRandomValues(new Uint8Array(bytes))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
