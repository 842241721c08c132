// A scenario's flow as a list of instructions that a context walks with one number, its position. Loops jump back and
// count in a column of their depth. The list also answers, without walking, how many attempts a flow that stops here
// leaves undone.

import { PROCEDURE_COUNT, PROCEDURE_NAMES } from '../metrics/index.ts';
import type { AttemptStep, PlanStep, PlanWait } from '../scenario/index.ts';
import { assert, assertNever } from '../std/index.ts';

export const MOST_LOOP_DEPTH = 4;

export type Instruction =
  | { readonly kind: 'attempt'; readonly procedure: number; readonly template: number; readonly step: AttemptStep }
  | { readonly kind: 'discard' }
  | { readonly kind: 'wait'; readonly wait: PlanWait }
  | { readonly kind: 'loop'; readonly depth: number; readonly times: number }
  | { readonly kind: 'again'; readonly depth: number; readonly times: number; readonly body: number }
  | { readonly kind: 'end' };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly loopDepth: number;
  /** The attempt steps, in the order of their template numbers. */
  readonly attempts: readonly AttemptStep[];
}

export function compileProgram(flow: readonly PlanStep[], firstTemplate: number): Program {
  const instructions: Instruction[] = [];
  const attempts: AttemptStep[] = [];
  let loopDepth = 0;
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
        instructions.push({
          kind: 'attempt',
          procedure: PROCEDURE_NAMES.indexOf(step.procedure),
          template: firstTemplate + attempts.length,
          step,
        });
        attempts.push(step);
        break;
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
  return { instructions, loopDepth, attempts };
}

/**
 * How many attempts of each procedure a flow leaves undone that stops after the instruction at `position`, when
 * `iterationsLeft[depth]` further rounds of each enclosing loop were to come. Adds to `counts` (one per procedure).
 */
export function addSkipped(
  program: Program,
  position: number,
  iterationsLeft: (depth: number) => number,
  counts: Float64Array,
): void {
  const { instructions } = program;
  assert(counts.length === PROCEDURE_COUNT, 'one count per procedure');
  // Rounds still to come of the loops that are entered ahead of `position` multiply what stands in them.
  const rounds: number[] = [1];
  for (let at = position + 1; at < instructions.length; at++) {
    const instruction = instructions[at]!;
    const factor = rounds[rounds.length - 1]!;
    if (instruction.kind === 'attempt') counts[instruction.procedure]! += factor;
    else if (instruction.kind === 'loop') rounds.push(factor * instruction.times);
    else if (instruction.kind === 'again' && rounds.length > 1) rounds.pop();
    else if (instruction.kind === 'again') addWholeRounds(program, at, iterationsLeft(instruction.depth), counts);
  }
}

/** The body of the loop that ends at `again`, `times` over: its own attempts and those of loops inside it. */
function addWholeRounds(program: Program, again: number, times: number, counts: Float64Array): void {
  const closing = program.instructions[again]!;
  assert(closing.kind === 'again', 'a loop ends with again');
  const rounds: number[] = [times];
  for (let at = closing.body; at < again; at++) {
    const instruction = program.instructions[at]!;
    const factor = rounds[rounds.length - 1]!;
    if (instruction.kind === 'attempt') counts[instruction.procedure]! += factor;
    else if (instruction.kind === 'loop') rounds.push(factor * instruction.times);
    else if (instruction.kind === 'again') rounds.pop();
  }
}
