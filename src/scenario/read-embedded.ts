// `target: { embedded: … }`: the embedded registrar with settings of its own. What it is not told there it takes from the
// scenario: the domain, the number of users, the password.

import type { Tell } from './build-flow.ts';
import { buildBehaviour, type UnsureSettings } from './build-registrar.ts';
import type { UnsureScenario } from './check-scenario.ts';
import type { PlanTarget } from './plan.ts';
import { readPassword, type SecretSource } from './read-password.ts';
import type { RegistrarPlan } from './registrar-plan.ts';

const PATH = 'target.embedded';

export interface EmbeddedFacts {
  readonly source: SecretSource;
  readonly tell: Tell;
  /** The identities have something to answer with. */
  readonly isChallengeable: boolean;
}

/** Null: the scenario does not say how the embedded registrar behaves. */
export const readEmbedded = ({ target }: UnsureScenario, facts: EmbeddedFacts): PlanTarget | null => {
  if (target === undefined || 'kind' in target || target.embedded === undefined) return null;
  if (target.uri !== undefined || target.dns !== undefined) {
    facts.tell(PATH, 'the embedded registrar is the target, so there is no uri and nothing to look up beside it');
  }
  return { kind: 'embedded', registrar: readSettings(target.embedded as UnsureSettings, facts) };
};

const readSettings = (written: UnsureSettings, { source, tell, isChallengeable }: EmbeddedFacts): RegistrarPlan => {
  const password = readAuthPassword(written, PATH, source, tell);
  if (written.auth !== undefined && password === null && !isChallengeable) {
    tell(`${PATH}.auth`, 'nobody has a password: neither auth nor identities names one');
  }
  return {
    listen: null,
    domain: written.domain ?? null,
    users: written.users ?? null,
    seed: written.seed ?? null,
    behaviour: buildBehaviour(written, { path: PATH, tell, password }),
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
