// The Contacts of a 3xx as the checkers read them: what they say, without a look at whether that can be followed. By regular expressions, and
// nothing of src/sip or of the engine.

import { valuesOf } from './messages.ts';

export interface RedirectContact {
  /** In thousandths. */
  readonly q: number;
  /** Null: no SIP URI over UDP to a name or an IPv4 address. */
  readonly uri: RedirectUri | null;
}

export interface RedirectUri {
  /** The Request-URI that it makes (RFC 3261 §19.1.5, §10.2). */
  readonly requestUri: string;
  /** Where it says to send, in lower case, and the port; null: it names none. */
  readonly host: string;
  readonly port: number | null;
}

const ITEM =
  /[ \t]*(?:(?:"(?:\\.|[^"\\])*"[ \t]*|[^<>",;]*)<([^<>]+)>|([a-z]+:[^ \t<>",;]+))[ \t]*((?:;[^,;"]*(?:"[^"]*")?)*)(?:,|$)/iy;
const SIP_URI = /^sip:(?:[^@]*@)?([A-Za-z0-9.-]+)(?::(\d+))?((?:;[^;?]*)*)(?:\?.*)?$/i;
const PARTS_THAT_COUNT = ['user', 'ttl', 'method', 'maddr', 'transport'];
const MOST_PORT = 65_535;
const BEST_Q = 1_000;

/** In order, up to the first one that is malformed. */
export function contactsOf(text: string): readonly RedirectContact[] {
  const found: RedirectContact[] = [];
  for (const value of valuesOf(text, 'contact')) {
    if (value === '*') found.push({ q: BEST_Q, uri: null });
    if (value === '*') continue;
    for (let at = 0; at < value.length; ) {
      ITEM.lastIndex = at;
      const item = ITEM.exec(value);
      if (item === null) return found;
      at = ITEM.lastIndex;
      found.push({ q: readQ(item[3]!), uri: readUri(item[1] ?? item[2]!) });
    }
  }
  return found;
}

/** RFC 3261 §20.10: without one, or with one that is none, it is 1. */
function readQ(parameters: string): number {
  const q = /;[ \t]*q[ \t]*=[ \t]*([^; \t]*)/i.exec(parameters)?.[1] ?? '';
  return /^0(?:\.\d{0,3})?$/.test(q) ? Math.round(Number(q) * BEST_Q) : BEST_Q;
}

function readUri(text: string): RedirectUri | null {
  const [, host, portText, parameters = ''] = SIP_URI.exec(text) ?? [];
  const port = portText === undefined ? null : Number(portText);
  if (host === undefined || (port !== null && port > MOST_PORT)) return null;
  const parts = partsOf(parameters);
  const saidBy = (name: string): string | undefined => parts.filter(([own]) => own === name).at(-1)?.[1];
  const sendTo = saidBy('maddr') ?? host;
  if ((saidBy('transport') ?? 'udp').toLowerCase() !== 'udp' || !/^[A-Za-z0-9.-]+$/.test(sendTo)) return null;
  const kept = parts.filter(([name]) => name !== 'method').map(([, , written]) => `;${written}`);
  const requestUri = `sip:${host}${port === null ? '' : `:${port}`}${kept.join('')}`;
  return { requestUri, host: sendTo.toLowerCase(), port };
}

/** Name, value and both as they were written. */
const partsOf = (parameters: string): readonly (readonly [string, string, string])[] =>
  parameters
    .split(';')
    .slice(1)
    .map((part) => [part.split('=')[0]!.toLowerCase(), part.slice(part.split('=')[0]!.length + 1), part]);

/** RFC 3261 §19.1.4, of two Request-URIs. */
export function isSameUri(one: string, other: string): boolean {
  const [, host, port, parameters = ''] = SIP_URI.exec(one) ?? [];
  const [, otherHost, otherPort, others = ''] = SIP_URI.exec(other) ?? [];
  if (host?.toLowerCase() !== otherHost?.toLowerCase() || port !== otherPort) return false;
  const own = new Map(partsOf(parameters).map(([name, value]) => [name, value.toLowerCase()]));
  const theirs = new Map(partsOf(others).map(([name, value]) => [name, value.toLowerCase()]));
  const names = new Set([...own.keys(), ...theirs.keys()]);
  return [...names].every((name) => {
    if (own.has(name) && theirs.has(name)) return own.get(name) === theirs.get(name);
    return !PARTS_THAT_COUNT.includes(name);
  });
}
