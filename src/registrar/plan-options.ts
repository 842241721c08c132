// From what a registrar file says (or a scenario, under `target`) to what a registrar is made from.

import type { RegistrarAuth, RegistrarBehaviour, SubscriberUsers } from '../scenario/index.ts';
import type { RegistrarOptions } from './options.ts';

/** Where and for whom it stands, which the file alone does not know. */
export interface RegistrarPlace {
  readonly domain: string;
  /** Used where the behaviour names none of its own. */
  readonly password: string | null;
  /** They have one each; null: there is no file of them. */
  readonly users?: SubscriberUsers | null;
  readonly capacity: number;
  readonly seed: number;
}

const authOptions = (auth: RegistrarAuth, { domain, users }: RegistrarPlace): Partial<RegistrarOptions> => ({
  realm: auth.realm ?? users?.realm ?? domain,
  qop: auth.qop,
  algorithms: auth.algorithms,
  challenge: auth.challenge,
  proxyRealm: auth.proxyRealm,
  nonceLifetimeSeconds: auth.nonceLifetimeSeconds,
  nonceUses: auth.nonceUses ?? Number.POSITIVE_INFINITY,
  saysStale: auth.saysStale,
  nextNonce: auth.nextNonce,
  rspauth: auth.rspauth,
  userhash: auth.userhash,
});

/** Whoever says nothing of authentication gets challenges that the users' secrets answer. */
const userOptions = ({ users }: RegistrarPlace): Partial<RegistrarOptions> => ({
  ...(users?.realm === undefined ? {} : { realm: users.realm }),
  ...(users?.ha1 === undefined ? {} : { algorithms: [users.ha1.algorithm] }),
});

export const optionsFor = (place: RegistrarPlace, behaviour: RegistrarBehaviour): RegistrarOptions => {
  const { auth } = behaviour;
  return {
    ...place,
    password: auth?.password ?? place.password,
    users: auth?.password == null ? (place.users ?? null) : null,
    ...(auth === null ? userOptions(place) : authOptions(auth, place)),
    minExpiresSeconds: behaviour.minExpiresSeconds,
    maxExpiresSeconds: behaviour.maxExpiresSeconds,
    defaultExpiresSeconds: behaviour.defaultExpiresSeconds,
    maxContactsPerAor: behaviour.contactsMost,
    contactsBeyond: behaviour.contactsBeyond,
    path: behaviour.path,
    outbound: behaviour.outbound,
    gruu: behaviour.gruu,
    serviceRoutes: behaviour.serviceRoutes,
    associatedUris: behaviour.associatedUris,
    bodies: behaviour.bodies,
    rules: behaviour.rules,
    restarts: behaviour.restarts,
    service: behaviour.service,
  };
};
