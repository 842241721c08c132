// `regstorm quick URI`, as the help and the parser see it. What it does is in actions/quick.ts.

import type { CommandSpec } from '../command.ts';
import {
  CONSOLE_OPTIONS,
  INVALID_OPTION,
  OUTPUT_OPTIONS,
  RUN_OPTIONS,
  SCENARIO_OPTIONS,
  TARGET_OPTIONS,
} from '../options.ts';
import { PASSWORD_OPTIONS } from '../password-option.ts';

export const QUICK_COMMAND: CommandSpec = {
  name: 'quick',
  positional: { name: 'uri', many: false, describe: 'the registrar, e.g. sip:10.0.0.1:5060 or sip:alice@host' },
  describe: 'Try a registrar without a scenario file: one user message by message, or a small load.',
  options: {
    users: { group: 'Scenario', type: 'text', value: 'N', describe: 'so many users (a load instead of a single user)' },
    rate: SCENARIO_OPTIONS.rate,
    duration: SCENARIO_OPTIONS.duration,
    domain: { group: 'Scenario', type: 'text', value: 'NAME', describe: "the users' domain (default: the URI's host)" },
    ...PASSWORD_OPTIONS,
    ...TARGET_OPTIONS,
    ...RUN_OPTIONS,
    ...OUTPUT_OPTIONS,
    ...INVALID_OPTION,
    ...CONSOLE_OPTIONS,
  },
  examples: [
    ['quick sip:10.0.0.1 --domain example.org', 'does it register at all?'],
    ['quick sip:10.0.0.1 --users 1000 --rate 100/s --password-env SIP_PASSWORD', 'a small load'],
  ],
  run: async (given, terminal) => (await import('../actions/quick.ts')).quickCommand(given, terminal),
};
