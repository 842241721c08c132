// Values that do not come from the file: flags, `--set a.b=c` and environment variables. They are put into the YAML
// document before anything is checked, so that one checker judges all values alike; the nodes remember their origin, and a
// problem with one names the flag instead of a line. The order of the list decides: the last one wins.

import { isAlias, isMap, isScalar, isSeq, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { z } from 'zod';
import type { Problem } from '../std/index.ts';
import { resolveAlias, type SourceDocument } from './document.ts';
import { scenarioSchema } from './schema.ts';
import { nearestWord } from './suggest.ts';

export interface Override {
  /** Keys with dots between, list items by number from 0, `+` to add one: `load.rate`, `flow.0.register.expires`, `thresholds.+`. */
  readonly path: string;
  /** The value as text; null takes the key out (`--no-thresholds`). */
  readonly value: string | null;
  /** What a message calls it: `--rate`, `--set load.rate=5`, `REGSTORM_LOAD_RATE`. */
  readonly origin: string;
}

/** Where one of these is given, an earlier one of the others is taken back. */
const ALTERNATIVES: readonly (readonly string[])[] = [
  ['identities.password', 'identities.passwordFile', 'identities.ha1', 'identities.credentials'],
  ['identities.csv', 'identities.user'],
  ['auth.password', 'auth.passwordFile'],
];

const MAX_PATH_PARTS = 20;

/** Puts the overrides into the document and tells those that have no place in it. */
export const applyOverrides = (document: SourceDocument, overrides: readonly Override[]): readonly Problem[] => {
  const problems: Problem[] = [];
  for (const override of overrides) {
    const fault = applyOverride(document, override);
    if (fault !== null) problems.push({ message: `${override.origin}: ${fault}` });
  }
  return problems;
};

const applyOverride = (document: SourceDocument, override: Override): string | null => {
  const path = override.path.split('.');
  if (path.length > MAX_PATH_PARTS || path.some((part) => part === '')) {
    return `"${override.path}" is not a key; write keys with dots between, for example load.rate`;
  }
  for (const group of ALTERNATIVES) {
    if (!group.includes(override.path)) continue;
    for (const other of group) {
      const keys = other.split('.');
      if (other !== override.path && document.yaml.hasIn(keys)) document.yaml.deleteIn(keys);
    }
  }
  let parent = document.yaml.contents as Node;
  for (let depth = 0; depth < path.length - 1; depth++) {
    const child = childFor(document, parent, path[depth]!, override);
    if (child === null) return notAContainer(path, depth);
    parent = child;
  }
  return setChild(document, parent, path, override);
};

const notAContainer = (path: readonly string[], depth: number): string =>
  `there is nothing to set below ${path.slice(0, depth + 1).join('.')}`;

const findPair = (map: YAMLMap, key: string): Pair<unknown, unknown> | undefined =>
  map.items.find((pair) => isScalar(pair.key) && pair.key.source === key);

const textNode = (document: SourceDocument, text: string, origin: string): Scalar => {
  const node = new Scalar(text);
  node.source = text;
  node.type = Scalar.QUOTE_DOUBLE;
  document.origins.set(node, origin);
  return node;
};

/** The map or list under a key, made where it is missing; null where something else is there. */
const childFor = (document: SourceDocument, parent: Node, key: string, override: Override): Node | null => {
  if (isSeq(parent)) {
    const index = listIndex(parent, key);
    return index === null
      ? null
      : ownCopy(document, parent.items[index] as Node, (node) => (parent.items[index] = node));
  }
  if (!isMap(parent)) return null;
  const pair = findPair(parent, key);
  if (pair !== undefined) {
    const empty = pair.value === null || (isScalar(pair.value) && pair.value.value === null);
    if (!empty) return ownCopy(document, pair.value as Node, (node) => (pair.value = node));
    const made = newContainer(document, key, override);
    pair.value = made;
    return made;
  }
  const made = newContainer(document, key, override);
  parent.items.push(new Pair(textNode(document, key, override.origin), made));
  return made;
};

const newContainer = (document: SourceDocument, key: string, override: Override): Node => {
  const listFollows = override.path.split('.').at(-1) === '+' && override.path.split('.').at(-2) === key;
  const made = listFollows ? new YAMLSeq() : new YAMLMap();
  document.origins.set(made, override.origin);
  return made;
};

/** An alias is replaced by a copy of what it stands for, so that the override changes only the place it names. */
const ownCopy = (document: SourceDocument, node: Node, replace: (node: Node) => void): Node | null => {
  if (!isAlias(node)) return isMap(node) || isSeq(node) ? node : null;
  const target = resolveAlias(document, node);
  if (target === null || !(isMap(target) || isSeq(target))) return null;
  const copy = target.clone() as Node;
  replace(copy);
  return copy;
};

const listIndex = (list: YAMLSeq, key: string): number | null =>
  /^\d{1,6}$/.test(key) && Number(key) < list.items.length ? Number(key) : null;

const setChild = (
  document: SourceDocument,
  parent: Node,
  path: readonly string[],
  override: Override,
): string | null => {
  const key = path.at(-1)!;
  if (isSeq(parent)) return setItem(document, parent, key, override);
  if (!isMap(parent)) return notAContainer(path, path.length - 2);
  if (override.value === null) {
    parent.items = parent.items.filter((pair) => !(isScalar(pair.key) && pair.key.source === key));
    return null;
  }
  const value = textNode(document, override.value, override.origin);
  const pair = findPair(parent, key);
  if (pair !== undefined) pair.value = value;
  else parent.items.push(new Pair(textNode(document, key, override.origin), value));
  return null;
};

const setItem = (document: SourceDocument, list: YAMLSeq, key: string, override: Override): string | null => {
  if (override.value === null) return 'an item of a list cannot be taken out';
  const value = textNode(document, override.value, override.origin);
  if (key === '+') {
    list.items.push(value);
    return null;
  }
  const index = listIndex(list, key);
  if (index === null) return `the list has no item ${key}; it has ${list.items.length}, counted from 0 (+ adds one)`;
  list.items[index] = value;
  return null;
};

const PREFIX = 'REGSTORM_';

/** `identities.passwordFile` is REGSTORM_IDENTITIES_PASSWORD_FILE. */
const variableOf = (path: string): string =>
  `${PREFIX}${path
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/\./g, '_')
    .toUpperCase()}`;

const unwrapped = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault ? unwrapped(schema.unwrap() as z.ZodType) : schema;

/** Every single value of the file format but `version`, by the variable that sets it. */
const variables = (): ReadonlyMap<string, string> => {
  const byName = new Map<string, string>();
  for (const [key, schema] of Object.entries(scenarioSchema.shape)) {
    const inner = unwrapped(schema);
    const paths = inner instanceof z.ZodObject ? Object.keys(inner.shape).map((name) => `${key}.${name}`) : [key];
    if (key === 'version' || inner instanceof z.ZodArray) continue;
    for (const path of paths) byName.set(variableOf(path), path);
  }
  return byName;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Those of the project's own tests, which hand their environment on to the programs that they start. */
export const TEST_VARIABLES: readonly string[] = ['REGSTORM_NET_REGISTRATIONS', 'REGSTORM_REQUIRE_PEERS'];

/** The overrides that the environment holds, and variables that look like one but are none. */
export const environmentOverrides = (
  environment: Environment,
): { readonly overrides: readonly Override[]; readonly problems: readonly Problem[] } => {
  const known = variables();
  const overrides: Override[] = [];
  const problems: Problem[] = [];
  for (const name of Object.keys(environment).sort()) {
    const value = environment[name];
    const path = known.get(name);
    if (value === undefined || !name.startsWith(PREFIX) || TEST_VARIABLES.includes(name)) continue;
    if (path !== undefined) overrides.push({ path, value, origin: name });
    else {
      // Without what all of them begin with, by which any two would be near.
      const nearest = nearestWord(
        name.slice(PREFIX.length),
        [...known.keys()].map((word) => word.slice(PREFIX.length)),
      );
      const hint = nearest === null ? '' : `; did you mean ${PREFIX}${nearest}?`;
      problems.push({ message: `${name}: no such setting${hint}` });
    }
  }
  return { overrides, problems };
};
