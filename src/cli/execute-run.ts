// A run from the command line, the same for `run` and `quick`: result folder, run, files, summary, exit code. The folder is
// opened first and the scenario stored in it, so that a run that is killed leaves a trace of what it was.

import type { ResultFolder, RunOutcome, StopSwitch } from '../coordinator/index.ts';
import {
  abandonFolder,
  createStopSwitch,
  DEFAULT_WORKER,
  openResultFolder,
  pointLatestAt,
  RESULTS_ROOT,
  randomRunId,
  randomSeed,
  runPlan,
  storedScenario,
  toolVersion,
  withoutSecret,
  writeResultFile,
} from '../coordinator/index.ts';
import { summaryJson, summaryText } from '../report/index.ts';
import type { RunPlan } from '../scenario/index.ts';
import { describeFailure } from './failure.ts';
import type { RunConsole } from './run-console.ts';
import { createRunConsole } from './run-console.ts';
import type { RunSettings } from './run-settings.ts';
import type { Terminal } from './terminal.ts';
import { wantsColor } from './terminal.ts';

export interface Execution {
  readonly plan: RunPlan;
  /** The scenario as it was written; stored without its secrets. */
  readonly scenarioText: string;
  readonly settings: RunSettings;
  /** Everything after the program's name. */
  readonly argv: readonly string[];
  readonly terminal: Terminal;
}

/** Resolves to the exit code. Throws what is found before the first packet. */
export const executeRun = async (execution: Execution): Promise<number> => {
  const { plan, settings, terminal } = execution;
  const runId = settings.runId ?? randomRunId();
  const seed = settings.seed ?? plan.seed ?? randomSeed();
  const folder = openResultFolder({
    out: settings.out,
    root: RESULTS_ROOT,
    name: plan.name,
    runId,
    startedAt: new Date(),
  });
  const console = createRunConsole(plan, settings, terminal);
  const stop = createStopSwitch();
  const stopListening = listenForSignals(terminal, stop, console);
  try {
    writeResultFile(folder, 'scenario.yaml', storedScenario(execution.scenarioText, plan.identities.password));
    console.notice(`regstorm ${toolVersion()}  ${plan.name}  run ${runId}  seed ${seed}`);
    const outcome = await runPlan(plan, {
      ...settings,
      runId,
      seed,
      commandLine: ['regstorm', ...execution.argv],
      worker: DEFAULT_WORKER,
      stop,
      observer: console,
    });
    console.finish();
    report(execution, folder, outcome, console);
    return outcome.result.exitCode;
  } catch (error) {
    console.finish();
    abandonFolder(folder);
    throw error;
  } finally {
    stopListening();
  }
};

const listenForSignals = (terminal: Terminal, stop: StopSwitch, console: RunConsole): (() => void) =>
  terminal.onSignal((signal) => {
    stop.press(signal);
    console.notice(
      stop.level() === 1
        ? `${signal}: no new starts; flows under way may end, once more ends at once`
        : `${signal} again: ending at once`,
    );
  });

/** The files first: whoever reads the summary on standard output finds them in place. */
const report = (execution: Execution, folder: ResultFolder, outcome: RunOutcome, console: RunConsole): void => {
  const { plan, settings, terminal } = execution;
  const { result, problem } = outcome;
  const secret = plan.identities.password;
  const json = withoutSecret(summaryJson(result), secret);
  writeResultFile(folder, 'summary.json', json);
  writeResultFile(
    folder,
    'summary.txt',
    withoutSecret(summaryText(result, { colour: false, folder: folder.path }), secret),
  );
  const warning = pointLatestAt(folder);
  if (warning !== null) console.warning(warning);
  if (problem !== null) terminal.err.write(describeFailure(problem, settings.verbose).text);
  const color = wantsColor(settings.color, terminal.out, terminal.environment);
  terminal.out.write(settings.format === 'json' ? json : summaryText(result, { colour: color, folder: folder.path }));
};
