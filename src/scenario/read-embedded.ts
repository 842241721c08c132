// `target: { embedded: … }`: the embedded registrar with settings of its own. What it is not told there it takes from the
// scenario: the domain, the number of users, the password.

import type { Tell } from './build-flow.ts';
import { buildBehaviour, type UnsureSettings } from './build-registrar.ts';
import type { UnsureScenario } from './check-scenario.ts';
import type { HashName, PlanTarget } from './plan.ts';
import { readPassword, type SecretSource } from './read-password.ts';
import type { RegistrarPlan } from './registrar-plan.ts';

const PATH = 'target.embedded';

export interface EmbeddedFacts {
  readonly source: SecretSource;
  readonly tell: Tell;
  /** The identities have something to answer with. */
  readonly isChallengeable: boolean;
  /** What the users' file has as ha1 was made with; null: it has none. */
  readonly ha1: HashName | null;
}

/** Null: the scenario does not say how the embedded registrar behaves. */
export const readEmbedded = ({ target }: UnsureScenario, facts: EmbeddedFacts): PlanTarget | null => {
  if (target === undefined || 'kind' in target || target.embedded === undefined) return null;
  if (target.uri !== undefined || target.dns !== undefined) {
    facts.tell(PATH, 'the embedded registrar is the target, so there is no uri and nothing to look up beside it');
  }
  return { kind: 'embedded', registrar: readSettings(target.embedded as UnsureSettings, facts) };
};

const readSettings = (
  written: UnsureSettings,
  { source, tell, isChallengeable, ha1 }: EmbeddedFacts,
): RegistrarPlan => {
  const password = readAuthPassword(written, PATH, source, tell);
  if (written.auth !== undefined && password === null && !isChallengeable) {
    tell(`${PATH}.auth`, 'nobody has a password: neither auth nor identities names one');
  }
  const behaviour = buildBehaviour(written, { path: PATH, tell, password });
  const algorithms = password === null ? behaviour.auth?.algorithms : undefined;
  // A -sess form begins with the same hash (RFC 7616 §3.4.2).
  if (ha1 !== null && algorithms?.every((name) => name !== ha1 && name !== `${ha1}-sess`)) {
    tell(`${PATH}.auth`, `ha1 in the users' file is ${ha1}, which no challenge asks for: add algorithms: [${ha1}]`);
  }
  return {
    listen: null,
    domain: written.domain ?? null,
    users: written.users ?? null,
    seed: written.seed ?? null,
    behaviour,
  };
};

/** Null: none is named, or it could not be read and that was told. */
export const readAuthPassword = (
  { auth }: UnsureSettings,
  path: string,
  source: SecretSource,
  tell: Tell,
): string | null => {
  const { password, passwordFile } = auth ?? {};
  if (passwordFile === undefined) return password ?? null;
  const at = path === '' ? 'auth.passwordFile' : `${path}.auth.passwordFile`;
  if (password === undefined) return readPassword(source, passwordFile, at, tell);
  tell(at, 'password and passwordFile exclude each other; keep one');
  return password;
};
