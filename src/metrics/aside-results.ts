// What a run result says besides registrations: the counters of asides.ts, added up over all workers and by name.

import {
  ANSWER_STATUSES,
  ASIDE_DELETIONS,
  ASIDE_DELETIONS_FAILED,
  ASIDE_MAPPING_CHANGES,
  ASIDE_PEER_KEEPALIVES,
  ASIDE_PINGS_ANSWERED,
  ASIDE_PINGS_LOST,
  ASIDE_PINGS_SENT,
  ASIDE_PINGS_UNKNOWN,
  ASIDE_REBOUND,
  ASIDE_REPAIRS,
  ASIDE_REPAIRS_STOPPED,
  ASIDE_REPLACEMENTS,
  INCOMING_METHOD_NAMES,
} from './asides.ts';
import type { MetricsBlock } from './block.ts';
import { ASIDE_COUNT, HISTOGRAM_PINGS } from './layout.ts';
import { latencySummary, type MergedHistogram, mergeHistograms } from './merged-histogram.ts';
import type { IncomingResult, KeepaliveFacts, KeepaliveResult } from './run-result.ts';

export interface KeepaliveCounts {
  readonly sent: number;
  readonly answered: number;
  readonly lost: number;
  readonly unknown: number;
  readonly roundTrip: MergedHistogram;
}

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

export function keepaliveCounts(blocks: readonly MetricsBlock[]): KeepaliveCounts {
  const asides = mergeAsides(blocks);
  return {
    sent: asides[ASIDE_PINGS_SENT]!,
    answered: asides[ASIDE_PINGS_ANSWERED]!,
    lost: asides[ASIDE_PINGS_LOST]!,
    unknown: asides[ASIDE_PINGS_UNKNOWN]!,
    roundTrip: mergeHistograms(blocks, [HISTOGRAM_PINGS]),
  };
}

/** Null where the scenario wants none. Nobody answers CRLFCRLF, so nothing can be said of its loss. */
export function keepaliveResult(counts: KeepaliveCounts, facts: KeepaliveFacts | null): KeepaliveResult | null {
  if (facts === null) return null;
  const { sent, answered, lost, unknown, roundTrip } = counts;
  const isAnswered = facts.kind !== 'crlf';
  return {
    ...facts,
    sent,
    answered: isAnswered ? answered : null,
    lost: isAnswered ? lost : null,
    open: isAnswered ? sent - answered - lost : null,
    unknown,
    roundTripUs: isAnswered ? latencySummary(roundTrip) : null,
  };
}

export interface NatCounts {
  readonly changes: number;
  readonly repairs: number;
  readonly stopped: number;
  readonly deletions: number;
  readonly deletionsFailed: number;
  readonly replacements: number;
}

export function natCounts(blocks: readonly MetricsBlock[]): NatCounts {
  const asides = mergeAsides(blocks);
  return {
    changes: asides[ASIDE_MAPPING_CHANGES]!,
    repairs: asides[ASIDE_REPAIRS]!,
    stopped: asides[ASIDE_REPAIRS_STOPPED]!,
    deletions: asides[ASIDE_DELETIONS]!,
    deletionsFailed: asides[ASIDE_DELETIONS_FAILED]!,
    replacements: asides[ASIDE_REPLACEMENTS]!,
  };
}

/** Contexts that came to speak from another port. */
export const reboundCount = (blocks: readonly MetricsBlock[]): number => mergeAsides(blocks)[ASIDE_REBOUND]!;
