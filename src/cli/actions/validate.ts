// `regstorm validate FILE…`: say what a scenario would do, or everything that is wrong with it. Sends nothing.

import { loadPlan, readScenario } from '../../coordinator/index.ts';
import { describePlan, planWarnings } from '../../scenario/index.ts';
import { EXIT, UserError } from '../../std/index.ts';
import type { Given } from '../command.ts';
import { describeFailure } from '../failure.ts';
import { collectOverrides } from '../overrides.ts';
import type { Terminal } from '../terminal.ts';

export const validateCommand = async (given: Given, terminal: Terminal): Promise<number> => {
  const overrides = collectOverrides(given);
  let exitCode: number = EXIT.PASS;
  for (const file of given.positionals) {
    if (!(await validateFile(file, { overrides, verbose: given.flag('verbose') }, terminal))) exitCode = EXIT.USAGE;
  }
  return exitCode;
};

interface Wish {
  readonly overrides: ReturnType<typeof collectOverrides>;
  readonly verbose: boolean;
}

/** Goes on with the next file after a mistake: all of them are shown in one go. */
const validateFile = async (file: string, { overrides, verbose }: Wish, terminal: Terminal): Promise<boolean> => {
  try {
    const plan = loadPlan(readScenario(file, terminal.readInput), { overrides, environment: terminal.environment });
    terminal.out.write(`${plan.file}: OK\n${indent(describePlan(plan))}`);
    if (verbose) terminal.out.write(indent((await import('../memory-text.ts')).memoryText(plan, null, null)));
    for (const warning of planWarnings(plan)) terminal.out.write(`  warning: ${warning}\n`);
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    terminal.err.write(describeFailure(error, false).text);
    return false;
  }
};

const indent = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}\n`)
    .join('');
