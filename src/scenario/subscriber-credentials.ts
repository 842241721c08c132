// Credentials of users who come from a file: what its columns authUser, password, ha1 and realm say of each, together with what
// `identities` says of all. Without such a column it is as if there were no file.

import { type BuiltCredentials, buildCredentials, isEmbedded, type ReadPassword } from './build-credentials.ts';
import type { Has, UnsureScenario } from './check-scenario.ts';
import type { Tell } from './parsed.ts';
import type { PlanSecret, PlanSubscribers, TextTemplate } from './plan.ts';

const SECRETS = ['password', 'passwordFile', 'ha1', 'credentials'] as const;
const MD5_DIGITS = 32;
const NONE: BuiltCredentials = { password: null, credentials: [] };

export interface CredentialFacts {
  readonly has: Has;
  readonly tell: Tell;
  readonly readPassword: ReadPassword;
}

export const credentialsFor = (
  scenario: UnsureScenario,
  subscribers: PlanSubscribers | null,
  facts: CredentialFacts,
): BuiltCredentials => {
  const { has, tell, readPassword } = facts;
  const columns = subscribers?.columns.map(({ name }) => name) ?? [];
  const own = columns.filter((name) => ['authUser', 'password', 'ha1', 'realm'].includes(name));
  if (subscribers === null || own.length === 0) return buildCredentials(scenario, has, tell, readPassword);
  tellTwice(own, subscribers.file, facts);
  const authUser: TextTemplate | undefined = own.includes('authUser')
    ? [{ kind: 'column', name: 'authUser' }]
    : scenario.identities?.authUser;
  const realm = subscribers.realm ?? scenario.identities?.realm;
  if (isEmbedded(scenario)) tellEmbedded(own, subscribers, tell);
  const secret = secretOf(scenario, subscribers, own, facts);
  if (secret !== null)
    return { password: null, credentials: [{ realm: realm ?? null, authUser: authUser ?? null, secret }] };
  if (own.includes('password') || own.includes('ha1')) return NONE;
  const named = { ...scenario, identities: { ...scenario.identities, authUser, realm } };
  return buildCredentials(named, has, tell, readPassword);
};

/** Its challenges have one realm for all, and it takes either one password or what the file says of each. */
const tellEmbedded = (own: readonly string[], { file, hasRealms }: PlanSubscribers, tell: Tell): void => {
  if (hasRealms) {
    tell('identities.csv', `the embedded registrar challenges with one realm, and the users of ${file} have several`);
  } else if (own.includes('realm') && !own.includes('password') && !own.includes('ha1')) {
    tell('identities.csv', `${file} has realms and no secrets: the embedded registrar needs a column password or ha1`);
  }
};

/** A key that says of all users what a column says of each. */
const tellTwice = (own: readonly string[], file: string, { has, tell }: CredentialFacts): void => {
  const secret = own.find((name) => name === 'password' || name === 'ha1');
  for (const key of ['authUser', 'realm', ...SECRETS]) {
    if (!has(`identities.${key}`)) continue;
    const column = key === 'authUser' || key === 'realm' ? own.find((name) => name === key) : secret;
    const twin = key === 'credentials' ? own[0] : column;
    if (twin !== undefined)
      tell(`identities.${key}`, `${key} and the column ${twin} of ${file} exclude each other; keep one`);
  }
};

/** Null: the file has none, or what belongs to it is missing, which is told. */
const secretOf = (
  { identities }: UnsureScenario,
  { columns, file }: PlanSubscribers,
  own: readonly string[],
  { has, tell }: CredentialFacts,
): PlanSecret | null => {
  if (own.includes('password')) return { kind: 'password', text: [{ kind: 'column', name: 'password' }] };
  if (!own.includes('ha1')) return null;
  if (!own.includes('realm') && !has('identities.realm')) {
    tell(
      'identities.csv',
      `ha1 in ${file} is made with a realm and answers no other; add realm, as a column or to identities`,
    );
    return null;
  }
  const isMd5 = columns.find(({ name }) => name === 'ha1')?.longestBytes === MD5_DIGITS;
  const algorithm = identities?.algorithm ?? (isMd5 ? 'MD5' : 'SHA-256');
  if (isMd5 !== (algorithm === 'MD5')) {
    tell(
      'identities.algorithm',
      `ha1 in ${file} has ${isMd5 ? 32 : 64} digits, which is ${isMd5 ? 'MD5' : 'SHA-256 or SHA-512-256'}`,
    );
    return null;
  }
  return { kind: 'ha1-column', algorithm };
};
