// Bytes of heap per attempt in a worker's steady state, its socket included (test/alloc/count-heap.ts).

import { describe, expect, it } from 'vitest';
import { batchUnavailableReason } from '../../src/transport/index.ts';
import { count, leastPerAttempt, MOST_BYTES, WISHES, WITHIN_MS } from '../alloc/count-heap.ts';

const missing = batchUnavailableReason();

describe.skipIf(missing !== null)(
  `at most ${MOST_BYTES} bytes of heap an attempt in a worker's whole turn, socket included${missing === null ? '' : ` [${missing}]`}`,
  () => {
    it.each(WISHES)(
      '%s',
      async (_, wish) => {
        const rounds = await count('worker-turn.mjs', wish);
        for (const { attempts } of rounds) expect(attempts).toBeGreaterThan(3_500);
        expect(leastPerAttempt(rounds)).toBeLessThanOrEqual(MOST_BYTES);
      },
      WITHIN_MS,
    );
  },
);
