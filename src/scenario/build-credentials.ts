// From the credential keys of a scenario to the plan's credentials. A password alone stays what it always was, the password of every
// user in any realm; everything that says more becomes a list by realm. RFC 7616 §3.4.2: H(A1) is made of user name, realm and
// password, so `ha1` needs its realm and can't serve many user names.

import type { Has, UnsureScenario } from './check-scenario.ts';
import type { WrittenCredential } from './credential-schema.ts';
import type { Tell } from './parsed.ts';
import type { HashName, PlanCredential, PlanSecret, TextTemplate } from './plan.ts';
import { hasIndex, passwordTemplate } from './template.ts';

export interface BuiltCredentials {
  readonly password: string | null;
  readonly credentials: readonly PlanCredential[];
}

/** Gives the password in a file; tells what is wrong with it and gives null where there is none. */
export type ReadPassword = (file: string, path: string) => string | null;

const SECRET_KEYS = ['password', 'passwordFile', 'ha1'] as const;
const ALONE_KEYS = ['realm', 'authUser', 'algorithm', ...SECRET_KEYS] as const;
/** More than a context keeps challenges for would never be used up. */
const MAX_CREDENTIALS = 64;
const NONE: BuiltCredentials = { password: null, credentials: [] };
const MD5_DIGITS = 32;

export const isEmbedded = ({ target }: UnsureScenario): boolean => {
  if (target === undefined || 'kind' in target) return target?.kind === 'embedded';
  return target.embedded !== undefined || target.uri?.kind === 'embedded';
};

export const buildCredentials = (
  scenario: UnsureScenario,
  has: Has,
  tell: Tell,
  readPassword: ReadPassword,
): BuiltCredentials => {
  const { identities } = scenario;
  if (identities === undefined) return NONE;
  checkKeys(has, tell);
  const built = has('identities.credentials')
    ? { password: null, credentials: buildList(scenario, has, tell, readPassword) }
    : buildAlone(scenario, has, tell, readPassword);
  if (built.credentials.length > 0 && isEmbedded(scenario)) {
    const path = has('identities.credentials') ? 'identities.credentials' : 'identities';
    tell(
      path,
      'the embedded registrar knows one password, and users by their own name: give it a password without {index}',
    );
  }
  return built;
};

const checkKeys = (has: Has, tell: Tell): void => {
  if (!has('identities.credentials')) return;
  for (const key of ALONE_KEYS) {
    if (has(`identities.${key}`)) {
      tell(`identities.${key}`, `${key} and credentials exclude each other; write it into an item of credentials`);
    }
  }
};

const buildList = (
  scenario: UnsureScenario,
  has: Has,
  tell: Tell,
  readPassword: ReadPassword,
): readonly PlanCredential[] => {
  const items = (scenario.identities?.credentials ?? []) as readonly (WrittenCredential | undefined)[];
  if (items.length > MAX_CREDENTIALS) {
    tell('identities.credentials', `${items.length} credentials; at most ${MAX_CREDENTIALS} are possible`);
    return [];
  }
  const seen = new Set<string | undefined>();
  return items.flatMap((item, index) => {
    const path = `identities.credentials.${index}`;
    if (item === undefined) return [];
    if (seen.has(item.realm)) {
      const which = item.realm === undefined ? 'two credentials without a realm' : 'two credentials for one realm';
      tell(item.realm === undefined ? path : `${path}.realm`, `${which}; the second would never be used`);
    }
    seen.add(item.realm);
    return buildOne(scenario, item, path, { has, tell, readPassword }) ?? [];
  });
};

const buildAlone = (scenario: UnsureScenario, has: Has, tell: Tell, readPassword: ReadPassword): BuiltCredentials => {
  const { identities } = scenario;
  const written = (identities ?? {}) as WrittenCredential;
  const given = ALONE_KEYS.find((key) => has(`identities.${key}`));
  if (given === undefined) return NONE;
  const credential = buildOne(scenario, written, 'identities', { has, tell, readPassword });
  if (credential === null) return NONE;
  const { realm, authUser, secret } = credential;
  if (realm !== null || authUser !== null || secret.kind !== 'password' || hasIndex(secret.text)) {
    return { password: null, credentials: [credential] };
  }
  return { password: secret.text.map((part) => (part.kind === 'text' ? part.text : '')).join(''), credentials: [] };
};

interface Reading {
  readonly has: Has;
  readonly tell: Tell;
  readonly readPassword: ReadPassword;
}

/** Null: something is missing or wrong, and told. */
const buildOne = (
  scenario: UnsureScenario,
  written: WrittenCredential,
  path: string,
  reading: Reading,
): PlanCredential | null => {
  const { has, tell } = reading;
  const given = SECRET_KEYS.filter((key) => has(`${path}.${key}`));
  if (given.length === 0) {
    tell(path, 'nothing to answer a challenge with; add password, passwordFile or ha1');
    return null;
  }
  if (given.length > 1) {
    tell(`${path}.${given[1]}`, `${given[0]} and ${given[1]} exclude each other; keep one`);
    // What is wrong with the file itself is told in the same go.
    if (written.passwordFile !== undefined) reading.readPassword(written.passwordFile, `${path}.passwordFile`);
    return null;
  }
  if (has(`${path}.algorithm`) && given[0] !== 'ha1') {
    tell(`${path}.algorithm`, 'algorithm says what ha1 was made with; a password answers every algorithm');
  }
  const secret = given[0] === 'ha1' ? buildHa1(scenario, written, path, reading) : readSecret(written, path, reading);
  return secret === null ? null : { realm: written.realm ?? null, authUser: written.authUser ?? null, secret };
};

/** What stands in a file is taken as it is. */
const readSecret = (written: WrittenCredential, path: string, { readPassword }: Reading): PlanSecret | null => {
  const { password, passwordFile } = written;
  if (password !== undefined) return { kind: 'password', text: passwordTemplate(password) };
  const text = passwordFile === undefined ? null : readPassword(passwordFile, `${path}.passwordFile`);
  return text === null ? null : { kind: 'password', text: [{ kind: 'text', text }] };
};

const buildHa1 = (
  scenario: UnsureScenario,
  written: WrittenCredential,
  path: string,
  { has, tell }: Reading,
): PlanSecret | null => {
  const { ha1, algorithm, authUser } = written;
  if (!has(`${path}.realm`)) tell(`${path}.ha1`, 'ha1 is made with a realm and answers no other; add realm');
  const { count, user } = scenario.identities ?? {};
  const name: TextTemplate | undefined = authUser ?? user;
  if (count !== undefined && count > 1 && name !== undefined && hasIndex(name)) {
    tell(`${path}.ha1`, `ha1 fits one user name, and the ${count} contexts have one each; give a password instead`);
  }
  if (ha1 === undefined) return null;
  const fits: readonly HashName[] = ha1.length === MD5_DIGITS ? ['MD5'] : ['SHA-256', 'SHA-512-256'];
  if (algorithm !== undefined && !fits.includes(algorithm)) {
    tell(`${path}.algorithm`, `ha1 has ${ha1.length} digits, which is ${fits.join(' or ')}`);
    return null;
  }
  return { kind: 'ha1', digits: ha1, algorithm: algorithm ?? fits[0]! };
};
