// A scenario's flow as a list of instructions that a context walks with one number, its position. Loops jump back and
// count in a column of their depth. The list also answers, without walking, how many attempts a flow that stops here
// leaves undone.

import { PROCEDURE_NAMES } from '../metrics/index.ts';
import type { AttemptStep, HoldStep, PlanRetry, PlanStep, PlanWait } from '../scenario/index.ts';
import { assert, assertNever } from '../std/index.ts';
import { createAllRetries, createEndings, createUsualRetries } from './endings.ts';

export const MOST_LOOP_DEPTH = 4;
/** Instructions of a hold behind the first. */
const HOLD_LENGTH = 3;

export interface AttemptInstruction {
  readonly kind: 'attempt';
  readonly procedure: number;
  readonly template: number;
  readonly step: AttemptStep;
  /** 1 for each outcome that counts as succeeded; null: success alone. */
  readonly expected: Uint8Array | null;
  /** Null: the step is not tried again. */
  readonly retry: RetryRule | null;
  /** The flow goes on after a failure. */
  readonly goesOn: boolean;
  /** Where to go on. */
  readonly next: number;
  /** A refresh of a hold. How many there will be nobody knows, so none that is not reached counts as skipped. */
  readonly isHeld: boolean;
}

export interface RetryRule {
  readonly plan: PlanRetry;
  /** What is tried again, by outcome; see endings.ts. */
  readonly on: Uint8Array;
}

export type Instruction =
  | AttemptInstruction
  | { readonly kind: 'hold'; readonly step: HoldStep }
  | { readonly kind: 'holding'; readonly step: HoldStep; readonly exit: number }
  | { readonly kind: 'keep'; readonly exit: number }
  | { readonly kind: 'discard' }
  | { readonly kind: 'wait'; readonly wait: PlanWait }
  | { readonly kind: 'loop'; readonly depth: number; readonly times: number }
  | { readonly kind: 'again'; readonly depth: number; readonly times: number; readonly body: number }
  | { readonly kind: 'end' };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly loopDepth: number;
  readonly hasHold: boolean;
  /** The attempt steps, in the order of their template numbers. */
  readonly attempts: readonly AttemptStep[];
}

export function compileProgram(flow: readonly PlanStep[], firstTemplate: number): Program {
  const instructions: Instruction[] = [];
  const attempts: AttemptStep[] = [];
  let loopDepth = 0;
  let hasHold = false;
  const pushAttempt = (step: AttemptStep, next: number, isHeld: boolean): void => {
    instructions.push(attemptOf(step, firstTemplate + attempts.length, next, isHeld));
    attempts.push(step);
  };
  // A stack of our own: the depth of the file's nesting is input.
  const open: { steps: readonly PlanStep[]; next: number; close: (() => void) | null }[] = [];
  open.push({ steps: flow, next: 0, close: null });
  while (open.length > 0) {
    const level = open[open.length - 1]!;
    const step = level.steps[level.next++];
    if (step === undefined) {
      level.close?.();
      open.pop();
      continue;
    }
    switch (step.kind) {
      case 'attempt':
        pushAttempt(step, instructions.length + 1, false);
        break;
      case 'hold': {
        hasHold = true;
        const holding = instructions.push({ kind: 'hold', step });
        const exit = holding + HOLD_LENGTH;
        instructions.push({ kind: 'holding', step, exit }, { kind: 'keep', exit });
        pushAttempt(step.refresh, holding, true);
        break;
      }
      case 'discard':
        instructions.push({ kind: 'discard' });
        break;
      case 'wait':
        instructions.push({ kind: 'wait', wait: step.wait });
        break;
      case 'repeat': {
        const depth = open.length - 1;
        const { times } = step;
        assert(depth < MOST_LOOP_DEPTH, 'loops are nested deeper than the scenario allows');
        loopDepth = Math.max(loopDepth, depth + 1);
        const body = instructions.push({ kind: 'loop', depth, times });
        open.push({
          steps: step.steps,
          next: 0,
          close: () => instructions.push({ kind: 'again', depth, times, body }),
        });
        break;
      }
      default:
        assertNever(step, 'step');
    }
  }
  instructions.push({ kind: 'end' });
  return { instructions, loopDepth, hasHold, attempts };
}

/** The instruction of a step whose request has this number. */
export function attemptOf(step: AttemptStep, template: number, next: number, isHeld: boolean): AttemptInstruction {
  const { procedure, expect, onFailure, retry } = step;
  return {
    kind: 'attempt',
    procedure: PROCEDURE_NAMES.indexOf(procedure),
    template,
    step,
    expected: expect === undefined ? null : createEndings(expect),
    retry: retry === undefined || retry.policy === 'none' ? null : ruleOf(retry),
    goesOn: onFailure === 'continue',
    next,
    isHeld,
  };
}

function ruleOf(plan: PlanRetry): RetryRule {
  if (plan.on !== null) return { plan, on: createEndings(plan.on) };
  return { plan, on: plan.policy === 'exosip2' ? createAllRetries() : createUsualRetries() };
}

/**
 * How many attempts of each procedure a flow leaves undone that stops after the instruction at `position`. The rounds done
 * of the loop at depth d stand in rounds[firstRound + d]. Adds to `counts`, one per procedure.
 */
export function addSkipped(
  program: Program,
  position: number,
  rounds: Uint32Array,
  firstRound: number,
  counts: Float64Array,
): void {
  let factor = 1;
  let inside = 0;
  for (let at = position + 1; at < program.instructions.length; at++) {
    const instruction = program.instructions[at]!;
    switch (instruction.kind) {
      case 'attempt':
        if (!instruction.isHeld) counts[instruction.procedure]! += factor;
        break;
      case 'loop':
        factor *= instruction.times;
        inside++;
        break;
      case 'again':
        // The end of a loop that was entered on this walk, or of one that the flow was in: its rounds to come are whole.
        if (inside > 0) {
          factor /= instruction.times;
          inside--;
        } else addRounds(program, at, instruction.times - 1 - rounds[firstRound + instruction.depth]!, counts);
        break;
      case 'end':
        return;
      default:
        break;
    }
  }
}

/** The body of the loop that ends at `end`, `times` over. */
function addRounds(program: Program, end: number, times: number, counts: Float64Array): void {
  const closing = program.instructions[end]!;
  assert(closing.kind === 'again', 'a loop ends with again');
  let factor = times;
  for (let at = closing.body; at < end; at++) {
    const instruction = program.instructions[at]!;
    if (instruction.kind === 'attempt') counts[instruction.procedure]! += instruction.isHeld ? 0 : factor;
    else if (instruction.kind === 'loop') factor *= instruction.times;
    else if (instruction.kind === 'again') factor /= instruction.times;
  }
}
