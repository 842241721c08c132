// RFC 3263 §4: from a target as the operator wrote it to addresses and ports, as a state machine. It says which question is
// to be asked next and is given the answer; who asks (a name server, the hosts file) is the shell's business.
//
//   transport and port not named     NAPTR host ──"SIP+D2U"──> SRV of its replacement
//                                      └─none──> SRV _sip._udp.host ──none──> A host, port 5060
//   only the transport named                     SRV _sip._udp.host ──none──> A host, port 5060
//   port named, or in the hosts file                                          A host
//   an IPv4 address                  nothing to ask
//
// Each SRV record is then asked for its addresses. All that was asked and answered is told in sentences, for the operator.
// Questions are bounded: one NAPTR, a few SRV (one for each NAPTR record), one A for each host. Names that point to themselves
// lead nowhere twice: a CNAME is followed by the one who asks, and an SRV target is only ever asked for its address.
//
// Left out on purpose: transports other than UDP. Where a domain offers only those, that is the error.

import type { ErrorCode } from '../std/index.ts';
import { DEFAULT_SIP_PORT } from './address.ts';
import type { PlanTarget } from './plan.ts';
import { MOST_TARGETS } from './target-order.ts';

export type DnsType = 'NAPTR' | 'SRV' | 'A';

export interface DnsQuestion {
  readonly name: string;
  readonly type: DnsType;
}

export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly replacement: string;
}

export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** `.`: the service is decidedly not there (RFC 2782). */
  readonly host: string;
}

/** `ttlSeconds` is the shortest of all records that led here; null where whoever answered tells none. */
export type DnsAnswer =
  | { readonly kind: 'naptr'; readonly records: readonly NaptrRecord[]; readonly ttlSeconds: number | null }
  | { readonly kind: 'srv'; readonly records: readonly SrvRecord[]; readonly ttlSeconds: number | null }
  | { readonly kind: 'a'; readonly addresses: readonly string[]; readonly ttlSeconds: number | null }
  /** There is no such name, or no such record of it. */
  | { readonly kind: 'none'; readonly why: string; readonly ttlSeconds: number | null }
  /** The name server could not or would not say. */
  | { readonly kind: 'failed'; readonly why: string }
  /** Nothing came back. */
  | { readonly kind: 'silent'; readonly why: string };

export interface LocatedAddress {
  readonly address: string;
  readonly port: number;
  /** SRV priority: lower ones first. */
  readonly priority: number;
  /** In proportion; 0 only where a record says so. */
  readonly weight: number;
}

export type Located =
  | {
      readonly kind: 'found';
      /** At least one; sorted by priority, address and port, each once. */
      readonly targets: readonly LocatedAddress[];
      /** Null: good for the whole run. */
      readonly ttlSeconds: number | null;
      /** What was asked, and what came of it. */
      readonly steps: readonly string[];
    }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly hint: string };

/** Between two answers. `next` is what is to be asked, or the end. */
export interface Locating {
  readonly next: DnsQuestion | Located;
  readonly host: string;
  readonly port: number;
  readonly steps: readonly string[];
  readonly ttlSeconds: number | null;
  /** SRV names still to be asked, the most preferred first. */
  readonly services: readonly string[];
  /** SRV records whose hosts are still to be asked for, and what was found so far. */
  readonly records: readonly SrvRecord[];
  readonly found: readonly LocatedAddress[];
}

export type UriTarget = Extract<PlanTarget, { kind: 'uri' }>;

/** RFC 3263 §4.1: UDP, from a NAPTR record's service field. SIPS+D2U means nothing: there is no TLS over UDP. */
const UDP_SERVICE = 'sip+d2u';
const SIP_SERVICE = /^sips?\+d2[a-z]$/;
const SERVICE_NAMES: Readonly<Record<string, string>> = { u: 'UDP', t: 'TCP', s: 'SCTP', w: 'WebSocket' };
const MOST_SERVICES = 8;
const MOST_SRV_RECORDS = 64;
/** A host's share is divided among its addresses in whole numbers: divisible by 1 to 8. */
const WEIGHT_UNITS = 840;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

export const isQuestion = (next: Locating['next']): next is DnsQuestion => !('kind' in next);

/** Why no name server is asked for the target; null where one is. */
export const noNameIn = (target: PlanTarget): string | null => {
  if (target.kind === 'embedded') return 'the target is the embedded registrar';
  return IPV4.test(target.host) ? `${target.host} is an address` : null;
};

