// How many targets the load of a drawn scenario goes to, and what decides who goes where (RFC 2782). In most worlds it is one.
//
// In worlds with several of them no phone is rebound and no Contact is repaired: what answers tell of a socket would hang on the target
// that it leads to.

import type { Random } from '../std/index.ts';
import type { DrawnTargets } from './target-faults.ts';

const SEVERAL_SHARE = 0.13;
const COUNTS = [2, 2, 3];
const PRIORITIES = [10, 10, 10, 20, 30];
const WEIGHTS = [0, 1, 10, 60, 100];

/** Null: one. */
export function drawTargets(random: Random): DrawnTargets | null {
  if (!random.chance(SEVERAL_SHARE)) return null;
  const count = random.pick(COUNTS);
  const isOneHost = random.chance(0.4);
  const each = <T>(draw: () => T): T[] => Array.from({ length: count }, draw);
  const priority = isOneHost ? each(() => 0) : each(() => random.pick(PRIORITIES)).sort((one, other) => one - other);
  const weight = isOneHost ? each(() => 0) : each(() => random.pick(WEIGHTS));
  return { count, priority, weight };
}
