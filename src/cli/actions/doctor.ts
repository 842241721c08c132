// What `regstorm doctor` does: gather, judge, print. Sends nothing to the target.

import { DEFAULT_WORKER, gatherReadiness, loadPlan, readScenario, toolVersion } from '../../coordinator/index.ts';
import { judgeReadiness } from '../../gate/index.ts';
import { readinessJson, readinessText } from '../../report/index.ts';
import type { Given } from '../command.ts';
import { consoleText } from '../console-text.ts';
import { planChanges } from '../overrides.ts';
import { readRunSettings } from '../run-settings.ts';
import { limitsOf, type Terminal, wantsColor } from '../terminal.ts';

/** What is checked for without a FILE: a load that any machine should carry. Flags and --set change it as they do a file. */
const MODEST = `version: 1
name: modest-load
target: embedded
identities: { count: 10000, user: "u{index:8}", domain: test.example, password: secret }
load: { model: constant-rate, rate: 1000/s, duration: 60s }
flow: [register, refresh, unregister]
`;

/** Resolves to the exit code. */
export const doctorCommand = async (given: Given, terminal: Terminal): Promise<number> => {
  const { workers, allowPublic, dns, format, color } = readRunSettings(given);
  const [file] = given.positionals;
  const source = file === undefined ? { file: 'doctor', text: MODEST } : readScenario(file, terminal);
  const plan = loadPlan(source, planChanges(given, terminal));
  const facts = await gatherReadiness(plan, { workers, allowPublic, dns, worker: DEFAULT_WORKER });
  const readiness = judgeReadiness(facts);
  const tool = { name: 'regstorm', version: toolVersion() };
  const report = { tool, scenario: { name: plan.name, hash: plan.hash }, facts, readiness };
  const text = (): string => readinessText(report, wantsColor(color, terminal.out, terminal.environment));
  // Its lines are not broken: there are commands among them, to be copied.
  const limits = { ...limitsOf(terminal.out, terminal.environment), columns: null };
  terminal.out.write(format === 'json' ? readinessJson(report) : consoleText(text(), limits));
  return readiness.exitCode;
};
