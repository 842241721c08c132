// `regstorm run FILE`: run a scenario, judge it, store the result.

import { loadPlan, readScenario } from '../../coordinator/index.ts';
import { planWarnings } from '../../scenario/index.ts';
import type { Given } from '../command.ts';
import { executeRun } from '../execute-run.ts';
import { planChanges } from '../overrides.ts';
import { readRunSettings } from '../run-settings.ts';
import type { Terminal } from '../terminal.ts';

export const runCommand = async (given: Given, terminal: Terminal): Promise<number> => {
  const settings = readRunSettings(given);
  const source = readScenario(given.positionals[0]!, terminal);
  const plan = loadPlan(source, planChanges(given, terminal));
  for (const warning of planWarnings(plan)) terminal.err.write(`warning: ${warning}\n`);
  if (given.flag('dry-run')) return (await import('../dry-run.ts')).showDryRun(given, plan, settings, terminal);
  return executeRun({ plan, scenarioText: source.text, settings, argv: given.argv, terminal });
};
