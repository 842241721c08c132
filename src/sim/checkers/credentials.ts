// RFC 3261 §22, RFC 7616 §3.4: credentials answer a challenge, with its realm, nonce and opaque, and with the right response;
// nc counts the requests sent with a nonce, each once.

import { decodeLatin1, encodeUtf8 } from '../../std/index.ts';
import { slowMd5 } from '../slow-md5.ts';
import type { Challenge } from './challenge-text.ts';
import { readDigest } from './challenge-text.ts';
import { valuesOf } from './messages.ts';
import type { ContextPage, World } from './model.ts';
import type { Request } from './request-form.ts';
import { wrong } from './wrong.ts';

/** What a new request carries. */
export interface Carried {
  readonly kind: 'none' | 'kept' | 'fresh';
  readonly nonce: string | null;
}

/** `isAnswer`: the request is to answer a challenge; `isGap`: requests before it may never have left. */
export function checkCredentials(world: World, request: Request, isAnswer: boolean, isGap: boolean): Carried {
  const { page, text } = request;
  const fail = (facts: string): Error => wrong('challenge', page.worker, facts, text);
  world.ledger.checks++;
  const toRegistrar = valuesOf(text, 'authorization');
  const toProxy = valuesOf(text, 'proxy-authorization');
  const [value] = [...toRegistrar, ...toProxy];
  if (value === undefined) {
    if (isAnswer) throw fail('no credentials after a challenge');
    return { kind: 'none', nonce: null };
  }
  if (toRegistrar.length + toProxy.length > 1) throw fail('credentials twice');
  const credentials = readDigest(value);
  if (credentials === null) throw fail('credentials that cannot be read');
  const nonce = credentials.get('nonce') ?? '';
  const challenge = challengeOf(page, nonce, isAnswer);
  if (challenge === null) throw fail('credentials for a nonce that it was not given, or not any more');
  if (challenge.isProxy !== toProxy.length > 0) throw fail('credentials in the header of another kind of server');
  // Ahead of the response, which hangs on it.
  if (challenge.hasQop && credentials.has('nc')) checkNonceCount(request, nonce, countOf(world, credentials), isGap);
  const fault = faultOf(world, request, challenge, credentials);
  if (fault !== null) throw fail(fault);
  page.kept = challenge;
  page.latest = null;
  return { kind: isAnswer ? 'fresh' : 'kept', nonce };
}

/** An answer is one to the challenge that came last. */
function challengeOf(page: ContextPage, nonce: string, isAnswer: boolean): Challenge | null {
  if (page.latest?.nonce === nonce) return page.latest;
  return !isAnswer && page.kept?.nonce === nonce ? page.kept : null;
}

type Credentials = ReadonlyMap<string, string>;

/** RFC 7616 §3.4: what must be told, and told back. */
function faultOf(world: World, request: Request, challenge: Challenge, credentials: Credentials): string | null {
  const { page, parsed } = request;
  const expected: readonly (readonly [string, string | undefined])[] = [
    ['realm', challenge.realm],
    ['opaque', challenge.opaque ?? undefined],
    ['uri', parsed.requestUri ?? ''],
    ['username', page.user],
    ['algorithm', challenge.hasAlgorithm ? 'MD5' : undefined],
    ['qop', challenge.hasQop ? 'auth' : undefined],
    ['response', responseOf(world, request, challenge, credentials)],
  ];
  for (const [name, value] of expected) {
    const found = credentials.get(name);
    if (found !== value) return `${name} is ${found ?? 'absent'}, not ${value ?? 'absent'}`;
  }
  const hasClientNonce = (credentials.get('cnonce') ?? '') !== '';
  if (hasClientNonce !== challenge.hasQop) return 'cnonce goes with qop';
  return credentials.has('nc') === challenge.hasQop ? null : 'nc goes with qop';
}

/** RFC 7616 §3.4.1 to §3.4.3, qop auth or none as in RFC 2069. */
function responseOf(world: World, request: Request, challenge: Challenge, credentials: Credentials): string {
  const { requestUri } = request.parsed;
  const secret = secretOf(world, request.page, challenge.realm);
  const asked = slowMd5(`REGISTER:${requestUri}`);
  const middle = challenge.hasQop ? `${credentials.get('nc')}:${credentials.get('cnonce')}:auth:` : '';
  return slowMd5(`${secret}:${challenge.nonce}:${middle}${asked}`);
}

function secretOf(world: World, { user }: ContextPage, realm: string): string {
  const key = `${user} ${realm}`;
  const known = world.secrets.get(key);
  if (known !== undefined) return known;
  const password = encodeUtf8(world.facts.plan.identities.password ?? '');
  const secret = slowMd5(`${user}:${realm}:${decodeLatin1(password, 0, password.length)}`);
  world.secrets.set(key, secret);
  return secret;
}

/** Eight hex digits; of libeXosip2's devices decimal ones. -1: neither. */
function countOf(world: World, credentials: Credentials): number {
  const told = credentials.get('nc') ?? '';
  const base = world.facts.plan.profile === 'exosip2' ? 10 : 16;
  return (base === 10 ? /^[0-9]{8}$/ : /^[0-9a-f]{8}$/).test(told) ? Number.parseInt(told, base) : -1;
}

/** One more than in the last request with this nonce; requests that never left have counted too. */
function checkNonceCount({ page, text }: Request, nonce: string, count: number, isGap: boolean): void {
  const expected = (page.nonceCounts.get(nonce) ?? 0) + 1;
  if (count !== expected && !(isGap && count > expected)) {
    throw wrong('nonce-count', page.worker, `nc says ${count}, where ${expected} comes next`, text);
  }
  page.nonceCounts.set(nonce, count);
}
