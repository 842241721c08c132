// Times at which something is wrong, from a seed.

import type { Random } from '../std/index.ts';
import { US_PER_MS, US_PER_SECOND } from '../std/index.ts';
import { logUniform } from './draw-scenario.ts';

export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

const FEW_SPANS = 3;

/** Some, apart, most of them within the run. */
export function drawSpans(random: Random, runSeconds: number, mostSeconds: number, most = FEW_SPANS): Span[] {
  const spans: Span[] = [];
  const count = random.between(1, most);
  let fromUs = 0;
  for (let left = count; left > 0; left--) {
    fromUs += Math.floor((random.next() * 1.5 * runSeconds * US_PER_SECOND) / count);
    const toUs = fromUs + logUniform(random, US_PER_MS, mostSeconds * US_PER_SECOND);
    spans.push({ fromUs, toUs });
    fromUs = toUs + 1;
  }
  return spans;
}
