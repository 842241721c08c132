// What the steps of a drawn scenario say of failures: what they expect, what follows, and how they are tried again. In half of the
// scenarios nothing at all.

import type { Random } from '../std/index.ts';

export interface DrawnFailures {
  readonly isAny: boolean;
  /** Of the whole scenario: the key `retryBudget`, or nothing. */
  readonly budget: object;
  /** Keys of a step. */
  readonly ofStep: (random: Random) => object;
  /** Keys of a hold. */
  readonly ofHold: (random: Random) => object;
}

/** All failures of credentials, or none: from outside they look the same. */
const AUTH = ['auth-failed', 'no-credentials', 'challenge-unusable'];
const EXPECTED: readonly (string | readonly string[])[] = [
  'success',
  '403',
  '4xx',
  ['success', '4xx'],
  ['success', '5xx', 'timeout'],
  ['success', ...AUTH],
  ['timeout', 'timeout-after-provisional', 'unreachable'],
  ['binding-missing', '423', '503'],
];
const TRIED_AGAIN: readonly (string | readonly string[])[] = [
  '503',
  ['5xx', 'timeout'],
  ['4xx', 'binding-missing', 'unreachable', 'send-error'],
  AUTH,
];

/** A fleet of libeXosip2's devices has its own ways. */
export function drawFailures(random: Random, isExosip: boolean): DrawnFailures {
  if (isExosip || random.chance(0.5)) return { isAny: false, budget: {}, ofStep: () => ({}), ofHold: () => ({}) };
  const budget = random.pick([{}, { retryBudget: '1%' }, { retryBudget: '50%' }, { retryBudget: '100%' }]);
  return { isAny: true, budget, ofStep: drawOfStep, ofHold: drawOfHold };
}

function drawOfStep(random: Random): object {
  const expect = random.chance(0.25) ? { expect: random.pick(EXPECTED) } : {};
  const kind = random.next();
  if (kind < 0.3) return expect;
  if (kind < 0.55) return { ...expect, onFailure: 'continue' };
  return { ...expect, onFailure: 'retry', ...(random.chance(0.8) ? { retry: drawRetry(random) } : {}) };
}

/** Holds are few, and most of those that may go on after failures do. */
function drawOfHold(random: Random): object {
  if (random.chance(0.2)) return {};
  const drawn = drawOfStep(random);
  return 'onFailure' in drawn ? drawn : { ...drawn, onFailure: 'continue' };
}

function drawRetry(random: Random): object {
  const base = random.pick([1, 2, 10, 30]);
  return {
    policy: random.pick(['fixed', 'exponential', 'exponential', 'none']),
    base: `${base}s`,
    cap: `${base * random.pick([1, 3, 60])}s`,
    ...(random.chance(0.6) ? { jitter: random.pick(['0%', '0%', '30%', '100%']) } : {}),
    tries: random.pick([1, 2, 3, 100]),
    ...(random.chance(0.5) ? { retryAfterCap: random.pick(['1s', '20s', '300s', '2h']) } : {}),
    ...(random.chance(0.4) ? { on: random.pick(TRIED_AGAIN) } : {}),
  };
}
