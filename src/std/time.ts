// Units of time. Inside, every time is an integer count of microseconds since the run began (a JavaScript number holds
// 285 years of them exactly), and every length of time an integer count of microseconds.

export const US_PER_MS = 1_000;
export const US_PER_SECOND = 1_000_000;
export const US_PER_MINUTE = 60 * US_PER_SECOND;
export const US_PER_HOUR = 60 * US_PER_MINUTE;

/** The deadline of something that waits for nothing. */
export const NEVER_US = Number.POSITIVE_INFINITY;
