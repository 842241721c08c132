// `regstorm run FILE`: run a scenario, judge it, store the result.

import { loadPlan, readScenario } from '../../coordinator/index.ts';
import { planWarnings } from '../../scenario/index.ts';
import type { CommandSpec, Given } from '../command.ts';
import { showDryRun } from '../dry-run.ts';
import { executeRun } from '../execute-run.ts';
import { collectOverrides } from '../overrides.ts';
import {
  CONSOLE_OPTIONS,
  INVALID_OPTION,
  OUTPUT_OPTIONS,
  RUN_OPTIONS,
  readRunSettings,
  SCENARIO_OPTIONS,
  TARGET_OPTIONS,
} from '../run-settings.ts';
import type { Terminal } from '../terminal.ts';

export const RUN_COMMAND: CommandSpec = {
  name: 'run',
  positional: { name: 'file', many: false, describe: 'scenario file, - for standard input' },
  describe: 'Run a scenario, judge it by its thresholds and store the result.',
  options: {
    ...SCENARIO_OPTIONS,
    threshold: {
      group: 'Result',
      type: 'list',
      value: 'EXPR',
      describe: 'one more gate, e.g. "register.latency: p99 < 50ms"',
    },
    'no-thresholds': { group: 'Result', type: 'flag', describe: "leave out the file's thresholds" },
    ...TARGET_OPTIONS,
    ...RUN_OPTIONS,
    'dry-run': { group: 'Run', type: 'flag', describe: 'send nothing: show the messages of the first user' },
    ...OUTPUT_OPTIONS,
    ...INVALID_OPTION,
    ...CONSOLE_OPTIONS,
  },
  examples: [
    ['run scenarios/quickstart.yaml', 'against the embedded registrar'],
    ['run gate.yaml --target sip:10.0.0.1 -r 200/s', 'another target and rate'],
    ['run gate.yaml --dry-run', 'what would be said, against the embedded registrar'],
    ['run gate.yaml --format json > summary.json', 'for a script'],
  ],
  run: (given, terminal) => runCommand(given, terminal),
};

const runCommand = async (given: Given, terminal: Terminal): Promise<number> => {
  const settings = readRunSettings(given);
  const source = readScenario(given.positionals[0]!, terminal.readInput);
  const plan = loadPlan(source, { overrides: collectOverrides(given), environment: terminal.environment });
  for (const warning of planWarnings(plan)) terminal.err.write(`warning: ${warning}\n`);
  if (given.flag('dry-run')) return showDryRun(given, plan, settings, terminal);
  return executeRun({ plan, scenarioText: source.text, settings, argv: given.argv, terminal });
};
