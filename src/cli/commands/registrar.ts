// `regstorm registrar`, as the help and the parser see it. What it does is in actions/registrar.ts.

import type { CommandSpec } from '../command.ts';
import { PASSWORD_OPTIONS } from '../password-option.ts';
import { DOMAIN_DEFAULT, LISTEN_DEFAULT, USERS_DEFAULT } from '../registrar-defaults.ts';

export const REGISTRAR_COMMAND: CommandSpec = {
  name: 'registrar',
  positional: {
    name: 'file',
    many: false,
    optional: true,
    describe: 'what it does and does wrong, as docs/registrar.md tells; flags win over it',
  },
  describe: 'Run the embedded registrar alone until it is interrupted.',
  options: {
    listen: {
      group: 'Registrar',
      type: 'text',
      value: 'ADDR:PORT',
      describe: `where to listen (default ${LISTEN_DEFAULT})`,
    },
    users: {
      group: 'Registrar',
      type: 'text',
      value: 'N',
      describe: `room for so many users (default ${USERS_DEFAULT})`,
    },
    domain: {
      group: 'Registrar',
      type: 'text',
      value: 'NAME',
      describe: `the domain it serves, and its realm (default ${DOMAIN_DEFAULT})`,
    },
    ...PASSWORD_OPTIONS,
    'min-expires': {
      group: 'Registrar',
      type: 'text',
      value: 'SECONDS',
      describe: 'refuse shorter intervals with 423 (default 1)',
    },
    'max-expires': {
      group: 'Registrar',
      type: 'text',
      value: 'SECONDS',
      describe: 'grant at most this (default a week)',
    },
    'default-expires': {
      group: 'Registrar',
      type: 'text',
      value: 'SECONDS',
      describe: 'granted when none is asked for (default 3600, or the least that is granted)',
    },
  },
  examples: [
    ['registrar --listen 127.0.0.1:5070 --password secret', 'with digest authentication'],
    ['registrar scenarios/registrars/overload.yaml', 'as a file says: slow, forgetful, or wrong'],
  ],
  run: async (given, terminal) => (await import('../actions/registrar.ts')).registrarCommand(given, terminal),
};
