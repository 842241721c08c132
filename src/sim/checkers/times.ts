// The engines' latencies against the ledger: how many were recorded, and where every attempt of a procedure is known to the
// microsecond, their sum.

import type { MergedHistogram, MergedMetrics, MergedProcedure } from '../../metrics/index.ts';
import { PROCEDURE_NAMES } from '../../metrics/index.ts';
import { latencyKey, timeKey } from './latency.ts';
import type { World } from './model.ts';
import { mustEqual } from './wrong.ts';

export function checkTimes(world: World, merged: MergedMetrics): void {
  for (const procedure of PROCEDURE_NAMES) {
    checkCounts(world, procedure, merged.total[procedure]);
    checkCounts(world, procedure, merged.measured[procedure]);
    for (const kind of ['wire', 'lag'] as const) {
      const key = timeKey(procedure, kind);
      if (!world.ledger.inexact.has(key)) checkSum(world, key, merged.total[procedure][kind]);
    }
    if (world.ledger.inexact.has(procedure) || isUnseen(world, procedure, merged.total[procedure])) continue;
    const { measured, total } = { measured: merged.measured[procedure], total: merged.total[procedure] };
    for (const kind of ['latency', 'failureLatency'] as const) {
      checkSum(world, latencyKey(procedure, 'measured', kind), measured[kind]);
      checkTotal(world, procedure, kind, total[kind]);
    }
  }
}

/** Some attempts were never seen. */
const isUnseen = (world: World, procedure: (typeof PROCEDURE_NAMES)[number], { started }: MergedProcedure): boolean =>
  started !== (world.ledger.attemptsOf.get(procedure) ?? 0);

/** One latency for each attempt that got an answer, or waited for one in vain; none for what we cut short. */
function checkCounts(world: World, procedure: string, numbers: MergedProcedure): void {
  const { succeeded, started, outcomes, failures, latency, failureLatency, wire } = numbers;
  const timeoutsIn = (counts: Readonly<Record<string, number>>): number =>
    (counts.timeout ?? 0) + (counts['timeout-after-provisional'] ?? 0);
  // Those that their steps expect are among the successes already, and have no wire time.
  const timeouts = timeoutsIn(failures);
  const expected = timeoutsIn(outcomes) - timeouts;
  const rest = started - succeeded - timeouts - (outcomes.aborted ?? 0);
  mustEqual(world, 'latency', `latencies of ${procedure}`, [latency.count, succeeded + timeouts]);
  mustEqual(world, 'latency', `failure latencies of ${procedure}`, [failureLatency.count, rest]);
  mustEqual(world, 'latency', `wire times of ${procedure}`, [wire.count, succeeded - expected]);
}

function checkSum(world: World, key: string, { count, sumUs }: MergedHistogram): void {
  const known = world.ledger.latencies.get(key) ?? { count: 0, sumUs: 0 };
  mustEqual(world, 'latency', `number of ${key}`, [count, known.count]);
  mustEqual(world, 'latency', `sum of ${key}`, [sumUs, known.sumUs]);
}

function checkTotal(world: World, procedure: string, kind: string, { count, sumUs }: MergedHistogram): void {
  const banks = ['measured', 'other'].map((bank) => world.ledger.latencies.get(latencyKey(procedure, bank, kind)));
  const known = banks.reduce((sum, bank) => sum + (bank?.count ?? 0), 0);
  const knownUs = banks.reduce((sum, bank) => sum + (bank?.sumUs ?? 0), 0);
  mustEqual(world, 'latency', `number of ${procedure} ${kind}`, [count, known]);
  mustEqual(world, 'latency', `sum of ${procedure} ${kind}`, [sumUs, knownUs]);
}