/** `inHostsFile`: the system's own table names the host, and what stands there needs no name server. */
export const startLocating = (target: UriTarget, inHostsFile: boolean): Locating => {
  const { host, port } = target;
  const none = { host, port, ttlSeconds: null, services: [], records: [], found: [] };
  if (IPV4.test(host)) {
    const targets = [{ address: host, port, priority: 0, weight: 1 }];
    return { ...none, steps: [], next: { kind: 'found', targets, ttlSeconds: null, steps: [] } };
  }
  const asksServices = target.lookUp !== undefined && !inHostsFile;
  if (!asksServices) {
    const why = inHostsFile ? `${host} is in the hosts file: no look-up of services` : null;
    return { ...none, steps: why === null ? [] : [why], next: { name: host, type: 'A' } };
  }
  if (target.lookUp === 'naptr') return { ...none, steps: [], next: { name: host, type: 'NAPTR' } };
  return { ...none, steps: [], next: { name: serviceOf(host), type: 'SRV' } };
};

/** What follows from the answer to the question in `next`. */
export const continueLocating = (state: Locating, answer: DnsAnswer): Locating => {
  const { next } = state;
  if (!isQuestion(next)) return state;
  const said = { ...state, steps: [...state.steps, `${next.type} ${next.name}: ${answerText(answer)}`] };
  if (answer.kind === 'silent') return fail(said, silence(next, answer.why));
  const known = 'ttlSeconds' in answer ? { ...said, ttlSeconds: shorter(said.ttlSeconds, answer.ttlSeconds) } : said;
  switch (next.type) {
    case 'NAPTR':
      return afterNaptr(known, answer);
    case 'SRV':
      return afterSrv(known, next, answer);
    case 'A':
      return afterAddress(known, next, answer);
  }
};

const serviceOf = (host: string): string => `_sip._udp.${host.replace(/\.$/, '')}`;

const shorter = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

/** RFC 3263 §4.1: records whose service is not one of ours are discarded; the lowest order, then preference, comes first. */
const afterNaptr = (state: Locating, answer: DnsAnswer): Locating => {
  const all =
    answer.kind === 'naptr' ? answer.records.filter(({ service }) => SIP_SERVICE.test(service.toLowerCase())) : [];
  const ours = all
    .filter(({ service, flags, replacement }) => {
      return (
        service.toLowerCase() === UDP_SERVICE && flags.toLowerCase() === 's' && replacement.replace(/\.$/, '') !== ''
      );
    })
    .sort((a, b) => a.order - b.order || a.preference - b.preference);
  const [first, ...others] = [...new Set(ours.map(({ replacement }) => replacement))].slice(0, MOST_SERVICES);
  if (first !== undefined) return { ...state, services: others, next: { name: first, type: 'SRV' } };
  if (all.length === 0) return { ...state, next: { name: serviceOf(state.host), type: 'SRV' } };
  const offered = [...new Set(all.map(({ service }) => serviceText(service)))].join(', ');
  return fail(state, {
    code: 'TARGET_TRANSPORT',
    message: `${state.host} offers only ${offered} (NAPTR, RFC 3263 §4.1), and regstorm speaks UDP`,
    hint: `if it takes UDP all the same, say so: sip:${state.host};transport=udp`,
  });
};

/** `SIPS+D2T` -> `TLS over TCP (SIPS+D2T)`. */
const serviceText = (service: string): string => {
  const [scheme = '', resolution = ''] = service.toLowerCase().split('+d2');
  const name = SERVICE_NAMES[resolution] ?? 'another transport';
  return `${scheme === 'sips' ? `TLS over ${name}` : name} (${service.toUpperCase()})`;
};

const afterSrv = (state: Locating, question: DnsQuestion, answer: DnsAnswer): Locating => {
  if (answer.kind === 'failed') {
    return fail(state, {
      code: 'DNS_FAILED',
      message: `the name server could not say where ${state.host} is (SRV ${question.name}: ${answer.why})`,
      hint: `name the port, and only its address is looked up: sip:${state.host}:${state.port}`,
    });
  }
  const records = answer.kind === 'srv' ? answer.records.slice(0, MOST_SRV_RECORDS) : [];
  const here = records
    .filter(({ host, port }) => host !== '.' && host !== '' && port > 0)
    .sort((a, b) => a.priority - b.priority);
  const [next, ...services] = state.services;
  if (here.length > 0) {
    // An SRV record must name a host; some name an address all the same, which is then its own answer.
    const named = here.filter(({ host }) => !IPV4.test(host));
    const found = here.flatMap((record) => (named.includes(record) ? [] : addressesOf(record, [record.host])));
    return askHosts({ ...state, services: [], records: named, found });
  }
  // RFC 2782: a target of "." says that the service is decidedly not available at this domain.
  if (records.length > 0) {
    return fail(state, {
      code: 'TARGET_UNRESOLVED',
      message: `${state.host} says that it has no SIP over UDP (SRV ${question.name} is "." or has port 0)`,
      hint: `name the port, and only its address is looked up: sip:${state.host}:${state.port}`,
    });
  }
  if (next !== undefined) return { ...state, services, next: { name: next, type: 'SRV' } };
  // RFC 3263 §4.2: no SRV records: the host itself, at the default port.
  return { ...state, services: [], next: { name: state.host, type: 'A' } };
};

