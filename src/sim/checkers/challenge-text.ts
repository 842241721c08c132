// Challenges and credentials as text (RFC 7616 §3.3, §3.4): parameters by one regular expression, and what a challenge asks
// of a client that knows MD5 and qop auth.

import { valuesOf } from './messages.ts';

export interface Challenge {
  readonly isProxy: boolean;
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | null;
  readonly isStale: boolean;
  readonly hasQop: boolean;
  readonly hasAlgorithm: boolean;
}

/** What a client has to make of a 401 or 407. */
export interface Reading {
  /** The first that can be answered; null: none. */
  readonly challenge: Challenge | null;
  /** Whether the request has to be sent again; 'unclear' when the answer was damaged on its way. */
  readonly leadsOn: 'yes' | 'no' | 'unclear';
}

/** Bounds of what a client of ours keeps. */
const MOST_REALM = 256;
const MOST_NONCE = 1_024;
const PROXY_STATUS = 407;

const LWS = '[ \\t\\r\\n]';
const VALUE = '"(?:\\\\.|[^"\\\\])*"|[^ \\t\\r\\n,"]+';
const PARAMETER = new RegExp(
  `${LWS}*([A-Za-z0-9!%*_+\`'~.-]+)${LWS}*=${LWS}*(${VALUE})${LWS}*(,[, \\t\\r\\n]*|$)`,
  'sy',
);
/** What can be put between quotes as it stands: no fold, no control character but the tab, no escape that is left open. */
const QUOTABLE = /^(?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*$/;

/** Names in lower case, values without their quotes; null: not a Digest list, or a parameter twice. */
export function readDigest(value: string): ReadonlyMap<string, string> | null {
  const scheme = /^digest[ \t\r\n]+/i.exec(value);
  if (scheme === null) return null;
  const found = new Map<string, string>();
  PARAMETER.lastIndex = scheme[0].length;
  while (PARAMETER.lastIndex < value.length) {
    const match = PARAMETER.exec(value);
    if (match === null) return null;
    const name = match[1]!.toLowerCase();
    if (found.has(name)) return null;
    found.set(name, match[2]!.replace(/^"(.*)"$/s, '$1'));
  }
  return found;
}

/** The topmost challenge of a 401 or 407 that can be answered. */
export function findChallenge(text: string, status: number): Challenge | null {
  const isProxy = status === PROXY_STATUS;
  for (const value of valuesOf(text, isProxy ? 'proxy-authenticate' : 'www-authenticate')) {
    const found = readDigest(value);
    const realm = found?.get('realm');
    const nonce = found?.get('nonce');
    if (found === null || realm === undefined || nonce === undefined) continue;
    const opaque = found.get('opaque') ?? null;
    if (![realm, nonce, opaque ?? ''].every((told) => QUOTABLE.test(told))) continue;
    const qop = found.get('qop');
    if ((found.get('algorithm') ?? 'MD5').toUpperCase() !== 'MD5') continue;
    if (qop !== undefined && !/(?:^|[\s,])auth(?:$|[\s,])/i.test(qop)) continue;
    if (realm.length > MOST_REALM || nonce.length + (opaque ?? '').length > MOST_NONCE) continue;
    const isStale = found.get('stale')?.toLowerCase() === 'true';
    return { isProxy, realm, nonce, opaque, isStale, hasQop: qop !== undefined, hasAlgorithm: found.has('algorithm') };
  }
  return null;
}
