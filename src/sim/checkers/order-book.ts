// What a context was commanded, and what became of it (orders.ts).

import type { AttemptStep } from '../../scenario/index.ts';
import type { Report } from '../commander.ts';
import type { Outcome } from './ledger.ts';

export interface Order<Attempt> {
  readonly step: AttemptStep;
  /** Null: none was seen to begin. */
  attempt: Attempt | null;
  end: { readonly outcomes: readonly Outcome[]; readonly endUs: number | null } | null;
  report: Report | null;
}
