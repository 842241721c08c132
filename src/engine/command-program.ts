// The program of contexts that are commanded one at a time (commands.ts): two instructions for each context, the attempt that
// it was told to make and the end behind it. A command writes its context's attempt anew, which nobody else walks.
//
//   context 0: [ attempt | end ]   context 1: [ attempt | end ]   …      position of context c: 2 c

import type { AttemptStep } from '../scenario/index.ts';
import type { Instruction, Program } from './program.ts';
import { attemptOf } from './program.ts';

/** The longest request that may be commanded, credentials included; UDP would carry four times as much, and nobody reads it. */
export const LONGEST_COMMAND_BYTES = 16_384;
/** A context's position in the program is a 16-bit number, and so is that of its text. */
export const MOST_COMMANDED_CONTEXTS = 32_767;

const END: Instruction = { kind: 'end' };

export function createCommandProgram(contexts: number): Program {
  return { instructions: Array.from({ length: 2 * contexts }, () => END), loopDepth: 0, hasHold: false, attempts: [] };
}

/** Where the context's attempt stands. */
export const commandPosition = (context: number): number => 2 * context;

/** The number of the context's request text. */
export const commandTemplate = (context: number): number => context;

/** Writes the context's attempt, the one thing in a program that ever changes. One that nobody has asked for is like one of a hold. */
export function setCommand(program: Program, context: number, step: AttemptStep, isAutomatic: boolean): void {
  const instructions = program.instructions as Instruction[];
  const position = commandPosition(context);
  instructions[position] = attemptOf(step, commandTemplate(context), position + 1, isAutomatic);
}
