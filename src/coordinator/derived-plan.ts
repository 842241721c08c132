// Plans made from a plan: the one exchange of the precheck, and the clean-up of what an earlier run left behind. The plan
// they come from stays as it is.

import type { AttemptStep, Procedure, RunPlan } from '../scenario/index.ts';

const attempt = (procedure: Procedure, expiresSeconds: number | null): AttemptStep => ({
  kind: 'attempt',
  procedure,
  expiresSeconds,
  headers: [],
});

/** The first identity asks for its bindings, without Contact (RFC 3261 §10.2.3): changes nothing at the registrar. */
export const precheckPlan = (plan: RunPlan): RunPlan => ({
  ...plan,
  identities: { ...plan.identities, count: 1 },
  load: { ...plan.load, starts: 1, durationUs: null, warmupUs: 0, cooldownUs: 0 },
  flow: [attempt('query', null)],
  verify: null,
  cleanup: 'none',
  thresholds: [],
});

/**
 * Every identity removes all of its bindings (RFC 3261 §10.2.2: Contact `*`, Expires 0), once, at the plan's rate. One that
 * fails fails the clean-up.
 */
export const cleanupPlan = (plan: RunPlan): RunPlan => ({
  ...plan,
  load: { ...plan.load, starts: plan.identities.count, durationUs: null, warmupUs: 0, cooldownUs: 0 },
  flow: [attempt('wildcard', 0)],
  verify: null,
  cleanup: 'none',
  thresholds: [
    {
      expression: 'wildcard.failures: count == 0',
      source: 'built-in',
      scope: 'wildcard',
      metric: 'failures',
      cause: null,
      aggregate: { kind: 'count' },
      comparison: '==',
      limit: 0,
      unit: 'count',
    },
  ],
});
