// A look at running workers, for the live display: a few sums and two percentiles, a few times a second. Rates are those
// since the previous look. The workers notice nothing of it; a count may be an event behind another one, never wrong.

import { US_PER_SECOND } from '../std/index.ts';
import type { MetricsBlock } from './block.ts';
import { hdrHighestValue } from './histogram.ts';
import * as at from './layout.ts';
import { samplesNeeded } from './merged-histogram.ts';
import { BANK_COUNT, BANK_MEASURED, OUTCOME_COUNT, OUTCOME_SUCCEEDED, PROCEDURE_COUNT } from './names.ts';

export interface Progress {
  readonly atUs: number;
  /** The phase of the worker that is farthest behind. */
  readonly phase: string;
  /** Starts made, attempts ended well and badly, so far. */
  readonly starts: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Starts that should have been made and could not, the scenario's own doing left out. */
  readonly missed: number;
  readonly activeFlows: number;
  readonly registered: number;
  /** Since the previous look, or since the begin. */
  readonly startsPerSecond: number;
  readonly succeededPerSecond: number;
  readonly failedPerSecond: number;
  /** Of the measured window so far, over all procedures; null with too few samples. */
  readonly latencyP99Us: number | null;
  readonly lagP99Us: number | null;
}

/** `nowUs` is the time since the run began. */
export function snapshot(blocks: readonly MetricsBlock[], nowUs: number, previous: Progress | null): Progress {
  const starts = counterSum(blocks, at.COUNTER_STARTS_MADE_MEASURED) + counterSum(blocks, at.COUNTER_STARTS_MADE_OTHER);
  const { succeeded, failed } = outcomeSums(blocks);
  const seconds = (nowUs - (previous?.atUs ?? 0)) / US_PER_SECOND;
  const perSecond = (now: number, before: number): number => (seconds > 0 ? Math.max(0, now - before) / seconds : 0);
  return {
    atUs: nowUs,
    phase: phaseName(blocks),
    starts,
    succeeded,
    failed,
    missed: counterSum(blocks, at.COUNTER_MISSED_LATE) + counterSum(blocks, at.COUNTER_MISSED_NO_SLOT),
    activeFlows: counterSum(blocks, at.COUNTER_ACTIVE_FLOWS),
    registered: counterSum(blocks, at.COUNTER_REGISTERED_NOW),
    startsPerSecond: perSecond(starts, previous?.starts ?? 0),
    succeededPerSecond: perSecond(succeeded, previous?.succeeded ?? 0),
    failedPerSecond: perSecond(failed, previous?.failed ?? 0),
    latencyP99Us: measuredP99(blocks, at.KIND_LATENCY),
    lagP99Us: measuredP99(blocks, at.KIND_LAG),
  };
}

function counterSum(blocks: readonly MetricsBlock[], counter: number): number {
  return blocks.reduce((sum, block) => sum + block.counters[counter]!, 0);
}

function phaseName(blocks: readonly MetricsBlock[]): string {
  const phase = blocks.reduce((least, block) => Math.min(least, block.counters[at.COUNTER_PHASE]!), at.PHASE_ENDED);
  return at.PHASE_NAMES[phase] ?? '';
}

function outcomeSums(blocks: readonly MetricsBlock[]): { succeeded: number; failed: number } {
  let succeeded = 0;
  let failed = 0;
  for (const block of blocks) {
    for (let row = 0; row < BANK_COUNT * PROCEDURE_COUNT; row++) {
      const first = row * OUTCOME_COUNT;
      succeeded += block.outcomes[first + OUTCOME_SUCCEEDED]!;
      for (let outcome = 1; outcome < OUTCOME_COUNT; outcome++) failed += block.outcomes[first + outcome]!;
    }
  }
  return { succeeded, failed };
}

/** The same number that the result will show, found in the live buckets without building a histogram. */
function measuredP99(blocks: readonly MetricsBlock[], kind: number): number | null {
  const counts = new Float64Array(at.HDR_LENGTH);
  let total = 0;
  let greatest = 0;
  for (const block of blocks) {
    for (let procedure = 0; procedure < PROCEDURE_COUNT; procedure++) {
      const histogram = at.histogramOf(BANK_MEASURED, procedure, kind);
      const stat = histogram * at.STATS_PER_HISTOGRAM;
      if (block.stats[stat + at.STAT_COUNT] === 0) continue;
      greatest = Math.max(greatest, block.stats[stat + at.STAT_MAX]!);
      const first = histogram * at.HDR_LENGTH;
      for (let index = 0; index < at.HDR_LENGTH; index++) {
        const count = block.buckets[first + index]!;
        counts[index] = counts[index]! + count;
        total += count;
      }
    }
  }
  if (total < samplesNeeded(99)) return null;
  const wanted = Math.ceil(total * 0.99);
  let seen = 0;
  for (let index = 0; index < at.HDR_LENGTH; index++) {
    seen += counts[index]!;
    if (seen >= wanted) return Math.min(hdrHighestValue(index), greatest);
  }
  return null;
}
