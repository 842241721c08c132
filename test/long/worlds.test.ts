// New simulated worlds for longer than every day's two seconds.

import { it } from 'vitest';
import { expectRandomWorldsToHold, LONGEST_MS } from '../sim/simulate-program.ts';

const RANDOM_MS = 20_000;

it(
  'simulated worlds hold from a random seed on, for twenty seconds',
  () => expectRandomWorldsToHold(RANDOM_MS),
  LONGEST_MS,
);
