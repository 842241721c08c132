// Hosts, ports, targets and Request-URIs as an operator writes them. Stricter than SIP's grammar on purpose: what stands
// here is put into every message of a run, so an exotic form had better be a clear refusal than a surprise on the wire.
//
// Left out on purpose: looking names up (the shell does it), IPv6, and transports other than UDP.

import { fault, type Parsed, parsed, quoted } from './parsed.ts';
import type { PlanTarget } from './plan.ts';

/** RFC 3261 §19.1.2: the port of a sip: URI that names none. */
export const DEFAULT_SIP_PORT = 5060;

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
  if (text.startsWith('[') || text.split(':').length > 2) {
    return fault(`${quoted(text)} looks like IPv6, which is not supported; give a name or an IPv4 address`);
  }
  if (text.includes(':')) return fault(`${quoted(text)} has a port; only a host stands here`);
  if (/^[\d.]+$/.test(text)) return parseIpv4(text);
  if (text.length > MAX_HOST_LENGTH || !HOST_NAME.test(text)) return fault(`${quoted(text)} is not a host name`);
  return parsed(text);
};

const parsePort = (text: string): Parsed<number> => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? parsed(port) : fault(`${quoted(text)} is not a port; write 1 to 65535`);
};

export interface HostPort {
  readonly host: string;
  /** Null where the text names none. */
  readonly port: number | null;
}

const parseHostPort = (text: string): Parsed<HostPort> => {
  const colon = text.startsWith('[') ? -1 : text.lastIndexOf(':');
  if (colon < 0 || text.indexOf(':') !== colon) {
    const host = parseHost(text);
    return host.ok ? parsed({ host: host.value, port: null }) : host;
  }
  const host = parseHost(text.slice(0, colon));
  if (!host.ok) return host;
  const port = parsePort(text.slice(colon + 1));
  return port.ok ? parsed({ host: host.value, port: port.value }) : port;
};

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):(?!\d+(?:;|$))/;

/** The text behind `sip:`, or a fault for another scheme or a user part. */
const withoutScheme = (text: string, what: string): Parsed<string> => {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'sips')
    return fault(`${quoted(text)}: sips: needs TLS, which is not supported; ${what} is a sip: URI`);
  if (scheme !== undefined && scheme !== 'sip') return fault(`${quoted(text)}: ${what} is a sip: URI, not ${scheme}:`);
  const rest = scheme === undefined ? text : text.slice(scheme.length + 1);
  if (rest.includes('@')) return fault(`${quoted(text)} has a user part; ${what} names only a host`);
  return parsed(rest);
};

/** `embedded`, `sip:host[:port][;transport=udp]` or `host[:port]`. */
export const parseTarget = (text: string): Parsed<PlanTarget> => {
  if (text === 'embedded') return parsed({ kind: 'embedded' });
  const rest = withoutScheme(text, 'a target');
  if (!rest.ok) return rest;
  const [address = '', ...parameters] = rest.value.split(';');
  for (const parameter of parameters) {
    if (/^transport=udp$/i.test(parameter)) continue;
    const reason = /^transport=/i.test(parameter)
      ? 'only transport=udp is supported'
      : 'a target takes only ;transport=udp';
    return fault(`${quoted(text)}: unknown ";${parameter}"; ${reason}`);
  }
  const hostPort = parseHostPort(address);
  if (!hostPort.ok) return hostPort;
  const { host, port } = hostPort.value;
  return parsed({ kind: 'uri', text, host, port: port ?? DEFAULT_SIP_PORT });
};

/** A Request-URI and the host and port that it names. */
export interface RequestUri extends HostPort {
  readonly text: string;
}

/** RFC 3261 §10.2: the Request-URI of a REGISTER names the domain; user part and "@" must not be there. */
export const parseRequestUri = (text: string): Parsed<RequestUri> => {
  if (!/^sips?:/i.test(text)) return fault(`${quoted(text)} is not a sip: URI; write for example sip:test.example`);
  const rest = withoutScheme(text, 'a registrar');
  if (!rest.ok) return rest;
  const [address = '', ...parameters] = rest.value.split(';');
  if (!parameters.every((parameter) => /^[A-Za-z0-9_.!~*'-]+(=[A-Za-z0-9_.!~*'-]+)?$/.test(parameter))) {
    return fault(`${quoted(text)} has a malformed parameter; they are written ;name or ;name=value`);
  }
  const hostPort = parseHostPort(address);
  return hostPort.ok ? parsed({ text, ...hostPort.value }) : hostPort;
};
