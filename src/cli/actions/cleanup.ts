// `regstorm cleanup FILE`: take away what an earlier run left at the registrar. Every identity of the scenario removes all of
// its bindings, at the scenario's rate. Stores no result: it measures nothing.

import type { RunOutcome } from '../../coordinator/index.ts';
import {
  cleanupPlan,
  createStopSwitch,
  DEFAULT_WORKER,
  loadPlan,
  randomRunId,
  randomSeed,
  readScenario,
  runPlan,
} from '../../coordinator/index.ts';
import type { RunPlan } from '../../scenario/index.ts';
import type { Given } from '../command.ts';
import { usage } from '../command.ts';
import { describeFailure } from '../failure.ts';
import { planChanges } from '../overrides.ts';
import { createRunConsole } from '../run-console.ts';
import { readRunSettings } from '../run-settings.ts';
import type { Terminal } from '../terminal.ts';

export const cleanupCommand = async (given: Given, terminal: Terminal): Promise<number> => {
  const settings = readRunSettings(given);
  const source = readScenario(given.positionals[0]!, terminal);
  const plan = cleanupPlan(loadPlan(source, planChanges(given, terminal)));
  if (plan.target.kind === 'embedded') {
    throw usage('the embedded registrar ends with its run: there is nothing to clean up', 'name one with --target URI');
  }
  const console = createRunConsole(plan, settings, terminal);
  const stop = createStopSwitch();
  const stopListening = terminal.onSignal((signal) => stop.press(signal));
  try {
    const outcome = await runPlan(plan, {
      ...settings,
      // Nothing is measured here: a generator that fell behind its schedule has cleaned up all the same.
      onInvalid: 'warn',
      // Every identity of a large scenario would wait for its Timer F.
      endsInSilence: true,
      runId: randomRunId(),
      seed: randomSeed(),
      commandLine: ['regstorm', ...given.argv],
      worker: DEFAULT_WORKER,
      stop,
      observer: console,
    });
    console.finish();
    return tell(plan, outcome, settings.verbose, terminal);
  } finally {
    console.finish();
    stopListening();
  }
};

const tell = (plan: RunPlan, { result, problem }: RunOutcome, verbose: boolean, terminal: Terminal): number => {
  if (problem !== null) terminal.err.write(describeFailure(problem, verbose).text);
  const wildcard = result.totals.wildcard;
  const succeeded = wildcard?.succeeded ?? 0;
  terminal.out.write(
    `cleaned up ${succeeded} of ${plan.identities.count} identities at ${result.environment.target}\n`,
  );
  for (const [cause, count] of Object.entries(wildcard?.failures ?? {})) terminal.out.write(`  ${cause}: ${count}\n`);
  return result.exitCode;
};
