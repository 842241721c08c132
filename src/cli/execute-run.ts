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
  withoutSecrets,
  writeResultFile,
} from '../coordinator/index.ts';
import { summaryJson, summaryText } from '../report/index.ts';
import { type RunPlan, secretsOf } from '../scenario/index.ts';
import { EXIT, UserError } from '../std/index.ts';
import { consoleText } from './console-text.ts';
import { describeFailure } from './failure.ts';
import type { RunConsole } from './run-console.ts';
import { createRunConsole } from './run-console.ts';
import type { RunSettings } from './run-settings.ts';
import type { Terminal } from './terminal.ts';
import { limitsOf, wantsColor } from './terminal.ts';

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
  const startedAt = new Date();
  const folder = openResultFolder({ out: settings.out, root: RESULTS_ROOT, name: plan.name, runId, startedAt });
  const console = createRunConsole(plan, settings, terminal);
  const stop = createStopSwitch();
  const stopListening = listenForSignals(terminal, stop, console);
  try {
    writeResultFile(folder, 'scenario.yaml', storedScenario(execution.scenarioText, secretsOf(plan.identities)));
    console.notice(`regstorm ${toolVersion()}  ${plan.name}  run ${runId}  seed ${seed}`);
    if (settings.verbose) console.notice((await import('./memory-text.ts')).memoryText(plan, settings.workers, runId));
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
    return report(execution, folder, outcome);
  } catch (error) {
    console.finish();
    abandonFolder(folder);
    throw error;
  } finally {
    stopListening();
  }
};

/** npm hands a terminal's Ctrl-C on to its child, which has heard it from the terminal already: one press, two signals. */
const ECHO_MS = 100;

const listenForSignals = (terminal: Terminal, stop: StopSwitch, console: RunConsole): (() => void) => {
  let heardAt = Number.NEGATIVE_INFINITY;
  return terminal.onSignal((signal) => {
    const now = performance.now();
    if (now - heardAt < ECHO_MS) return;
    heardAt = now;
    stop.press(signal);
    console.notice(
      stop.level() === 1
        ? `${signal}: no new starts; flows under way may end, once more ends at once`
        : `${signal} again: ending at once`,
    );
  });
};

/** The files first: whoever reads the summary on standard output finds them in place. Returns the exit code. */
const report = (execution: Execution, folder: ResultFolder, outcome: RunOutcome): number => {
  const { plan, settings, terminal } = execution;
  const { result, problem } = outcome;
  const secrets = secretsOf(plan.identities);
  const json = withoutSecrets(summaryJson(result), secrets);
  const plain = withoutSecrets(summaryText(result, { colour: false, folder: folder.path }), secrets);
  const unwritten = store(folder, json, plain);
  const warning = unwritten === null ? pointLatestAt(folder) : null;
  if (warning !== null) terminal.err.write(`warning: ${warning}\n`);
  if (problem !== null) terminal.err.write(describeFailure(problem, settings.verbose).text);
  const colour = wantsColor(settings.color, terminal.out, terminal.environment);
  const limits = limitsOf(terminal.out, terminal.environment);
  const shown = (): string =>
    consoleText(summaryText(result, { colour, folder: folder.path, columns: limits.columns }), limits);
  terminal.out.write(settings.format === 'json' ? json : shown());
  if (unwritten === null) return result.exitCode;
  terminal.err.write(describeFailure(unwritten, settings.verbose).text);
  return result.exitCode === EXIT.SIGINT || result.exitCode === EXIT.SIGTERM ? result.exitCode : unwritten.exitCode;
};

/** A disk that has become full takes the files, or one of them, not the summary: it is still printed. */
const store = (folder: ResultFolder, json: string, text: string): UserError | null => {
  const tried = [storeFile(folder, 'summary.json', json), storeFile(folder, 'summary.txt', text)];
  return tried.find((error) => error !== null) ?? null;
};

const storeFile = (folder: ResultFolder, file: 'summary.json' | 'summary.txt', text: string): UserError | null => {
  try {
    writeResultFile(folder, file, text);
    return null;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
};
