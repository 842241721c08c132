// `regstorm inspect FILE`, as the help and the parser see it. What it does is in actions/inspect.ts.

import type { CommandSpec } from '../command.ts';
import { OUTPUT_OPTIONS, RUN_OPTIONS, SCENARIO_OPTIONS, TARGET_OPTIONS } from '../options.ts';

export const INSPECT_COMMAND: CommandSpec = {
  name: 'inspect',
  positional: { name: 'file', many: false, describe: 'scenario file, - for standard input' },
  describe:
    'Show what a run would be: every value and where it comes from, the target, the first users. Sends no load.',
  options: {
    ...SCENARIO_OPTIONS,
    dns: TARGET_OPTIONS.dns,
    'no-dns': { group: 'Target', type: 'flag', describe: 'ask no name server for the target' },
    workers: RUN_OPTIONS.workers,
    format: { ...OUTPUT_OPTIONS.format, choices: ['yaml', 'json'], describe: 'yaml (default) or json' },
  },
  examples: [
    ['inspect gate.yaml', 'what is in it, defaults included'],
    ['inspect gate.yaml --rate 200/s --no-dns --format json', 'with another rate, for a program, asking nobody'],
  ],
  run: async (given, terminal) => (await import('../actions/inspect.ts')).inspectCommand(given, terminal),
};
