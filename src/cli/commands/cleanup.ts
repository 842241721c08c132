// `regstorm cleanup FILE`, as the help and the parser see it. What it does is in actions/cleanup.ts.

import type { CommandSpec } from '../command.ts';
import { CONSOLE_OPTIONS, SCENARIO_OPTIONS, TARGET_OPTIONS } from '../options.ts';

export const CLEANUP_COMMAND: CommandSpec = {
  name: 'cleanup',
  positional: { name: 'file', many: false, describe: 'scenario file, - for standard input' },
  describe: 'Remove every binding of the identities of a scenario, also those that regstorm did not make.',
  options: {
    target: SCENARIO_OPTIONS.target,
    rate: SCENARIO_OPTIONS.rate,
    set: SCENARIO_OPTIONS.set,
    ...TARGET_OPTIONS,
    ...CONSOLE_OPTIONS,
  },
  examples: [['cleanup gate.yaml', 'after a run that was killed']],
  run: async (given, terminal) => (await import('../actions/cleanup.ts')).cleanupCommand(given, terminal),
};
