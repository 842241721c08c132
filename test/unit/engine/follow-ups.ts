// What attempts did after answers that asked for something, by procedure: beside the numbers in books.ts.

import type { MetricsBlock } from '../../../src/metrics/index.ts';
import { PROCEDURE_NAMES } from '../../../src/metrics/index.ts';
import * as layout from '../../../src/metrics/layout.ts';
import type { Procedure } from '../../../src/scenario/index.ts';
import { BANKS, type Numbers, numbersOf } from './books.ts';

export interface FollowUps {
  /** Asked for longer after a 423. */
  readonly raised: number;
  readonly retries: number;
  readonly denied: number;
}

export const followUpsOf = (
  { metrics }: { readonly metrics: MetricsBlock },
  procedure: Procedure,
  bank: keyof typeof BANKS = 'total',
): FollowUps => {
  const rows = BANKS[bank].map((number) => layout.rowOf(number, PROCEDURE_NAMES.indexOf(procedure)));
  const attempts = (kind: number): number =>
    rows.reduce((sum, row) => sum + metrics.attempts[row * layout.ATTEMPT_COUNT + kind]!, 0);
  return {
    raised: attempts(layout.ATTEMPT_RAISED),
    retries: attempts(layout.ATTEMPT_RETRIES),
    denied: attempts(layout.ATTEMPT_RETRIES_DENIED),
  };
};

/** What books.ts tells of a procedure, and these. */
export const allNumbersOf = (
  run: { readonly metrics: MetricsBlock },
  procedure: Procedure,
  bank: keyof typeof BANKS = 'total',
): Numbers & FollowUps => ({ ...numbersOf(run, procedure, bank), ...followUpsOf(run, procedure, bank) });
