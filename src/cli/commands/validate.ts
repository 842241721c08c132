// `regstorm validate FILE…`, as the help and the parser see it. What it does is in actions/validate.ts.

import type { CommandSpec } from '../command.ts';
import { RUN_OPTIONS, SCENARIO_OPTIONS } from '../options.ts';

export const VALIDATE_COMMAND: CommandSpec = {
  name: 'validate',
  positional: { name: 'file', many: true, describe: 'scenario files, - for standard input' },
  describe: 'Check scenarios: what they would do, or everything that is wrong with them.',
  options: {
    set: SCENARIO_OPTIONS.set,
    workers: RUN_OPTIONS.workers,
    verbose: { group: 'Console', type: 'flag', alias: 'v', describe: 'say too how much memory the tables take' },
  },
  examples: [
    ['validate scenarios/*.yaml', 'check several'],
    ['validate many-sockets.yaml --workers 4', 'and whether its sockets do for 4 workers'],
  ],
  run: async (given, terminal) => (await import('../actions/validate.ts')).validateCommand(given, terminal),
};
