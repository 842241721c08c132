// The keys by which a step says what follows when it fails (expect, onFailure, retry), and what they become in a plan.

import { z } from 'zod';
import { ENDING_PATTERN, parseEnding } from './expectation.ts';
import type { Tell } from './parsed.ts';
import type { AttemptStep, PlanRetry } from './plan.ts';
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
      ['none', 'fixed', 'exponential'],
      'exponential',
      'How long to wait: base each time, or base doubled with each failure (RFC 5626 §4.5); none: no retry.',
    ),
    base: positiveDuration(
      'Exponential: the first wait is twice this, less the jitter. Fixed: each wait.',
      '30s',
    ).prefault('30s'),
    cap: positiveDuration('No wait is longer, but for Retry-After.', '1800s').prefault('1800s'),
    jitter: percent(
      'Up to this share of the wait is left out by chance; default: 50% exponential, 0% fixed.',
      '50%',
    ).optional(),
    tries: wholeNumber('a number of retries', 1, MOST_TRIES, {
      description: 'At most so many retries of the step.',
    }).prefault('3'),
    retryAfterCap: positiveDuration('A Retry-After beyond this counts as this (capped).', '300s').prefault('300s'),
    on: endings(
      'Which ends are tried again; default: timeouts, unreachable, 408, 430, 480, 5xx but 501, 505 and 513, and any with Retry-After.',
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
  onFailure: z.enum(['stop', 'continue', 'retry']).optional().meta({
    description:
      'What follows when the step fails: stop the flow (the default), continue with the next step, or retry.',
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

/** What a step that says nothing of failures has none of: its plan is as it always was. */
export const buildFailure = (written: WrittenFailure, path: string, tell: Tell): Failure => {
  const { onFailure = 'stop' } = written;
  if (written.retry !== undefined && onFailure !== 'retry') {
    tell(`${path}.retry`, 'retry says how to try again, but onFailure is not retry; add onFailure: retry');
  }
  return {
    ...(written.expect === undefined ? {} : { expect: listOf(written.expect, `${path}.expect`, tell) }),
    ...(onFailure === 'stop' ? {} : { onFailure }),
    ...(onFailure === 'retry' ? { retry: buildRetry(written.retry ?? DEFAULT_RETRY, `${path}.retry`, tell) } : {}),
  };
};

const listOf = (written: string | readonly string[], path: string, tell: Tell): readonly string[] => {
  const list = typeof written === 'string' ? [written] : written;
  if (list.length === 0) tell(path, 'the list is empty, so nothing could ever meet it');
  return list;
};

const DEFAULT_RETRY = retry.parse({});

const buildRetry = (written: z.output<typeof retry>, path: string, tell: Tell): PlanRetry => {
  const { policy, base, cap, tries, retryAfterCap } = written;
  if (cap < base) tell(`${path}.cap`, `cap ${formatDuration(cap)} is shorter than base ${formatDuration(base)}`);
  return {
    policy,
    baseUs: base,
    capUs: cap,
    jitter: written.jitter ?? (policy === 'exponential' ? 0.5 : 0),
    tries,
    retryAfterCapUs: retryAfterCap,
    on: written.on === undefined ? null : listOf(written.on, `${path}.on`, tell),
  };
};
