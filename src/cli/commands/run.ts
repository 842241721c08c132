// `regstorm run FILE`, as the help and the parser see it. What it does is in actions/run.ts.

import type { CommandSpec } from '../command.ts';
import {
  CONSOLE_OPTIONS,
  INVALID_OPTION,
  OUTPUT_OPTIONS,
  RUN_OPTIONS,
  SCENARIO_OPTIONS,
  TARGET_OPTIONS,
} from '../options.ts';

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
  run: async (given, terminal) => (await import('../actions/run.ts')).runCommand(given, terminal),
};
