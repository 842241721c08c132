// `regstorm validate FILE…`, as the help and the parser see it. What it does is in actions/validate.ts.

import type { CommandSpec } from '../command.ts';
import { SCENARIO_OPTIONS } from '../options.ts';

export const VALIDATE_COMMAND: CommandSpec = {
  name: 'validate',
  positional: { name: 'file', many: true, describe: 'scenario files, - for standard input' },
  describe: 'Check scenarios: what they would do, or everything that is wrong with them.',
  options: {
    set: SCENARIO_OPTIONS.set,
    verbose: { group: 'Console', type: 'flag', alias: 'v', describe: 'say too how much memory the tables take' },
  },
  examples: [['validate scenarios/*.yaml', 'check several']],
  run: async (given, terminal) => (await import('../actions/validate.ts')).validateCommand(given, terminal),
};
