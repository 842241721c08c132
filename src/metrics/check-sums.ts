// Sums that hold at the end of every run, whatever the network did: a violation is a bug of ours, is reported as an
// internal error, and the report is written all the same. A lost worker cannot close its books; settleLostBlock does it
// for it, before the blocks are merged.

import type { MetricsBlock } from './block.ts';
import * as at from './layout.ts';
import { BANK_COUNT, OUTCOME_ABORTED, OUTCOME_COUNT, PROCEDURE_COUNT } from './names.ts';
import type { ProcedureResult, ProcedureResults, RunResult } from './run-result.ts';

/** One sentence for each sum that is wrong; none when all is well. */
export function checkSums(result: Pick<RunResult, 'procedures' | 'totals' | 'transactions'>): string[] {
  const { requestsSent, retransmissions, datagramsSent } = result.transactions;
  const violations = [...checkProcedures('procedures', result.procedures), ...checkProcedures('totals', result.totals)];
  if (datagramsSent !== requestsSent + retransmissions) {
    violations.push(
      `transactions: datagramsSent ${datagramsSent} is not requestsSent ${requestsSent} + retransmissions ${retransmissions}`,
    );
  }
  return violations;
}

function checkProcedures(where: string, procedures: ProcedureResults): string[] {
  const violations: string[] = [];
  for (const [name, procedure] of Object.entries(procedures)) {
    for (const violation of checkProcedure(procedure)) violations.push(`${where}.${name}: ${violation}`);
  }
  return violations;
}

function checkProcedure(procedure: ProcedureResult): string[] {
  const { started, succeeded, failed, failures, outcomes, challenged, raised, retries } = procedure;
  const violations: string[] = [];
  if (started !== succeeded + failed) {
    violations.push(`started ${started} is not succeeded ${succeeded} + failed ${failed}`);
  }
  if (sumOf(failures) !== failed) violations.push(`failures add up to ${sumOf(failures)}, not to failed ${failed}`);
  if (sumOf(outcomes) !== started) violations.push(`outcomes add up to ${sumOf(outcomes)}, not to started ${started}`);
  if (challenged > started) violations.push(`challenged ${challenged} is more than started ${started}`);
  if (raised > started) violations.push(`raised ${raised} is more than started ${started}`);
  if (retries > started) violations.push(`retries ${retries} are more than started ${started}`);
  return violations;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/**
 * Closes the books of a worker that ended without doing so: attempts under way are `aborted`. Datagrams are counted right
 * after the request or retransmission they carry, so the two differ by no more than what was cut off in between.
 * Returns how many attempts were under way. To be called once, after the thread is gone.
 */
export function settleLostBlock(block: MetricsBlock): number {
  let aborted = 0;
  for (let row = 0; row < BANK_COUNT * PROCEDURE_COUNT; row++) {
    const first = row * OUTCOME_COUNT;
    let open = block.attempts[row * at.ATTEMPT_COUNT + at.ATTEMPT_STARTED]!;
    for (let outcome = 0; outcome < OUTCOME_COUNT; outcome++) open -= block.outcomes[first + outcome]!;
    if (open <= 0) continue;
    block.outcomes[first + OUTCOME_ABORTED] = block.outcomes[first + OUTCOME_ABORTED]! + open;
    aborted += open;
  }
  const { counters } = block;
  counters[at.COUNTER_DATAGRAMS_SENT] = counters[at.COUNTER_REQUESTS_SENT]! + counters[at.COUNTER_RETRANSMISSIONS]!;
  counters[at.COUNTER_ACTIVE_FLOWS] = 0;
  return aborted;
}
