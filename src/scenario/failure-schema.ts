// The keys by which a step says what follows when it fails (expect, onFailure, retry), and what they become in a plan.

import { z } from 'zod';
import { ENDING_PATTERN, parseEnding } from './expectation.ts';
import type { Tell } from './parsed.ts';
import type { AttemptStep, PlanRetry, Procedure, Profile } from './plan.ts';
import { formatDuration } from './quantities.ts';
import { oneOf, percent, positiveDuration, value, wholeNumber } from './schema-values.ts';

/** A context counts its tries in a byte. */
const MOST_TRIES = 100;

const ending = (description: string, example: string) =>
  value(parseEnding, { description, pattern: ENDING_PATTERN, type: ['string', 'integer'], examples: [example] });

const endings = (description: string, example: string) =>
  z.union([ending(description, example), z.array(ending('One of several.', example))]).meta({ description });

const retry = z
  .strictObject({
    policy: oneOf(
      ['none', 'fixed', 'exponential', 'exosip2'],
      'exponential',
      'How long to wait: base each time, or base doubled with each failure (RFC 5626 §4.5); exosip2: as its devices do (docs/profiles.md); none: no retry.',
    ),
    base: positiveDuration(
      'Exponential: the first wait is twice this, less the jitter. Fixed: each wait. Default: 30s.',
      '30s',
    ).optional(),
    cap: positiveDuration('No wait is longer, but for Retry-After; default: 1800s.', '1800s').optional(),
    jitter: percent(
      'Up to this share of the wait is left out by chance; default: 50% exponential, 0% fixed.',
      '50%',
    ).optional(),
    tries: wholeNumber('a number of retries', 1, MOST_TRIES, {
      description: 'At most so many retries of the step; default: 3, with exosip2 without end.',
    }).optional(),
    retryAfterCap: positiveDuration('A Retry-After beyond this counts as this (capped).', '300s').prefault('300s'),
    on: endings(
      'Which ends are tried again; default: timeouts, unreachable, 408, 430, 480, 5xx but 501, 505 and 513, and any with Retry-After; with exosip2 all.',
      '503',
    ).optional(),
  })
  .meta({ description: 'How a step that failed is tried again (with onFailure: retry).' });

/** Keys that every step that talks has. */
export const failureOptions = {
  expect: endings(
    'What counts as succeeded: success (the default), a cause, a status, a class, or several.',
    '403',
  ).optional(),
  onFailure: z
    .enum(['stop', 'continue', 'retry'])
    .optional()
    .meta({
      description:
        'What follows when the step fails: stop the flow (the default), continue with the next step, or retry (of a register, refresh ' +
        'or hold under profile exosip2 the default).',
    }),
  retry: retry.optional(),
};

/** As written, values parsed. */
export interface WrittenFailure {
  readonly expect?: string | readonly string[] | undefined;
  readonly onFailure?: 'stop' | 'continue' | 'retry' | undefined;
  readonly retry?: z.output<typeof retry> | undefined;
}

type Failure = Pick<AttemptStep, 'expect' | 'onFailure' | 'retry'>;

/** What follows a failure where the step doesn't say it. */
export interface UsualFailure {
  readonly onFailure: 'stop' | 'retry';
  readonly retry: z.output<typeof retry>;
}

/** Under load a retry is load that nobody asked for. */
const STOPPING: UsualFailure = { onFailure: 'stop', retry: retry.parse({}) };
/** libeXosip2's automatic action, which never stops: who asks for a fleet of its devices has asked for that. */
const FLEET: UsualFailure = { onFailure: 'retry', retry: retry.parse({ policy: 'exosip2' }) };

/** `expiresSeconds` is what the step asks for; undefined: as the step before it. */
export const usualFailure = (
  profile: Profile,
  procedure: Procedure,
  expiresSeconds: number | null | undefined,
): UsualFailure => {
  // Its automatic action leaves alone what was to end.
  const isKept = (procedure === 'register' || procedure === 'refresh') && expiresSeconds !== 0;
  return profile === 'exosip2' && isKept ? FLEET : STOPPING;
};

/** A step that says nothing of failures, and whose usual end is to stop, has none of this in its plan. */
export const buildFailure = (written: WrittenFailure, usual: UsualFailure, path: string, tell: Tell): Failure => {
  const { onFailure = usual.onFailure } = written;
  if (written.retry !== undefined && onFailure !== 'retry') {
    tell(`${path}.retry`, 'retry says how to try again, but onFailure is not retry; add onFailure: retry');
  }
  return {
    ...(written.expect === undefined ? {} : { expect: listOf(written.expect, `${path}.expect`, tell) }),
    ...(onFailure === 'stop' ? {} : { onFailure }),
    ...(onFailure === 'retry' ? { retry: buildRetry(written.retry ?? usual.retry, `${path}.retry`, tell) } : {}),
  };
};

const listOf = (written: string | readonly string[], path: string, tell: Tell): readonly string[] => {
  const list = typeof written === 'string' ? [written] : written;
  if (list.length === 0) tell(path, 'the list is empty, so nothing could ever meet it');
  return list;
};

/** RFC 5626 §4.5. */
const DEFAULT_BASE_US = 30_000_000;
const DEFAULT_CAP_US = 1_800_000_000;
const DEFAULT_TRIES = 3;

const buildRetry = (written: z.output<typeof retry>, path: string, tell: Tell): PlanRetry => {
  const { policy, base = DEFAULT_BASE_US, cap = DEFAULT_CAP_US, retryAfterCap } = written;
  const isExosip = policy === 'exosip2';
  for (const key of isExosip ? (['base', 'cap', 'jitter'] as const) : []) {
    if (written[key] !== undefined) tell(`${path}.${key}`, `the waits of policy exosip2 are its own; leave ${key} out`);
  }
  if (cap < base) tell(`${path}.cap`, `cap ${formatDuration(cap)} is shorter than base ${formatDuration(base)}`);
  return {
    policy,
    baseUs: base,
    capUs: cap,
    jitter: written.jitter ?? (policy === 'exponential' ? 0.5 : 0),
    tries: written.tries ?? (isExosip ? null : DEFAULT_TRIES),
    retryAfterCapUs: retryAfterCap,
    on: written.on === undefined ? null : listOf(written.on, `${path}.on`, tell),
  };
};
