// A request that the registrar has judged, as the checkers remember it until its answer is seen, however late.

import type { PlanAction } from '../../scenario/index.ts';
import type { SlowMessage } from '../slow-parser.ts';

/** A request that was judged. */
export interface Asked {
  readonly number: number;
  readonly parsed: SlowMessage;
  readonly atUs: number;
  readonly isDamaged: boolean;
  readonly action: PlanAction | null;
  readonly isChanging: boolean;
}
