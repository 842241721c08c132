// `regstorm doctor [FILE]`: is there everything here that a run will need, and if not, which command mends it? Sends nothing
// to the target.

import { DEFAULT_WORKER, gatherReadiness, loadPlan, readScenario, toolVersion } from '../../coordinator/index.ts';
import { judgeReadiness } from '../../gate/index.ts';
import { readinessJson, readinessText } from '../../report/index.ts';
import type { CommandSpec, Given } from '../command.ts';
import { collectOverrides } from '../overrides.ts';
import {
  CONSOLE_OPTIONS,
  OUTPUT_OPTIONS,
  RUN_OPTIONS,
  readRunSettings,
  SCENARIO_OPTIONS,
  TARGET_OPTIONS,
} from '../run-settings.ts';
import { type Terminal, wantsColor } from '../terminal.ts';

/** What is checked for without a FILE: a load that any machine should carry. Flags and --set change it as they do a file. */
const MODEST = `version: 1
name: modest-load
target: embedded
identities: { count: 10000, user: "u{index:8}", domain: test.example, password: secret }
load: { model: constant-rate, rate: 1000/s, duration: 60s }
flow: [register, refresh, unregister]
`;

export const DOCTOR_COMMAND: CommandSpec = {
  name: 'doctor',
  positional: {
    name: 'file',
    many: false,
    optional: true,
    describe: 'scenario file, - for standard input (default: a modest load)',
  },
  describe: 'Check what a run will need on this machine, and say which command mends what is missing.',
  options: {
    ...SCENARIO_OPTIONS,
    'allow-public': TARGET_OPTIONS['allow-public'],
    workers: RUN_OPTIONS.workers,
    format: { ...OUTPUT_OPTIONS.format, describe: 'text or json: the checks on standard output' },
    color: CONSOLE_OPTIONS.color,
    verbose: CONSOLE_OPTIONS.verbose,
  },
  examples: [
    ['doctor', 'before anything else'],
    ['doctor gate.yaml --rate 50000/s', 'for a scenario, at another rate'],
  ],
  run: (given, terminal) => doctorCommand(given, terminal),
};

const doctorCommand = async (given: Given, terminal: Terminal): Promise<number> => {
  const { workers, allowPublic, format, color } = readRunSettings(given);
  const [file] = given.positionals;
  const source = file === undefined ? { file: 'doctor', text: MODEST } : readScenario(file, terminal.readInput);
  const plan = loadPlan(source, { overrides: collectOverrides(given), environment: terminal.environment });
  const facts = await gatherReadiness(plan, { workers, allowPublic, worker: DEFAULT_WORKER });
  const readiness = judgeReadiness(facts);
  const tool = { name: 'regstorm', version: toolVersion() };
  const report = { tool, scenario: { name: plan.name, hash: plan.hash }, facts, readiness };
  const text = (): string => readinessText(report, wantsColor(color, terminal.out, terminal.environment));
  terminal.out.write(format === 'json' ? readinessJson(report) : text());
  return readiness.exitCode;
};
