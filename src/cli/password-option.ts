// The password of `quick` and `registrar`: --password, or better --password-env, which other users of the machine cannot see
// in the list of processes.

import type { Given } from './command.ts';
import { usage } from './command.ts';
import type { Terminal } from './terminal.ts';

export const PASSWORD_OPTIONS = {
  'password-env': {
    group: 'Credentials',
    type: 'text',
    value: 'VAR',
    describe: 'the password, from an environment variable',
  },
  password: {
    group: 'Credentials',
    type: 'text',
    value: 'TEXT',
    describe: 'the password (visible in the list of processes)',
  },
} as const;

/** Null when none is given. Throws USAGE. */
export const readPassword = (given: Given, environment: Terminal['environment']): string | null => {
  const password = given.text('password');
  const variable = given.text('password-env');
  if (variable === undefined) return password ?? null;
  if (password !== undefined) throw usage('--password and --password-env exclude each other');
  const value = environment[variable];
  if (value === undefined || value === '') throw usage(`--password-env: the variable ${variable} is not set`);
  return value;
};
