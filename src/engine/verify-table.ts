// What a verification (verify.ts) keeps: its step, and for each context what is known of the binding that was confirmed.
//
//  column       array         unit  meaning                                                            valid in
//  requestedUs  Float64Array  µs    first send of the request whose 200 granted the binding            bound
//  isUnsure     Uint8Array    -     1: a later request, which may have changed it, got no answer       bound
//
// No column is there for a scenario without verification.

import type { AttemptStep, RunPlan } from '../scenario/index.ts';
import type { MemoryPlan } from '../std/index.ts';
import { mixBits } from '../std/index.ts';
import type { Program } from './program.ts';
import { compileProgram } from './program.ts';

export interface Verification {
  readonly program: Program;
  /** Of the contexts, 0 to 1. */
  readonly sampleShare: number;
  readonly seed: number;
  readonly requestedUs: Float64Array;
  readonly isUnsure: Uint8Array;
  /** In the phase: how many are to be asked, and the context to look at next. */
  total: number;
  next: number;
}

const SAMPLE_SALT = 0x56;
export const VERIFY_STEP: AttemptStep = { kind: 'attempt', procedure: 'query', expiresSeconds: null, headers: [] };
const QUERIES: readonly AttemptStep[] = [VERIFY_STEP];

/** The step that it asks with, whose text is number `template`; null when the plan asks for no verification. */
export function compileVerify(plan: RunPlan, template: number): Program | null {
  return plan.verify === null ? null : compileProgram(QUERIES, template);
}

export function createVerification(
  memory: MemoryPlan,
  plan: RunPlan,
  template: number,
  { count, seed }: { readonly count: number; readonly seed: number },
): Verification | null {
  const program = compileVerify(plan, template);
  if (plan.verify === null || program === null) return null;
  return {
    program,
    sampleShare: plan.verify.sampleShare,
    seed: mixBits(seed, SAMPLE_SALT),
    requestedUs: memory.f64('verify', count),
    isUnsure: memory.u8('verify', count),
    total: 0,
    next: 0,
  };
}
