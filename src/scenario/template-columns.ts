// Columns of a file of subscribers that texts of a scenario ask for: `{ext}` in a header or in User-Agent. A placeholder with such
// a name can be judged only when the file is known, so templates are taken apart first and looked through here.

import type { Problem } from '../std/index.ts';
import type { UnsureScenario } from './check-scenario.ts';
import { problemAt } from './document.ts';
import type { PlanSubscribers } from './plan.ts';
import { type TreeReader, textOffset } from './read-tree.ts';
import { SECRET_COLUMNS } from './subscriber-columns.ts';
import { suggestion } from './suggest.ts';

const OTHERS = ['index', 'user', 'contact'];
/** Steps, their options, headers and the parts of one: a loop is four levels deep at most. */
const DEPTH_MOST = 24;

interface Asked {
  readonly path: string;
  readonly name: string;
}

/** Every `{column}` that the scenario's texts ask for. */
export const askedColumns = (written: UnsureScenario): readonly string[] => [
  ...new Set(askedIn(written).map(({ name }) => name)),
];

const askedIn = ({ flow, userAgent }: UnsureScenario): readonly Asked[] => {
  const found: Asked[] = [];
  look(flow, 'flow', 0, found);
  look(userAgent, 'userAgent', 0, found);
  return found;
};

const look = (value: unknown, path: string, depth: number, found: Asked[]): void => {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MOST) return;
  const { kind, name } = value as { readonly kind?: unknown; readonly name?: unknown };
  if (kind === 'column' && typeof name === 'string') {
    found.push({ path: path.slice(0, path.lastIndexOf('.')), name });
    return;
  }
  for (const [key, inner] of Object.entries(value)) look(inner, `${path}.${key}`, depth + 1, found);
};

/** Tells of those that no column answers. `subscribers` null: there is no file, or it could not be read. */
export const checkColumns = (
  reader: TreeReader,
  written: UnsureScenario,
  subscribers: PlanSubscribers | null,
): readonly Problem[] => {
  const isUnread = subscribers === null && reader.keys.has('identities.csv');
  const kept = subscribers?.columns.map(({ name }) => name) ?? [];
  const columns = [...kept, ...(subscribers?.unused ?? [])].filter((name) => !SECRET_COLUMNS.includes(name));
  const others = [...new Set([...OTHERS, ...columns])];
  return askedIn(written).flatMap(({ path, name }) => {
    const isSecret = SECRET_COLUMNS.includes(name);
    if (isUnread || (kept.includes(name) && !isSecret)) return [];
    const node = reader.nodes.get(path) ?? null;
    const text = String((node as { readonly source?: unknown } | null)?.source ?? '');
    const offset = textOffset(reader, node, text, Math.max(0, text.indexOf(`{${name}}`)));
    const message = isSecret
      ? `{${name}} is a secret and stands in no header`
      : `unknown {${name}}${suggestion(name, others)}`;
    return [problemAt(reader.document, node, message, offset)];
  });
};
