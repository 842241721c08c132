// The plans of a client. A line (one next hop) has a plan whose contexts start by command: no flow, no starts, no end. A registration has
// a plan of its own, in which everything is the line's but who it is; the engine makes its requests from it as it does for a scenario,
// so what a scenario's identity can do, a registration can.
//
// What a client does not decide is filled in by the scenario loader, so there is one place for defaults.

import type {
  AttemptStep,
  PlanBody,
  PlanContact,
  PlanCredential,
  PlanHeader,
  PlanPhone,
  Procedure,
  Profile,
  RunPlan,
  TextTemplate,
} from '../scenario/index.ts';
import { applyProfile, loadScenario } from '../scenario/index.ts';
import { assert, UserError } from '../std/index.ts';
import type { Identity, Place } from './addresses.ts';
import type { Contacts } from './contacts.ts';
import type { StoredCredentials } from './credential-store.ts';

export interface TimerOptions {
  /** RFC 3261 Table 4; defaults 500, 4000 and 5000. A request without an answer fails after 64 × T1. */
  readonly t1Ms?: number;
  readonly t2Ms?: number;
  readonly t4Ms?: number;
}

export interface LinePlanOptions {
  readonly localAddress: string | null;
  readonly localPort: number | null;
  readonly timers: TimerOptions;
  readonly keepalive: KeepaliveOptions | null;
  readonly advertise: string | null;
  readonly profile: Profile;
  readonly mostRegistrations: number;
  /** 0: none is followed. */
  readonly followRedirects: number;
  /** As in a scenario's `redirects.to`; null: the next hop's addresses. */
  readonly redirectsTo: readonly string[] | null;
}

/** What is sent between requests so that a NAT keeps its mapping. */
export interface KeepaliveOptions {
  /**
   * `stun`: a Binding request (RFC 5626 §4.4.2), answered with the address that the server sees. `options`: an OPTIONS to the registrar,
   * in the registration's name; any final answer will do. `crlf`: CRLFCRLF, which nobody answers, so that nothing is known of its loss.
   */
  readonly kind: 'crlf' | 'stun' | 'options';
  /** 1 to 3600: the longest time from one to the next; each comes at random after 80 to 100 % of it (RFC 5626 §4.4). */
  readonly everySeconds: number;
}

const MS_PER_SECOND = 1_000;

/** Throws a UserError for a value that a scenario would not take either. */
export const createLinePlan = (options: LinePlanOptions): RunPlan => {
  const { localAddress, localPort, timers, keepalive, advertise, profile } = options;
  const { mostRegistrations, followRedirects, redirectsTo } = options;
  const document = {
    version: 1,
    name: 'client',
    profile,
    target: 'sip:127.0.0.1',
    identities: { count: mostRegistrations, user: 'u{index}', domain: 'client.invalid' },
    load: { model: 'constant-rate', rate: '1/s', starts: 1 },
    flow: ['register'],
    redirects: { follow: followRedirects, ...(redirectsTo === null ? {} : { to: redirectsTo }) },
    timers: { T1: `${timers.t1Ms ?? 500}ms`, T2: `${timers.t2Ms ?? 4_000}ms`, T4: `${timers.t4Ms ?? 5_000}ms` },
    local: {
      sockets: 'udp-dgram',
      ...(localAddress === null ? {} : { addresses: [localAddress] }),
      ...(localPort === null ? {} : { ports: String(localPort) }),
      ...(advertise === null ? {} : { advertise }),
    },
    ...(keepalive === null ? {} : { keepalive: keepaliveOf(keepalive) }),
  };
  const plan = load(document);
  return { ...plan, flow: [], load: { ...plan.load, starts: 0 } };
};

const keepaliveOf = ({ kind, everySeconds }: KeepaliveOptions): object => ({
  kind,
  every: `${Math.round(everySeconds * MS_PER_SECOND)}ms`,
  per: 'context',
});

/** JSON is YAML. There is no file that a place could point into. */
const load = (document: object): RunPlan => {
  try {
    return loadScenario({ file: 'client', text: JSON.stringify(document) });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      'USAGE',
      error.problems.map(({ message }) => ({ message })),
    );
  }
};

export interface RegistrationFacts {
  readonly identity: Identity;
  readonly registrar: Place;
  readonly credentials: readonly StoredCredentials[];
  readonly route: string | null;
  readonly nat: RunPlan['nat'];
  /** What is to be sent. */
  readonly step: AttemptStep;
}

/** Nothing said of the phone; names come with each command. */
const PLAIN_PHONE: PlanPhone = {
  line: false,
  displayName: null,
  userAgent: null,
  to: null,
  headers: [],
  route: null,
  followsServiceRoute: false,
};

/** The plan of one registration: the line's, with one identity. */
export const createRegistrationPlan = (line: RunPlan, facts: RegistrationFacts): RunPlan => {
  const { identity, registrar, credentials, route, nat, step } = facts;
  const { user, domain } = identity;
  return {
    ...line,
    // Nothing starts by it: it says whether there is a body, which auth-int hashes.
    flow: [step],
    requestUri: registrar.uri,
    nat,
    ...(route === null ? {} : { phone: { ...PLAIN_PHONE, route } }),
    identities: {
      ...line.identities,
      count: 1,
      user: literal(user),
      domain,
      password: null,
      credentials: credentials.map(credentialOf),
    },
  };
};

const literal = (text: string): TextTemplate => [{ kind: 'text', text }];

const credentialOf = ({ realm, userid, password, ha1 }: StoredCredentials): PlanCredential => ({
  realm,
  authUser: literal(userid),
  secret: ha1 === null ? { kind: 'password', text: literal(password ?? '') } : { kind: 'ha1', ...ha1 },
});

export interface StepFacts {
  readonly procedure: Procedure;
  readonly expires: number;
  readonly headers: readonly HeaderValue[];
  readonly body: MessageBody | null;
  readonly contacts: Contacts;
}

export interface HeaderValue {
  readonly name: string;
  readonly value: string;
}

/** What a request carries (RFC 3261 §7.4). */
export interface MessageBody {
  /** Its Content-Type: `application/pidf+xml`. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

export const createStep = (
  { procedure, expires, headers, body, contacts }: StepFacts,
  profile: Profile,
): AttemptStep => {
  const step: AttemptStep = {
    kind: 'attempt',
    procedure,
    expiresSeconds: procedure === 'query' ? null : expires,
    ...(isRegistering(procedure) && Array.isArray(contacts) ? { contacts: contactsFor(procedure, contacts) } : {}),
    headers: headers.map(({ name, value }): PlanHeader => ({ name, value: literal(value) })),
    ...(body === null ? {} : { body: { ...body, text: [] } satisfies PlanBody }),
  };
  const [asProfiled] = applyProfile([step], profile);
  assert(asProfiled?.kind === 'attempt', 'a profile makes no other step of an attempt');
  return asProfiled;
};

const isRegistering = (procedure: Procedure): boolean => procedure !== 'query' && procedure !== 'wildcard';

/** RFC 3261 §10.2.2: what is ended goes by the request's Expires of 0, whatever interval a Contact had of its own. */
const contactsFor = (procedure: Procedure, contacts: readonly PlanContact[]): readonly PlanContact[] =>
  procedure === 'unregister' ? contacts.map((contact) => ({ ...contact, expiresSeconds: null })) : contacts;
