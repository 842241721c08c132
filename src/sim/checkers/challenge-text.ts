// Challenges and credentials as text (RFC 7616 §3.3, §3.4): parameters by one regular expression, and what the challenges of an
// answer ask of a client (RFC 8760 §2.4, RFC 3261 §22.3).

import { valuesOf } from './messages.ts';

export interface Challenge {
  /** Kind and realm: whom it is to be answered to. */
  readonly server: string;
  readonly isProxy: boolean;
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | null;
  readonly isStale: boolean;
  readonly algorithm: (typeof ALGORITHMS)[number];
  readonly hasAlgorithm: boolean;
  readonly qop: 'auth' | 'auth-int' | null;
  readonly withUserhash: boolean;
  /** Of a -sess session that has outlived its first nonce (RFC 7616 §3.4.2); null: made of nonce and cnonce. */
  readonly sessionKey: string | null;
}

/** Whether the request has to be sent again; 'unclear' when the answer was damaged on its way. */
export interface Reading {
  readonly leadsOn: 'yes' | 'no' | 'unclear';
}

const ALGORITHMS = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'] as const;

const FLEET_ALGORITHMS: ReadonlySet<string> = new Set(['MD5', 'SHA-256']);

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

/** Which challenges a client answers. */
export interface Answering {
  /** libeXosip2 4.3: a fleet's devices know two algorithms, and always name the one that they use. */
  readonly isFleet: boolean;
  /** The scenario has credentials for the realm. */
  readonly isAnswerable: (realm: string) => boolean;
}

/** What can be answered of a 401 or 407: the topmost of each realm; those of the other kind only beside one of its own kind. */
export function findChallenges(text: string, status: number, answering: Answering): readonly Challenge[] {
  const isProxy = status === PROXY_STATUS;
  const own = topmostOf(text, isProxy, answering);
  return own.length === 0 ? [] : [...own, ...topmostOf(text, !isProxy, answering)];
}

export const serverOf = (isProxy: boolean, realm: string): string => `${isProxy ? 'proxy' : 'registrar'} ${realm}`;

/** RFC 7616 §3.5, RFC 7615 §4: the nonce for the next request, or null. */
export function readNextNonce(text: string, isProxy: boolean): string | null {
  const [info] = valuesOf(text, isProxy ? 'proxy-authentication-info' : 'authentication-info');
  const nonce = /(?:^|,)[ \t]*nextnonce[ \t]*=[ \t]*"((?:\\.|[^"\\])*)"/i.exec(info ?? '')?.[1];
  return nonce === undefined || !QUOTABLE.test(nonce) || nonce.length > MOST_NONCE ? null : nonce;
}

function topmostOf(text: string, isProxy: boolean, { isFleet, isAnswerable }: Answering): readonly Challenge[] {
  const byServer = new Map<string, Challenge>();
  for (const value of valuesOf(text, isProxy ? 'proxy-authenticate' : 'www-authenticate')) {
    const challenge = readChallenge(value, isProxy);
    if (challenge === null || !isAnswerable(challenge.realm) || byServer.has(challenge.server)) continue;
    if (!isFleet) byServer.set(challenge.server, challenge);
    else if (FLEET_ALGORITHMS.has(challenge.algorithm))
      byServer.set(challenge.server, { ...challenge, hasAlgorithm: true });
  }
  return [...byServer.values()];
}

/** Null: it cannot be answered. */
function readChallenge(value: string, isProxy: boolean): Challenge | null {
  const found = readDigest(value);
  const realm = found?.get('realm');
  const nonce = found?.get('nonce');
  if (found === null || realm === undefined || nonce === undefined) return null;
  const opaque = found.get('opaque') ?? null;
  if (![realm, nonce, opaque ?? ''].every((told) => QUOTABLE.test(told))) return null;
  if (realm.length > MOST_REALM || nonce.length + (opaque ?? '').length > MOST_NONCE) return null;
  const algorithm = ALGORITHMS.find((name) => name.toLowerCase() === (found.get('algorithm') ?? 'md5').toLowerCase());
  const qop = algorithm === undefined ? undefined : readQop(found.get('qop'), algorithm);
  if (algorithm === undefined || qop === undefined) return null;
  const isTrue = (name: string): boolean => found.get(name)?.toLowerCase() === 'true';
  return {
    server: serverOf(isProxy, realm),
    isProxy,
    realm,
    nonce,
    opaque,
    isStale: isTrue('stale'),
    algorithm,
    hasAlgorithm: found.has('algorithm'),
    qop,
    withUserhash: isTrue('userhash'),
    sessionKey: null,
  };
}

/** Which qop is used, null for none as in RFC 2069; undefined: no way to answer. RFC 8760 §2.6 (8): auth is the default of SHA. */
function readQop(told: string | undefined, algorithm: string): Challenge['qop'] | undefined {
  if (told === undefined) {
    if (algorithm === 'MD5') return null;
    return algorithm === 'MD5-sess' ? undefined : 'auth';
  }
  const words = told.toLowerCase().split(/[\s,]+/);
  if (words.includes('auth')) return 'auth';
  return words.includes('auth-int') ? 'auth-int' : undefined;
}
