// A scenario as a run takes it: the file with what flags, `--set` and variables change in it, and every default of the schema
// filled in, still in the words of a scenario file, so that it is one itself. Beside it where each value comes from. Secrets are
// left out.
//
// For a scenario that was loaded without a problem (load-scenario.ts): what is wrong with one is not looked for again.

import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import { z } from 'zod';
import { assert } from '../std/index.ts';
import { collectionInOverride, openDocument, resolveAlias, type SourceDocument, sourceOf } from './document.ts';
import { stepDefaults } from './effective-steps.ts';
import type { ScenarioSource } from './load-scenario.ts';
import { applyOverrides, environmentOverrides } from './overrides.ts';
import type { RunPlan } from './plan.ts';
import { scenarioSchema } from './schema.ts';

export interface EffectiveScenario {
  readonly value: Readonly<Record<string, unknown>>;
  /** By path, lists by number: `load.rate` -> `--rate`, `file:line`, a variable, or `default`. */
  readonly origins: ReadonlyMap<string, string>;
}

const SECRET_KEYS: readonly string[] = ['password', 'ha1'];
const REDACTED = 'REDACTED';
const DEFAULT = 'default';

interface Walk {
  readonly document: SourceDocument;
  readonly origins: Map<string, string>;
}

export const effectiveScenario = (source: ScenarioSource, plan: RunPlan): EffectiveScenario => {
  const document = openDocument(source.file, source.text);
  const environment = environmentOverrides(source.environment ?? {});
  applyOverrides(document, [...environment.overrides, ...(source.overrides ?? [])]);
  const walk: Walk = { document, origins: new Map() };
  const written = itemOf(walk, scenarioSchema, document.yaml.contents as Node, '');
  assert(typeof written === 'object' && written !== null, 'a scenario that was loaded has keys');
  const value = { ...(written as Record<string, unknown>) };
  fillIn(walk, value, plan);
  return { value, origins: walk.origins };
};

/** Defaults that follow from other values. */
const fillIn = (walk: Walk, value: Record<string, unknown>, plan: RunPlan): void => {
  const { identities, target } = plan;
  const put = (into: Record<string, unknown>, key: string, path: string, what: unknown, origin: string): void => {
    if (into[key] !== undefined) return;
    into[key] = what;
    walk.origins.set(path, origin);
  };
  put(value, 'name', 'name', plan.name, 'the name of the file');
  const own = identities.subscribers;
  const registrar = own?.ownRegistrars === true ? undefined : plan.requestUri;
  if (registrar !== undefined) put(value, 'registrar', 'registrar', registrar, 'the domain');
  put(value, 'target', 'target', target.kind === 'embedded' ? 'embedded' : target.text, 'the registrar');
  const users = value.identities as Record<string, unknown>;
  if (own !== undefined) put(users, 'count', 'identities.count', identities.count, own.file);
  if (own !== undefined && !own.hasDomains) {
    const hasColumn = own.columns.some(({ name }) => name === 'domain');
    if (!hasColumn) put(users, 'domain', 'identities.domain', identities.domain, own.file);
  }
  if (Array.isArray(value.flow)) value.flow = stepDefaults(value.flow, plan.flow, 'flow', walk.origins);
};

const unwrap = (outer: z.ZodType): z.ZodType => {
  let schema = outer;
  while (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault || schema instanceof z.ZodLazy) {
    schema = schema.unwrap() as z.ZodType;
  }
  return schema;
};

/** What a key stands for that is not there, as its writer would have written it; undefined: nothing. */
const defaultOf = (schema: z.ZodType): unknown =>
  schema instanceof z.ZodPrefault ? schema.def.defaultValue : undefined;

const itemOf = (walk: Walk, outer: z.ZodType, found: Node, path: string): unknown => {
  const schema = unwrap(outer);
  const aliased = isAlias(found) ? resolveAlias(walk.document, found) : found;
  const node = aliased === null ? null : (collectionInOverride(walk.document, aliased) ?? aliased);
  if (isSeq(node)) return node.items.map((item, at) => itemOf(walk, elementOf(schema), item as Node, `${path}.${at}`));
  if (isMap(node)) return mapOf(walk, schema, node.items as readonly Pair[], path);
  walk.origins.set(path, origin(walk, found));
  return isScalar(node) ? textOf(node) : null;
};

const origin = ({ document }: Walk, node: Node): string => sourceOf(document, node);

/** As written: a text that merely looks like a number stays a text in quotes. */
const textOf = (node: Scalar): unknown => {
  if (node.type !== 'PLAIN') return node.value;
  return String(node.value) === node.source ? node.value : (node.source ?? node.value);
};

const elementOf = (schema: z.ZodType): z.ZodType => {
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  const list = schema instanceof z.ZodUnion ? schema.options.find((option) => option instanceof z.ZodArray) : undefined;
  return list instanceof z.ZodArray ? (list.element as z.ZodType) : z.string();
};

/** The schema of a key, where the map is an object, one of several objects, or a record. */
const shapeOf = (schema: z.ZodType, keys: readonly string[]): Readonly<Record<string, z.ZodType>> => {
  if (schema instanceof z.ZodObject) return schema.shape as Record<string, z.ZodType>;
  if (!(schema instanceof z.ZodUnion)) return {};
  const objects = schema.options.filter((option) => option instanceof z.ZodObject);
  const fitting = objects.find(({ shape }) => keys.every((key) => key in shape));
  return (fitting?.shape ?? {}) as Record<string, z.ZodType>;
};

const mapOf = (walk: Walk, schema: z.ZodType, pairs: readonly Pair[], path: string): unknown => {
  const keys = pairs.map((pair) => String((pair.key as Scalar).source ?? (pair.key as Scalar).value));
  const shape = shapeOf(schema, keys);
  const result: Record<string, unknown> = {};
  for (const [at, pair] of pairs.entries()) {
    const key = keys[at]!;
    const inner = join(path, key);
    result[key] = itemOf(walk, shape[key] ?? z.string(), pair.value as Node, inner);
    if (SECRET_KEYS.includes(key)) result[key] = REDACTED;
  }
  for (const [key, inner] of Object.entries(shape)) {
    if (result[key] === undefined && !keys.includes(key)) putDefault(walk, inner, result, key, join(path, key));
  }
  return result;
};

const putDefault = (walk: Walk, schema: z.ZodType, into: Record<string, unknown>, key: string, path: string): void => {
  const given = defaultOf(schema);
  if (given === undefined) return;
  if (typeof given === 'object' && given !== null) {
    into[key] = mapOf(walk, unwrap(schema), [], path);
    return;
  }
  into[key] = /^\d+$/.test(String(given)) ? Number(given) : booleanOr(String(given));
  walk.origins.set(path, DEFAULT);
};

const booleanOr = (text: string): string | boolean => (text === 'true' || text === 'false' ? text === 'true' : text);

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);
