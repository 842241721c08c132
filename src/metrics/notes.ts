// Sentences about facts that throw no doubt on a run but that its reader should know. What does throw doubt is a validity
// reason (gate/validity.ts).

import * as at from './layout.ts';
import type { MergedMetrics } from './merge.ts';
import type { RunFacts } from './run-facts.ts';
import { formatCount, formatCounted } from './units.ts';

export function notesOf(merged: MergedMetrics, facts: RunFacts): string[] {
  return [...notesOfFacts(facts), ...notesOfCounters(merged.counters), ...facts.notes];
}

function notesOfFacts(facts: RunFacts): string[] {
  const notes: string[] = [];
  if (facts.interrupted !== null) {
    notes.push(`interrupted by ${facts.interrupted}: the numbers cover what ran until then, thresholds decide nothing`);
  }
  if (facts.workersLost > 0) {
    notes.push(
      `${formatCounted(facts.workersLost, 'worker')} lost; counted up to then, what was under way is "aborted"`,
    );
  }
  if (facts.precheck === 'silent') notes.push('the precheck before the load got no answer');
  if (facts.precheck === 'refused') notes.push('the precheck was refused: nothing listens at the target');
  if (facts.environment.sharedMachine) {
    notes.push('generator and target share one machine: they compete for its processors');
  }
  if (facts.targetOverruns !== null && facts.targetOverruns > 0) {
    const lost = formatCounted(facts.targetOverruns, 'datagram');
    notes.push(
      `the registrar's own socket (${facts.environment.target}) dropped ${lost}: its receive queue was full, so ` +
        "retransmissions and timeouts may come from that; it was not the generator's queue",
    );
  }
  if (facts.environment.wireClock === 'userland') {
    notes.push('wire times end when the program read the answer, not when it arrived (no kernel stamps here)');
  }
  return notes;
}

function notesOfCounters(counters: Float64Array): string[] {
  const notes: string[] = [];
  const note = (counter: number, singular: string, plural: string, rest: string): void => {
    const count = counters[counter]!;
    if (count > 0) notes.push(`${formatCounted(count, singular, plural)} ${rest}`);
  };
  note(
    at.COUNTER_MISSED_CONTEXT_BUSY,
    'start was',
    'starts were',
    'not made because the context was still in its flow: raise identities.count or lower the rate',
  );
  note(
    at.COUNTER_EXPIRED_BEFORE_REFRESH,
    'binding',
    'bindings',
    'expired before the refresh: shorten the wait, or ask for a longer interval',
  );
  note(
    at.COUNTER_RSPAUTH_MISMATCHES,
    'answer',
    'answers',
    'with an rspauth that is wrong: its server does not prove that it knows the password (RFC 7616 §3.5)',
  );
  note(at.COUNTER_MALFORMED, 'datagram', 'datagrams', 'could not be read as a SIP response');
  note(at.COUNTER_TRUNCATED, 'datagram', 'datagrams', 'longer than a receive slot, dropped');
  note(at.COUNTER_LATENCY_CLAMPED, 'time', 'times', 'outside 0 s to 2,147 s, recorded at that limit');
  note(
    at.COUNTER_FAILURE_TEXTS_OTHER,
    'failure',
    'failures',
    `with a text beyond the first ${formatCount(at.FAILURE_TEXTS_MAX)} different ones of a worker, not listed`,
  );
  note(at.COUNTER_SERIES_CLAMPED, 'event', 'events', 'after the end of the time series, counted in its last second');
  return notes;
}
