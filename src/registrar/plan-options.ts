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

const authOptions = (auth: RegistrarAuth, { domain }: RegistrarPlace): Partial<RegistrarOptions> => ({
  realm: auth.realm ?? domain,
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

export const optionsFor = (place: RegistrarPlace, behaviour: RegistrarBehaviour): RegistrarOptions => {
  const { auth } = behaviour;
  return {
    ...place,
    password: auth?.password ?? place.password,
    users: auth?.password == null ? (place.users ?? null) : null,
    ...(auth === null ? {} : authOptions(auth, place)),
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
