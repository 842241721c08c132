// `regstorm doctor [FILE]`: is there everything here that a run will need, and if not, which command mends it?

import type { CommandSpec } from '../command.ts';
import { CONSOLE_OPTIONS, OUTPUT_OPTIONS, RUN_OPTIONS, SCENARIO_OPTIONS, TARGET_OPTIONS } from '../options.ts';

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
    dns: TARGET_OPTIONS.dns,
    workers: RUN_OPTIONS.workers,
    format: { ...OUTPUT_OPTIONS.format, describe: 'text or json: the checks on standard output' },
    color: CONSOLE_OPTIONS.color,
    verbose: CONSOLE_OPTIONS.verbose,
  },
  examples: [
    ['doctor', 'before anything else'],
    ['doctor gate.yaml --rate 50000/s', 'for a scenario, at another rate'],
  ],
  run: async (given, terminal) => (await import('../actions/doctor.ts')).doctorCommand(given, terminal),
};
