// @hot
// Seconds as Expires, Min-Expires, Retry-After and the expires parameter carry them (RFC 3261 §25.1 delta-seconds).

import { DECIMAL_MALFORMED, DECIMAL_OVERFLOW, readDecimal } from '../std/index.ts';
import { isDigit } from './characters.ts';

/** The largest expiry that can be told (RFC 3261 §20.19: 2^32 - 1). */
export const MAX_DELTA_SECONDS = 4294967295;
/** What a malformed expiry is taken for (RFC 3261 §10.2, §20.19). */
export const MALFORMED_EXPIRES_SECONDS = 3600;

/** Expires: RFC 3261 §10.2: a malformed value is 3600, one above 2^32 - 1 is 2^32 - 1. */
export const readExpires = (bytes: Uint8Array, start: number, end: number): number => {
  const seconds = readDecimal(bytes, start, end);
  if (seconds === DECIMAL_MALFORMED) return MALFORMED_EXPIRES_SECONDS;
  return seconds === DECIMAL_OVERFLOW ? MAX_DELTA_SECONDS : seconds;
};

/**
 * The number at the front of a value, whatever follows (RFC 3261 §20.33: `120 (comment);duration=60`), at most
 * 2^32 - 1; -1 when there is none, so that a malformed value counts as absent.
 */
export const readLeadingSeconds = (bytes: Uint8Array, start: number, end: number): number => {
  let p = start;
  while (p < end && isDigit(bytes[p]!)) p++;
  const seconds = readDecimal(bytes, start, p);
  return seconds === DECIMAL_OVERFLOW ? MAX_DELTA_SECONDS : seconds;
};
