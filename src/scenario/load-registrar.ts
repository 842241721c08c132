// The way in for a registrar file, as load-scenario.ts is for scenarios: a text, with what flags change in it, becomes a frozen
// RegistrarPlan, or one UserError with everything that is wrong with it, in the order of the file.

import { UserError } from '../std/index.ts';
import type { Tell } from './build-flow.ts';
import { buildBehaviour, type UnsureSettings } from './build-registrar.ts';
import { deepFreeze } from './deep-freeze.ts';
import { openDocument, problemAt } from './document.ts';
import { nodeNear } from './node-near.ts';
import { applyOverrides, type Override } from './overrides.ts';
import { inOrder } from './problem-order.ts';
import { readAuthPassword } from './read-embedded.ts';
import type { SecretSource } from './read-password.ts';
import { createTreeReader, readTree } from './read-tree.ts';
import type { RegistrarPlan } from './registrar-plan.ts';
import { registrarSchema, type WrittenRegistrar } from './registrar-schema.ts';

export interface RegistrarSource extends SecretSource {
  /** As the operator named it; `<stdin>` for a stream. */
  readonly file: string;
  readonly text: string;
  /** Flags, weakest first. */
  readonly overrides?: readonly Override[];
}

export const loadRegistrar = (source: RegistrarSource): RegistrarPlan => {
  const document = openDocument(source.file, source.text, 'registrar file');
  const unplaced = applyOverrides(document, source.overrides ?? []);
  const reader = createTreeReader(document);
  reader.problems.push(...document.problems, ...unplaced);
  const written = (readTree(reader, registrarSchema) ?? {}) as UnsureSettings & Partial<WrittenRegistrar>;
  const tell: Tell = (path, message) => reader.problems.push(problemAt(document, nodeNear(reader, path), message));
  const password = readAuthPassword(written, '', source, tell);
  if (written.auth !== undefined && password === null && !reader.keys.has('auth.passwordFile')) {
    if (!reader.keys.has('auth.password')) tell('auth', 'auth needs a password, or a passwordFile');
  }
  const behaviour = buildBehaviour(written, { path: '', tell, password });
  if (reader.problems.length > 0) throw new UserError('SCENARIO_INVALID', inOrder(reader.problems));
  return deepFreeze({
    listen: written.listen ?? null,
    domain: written.domain ?? null,
    users: written.users ?? null,
    seed: written.seed ?? null,
    behaviour,
  });
};
