// One verdict and one exit code out of everything that was found, the most important first:
//
//   130/143  interrupted                     the report is written, thresholds decide nothing
//   2        usage or configuration
//   1        internal error                  sums that do not add up
//   24       a worker was lost
//   23       target unreachable              nothing ever came back
//   20       a threshold failed              and no doubt touches it
//   22       inconclusive                    the run is invalid, or a threshold is undecided
//   20       a threshold failed in doubt     only with --on-invalid warn: the doubt was waived
//   21       regression against a baseline
//   0        pass
//
// Only an `invalid` reason is a doubt; a `suspect` one warns. So no failed threshold ever ends in 0: with
// --on-invalid fail one in doubt comes with an invalid run, which is 22.

import type { Interruption, RunResult, Verdict } from '../metrics/index.ts';
import { EXIT } from '../std/index.ts';
import type { JudgedThreshold } from './thresholds.ts';
import type { Validity } from './validity.ts';

export interface VerdictFacts {
  readonly interrupted: Interruption | null;
  readonly usageError: boolean;
  readonly internalError: boolean;
  readonly workersLost: number;
  readonly unreachable: boolean;
  readonly thresholds: readonly JudgedThreshold[];
  readonly validity: Validity;
  readonly onInvalid: 'fail' | 'warn';
  readonly regressed: boolean;
}

export interface Decision {
  readonly verdict: Verdict;
  readonly exitCode: number;
}

export function decideVerdict(facts: VerdictFacts): Decision {
  if (facts.interrupted !== null) return decision('aborted', EXIT[facts.interrupted]);
  if (facts.usageError) return decision('aborted', EXIT.USAGE);
  if (facts.internalError) return decision('aborted', EXIT.INTERNAL);
  if (facts.workersLost > 0) return decision('aborted', EXIT.WORKER_LOST);
  if (facts.unreachable) return decision('unreachable', EXIT.UNREACHABLE);
  const failed = facts.thresholds.filter(({ result }) => result.status === 'failed');
  if (failed.some((threshold) => !isTainted(threshold, facts.validity))) return decision('fail', EXIT.THRESHOLD);
  if (isInconclusive(facts)) return decision('inconclusive', EXIT.INCONCLUSIVE);
  if (failed.length > 0) return decision('fail', EXIT.THRESHOLD);
  if (facts.regressed) return decision('fail', EXIT.REGRESSION);
  return decision('pass', EXIT.PASS);
}

export function isTainted(threshold: JudgedThreshold, validity: Validity): boolean {
  return validity.reasons.some(
    ({ severity, taints }) => severity === 'invalid' && taints.some((taint) => threshold.touchedBy.includes(taint)),
  );
}

/** The same result after its sums were found wrong: an internal error, unless something more important stands. */
export function withInternalErrors(result: RunResult, violations: readonly string[]): RunResult {
  if (violations.length === 0) return result;
  const notes = [...result.notes, ...violations.map((violation) => `internal error: ${violation}`)];
  const outranked = new Set<number>([EXIT.SIGINT, EXIT.SIGTERM, EXIT.USAGE]).has(result.exitCode);
  return outranked ? { ...result, notes } : { ...result, notes, verdict: 'aborted', exitCode: EXIT.INTERNAL };
}

function isInconclusive({ thresholds, validity, onInvalid }: VerdictFacts): boolean {
  if (validity.verdict === 'invalid' && onInvalid === 'fail') return true;
  return thresholds.some(({ result }) => result.status === 'undecided');
}

const decision = (verdict: Verdict, exitCode: number): Decision => ({ verdict, exitCode });
