// The credentials of a client's users. libeXosip2 looks for a user and realm, and when it finds none takes the first secret of anybody
// with that realm; so a missing account silently uses somebody else's password. Here a user has only his own:
//
//   challenge from realm R for user U  ->  U's credentials for R  ->  U's credentials without a realm  ->  none: `no-credentials`
//
// The first step is taken here (by user), the second by the engine (by realm), as under load.

import type { HashName } from '../scenario/index.ts';
import { UserError } from '../std/index.ts';

export interface CredentialsOptions {
  /** The user part of the From address whose credentials these are. */
  readonly username: string;
  /** What stands in `username="…"` of the Authorization header; default: `username`. */
  readonly userid?: string;
  /** Either this or `ha1`. */
  readonly password?: string;
  /** H(A1) in hex, instead of the password: the hash of `userid:realm:password`. It fits one user, one realm and one algorithm. */
  readonly ha1?: string;
  /** What `ha1` was hashed with; default MD5. */
  readonly algorithm?: HashName;
  /** As in the challenge, without quotes; default: any realm that has no credentials of its own. */
  readonly realm?: string;
}

/** One entry, every default filled in. */
export interface StoredCredentials {
  readonly username: string;
  readonly userid: string;
  readonly password: string | null;
  readonly ha1: { readonly digits: string; readonly algorithm: HashName } | null;
  readonly realm: string | null;
}

export interface CredentialStore {
  /** Raised by every change. */
  readonly version: () => number;
  /** Replaces what the user had for this realm. */
  readonly add: (options: CredentialsOptions) => void;
  /** Without a realm: all of the user's. Returns how many there were. */
  readonly remove: (username: string, realm?: string) => number;
  readonly clear: () => void;
  readonly of: (username: string) => readonly StoredCredentials[];
}

const HA1_DIGITS = { MD5: 32, 'SHA-256': 64, 'SHA-512-256': 64 } as const satisfies Record<HashName, number>;

export const createCredentialStore = (): CredentialStore => {
  let entries: readonly StoredCredentials[] = [];
  let version = 0;
  const set = (next: readonly StoredCredentials[]): void => {
    entries = next;
    version++;
  };
  return {
    version: () => version,
    add: (options) => {
      const entry = readCredentials(options);
      set([...entries.filter((each) => each.username !== entry.username || each.realm !== entry.realm), entry]);
    },
    remove: (username, realm) => {
      const kept = entries.filter(
        (each) => each.username !== username || (realm !== undefined && each.realm !== realm),
      );
      const removed = entries.length - kept.length;
      if (removed > 0) set(kept);
      return removed;
    },
    clear: () => set([]),
    of: (username) => entries.filter((each) => each.username === username),
  };
};

const readCredentials = (options: CredentialsOptions): StoredCredentials => {
  const { username, userid = username, password, ha1, algorithm, realm } = options;
  if (username === '') throw wrong('username is empty');
  if ((password === undefined) === (ha1 === undefined)) throw wrong('give either password or ha1');
  if (password === '')
    throw wrong('password is empty; leave the credentials out for a registrar that does not challenge');
  if (ha1 === undefined && algorithm !== undefined)
    throw wrong('algorithm belongs to ha1; with a password every algorithm will do');
  const hash = ha1 === undefined ? null : readHa1(ha1, algorithm ?? 'MD5');
  if (hash !== null && realm === undefined) throw wrong('ha1 was made for one realm; name it');
  for (const text of [userid, realm ?? '', password ?? '']) {
    if (/[\0\r\n]/.test(text)) throw wrong('a value has a line break in it');
  }
  return { username, userid, password: password ?? null, ha1: hash, realm: realm ?? null };
};

const readHa1 = (digits: string, algorithm: HashName): StoredCredentials['ha1'] => {
  const length = HA1_DIGITS[algorithm];
  if (length === undefined) throw wrong(`algorithm is one of ${Object.keys(HA1_DIGITS).join(', ')}`);
  if (digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits))
    throw wrong(`ha1 is not ${length} hexadecimal digits, as ${algorithm} gives them`);
  return { digits: digits.toLowerCase(), algorithm };
};

const wrong = (message: string): UserError => new UserError('USAGE', { message: `credentials: ${message}` });
