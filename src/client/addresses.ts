// Addresses as a caller writes them: who registers, and where. Where libeXosip2 answers -5 to a registrar without a scheme, a host
// will do here; what cannot work is said in a sentence.

import type { UriHeader, UriTarget } from '../scenario/index.ts';
import {
  parseDnsServer,
  parseDomain,
  parseRequestUri,
  parseUserTemplate,
  splitUriHeaders,
  targetAt,
} from '../scenario/index.ts';
import { parseTargetUri } from '../sip/index.ts';
import { assert, UserError } from '../std/index.ts';

/** The address-of-record, taken apart. */
export interface Identity {
  readonly user: string;
  readonly domain: string;
  /** Without quotes; null: none. */
  readonly displayName: string | null;
  /** Of the header part, which no From or To has: headers of the requests (RFC 3261 §19.1.5). */
  readonly headers: readonly UriHeader[];
}

/** A Request-URI, or a next hop. */
export interface Place {
  readonly uri: string;
  readonly host: string;
  /** How its address is found (RFC 3263 §4). */
  readonly target: UriTarget;
}

const NAME_ADDR = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^"<]*?))\s*<([^<>]*)>\s*$/;
const HAS_SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:(?!\d+(?:;|$))/;

/**
 * `sip:alice@example.org`, `alice@example.org`, or a name-addr: `"Alice" <sip:alice@example.org>`; each with headers behind a `?`, as in
 * `sip:alice@example.org?X-Tenant=7`.
 */
export const readIdentity = (from: string): Identity => {
  if (hasControl(from)) throw wrong('from', 'there is a line break or control character in it');
  const named = NAME_ADDR.exec(from);
  const split = splitUriHeaders((named?.[3] ?? from).trim());
  if (!split.ok) throw wrong('from', split.message);
  const { own: text, headers } = split.value;
  const result = parseTargetUri(HAS_SCHEME.test(text) ? text : `sip:${text}`);
  if (!result.ok) throw wrong('from', result.error);
  const { scheme, user, host, port, transport, otherParameters } = result.uri;
  if (scheme === 'sips') throw wrong('from', `"${text}": sips: needs TLS, which is not supported`);
  if (user === null) throw wrong('from', `"${text}" has no user; write sip:USER@DOMAIN`);
  if (port !== null || transport !== null || otherParameters.length > 0) {
    throw wrong('from', `"${text}": an address-of-record has neither port nor parameters (RFC 3261 §10.3)`);
  }
  const parts = parseUserTemplate(user);
  if (!parts.ok) throw wrong('from', parts.message);
  const domain = parseDomain(host);
  if (!domain.ok) throw wrong('from', domain.message);
  const name = named?.[1]?.replace(/\\(.)/g, '$1') ?? named?.[2] ?? '';
  return { user, domain: domain.value, displayName: name === '' ? null : name, headers };
};

/** `sip:host`, `sip:host:port`, or the same without a scheme. `what` names the option in messages. */
export const readPlace = (what: string, text: string): Place => {
  const uri = HAS_SCHEME.test(text) ? text : `sip:${text}`;
  const parsed = parseRequestUri(uri);
  if (!parsed.ok) throw wrong(what, parsed.message);
  const target = targetAt(uri, parsed.value);
  assert(target.kind === 'uri', 'a SIP URI is a target by its URI');
  return { uri, host: target.host, target };
};

/** `address` or `address:port`. */
export const readNameServer = (text: string): string => {
  const parsed = parseDnsServer(text);
  if (!parsed.ok) throw wrong('dns', parsed.message);
  return parsed.value;
};

const MOST_EXPIRES_SECONDS = 2 ** 32 - 1;

export const checkExpires = (expires: number): void => {
  if (Number.isInteger(expires) && expires >= 0 && expires <= MOST_EXPIRES_SECONDS) return;
  throw wrong('expires', `${expires} is not a whole number of seconds from 0 to ${MOST_EXPIRES_SECONDS}`);
};

/** What would end a header's line, or has no place in one. */
export const hasControl = (text: string): boolean =>
  [...text].some((character) => (character < ' ' && character !== '\t') || character === '\x7f');

export const wrong = (what: string, message: string): UserError =>
  new UserError('USAGE', { message: `${what}: ${message}` });
