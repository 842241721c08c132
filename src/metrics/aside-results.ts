// What a run result says besides registrations: the counters of asides.ts, added up over all workers and by name.

import { ANSWER_STATUSES, ASIDE_PEER_KEEPALIVES, INCOMING_METHOD_NAMES } from './asides.ts';
import type { MetricsBlock } from './block.ts';
import { ASIDE_COUNT } from './layout.ts';
import type { IncomingResult } from './run-result.ts';

/** The sums of all workers. */
export function mergeAsides(blocks: readonly MetricsBlock[]): Float64Array {
  const sums = new Float64Array(ASIDE_COUNT);
  for (const { asides } of blocks) for (let at = 0; at < ASIDE_COUNT; at++) sums[at] = sums[at]! + asides[at]!;
  return sums;
}

export function incomingResult(asides: Float64Array): IncomingResult {
  const requests: Record<string, number> = {};
  for (const [method, name] of INCOMING_METHOD_NAMES.entries())
    if (asides[method]! > 0) requests[name] = asides[method]!;
  const answers: Record<string, number> = {};
  for (const [counter, status] of ANSWER_STATUSES) if (asides[counter]! > 0) answers[String(status)] = asides[counter]!;
  return {
    requests,
    answers,
    unanswered: sumOf(requests) - sumOf(answers),
    keepalives: asides[ASIDE_PEER_KEEPALIVES]!,
  };
}

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