/** Asks for the first host that is not known yet, or ends. */
const askHosts = (state: Locating): Locating => {
  const [first] = state.records;
  if (first !== undefined) return { ...state, next: { name: first.host, type: 'A' } };
  return state.found.length > 0 ? finish(state) : fail(state, noAddress(state));
};

const afterAddress = (state: Locating, question: DnsQuestion, answer: DnsAnswer): Locating => {
  const addresses = answer.kind === 'a' ? [...new Set(answer.addresses)] : [];
  if (state.records.length === 0) {
    const found = addressesOf({ priority: 0, weight: 1, port: state.port, host: state.host }, addresses);
    if (answer.kind === 'failed') return fail(state, couldNotSay(state, question, answer.why));
    return found.length > 0 ? finish({ ...state, found }) : fail(state, noAddress(state));
  }
  const isAbout = (record: SrvRecord): boolean => record.host.toLowerCase() === question.name.toLowerCase();
  const found = state.records.filter(isAbout).flatMap((record) => addressesOf(record, addresses));
  const records = state.records.filter((record) => !isAbout(record));
  return askHosts({ ...state, records, found: [...state.found, ...found] });
};

/** A record's weight is shared by the addresses of its host. */
const addressesOf = ({ port, priority, weight }: SrvRecord, addresses: readonly string[]): LocatedAddress[] =>
  addresses.map((address) => ({
    address,
    port,
    priority,
    weight: Math.round((weight * WEIGHT_UNITS) / addresses.length),
  }));

const finish = (state: Locating): Locating => {
  const sorted = sortTargets(state.found);
  const targets = sorted.slice(0, MOST_TARGETS);
  const left = sorted.length - targets.length;
  const steps =
    left === 0 ? state.steps : [...state.steps, `${left} more targets are left out: at most ${MOST_TARGETS}`];
  return { ...state, steps, next: { kind: 'found', targets, ttlSeconds: state.ttlSeconds, steps } };
};

/** By priority, then in an order that is the same however a name server turns its records; each address and port once. */
export const sortTargets = (found: readonly LocatedAddress[]): readonly LocatedAddress[] => {
  const byPlace = new Map<string, LocatedAddress>();
  for (const target of found) {
    const place = `${target.address}:${target.port}`;
    const other = byPlace.get(place);
    if (other === undefined || target.priority < other.priority) byPlace.set(place, target);
    else if (target.priority === other.priority) byPlace.set(place, { ...other, weight: other.weight + target.weight });
  }
  return [...byPlace.values()].sort(
    (a, b) => a.priority - b.priority || numberOf(a.address) - numberOf(b.address) || a.port - b.port,
  );
};

const numberOf = (address: string): number => address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);

type Failure = Omit<Extract<Located, { kind: 'failed' }>, 'kind'>;

const fail = (state: Locating, failure: Failure): Locating => ({ ...state, next: { kind: 'failed', ...failure } });

const noAddress = ({ host, steps }: Locating): Failure => ({
  code: 'TARGET_UNRESOLVED',
  message: `${host} has no IPv4 address (${steps.at(-1) ?? 'nothing was asked'})`,
  hint: `check the name (\`getent ahostsv4 ${host}\`), or give an address as target: sip:192.0.2.1:${DEFAULT_SIP_PORT}`,
});

const couldNotSay = ({ host }: Locating, { type, name }: DnsQuestion, why: string): Failure => ({
  code: 'DNS_FAILED',
  message: `the name server could not say where ${host} is (${type} ${name}: ${why})`,
  hint: 'ask another one with --dns HOST:PORT, or give an address as target',
});

const silence = ({ type, name }: DnsQuestion, why: string): Failure => ({
  code: 'DNS_FAILED',
  message: `no name server answered (${type} ${name}: ${why})`,
  hint: 'ask another one with --dns HOST:PORT, or give an address as target',
});

const answerText = (answer: DnsAnswer): string => {
  switch (answer.kind) {
    case 'naptr':
      return answer.records.map(({ service, replacement }) => `${service} ${replacement}`).join(', ') || 'none';
    case 'srv':
      return (
        answer.records
          .map((record) => `${record.priority} ${record.weight} ${record.host}:${record.port}`)
          .join(', ') || 'none'
      );
    case 'a':
      return answer.addresses.join(', ') || 'none';
    case 'none':
    case 'failed':
    case 'silent':
      return answer.why;
  }
};
