// The credentials of a client's users. libeXosip2 looks for a user and realm, and when it finds none takes the first secret of anybody
// with that realm; so a missing account silently uses somebody else's password. Here a user has only his own: a challenge to a user
// without credentials ends his attempt with `no-credentials`.

import { UserError } from '../std/index.ts';

export interface CredentialsOptions {
  /** The user part of the From address whose credentials these are; it stands in the Authorization header too. */
  readonly username: string;
  readonly password: string;
}

export interface CredentialStore {
  /** Raised by every change. */
  readonly version: () => number;
  /** Replaces what the user had. */
  readonly add: (options: CredentialsOptions) => void;
  /** Returns how many there were. */
  readonly remove: (username: string) => number;
  readonly clear: () => void;
  readonly of: (username: string) => readonly CredentialsOptions[];
}

export const createCredentialStore = (): CredentialStore => {
  let entries: readonly CredentialsOptions[] = [];
  let version = 0;
  const set = (next: readonly CredentialsOptions[]): void => {
    entries = next;
    version++;
  };
  return {
    version: () => version,
    add: (options) => {
      checkCredentials(options);
      set([...entries.filter(({ username }) => username !== options.username), options]);
    },
    remove: (username) => {
      const kept = entries.filter((each) => each.username !== username);
      const removed = entries.length - kept.length;
      if (removed > 0) set(kept);
      return removed;
    },
    clear: () => set([]),
    of: (username) => entries.filter((each) => each.username === username),
  };
};

const checkCredentials = ({ username, password }: CredentialsOptions): void => {
  if (username === '') throw wrong('username is empty');
  if (password === '')
    throw wrong('password is empty; leave the credentials out for a registrar that does not challenge');
  if (/[\0\r\n]/.test(password)) throw wrong('the password has a line break in it');
};

const wrong = (message: string): UserError => new UserError('USAGE', { message: `credentials: ${message}` });
