// The registrar of a world from a seed: how it challenges, which extensions it has, and what it does wrong. It is written as a
// registrar file and read by its loader, as the scenario is.
//
// How it challenges is no fault: a phone has to get along with each of them. Nor are extensions, but for outbound, which refuses two
// Contacts of one flow.

import type { RegistrarOptions } from '../registrar/index.ts';
import { optionsFor } from '../registrar/index.ts';
import type { RunPlan } from '../scenario/index.ts';
import { loadRegistrar } from '../scenario/index.ts';
import type { Random } from '../std/index.ts';
import { DOMAIN, PASSWORD, PROXY_REALM } from './draw-identities.ts';
import { drawProof } from './draw-proofs.ts';
import { drawRules } from './draw-rules.ts';
import { logUniform } from './draw-scenario.ts';

/** `fault` draws a kind of fault, or leaves it out, and writes down its name. It is as likely as others of its world, and at least so. */
export type Fault = <T>(name: string, draw: (random: Random) => T, otherwise: T, leastShare?: number) => T;

const MD5 = [['MD5'], ['MD5'], ['MD5-sess']];
const SHA = [['SHA-256'], ['SHA-512-256'], ['SHA-256-sess', 'MD5'], ['SHA-512-256-sess', 'SHA-256', 'MD5']];
const OUTAGES_MOST = 3;
/** What has many forms is drawn more often than other faults. */
const OFTEN = 0.15;
const RARELY = 0.08;
const MOSTLY = 0.35;

export interface RegistrarWish {
  readonly plan: RunPlan;
  readonly runSeconds: number;
  /** The phones have something to answer challenges with. */
  readonly hasSecret: boolean;
  /** It restarts from outside already. */
  readonly restarts: boolean;
}

export function drawRegistrar(random: Random, fault: Fault, wish: RegistrarWish): RegistrarOptions {
  const { plan, runSeconds } = wish;
  const { count } = plan.identities;
  const capacity = fault('registrar too small', (own) => own.between(1, count), count);
  // Whether it challenges is the registrar's affair; a scenario without credentials then fails as it should.
  const secret = fault('unasked challenge', () => PASSWORD, wish.hasSecret ? PASSWORD : null);
  const min = fault('too brief', (own) => own.pick([10, 60, 3600]), 1);
  const max = fault('shortened expires', (own) => own.pick([3600, 3600, 7200]), 100_000);
  const nonceLifetime = fault('nonces expire', (own) => logUniform(own, 1, 120), 100_000);
  const isImpostor = secret !== null && fault('wrong rspauth', () => true, false, RARELY);
  const file = {
    version: 1,
    expires: { min: `${min}s`, max: `${max}s`, default: '3600s' },
    ...(secret === null
      ? {}
      : {
          auth: {
            ...drawAuth(random.split('auth'), plan.profile === 'exosip2'),
            ...drawProof(random, isImpostor),
            nonceLifetime: `${nonceLifetime}s`,
          },
        }),
    ...fault<object>(
      'contact limit',
      (own) => ({ contacts: { most: own.between(1, 2), beyond: own.pick(BEYOND) } }),
      {},
    ),
    ...drawExtensions(random.split('extensions')),
    ...fault<object>('outbound', () => ({ outbound: true }), {}),
    ...fault<object>('limited service', (own) => ({ service: drawService(own) }), {}, OFTEN),
    ...fault<object>('rules', (own) => ({ rules: drawRules(own, runSeconds) }), {}, MOSTLY),
    ...(wish.restarts
      ? {}
      : fault<object>('outages', (own) => ({ restarts: drawOutages(own, runSeconds) }), {}, OFTEN)),
  };
  const { behaviour } = loadRegistrar({ file: 'drawn.yaml', text: JSON.stringify(file) });
  const place = { domain: DOMAIN, password: secret, capacity, seed: random.between(1, 2 ** 31) };
  const transactionCapacity = fault('forgetful', (own) => own.between(1, 64), 2 * count + 4096);
  // By itself it has room for two bindings of each user; some phones here have four, and long ones.
  const room = fault<Partial<RegistrarOptions>>('few bindings', () => ({}), { bindingCapacity: 8 * capacity + 64 });
  return { ...optionsFor(place, behaviour), ...room, transactionCapacity };
}

const BEYOND = ['refuse', 'replace'];

/** RFC 7616 and RFC 8760 in all their forms; in half of the worlds, and for libeXosip2's devices, the one that everybody has. */
function drawAuth(random: Random, isExosip: boolean): object {
  // Bodies are drawn in few worlds, and only this tells whether they are hashed.
  const int = !isExosip && random.split('int').chance(0.3) ? { qop: 'auth-int' } : {};
  if (random.chance(0.5) || isExosip) return { password: PASSWORD, qop: random.pick(['auth', 'auth', 'none']), ...int };
  const challenge = random.pick(['registrar', 'registrar', 'proxy', 'both']);
  return {
    password: PASSWORD,
    ...drawAlgorithms(random),
    challenge,
    ...(challenge === 'both' ? { proxyRealm: PROXY_REALM } : {}),
    ...(random.chance(0.3) ? { nonceUses: random.between(1, 5) } : {}),
    stale: random.chance(0.7),
    nextNonce: random.chance(0.4),
    userhash: random.chance(0.3),
  };
}

/** A -sess algorithm has no answer without qop, and SHA goes on with auth where none is offered (RFC 8760 §2.6). */
function drawAlgorithms(random: Random): object {
  const qop = random.pick(['auth', 'auth-int', 'both', 'none']);
  if (qop === 'none') return { algorithms: ['MD5'], qop };
  return { algorithms: random.pick(random.chance(0.5) ? MD5 : SHA), qop };
}

function drawExtensions(random: Random): object {
  return {
    ...(random.chance(0.2) ? { path: random.pick(['accept', 'strict']) } : {}),
    ...(random.chance(0.3) ? { bodies: 'refuse' } : {}),
    ...(random.chance(0.2) ? { gruu: true } : {}),
    ...(random.chance(0.2) ? { serviceRoute: ['<sip:orig@10.0.1.9;lr>'] } : {}),
    ...(random.chance(0.2) ? { associatedUris: ['<sip:{user}@sim.example>', '<tel:{user}>'] } : {}),
  };
}

function drawService(random: Random): object {
  const full = random.pick(['drop', '503']);
  return { rate: `${logUniform(random, 1, 2_000)}/s`, queue: logUniform(random, 1, 200), full, retryAfter: '3s' };
}

/** In order, each over before the next one may begin. */
function drawOutages(random: Random, runSeconds: number): readonly object[] {
  const count = random.between(1, OUTAGES_MOST);
  const part = Math.max(2, Math.floor(runSeconds / count));
  return Array.from({ length: count }, (_, index) => ({
    at: `${index * part + random.between(0, Math.floor(part / 2))}s`,
    away: `${random.between(0, Math.min(20, Math.ceil(part / 2) - 1))}s`,
    bindings: random.pick(['lost', 'kept']),
  }));
}
