// A password in a file that a scenario or a registrar file names. Reading a file is an effect, so the caller of the loader hands
// in a function for it.

import { UserError } from '../std/index.ts';
import type { Tell } from './build-flow.ts';
import { parsePassword } from './template.ts';

export interface SecretSource {
  /** Gives the text of a password file; may throw a UserError, which is told with its place. */
  readonly readSecret?: (path: string) => string;
}

/** The first line of a password file; null where it cannot be had, which is told at `at`. */
export const readPassword = (source: SecretSource, file: string, at: string, tell: Tell): string | null => {
  if (source.readSecret === undefined) {
    tell(at, 'a password file cannot be read here; give the password itself');
    return null;
  }
  try {
    const secret = parsePassword(source.readSecret(file).split(/\r?\n/, 1)[0] ?? '');
    if (secret.ok) return secret.value;
    tell(at, `${file}: ${secret.message}`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (const problem of error.problems) tell(at, problem.message);
  }
  return null;
};
