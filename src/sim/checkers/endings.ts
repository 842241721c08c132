// What a scenario says of how attempts may end (`expect`, `retry.on`), against the outcomes as the checkers know them. From outside
// all failures of credentials look the same (`auth`), so scenarios are drawn that name all three of them or none.

import type { AttemptStep, PlanRetry } from '../../scenario/index.ts';
import type { Outcome } from './ledger.ts';

const PASSING: readonly string[] = ['timeout', 'timeout-after-provisional', 'unreachable', '408', '430', '480', '5xx'];
const LASTING: readonly string[] = ['status-501', 'status-505', 'status-513'];
/** RFC 3261 §20.33. */
const MAY_TELL: ReadonlySet<number> = new Set([404, 413, 480, 486, 500, 503, 600, 603]);

/** Seconds, null for none, or 'unclear' where the answer was damaged. */
export type Told = number | null | 'unclear';

/** Whether an attempt that ends so has succeeded, as its step wants it; null: a step of no scenario. */
export function isMet(step: AttemptStep | null, outcome: Outcome): boolean {
  return isOneOf(step?.expect ?? ['success'], outcome);
}

export type Again = 'yes' | 'no' | 'maybe';

/** Whether the end is one that is tried again; 'maybe' where that hangs on a header that was damaged. */
export function isAgain({ on, policy }: PlanRetry, outcome: Outcome, told: Told): Again {
  if (on !== null) return isOneOf(on, outcome) ? 'yes' : 'no';
  if (policy === 'exosip2') return outcome === 'succeeded' || outcome === 'aborted' ? 'no' : 'yes';
  if (isOneOf(PASSING, outcome) && !LASTING.includes(outcome)) return 'yes';
  if (!mayTell(statusOf(outcome)) || told === null) return 'no';
  return told === 'unclear' ? 'maybe' : 'yes';
}

export const mayTell = (status: number): boolean => MAY_TELL.has(status);

/** RFC 3261 §25.1: seconds, a comment, parameters; a value that is not so tells nothing, and the first one stands. */
export function toldBy(values: readonly string[], isDamaged: boolean): Told {
  if (values.length === 0) return null;
  if (isDamaged || values.length > 1) return 'unclear';
  const seconds = /^(\d+)[ \t]*(?:\([^()\\]*\))?$/.exec(values[0]!)?.[1];
  if (seconds !== undefined) return Number(seconds);
  return /^[A-Za-z]/.test(values[0]!) ? null : 'unclear';
}

function isOneOf(words: readonly string[], outcome: Outcome): boolean {
  return words.some((word) => {
    if (word === 'success') return outcome === 'succeeded';
    if (/^\dxx$/.test(word)) return outcome.startsWith(`status-${word[0]}`);
    if (/^\d+$/.test(word)) return outcome === `status-${word}`;
    return outcome === word || (outcome === 'auth' && word === 'auth-failed');
  });
}

const statusOf = (outcome: Outcome): number => Number(/^status-(\d+)$/.exec(outcome)?.[1] ?? 0);
