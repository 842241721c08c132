// RFC 3261 §22, RFC 7616 §3.4: credentials answer a challenge, with its realm, nonce and opaque, and with the right response;
// nc counts the requests sent with a nonce, each once.

import type { PlanCredential, RunPlan } from '../../scenario/index.ts';
import { decodeLatin1, encodeUtf8 } from '../../std/index.ts';
import { slowMd5 } from '../slow-md5.ts';
import { slowSha256, slowSha512256 } from '../slow-sha.ts';
import type { Challenge } from './challenge-text.ts';
import { readDigest, serverOf } from './challenge-text.ts';
import { valuesOf } from './messages.ts';
import type { Attempt, Carried, ContextPage, World } from './model.ts';
import { filled } from './own-contacts.ts';
import type { Request } from './request-form.ts';
import { wrong } from './wrong.ts';

/** `isToChallenge`: the request is to answer challenges; `isGap`: requests before it may never have left. */
interface Reason {
  readonly attempt: Attempt;
  readonly isToChallenge: boolean;
  readonly isGap: boolean;
}

/** What a new request carries, by server. */
export function checkCredentials(world: World, request: Request, reason: Reason): ReadonlyMap<string, Carried> {
  const { page, text } = request;
  const { attempt, isToChallenge } = reason;
  const fail = (facts: string): Error => wrong('challenge', page.worker, facts, text);
  world.ledger.checks++;
  const rows = [false, true].flatMap((isProxy) =>
    valuesOf(text, isProxy ? 'proxy-authorization' : 'authorization').map((value) => ({ isProxy, value })),
  );
  if (rows.length === 0 && isToChallenge) throw fail('no credentials after a challenge');
  const isUnasked = rows.length > 0 && attempt.challenges === 0 && !world.facts.plan.auth.reuseNonce;
  if (isUnasked) throw fail('credentials before any challenge of the attempt, where nonces are not to be used again');
  if (isToChallenge) for (const { server } of page.latest) attempt.fresh.add(server);
  const carried = new Map<string, Carried>();
  const used: Challenge[] = [];
  for (const { isProxy, value } of rows) {
    const credentials = readDigest(value);
    if (credentials === null) throw fail('credentials that cannot be read');
    const server = serverOf(isProxy, credentials.get('realm') ?? '');
    if (carried.has(server)) throw fail('credentials twice');
    const challenge = challengeOf(page, server, credentials.get('nonce') ?? '', isToChallenge);
    if (challenge === null) throw fail('credentials for a nonce that it was not given, or not any more');
    // Ahead of the response, which hangs on it.
    if (challenge.qop !== null && credentials.has('nc')) {
      checkNonceCount(request, challenge, countOf(world, credentials), reason.isGap);
    }
    const fault = faultOf(world, request, challenge, credentials);
    if (fault !== null) throw fail(fault);
    const key = keyOf(world, page, challenge, credentials);
    carried.set(server, { nonce: challenge.nonce, key, isFresh: attempt.fresh.has(server) });
    used.push(challenge);
  }
  const isSure = isToChallenge && page.challenge?.leadsOn === 'yes' && page.otherwise.length === 0;
  const missing = isSure ? page.latest.find(({ server }) => !carried.has(server)) : undefined;
  if (missing !== undefined) throw fail(`no credentials for the ${missing.server}, which asks for some too`);
  for (const challenge of used) {
    page.kept.set(challenge.server, challenge);
    page.spare.delete(challenge.server);
  }
  page.latest = [];
  return carried;
}

/** Who asked last is answered with the nonce that came then; the others with the one that they took before. */
function challengeOf(page: ContextPage, server: string, nonce: string, isToChallenge: boolean): Challenge | null {
  const latest = page.latest.find((challenge) => challenge.server === server);
  if (latest?.nonce === nonce) return latest;
  if (latest !== undefined && isToChallenge) return null;
  const kept = [page.kept.get(server), page.spare.get(server)];
  return kept.find((challenge) => challenge?.nonce === nonce) ?? null;
}

type Credentials = ReadonlyMap<string, string>;

/** RFC 7616 §3.4: what must be told, and told back. */
function faultOf(world: World, request: Request, challenge: Challenge, credentials: Credentials): string | null {
  const { page, parsed } = request;
  const { qop, algorithm, realm, withUserhash } = challenge;
  const expected: readonly (readonly [string, string | undefined])[] = [
    ['realm', realm],
    ['opaque', challenge.opaque ?? undefined],
    ['uri', parsed.requestUri ?? ''],
    [
      'username',
      withUserhash ? hashOf(algorithm)(`${nameOf(world, page, realm)}:${realm}`) : nameOf(world, page, realm),
    ],
    ['userhash', withUserhash ? 'true' : undefined],
    ['algorithm', challenge.hasAlgorithm ? algorithm : undefined],
    ['qop', qop ?? undefined],
    ['response', responseOf(world, request, challenge, credentials)],
  ];
  for (const [name, value] of expected) {
    const found = credentials.get(name);
    if (found !== value) return `${name} is ${found ?? 'absent'}, not ${value ?? 'absent'}`;
  }
  const hasClientNonce = (credentials.get('cnonce') ?? '') !== '';
  if (hasClientNonce !== (qop !== null)) return 'cnonce goes with qop';
  return credentials.has('nc') === (qop !== null) ? null : 'nc goes with qop';
}

