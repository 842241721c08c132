// Sets of outcomes as a scenario writes them (`expect`, `retry.on`), made into tables that an attempt's outcome is looked up in.

import { OUTCOME_ABORTED, OUTCOME_COUNT, OUTCOME_SUCCEEDED, OWN_OUTCOME_NAMES } from '../metrics/index.ts';

/** In a table of what is tried again. */
export const NEVER_AGAIN = 0;
export const AGAIN = 1;
/** Only if the answer says when. */
export const AGAIN_IF_TOLD = 2;

/**
 * What may be better next time: nobody answered, or a server that is in trouble says so. A request that was refused for what it is
 * would be refused again (RFC 3261 §21.4), and 501, 505 and 513 say that the server can't do it at all. 430: RFC 5626 §11.5.
 */
const PASSING: readonly string[] = ['timeout', 'timeout-after-provisional', 'unreachable', '408', '430', '480', '5xx'];
const LASTING: readonly number[] = [501, 505, 513];
/** RFC 3261 §20.33: these may carry Retry-After. */
const MAY_TELL_WHEN: readonly number[] = [404, 413, 480, 486, 500, 503, 600, 603];
const CLASS_SIZE = 100;

/** 1 for each outcome that one of the words stands for. */
export function createEndings(words: readonly string[]): Uint8Array {
  const set = new Uint8Array(OUTCOME_COUNT);
  for (const word of words) {
    if (word === 'success') set[OUTCOME_SUCCEEDED] = 1;
    else if (/^\dxx$/.test(word)) {
      const first = Number(word[0]) * CLASS_SIZE;
      set.fill(1, first, first + CLASS_SIZE);
    } else set[/^\d+$/.test(word) ? Number(word) : OWN_OUTCOME_NAMES.indexOf(word)] = 1;
  }
  return set;
}

/** What is tried again where the scenario doesn't say it. */
export function createUsualRetries(): Uint8Array {
  const set = createEndings(PASSING);
  for (const status of LASTING) set[status] = NEVER_AGAIN;
  for (const status of MAY_TELL_WHEN) if (set[status] === NEVER_AGAIN) set[status] = AGAIN_IF_TOLD;
  return set;
}

/** Whatever has failed, as libeXosip2's automatic action does. */
export function createAllRetries(): Uint8Array {
  const set = new Uint8Array(OUTCOME_COUNT).fill(AGAIN);
  set[OUTCOME_SUCCEEDED] = NEVER_AGAIN;
  set[OUTCOME_ABORTED] = NEVER_AGAIN;
  return set;
}
