// The scenario's hash: equal for runs whose numbers can be compared. So it covers what decides the work (who, what, how
// fast, with which headers and timers) and leaves out what does not: names, places, the target and its addresses, gates,
// the seed, and every secret. That there is a password counts, its text does not.

import { fnv1a64Hex } from '../std/index.ts';
import type { RunPlan } from './plan.ts';

export type HashedPlan = Pick<
  RunPlan,
  'version' | 'requestUri' | 'identities' | 'load' | 'flow' | 'timers' | 'drainUs' | 'cleanup'
>;

export const hashPlan = (plan: HashedPlan): string => {
  const { version, requestUri, identities, load, flow, timers, drainUs, cleanup } = plan;
  const who = { ...identities, password: identities.password !== null };
  return fnv1a64Hex(canonical({ version, requestUri, who, load, flow, timers, drainUs, cleanup }));
};

/** JSON with the keys of every object in order, so that the order of writing does not count. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