/** Of an algorithm, -sess or not. */
export function hashOf(algorithm: string): (text: string) => string {
  if (algorithm.startsWith('MD5')) return slowMd5;
  return algorithm.startsWith('SHA-256') ? slowSha256 : slowSha512256;
}

/** RFC 7616 §3.4.1 to §3.4.3; without qop as in RFC 2069. */
function responseOf(world: World, request: Request, challenge: Challenge, credentials: Credentials): string {
  const { requestUri, body } = request.parsed;
  const { algorithm, nonce, qop } = challenge;
  const hash = (text: string): string => hashAgain(world, algorithm, text);
  const cnonce = credentials.get('cnonce');
  const key = keyOf(world, request.page, challenge, credentials);
  const asked = hash(`REGISTER:${requestUri}${qop === 'auth-int' ? `:${hash(body)}` : ''}`);
  const middle = qop === null ? '' : `${credentials.get('nc')}:${cnonce}:${qop}:`;
  return hashOf(algorithm)(`${key}:${nonce}:${middle}${asked}`);
}

/** RFC 7616 §3.4.2: H(A1); of a -sess algorithm that of the session, which goes on with each nextnonce. */
function keyOf(world: World, page: ContextPage, challenge: Challenge, credentials: Credentials): string {
  const { algorithm, nonce, sessionKey } = challenge;
  const secret = secretOf(world, page, challenge);
  if (!algorithm.endsWith('-sess')) return secret;
  return sessionKey ?? hashOf(algorithm)(`${secret}:${nonce}:${credentials.get('cnonce')}`);
}

/** Whether the scenario has something to answer challenges of this realm with (RFC 3261 §22.1). */
export const isAnswerable = ({ identities }: RunPlan, realm: string): boolean =>
  identities.password !== null || credentialFor(identities.credentials, realm) !== undefined;

/** The credential of the realm, else the one that names none. */
const credentialFor = (credentials: readonly PlanCredential[], realm: string): PlanCredential | undefined =>
  credentials.find((each) => each.realm === realm) ?? credentials.find((each) => each.realm === null);

function nameOf({ facts }: World, page: ContextPage, realm: string): string {
  const credential = credentialFor(facts.plan.identities.credentials, realm);
  return credential?.authUser == null ? page.user : filled(facts.plan, credential.authUser, page);
}

function passwordOf({ facts }: World, page: ContextPage, realm: string): string {
  const { credentials, password } = facts.plan.identities;
  const secret = credentialFor(credentials, realm)?.secret;
  return secret?.kind === 'password' ? filled(facts.plan, secret.text, page) : (password ?? '');
}

function secretOf(world: World, page: ContextPage, { algorithm, realm }: Challenge): string {
  const user = nameOf(world, page, realm);
  const password = encodeUtf8(passwordOf(world, page, realm));
  return hashAgain(world, algorithm, `${user}:${realm}:${decodeLatin1(password, 0, password.length)}`);
}

/** Of a text that comes again, with the same phone or with others: each is hashed once. */
function hashAgain({ hashes }: World, algorithm: string, text: string): string {
  const key = `${algorithm} ${text}`;
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const hash = hashOf(algorithm)(text);
  hashes.set(key, hash);
  return hash;
}

/** Eight hex digits; of libeXosip2's devices decimal ones. -1: neither. */
function countOf(world: World, credentials: Credentials): number {
  const told = credentials.get('nc') ?? '';
  const base = world.facts.plan.profile === 'exosip2' ? 10 : 16;
  return (base === 10 ? /^[0-9]{8}$/ : /^[0-9a-f]{8}$/).test(told) ? Number.parseInt(told, base) : -1;
}

/** One more than in the last request with this nonce; requests that never left have counted too. */
function checkNonceCount({ page, text }: Request, { server, nonce }: Challenge, count: number, isGap: boolean): void {
  const key = `${server}\n${nonce}`;
  if (page.restarted.delete(key) && count === 1) page.nonceCounts.delete(key);
  const expected = (page.nonceCounts.get(key) ?? 0) + 1;
  if (count !== expected && !(isGap && count > expected)) {
    throw wrong('nonce-count', page.worker, `nc says ${count}, where ${expected} comes next`, text);
  }
  page.nonceCounts.set(key, count);
}
