// The scenario's hash: equal for runs whose numbers can be compared. So it covers what decides the work (who, what, how
// fast, with which headers and timers) and leaves out what does not: names, places, the target and its addresses, gates,
// the seed, and every secret. That there is a password counts, its text does not. What a scenario doesn't use is left out, so
// that a new key changes the hash of no older scenario.

import { fnv1a64Hex } from '../std/index.ts';
import type { PlanIdentities, RunPlan } from './plan.ts';

export type HashedPlan = Pick<
  RunPlan,
  | 'version'
  | 'requestUri'
  | 'phone'
  | 'identities'
  | 'auth'
  | 'redirects'
  | 'load'
  | 'flow'
  | 'retryBudget'
  | 'timers'
  | 'drainUs'
  | 'verify'
  | 'profile'
  | 'cleanup'
  | 'nat'
> & { readonly local: Pick<RunPlan['local'], 'rebind'> };

export const hashPlan = (plan: HashedPlan): string => {
  const { version, requestUri, load, flow, retryBudget, timers, drainUs, cleanup } = plan;
  const who = withoutSecrets(plan.identities);
  return fnv1a64Hex(
    canonical({ version, requestUri, who, load, flow, retryBudget, timers, drainUs, cleanup, ...laterKeys(plan) }),
  );
};

/** What a file leaves out changes no hash of a file from before it could be said. */
const laterKeys = ({ auth, verify, profile, phone, redirects, nat, local }: HashedPlan): object => ({
  ...(phone === undefined ? {} : { phone }),
  ...(auth.reuseNonce && auth.checkRspauth === undefined ? {} : { auth }),
  ...(verify === null ? {} : { verify }),
  // Where they lead is a place.
  ...(redirects === undefined ? {} : { redirects: redirects.follow }),
  ...(profile === 'rfc3261' ? {} : { profile }),
  ...(nat === 'exosip' ? { nat } : {}),
  ...(local.rebind == null ? {} : { rebind: local.rebind }),
});

const withoutSecrets = ({ credentials, password, subscribers, ...others }: PlanIdentities): object => {
  const listed =
    subscribers === undefined
      ? {}
      : { subscribers: subscribers.contentHash, columns: subscribers.columns.map(({ name }) => name) };
  const who = { ...others, ...listed, password: password !== null };
  if (credentials.length === 0) return who;
  const known = credentials.map(({ realm, authUser, secret }) => ({ realm, authUser, secret: secret.kind }));
  return { ...who, credentials: known };
};

/** JSON with the keys of every object in order, so that the order of writing does not count. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
