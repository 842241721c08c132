// Bytes of heap per attempt in the engine's steady state (count-heap.ts); a worker's whole turn is counted in
// test/long/allocation-of-turns.test.ts.

import { describe, expect, it } from 'vitest';
import { count, leastPerAttempt, MOST_BYTES, WISHES, WITHIN_MS } from './count-heap.ts';

/**
 * After 2^31 µs a time no longer fits a small integer, and is boxed (16 bytes) wherever it is an argument of a call that is
 * not inlined: when a datagram comes in, and when it is reported sent.
 */
const MOST_BYTES_LATE = 48;
/** An hour. */
const LATE_SECONDS = 3600;

describe(`at most ${MOST_BYTES} bytes of heap an attempt in the engine`, () => {
  it.each(WISHES)(
    '%s',
    async (_, wish) => {
      const rounds = await count('engine-in-memory.mjs', wish);
      // A hold refreshes less often than a flow of steps goes on.
      const least = wish.flow === 'holds' ? 7_000 : 9_000;
      for (const { attempts } of rounds) expect(attempts).toBeGreaterThan(least);
      expect(leastPerAttempt(rounds)).toBeLessThanOrEqual(MOST_BYTES);
    },
    WITHIN_MS,
  );

  it(
    'a registration that is redirected',
    async () => {
      const rounds = await count('engine-in-memory.mjs', { credentials: 'fresh', flow: 'once', redirects: true });
      for (const { attempts } of rounds) expect(attempts).toBeGreaterThan(9_000);
      expect(leastPerAttempt(rounds)).toBeLessThanOrEqual(MOST_BYTES);
    },
    WITHIN_MS,
  );

  it(
    `at most ${MOST_BYTES_LATE} once a run has lasted for an hour`,
    async () => {
      const rounds = await count('engine-in-memory.mjs', {
        credentials: 'kept',
        flow: 'waits',
        lateSeconds: LATE_SECONDS,
      });
      expect(leastPerAttempt(rounds)).toBeLessThanOrEqual(MOST_BYTES_LATE);
    },
    WITHIN_MS,
  );
});

it(
  'no object for each contact in a long list',
  async () => {
    const rounds = await count('contact-list.mjs');
    for (const { attempts } of rounds) expect(attempts).toBe(45_000);
    // The smallest object has 16 bytes.
    expect(leastPerAttempt(rounds)).toBeLessThan(1);
  },
  WITHIN_MS,
);
