// `regstorm validate FILE…`: say what a scenario would do, or everything that is wrong with it. Sends nothing.

import { defaultWorkers, loadPlan, processors, readScenario } from '../../coordinator/index.ts';
import type { RunPlan } from '../../scenario/index.ts';
import { describePlan, planWarnings, socketsProblem } from '../../scenario/index.ts';
import { EXIT, UserError } from '../../std/index.ts';
import type { Given } from '../command.ts';
import { consoleText } from '../console-text.ts';
import { describeFailure } from '../failure.ts';
import { planChanges } from '../overrides.ts';
import { readRunSettings } from '../run-settings.ts';
import { limitsOf, type Terminal } from '../terminal.ts';

export const validateCommand = async (given: Given, terminal: Terminal): Promise<number> => {
  const changes = planChanges(given, terminal);
  const { workers } = readRunSettings(given);
  const verbose = given.flag('verbose');
  let exitCode: number = EXIT.PASS;
  for (const file of given.positionals) {
    if (!(await validateFile(file, { changes, workers, verbose }, terminal))) exitCode = EXIT.USAGE;
  }
  return exitCode;
};

interface Asked {
  readonly changes: ReturnType<typeof planChanges>;
  /** Null: not told, so a run would choose by the rate and the machine. */
  readonly workers: number | null;
  readonly verbose: boolean;
}

/** Another machine may choose another number of workers, so this is no mistake in the file. */
const defaultProblems = (plan: RunPlan): readonly string[] => {
  const workers = defaultWorkers(plan, processors());
  const problem = socketsProblem(plan, workers);
  return problem === null ? [] : [`without --workers a run on this machine has ${workers} of them, and ${problem}`];
};

/** Goes on with the next file after a mistake: all of them are shown in one go. */
const validateFile = async (file: string, asked: Asked, terminal: Terminal): Promise<boolean> => {
  const { changes, workers, verbose } = asked;
  try {
    const plan = loadPlan(readScenario(file, terminal), changes);
    const problem = workers === null ? null : socketsProblem(plan, workers);
    if (problem !== null) throw new UserError('USAGE', { message: `${plan.file}: ${problem}` });
    const limits = limitsOf(terminal.out, terminal.environment);
    terminal.out.write(consoleText(`${plan.file}: OK\n${indent(describePlan(plan))}`, limits));
    if (verbose) terminal.out.write(indent((await import('../memory-text.ts')).memoryText(plan, workers, null)));
    const warnings = [...planWarnings(plan), ...(workers === null ? defaultProblems(plan) : [])];
    for (const warning of warnings) terminal.out.write(consoleText(`  warning: ${warning}\n`, limits));
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
