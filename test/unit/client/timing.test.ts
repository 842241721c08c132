import { describe, expect, it } from 'vitest';
import { readRetryAfter, refreshAfterSeconds, retryAfterSeconds } from '../../../src/client/timing.ts';

describe('when a registration is refreshed', () => {
  it.each([
    [3600, 0, 2880],
    [3600, 1, 3420],
    [60, 1, 55],
    [60, 0, 48],
    [8, 1, 4],
    [1, 0.5, 0.5],
    [0, 0.5, 0],
  ])('granted %d s, drawn %d: after %d s', (granted, chance, expected) => {
    expect(refreshAfterSeconds(granted, chance)).toBeCloseTo(expected);
  });

  it('draws anew each time, between 80 and 95 %', () => {
    const drawn = Array.from({ length: 100 }, () => refreshAfterSeconds(1000));
    expect(new Set(drawn).size).toBeGreaterThan(1);
    for (const seconds of drawn) expect(seconds >= 800 && seconds <= 950).toBe(true);
  });
});

describe('when a failed refresh is tried again', () => {
  const failure = { failures: 1, cause: 'timeout', status: null, retryAfterSeconds: null };

  it.each([
    [1, 0, 30],
    [1, 1, 60],
    [2, 1, 120],
    [6, 1, 1800],
    [5000, 1, 1800],
  ])('RFC 5626 §4.5: failure %d, drawn %d: after %d s', (failures, chance, expected) => {
    expect(retryAfterSeconds({ ...failure, failures }, chance)).toBe(expected);
  });

  it('RFC 3261 §20.33: waits for Retry-After, and for an hour at the most', () => {
    const busy = { ...failure, cause: 'status-503', status: 503 };
    expect(retryAfterSeconds({ ...busy, retryAfterSeconds: 600 }, 0)).toBe(600);
    expect(retryAfterSeconds({ ...busy, retryAfterSeconds: 1 }, 0)).toBe(30);
    expect(retryAfterSeconds({ ...busy, retryAfterSeconds: 10 ** 9 }, 0)).toBe(3600);
  });

  it.each(['auth-failed', 'no-credentials', 'challenge-unusable'])('gives up after %s', (cause) => {
    expect(retryAfterSeconds({ ...failure, cause, status: 401 })).toBeNull();
  });

  it.each([
    [403, null, true],
    [404, null, true],
    [404, 60, false],
    [302, null, true],
    [408, null, false],
    [480, null, false],
    [500, null, false],
    [503, null, false],
    [600, null, false],
    [606, null, true],
  ])('status %d, Retry-After %s: gives up is %s', (status, retryAfter, givesUp) => {
    const facts = { ...failure, cause: `status-${status}`, status, retryAfterSeconds: retryAfter };
    expect(retryAfterSeconds(facts) === null).toBe(givesUp);
  });

  it.each([
    ['120', 120],
    [' 18000;duration=3600', 18_000],
    ['120 (I am in a meeting)', 120],
    ['soon', null],
    ['-1', null],
    ['99999999999', null],
    ['', null],
    [undefined, null],
  ])('RFC 3261 §20.33: reads Retry-After %o as %o', (value, expected) => {
    expect(readRetryAfter(value)).toBe(expected);
  });
});
