// Hosts, ports, targets and Request-URIs as an operator writes them. Stricter than SIP's grammar on purpose: what stands
// here is put into every message of a run, so an exotic form had better be a clear refusal than a surprise on the wire.
//
// Left out on purpose: looking names up (locate.ts says how, the shell does it), IPv6, and transports other than UDP.

import { parseTargetUri } from '../sip/index.ts';
import { fault, type Parsed, parsed, quoted } from './parsed.ts';
import type { PlanTarget } from './plan.ts';

/** RFC 3261 §19.1.2: the port of a sip: URI that names none. */
export const DEFAULT_SIP_PORT = 5060;
const DEFAULT_DNS_PORT = 53;

const MAX_HOST_LENGTH = 253;
const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
/** RFC 3261 §25.1 hostname, and the underscore that container names have. */
const HOST_NAME =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.?$/;

const isIpv4 = (text: string): boolean => {
  const match = IPV4.exec(text);
  return match?.slice(1).every((part) => Number(part) <= 255) ?? false;
};

export const parseIpv4 = (text: string): Parsed<string> =>
  isIpv4(text) ? parsed(text) : fault(`${quoted(text)} is not an IPv4 address, for example 192.0.2.7`);

/** A host name or an IPv4 address. */
export const parseHost = (text: string): Parsed<string> => {
  if (text.includes(':')) {
    return fault(`${quoted(text)} looks like IPv6, which is not supported; give a name or an IPv4 address`);
  }
  if (/^[\d.]+$/.test(text)) return parseIpv4(text);
  if (text.length > MAX_HOST_LENGTH || !HOST_NAME.test(text)) return fault(`${quoted(text)} is not a host name`);
  return parsed(text);
};

/** The domain of an address-of-record: a host and nothing else. */
export const parseDomain = (text: string): Parsed<string> =>
  /^[^[:]+:\d*$/.test(text)
    ? fault(`${quoted(text)} has a port; a domain has none (see target and registrar)`)
    : parseHost(text);

export interface HostPort {
  readonly host: string;
  /** Null where the text names none. */
  readonly port: number | null;
  /** It names its transport, which can only be UDP. */
  readonly namesTransport: boolean;
}

/** A sip: URI that names a host, reached over UDP. `what` is what it is for, with an article. */
const parseHostUri = (text: string, what: string): Parsed<HostPort & { readonly extras: readonly string[] }> => {
  if (!/^sips?:/i.test(text)) return fault(`${quoted(text)} is not ${what}; write sip:HOST or sip:HOST:PORT`);
  const result = parseTargetUri(text);
  if (!result.ok) return fault(result.error);
  const { scheme, user, transport, otherParameters } = result.uri;
  if (scheme === 'sips')
    return fault(`${quoted(text)}: sips: needs TLS, which is not supported; ${what} is a sip: URI`);
  if (user !== null) return fault(`${quoted(text)} has a user part; ${what} names only a host`);
  if (transport !== null && transport !== 'udp') {
    return fault(`${quoted(text)}: transport=${transport} is not supported; only transport=udp is`);
  }
  const host = parseHost(result.uri.host);
  return host.ok
    ? parsed({ host: host.value, port: result.uri.port, namesTransport: transport !== null, extras: otherParameters })
    : host;
};

/** `host` and `host:port` begin like a scheme; a number behind the colon tells them apart. */
const HAS_SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:(?!\d+(?:;|$))/;

/** `embedded`, `sip:host[:port][;transport=udp]` or `host[:port]`. */
export const parseTarget = (text: string): Parsed<PlanTarget> => {
  if (text === 'embedded') return parsed({ kind: 'embedded' });
  const isBare = !HAS_SCHEME.test(text);
  const uri = parseHostUri(isBare ? `sip:${text}` : text, 'a target');
  if (!uri.ok)
    return isBare ? fault(`${quoted(text)} is not a target; write embedded, sip:HOST:PORT or HOST:PORT`) : uri;
  const { extras } = uri.value;
  if (extras.length > 0) return fault(`${quoted(text)}: ";${extras[0]}" has no meaning in a target`);
  return parsed(targetAt(text, uri.value));
};

/** RFC 3263 §4.1, §4.2: a number for a host, or a port, leaves only an address to ask for; a transport leaves its SRV records. */
export const targetAt = (text: string, { host, port, namesTransport }: HostPort): PlanTarget => {
  const target = { kind: 'uri', text, host, port: port ?? DEFAULT_SIP_PORT } as const;
  if (port !== null || isIpv4(host)) return target;
  return { ...target, lookUp: namesTransport ? 'srv' : 'naptr' };
};

/** A name server: it has to be an address, since there is nobody else to ask for it. */
export const parseDnsServer = (text: string): Parsed<string> => {
  const [host = '', port, ...more] = text.split(':');
  const isPort = port === undefined || (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535);
  if (isIpv4(host) && isPort && more.length === 0) return parsed(`${host}:${port ?? DEFAULT_DNS_PORT}`);
  return fault(`${quoted(text)} is not the address of a name server; write for example 192.0.2.53 or 127.0.0.1:5353`);
};

/** A Request-URI and the host and port that it names. */
export interface RequestUri extends HostPort {
  readonly text: string;
}

/**
 * RFC 3261 §10.2: the Request-URI of a REGISTER names the domain; user part and "@" must not be there. A scheme may be left
 * out; it stands in the request all the same (§19.1.1).
 */
export const parseRequestUri = (text: string): Parsed<RequestUri> => {
  const whole = HAS_SCHEME.test(text) ? text : `sip:${text}`;
  const uri = parseHostUri(whole, 'a registrar');
  return uri.ok
    ? parsed({ text: whole, host: uri.value.host, port: uri.value.port, namesTransport: uri.value.namesTransport })
    : uri;
};
