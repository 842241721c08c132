// When a client acts by itself: how long after its 200 a registration is refreshed, and how long after a failed refresh it is tried
// again. Pure: seconds in, seconds out. Both can be replaced by functions of the caller's own.

/** Seconds from the 200 to the refresh, for what was granted. */
export type RefreshAfter = (grantedSeconds: number) => number;

/** Seconds to the next try after so many failures in a row; null: give up. */
export type RetryAfter = (failure: FailureFacts) => number | null;

export interface FailureFacts {
  /** In a row, this one included. */
  readonly failures: number;
  /** `timeout`, `status-503` … */
  readonly cause: string;
  readonly status: number | null;
  /** The answer's Retry-After in seconds; null without one. */
  readonly retryAfterSeconds: number | null;
}

const EARLIEST_SHARE = 0.8;
const LATEST_SHARE = 0.95;
/** Left for the refresh itself and its retransmissions, where the interval is long enough. */
const MARGIN_SECONDS = 5;

/**
 * A random moment between 80 and 95 % of the interval, so that phones which registered together do not come back together; five
 * seconds before the end at the latest, where half of the interval is left.
 */
export const refreshAfterSeconds = (grantedSeconds: number, chance: number = Math.random()): number => {
  const share = EARLIEST_SHARE + chance * (LATEST_SHARE - EARLIEST_SHARE);
  const latest = Math.max(grantedSeconds / 2, grantedSeconds - MARGIN_SECONDS);
  return Math.min(grantedSeconds * share, latest);
};

/** RFC 5626 §4.5, where all flows have failed: base-time and max-time. */
const BASE_SECONDS = 30;
const MOST_SECONDS = 1_800;
const LONGEST_RETRY_AFTER_SECONDS = 3_600;
const LEAST_SHARE = 0.5;

/**
 * RFC 5626 §4.5: 30 s doubled with every failure, at most half an hour, of which a random 50 to 100 %. Retry-After is waited for, up to
 * an hour. What another try with the same request will not change (credentials refused, 403, 404 …) is given up.
 */
export const retryAfterSeconds = (failure: FailureFacts, chance: number = Math.random()): number | null => {
  if (isFinal(failure)) return null;
  const upper = Math.min(MOST_SECONDS, BASE_SECONDS * 2 ** Math.min(failure.failures, MOST_SECONDS));
  const wait = upper * (LEAST_SHARE + chance * (1 - LEAST_SHARE));
  const asked = Math.min(failure.retryAfterSeconds ?? 0, LONGEST_RETRY_AFTER_SECONDS);
  return Math.max(wait, asked);
};

const OWN_FINAL_CAUSES: ReadonlySet<string> = new Set(['auth-failed', 'no-credentials', 'challenge-unusable']);
/** RFC 3261 §21: of the 4xx and 6xx those that say that not now, rather than not so. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 413, 430, 480, 486, 491, 500, 503, 504, 600]);

const isFinal = ({ cause, status, retryAfterSeconds: asked }: FailureFacts): boolean => {
  if (OWN_FINAL_CAUSES.has(cause)) return true;
  if (!cause.startsWith('status-') || status === null) return false;
  return asked === null && !PASSING_STATUSES.has(status);
};

/** RFC 3261 §20.33: seconds, and perhaps a comment and parameters behind them; null for what is none. */
export const readRetryAfter = (value: string | undefined): number | null => {
  const seconds = /^\s*(\d{1,10})\s*(?:\(.*\))?\s*(?:;.*)?$/.exec(value ?? '')?.[1];
  return seconds === undefined ? null : Number(seconds);
};
