// What of all that can be drawn took effect in a world: a rule that applies to nobody, or a body that nobody hashes, shows nothing. Told
// by the messages themselves, a pattern for each thing, and by what the registrar's rules did.
//
// Left out on purpose: faults of networks and kernels, which the world counts where they happen.

import { decodeLatin1 } from '../std/index.ts';
import type { Observer } from './observer.ts';

export interface Effects {
  readonly observer: Partial<Observer>;
  readonly counts: Record<string, number>;
}

type Patterns = readonly (readonly [name: string, pattern: RegExp])[];

/** Of answers of the registrar's own. */
const ANSWERS: Patterns = [
  ['407', /^SIP\/2\.0 407/],
  ['stale=true', /stale=true/],
  ['nextnonce', /\r\n(?:Proxy-)?Authentication-Info: nextnonce/],
  ['rspauth', /\r\n(?:Proxy-)?Authentication-Info: [^\r]*rspauth=/],
  ['rspauth of a proxy', /\r\nProxy-Authentication-Info: [^\r]*rspauth=/],
  ['rspauth with auth-int', /\r\n(?:Proxy-)?Authentication-Info: [^\r]*rspauth=[^\r]*qop=auth-int/],
  ['challenges for several algorithms', /-Authenticate:[\s\S]*\r\n(?:WWW|Proxy)-Authenticate:/],
  ['Path in a 200', /^SIP\/2\.0 200 [\s\S]*\r\nPath:/],
  ['Path refused', /^SIP\/2\.0 420/],
  ['Service-Route', /\r\nService-Route:/],
  ['P-Associated-URI', /\r\nP-Associated-URI:/],
  ['GRUU', /;pub-gruu=/],
  ['Require: outbound', /\r\nRequire: outbound/],
  ['first hop lacks outbound', /^SIP\/2\.0 439/],
  ['423', /^SIP\/2\.0 423/],
  ['403', /^SIP\/2\.0 403/],
  ['503 with Retry-After', /^SIP\/2\.0 503 [\s\S]*\r\nRetry-After:/],
];

/** Of requests that were seen for the first time. */
const REQUESTS: Patterns = [
  ['userhash', /, userhash=true/],
  ['credentials for two servers', /uthorization: Digest[\s\S]*\r\n(?:Proxy-)?Authorization: Digest/],
  ['a body', /\r\nContent-Type:/],
  ['auth-int', /qop=auth-int/],
  ['auth-int over a body', /qop=auth-int[\s\S]*\r\nContent-Type:/],
  ['line', /;line=/],
  ['instance and reg-id', /;reg-id=/],
  ...['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'].map(
    (name): readonly [string, RegExp] => [`credentials ${name}`, new RegExp(`algorithm=${name}[,\\r]`)],
  ),
  ['credentials of RFC 2069', /\r\n(?:Proxy-)?Authorization: (?![^\r]*qop=)/],
];

export function createEffects(): Effects {
  const counts: Record<string, number> = {};
  const countIn = (patterns: Patterns, text: string): void => {
    for (const [name, pattern] of patterns) if (pattern.test(text)) counts[name] = (counts[name] ?? 0) + 1;
  };
  const observer: Partial<Observer> = {
    onAnswer: (_nowUs, _socket, bytes) => countIn(ANSWERS, decodeLatin1(bytes, 0, bytes.length)),
    onRequest: (_nowUs, _socket, { bytes }) => countIn(REQUESTS, decodeLatin1(bytes, 0, bytes.length)),
  };
  return { observer, counts };
}
