// Walks a YAML tree along the zod schema and reads every value, going on after each fault, so that one look at a file
// tells all that is wrong with it. zod alone stops short of that: unions hide errors, and places are unknown to it.
//
// What the walk knows of the schema: objects (strict keys), records, lists, pairs, unions of texts and one-key objects
// (steps, waits), unions of a text and one object of several keys (a target), and values (texts given to zod one at a time). Anything else in the schema is a bug.
//
// Values that failed are undefined in the result; whoever goes on with it after problems were found must expect that.

import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { z } from 'zod';
import { assert, type Problem } from '../std/index.ts';
import {
  collectionInOverride,
  MAX_ALIASES,
  problemAt,
  rawText,
  resolveAlias,
  type SourceDocument,
} from './document.ts';
import { quoted } from './parsed.ts';
import { thresholdText } from './schema.ts';
import { nearestWord, suggestion } from './suggest.ts';

/** Aliases can make a small file stand for a large tree; this many nodes are looked at. */
const MAX_NODES = 20_000;

export interface TreeReader {
  readonly document: SourceDocument;
  readonly problems: Problem[];
  /** The node that gave each value, by path (`load.rate`, `flow.0`); keys stand in `keys`. */
  readonly nodes: Map<string, Node>;
  readonly keys: Map<string, Node>;
  nodesLeft: number;
  aliasesLeft: number;
}

export const createTreeReader = (document: SourceDocument): TreeReader => ({
  document,
  problems: [],
  nodes: new Map(),
  keys: new Map(),
  nodesLeft: MAX_NODES,
  aliasesLeft: MAX_ALIASES,
});

/** A node and where it stands. `node` is null where a key has no value at all; `near` is then its key. */
interface Item {
  readonly node: Node | null;
  readonly near: Node;
  readonly path: string;
}

const report = (reader: TreeReader, item: Item, message: string, offset = 0): undefined => {
  reader.problems.push(problemAt(reader.document, item.node ?? item.near, message, offset));
  return undefined;
};

/** `load.rate` -> `rate`; `flow.0.register` -> `register`; `flow.0` -> `flow`. */
const labelOf = (path: string): string => {
  const words = path.split('.').filter((part) => !/^\d+$/.test(part));
  return words.at(-1) ?? 'the scenario';
};

const join = (path: string, key: string | number): string => (path === '' ? String(key) : `${path}.${key}`);

/** Reads the whole tree; problems and places are in the reader. */
export const readTree = (reader: TreeReader, schema: z.ZodType): unknown => {
  const top = reader.document.yaml.contents as Node;
  return readItem(reader, schema, { node: top, near: top, path: '' });
};

const readItem = (reader: TreeReader, outer: z.ZodType, item: Item): unknown => {
  const schema = unwrap(outer);
  const found = look(reader, item);
  if (found === null) return undefined;
  if (schema instanceof z.ZodObject) return readObject(reader, schema, found);
  if (schema instanceof z.ZodRecord) return readRecord(reader, schema, found);
  if (schema instanceof z.ZodArray) return readList(reader, schema, found);
  if (schema instanceof z.ZodTuple) return readPair(reader, schema, found);
  if (schema instanceof z.ZodUnion) return readUnion(reader, schema, found);
  return readText(reader, schema, found);
};

const unwrap = (outer: z.ZodType): z.ZodType => {
  let schema = outer;
  while (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault || schema instanceof z.ZodLazy) {
    schema = schema.unwrap() as z.ZodType;
  }
  return schema;
};

/** Follows an alias, refuses foreign tags, and counts; null when the item cannot be looked at. */
const look = (reader: TreeReader, item: Item): Item | null => {
  reader.nodesLeft -= 1;
  if (reader.nodesLeft === 0) report(reader, item, `the scenario has more than ${MAX_NODES} values, aliases included`);
  if (reader.nodesLeft <= 0) return null;
  if (item.node !== null) reader.nodes.set(item.path, item.node);
  const node = item.node;
  if (isAlias(node)) {
    reader.aliasesLeft -= 1;
    if (reader.aliasesLeft === 0) report(reader, item, `the scenario uses aliases more than ${MAX_ALIASES} times`);
    if (reader.aliasesLeft <= 0) return null;
    const target = resolveAlias(reader.document, node);
    if (target !== null) return { node: target, near: node, path: item.path };
    report(reader, item, `the alias *${node.source} has no anchor &${node.source} before it`);
    return null;
  }
  const tag = (node as Scalar | null)?.tag;
  if (tag !== undefined && !/^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/.test(tag)) {
    report(reader, item, `the tag ${tag} has no meaning here; leave it out`);
    return null;
  }
  return item;
};

const isEmpty = (node: Node | null): boolean => node === null || (isScalar(node) && node.value === null);

/** What the file has there, for "found …". */
const kindOf = (node: Node | null): string => {
  if (isEmpty(node)) return 'nothing';
  if (isMap(node)) return 'keys and values';
  if (isSeq(node)) return 'a list';
  return `the text ${quoted(String((node as Scalar).value))}`;
};

/** The item as a collection, with a flag's text taken for what it writes. */
const asCollection = (reader: TreeReader, item: Item): Node | null =>
  item.node === null ? null : (collectionInOverride(reader.document, item.node) ?? item.node);

const keyText = (pair: Pair): string | null =>
  isScalar(pair.key) && pair.key.source !== undefined ? pair.key.source : null;

const childItem = (pair: Pair, path: string): Item => ({
  node: (pair.value as Node | null) ?? null,
  near: pair.key as Node,
  path,
});

/** The pairs of a map by key, first of each; unfit keys are reported. */
const pairsOf = (reader: TreeReader, map: YAMLMap, path: string): Map<string, Pair> => {
  const pairs = new Map<string, Pair>();
  for (const pair of map.items) {
    const key = keyText(pair);
    const near = pair.key as Node;
    if (key === null) report(reader, { node: near, near, path }, 'a key has to be a plain word');
    else if (!pairs.has(key)) pairs.set(key, pair);
  }
  return pairs;
};

const readObject = (reader: TreeReader, schema: z.ZodObject, item: Item): unknown => {
  const label = labelOf(item.path);
  const node = asCollection(reader, item);
  if (!isMap(node)) return report(reader, item, `${label} takes keys and values, found ${kindOf(node)}`);
  const known = Object.keys(schema.shape);
  const pairs = pairsOf(reader, node, item.path);
  const meant = reportUnknownKeys(reader, item, known, pairs);
  const result: Record<string, unknown> = {};
  for (const key of known) {
    const pair = pairs.get(key);
    const path = join(item.path, key);
    if (pair !== undefined) reader.keys.set(path, pair.key as Node);
    if (pair === undefined && meant.has(key)) continue;
    result[key] =
      pair === undefined
        ? missing(reader, schema.shape[key] as z.ZodType, key, item)
        : readItem(reader, schema.shape[key] as z.ZodType, childItem(pair, path));
  }
  return result;
};

/** Reports keys that do not exist, and tells which ones they were probably meant to be: those are not missing as well. */
const reportUnknownKeys = (
  reader: TreeReader,
  item: Item,
  known: readonly string[],
  pairs: ReadonlyMap<string, Pair>,
): ReadonlySet<string> => {
  const meant = new Set<string>();
  for (const [key, pair] of pairs) {
    if (known.includes(key)) continue;
    const where = item.path === '' ? '' : ` in ${labelOf(item.path)}`;
    const near = pair.key as Node;
    const why = key === '<<' ? '; merge keys are not supported' : suggestion(key, known);
    report(reader, { node: near, near, path: item.path }, `unknown key ${quoted(key)}${where}${why}`);
    const nearest = nearestWord(key, known);
    if (nearest === null || pairs.has(nearest)) continue;
    meant.add(nearest);
    reader.keys.set(join(item.path, nearest), near);
  }
  return meant;
};

/** The default of a key that is not there, or a problem where it has none. */
const missing = (reader: TreeReader, schema: z.ZodType, key: string, parent: Item): unknown => {
  const filled = schema.safeParse(undefined);
  if (filled.success) return filled.data;
  const example = (schema.meta() as { examples?: readonly unknown[] } | undefined)?.examples?.[0];
  const where = parent.path === '' ? '' : ` in ${labelOf(parent.path)}`;
  const hint = example === undefined ? '' : `; for example ${key}: ${exampleText(example)}`;
  const near = reader.keys.get(parent.path) ?? parent.node ?? parent.near;
  return report(reader, { node: near, near, path: parent.path }, `"${key}" is missing${where}${hint}`);
};

const exampleText = (example: unknown): string => (/[{}]/.test(String(example)) ? `"${example}"` : String(example));

const readRecord = (reader: TreeReader, schema: z.ZodRecord, item: Item): unknown => {
  const node = asCollection(reader, item);
  if (!isMap(node)) return report(reader, item, `${labelOf(item.path)} takes keys and values, found ${kindOf(node)}`);
  // No prototype: a key may have any name.
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, pair] of pairsOf(reader, node, item.path)) {
    const near = pair.key as Node;
    const name = readValue(reader, schema.keyType as z.ZodType, { node: near, near, path: item.path }, key);
    const path = join(item.path, key);
    reader.keys.set(path, near);
    const value = readItem(reader, schema.valueType as z.ZodType, childItem(pair, path));
    if (name !== undefined) result[key] = value;
  }
  return result;
};

const readList = (reader: TreeReader, schema: z.ZodArray, item: Item): unknown => {
  const node = asCollection(reader, item);
  if (!isSeq(node)) return report(reader, item, `${labelOf(item.path)} takes a list, found ${kindOf(node)}`);
  return node.items.map((child, index) =>
    readItem(reader, schema.element as z.ZodType, {
      node: child as Node,
      near: node,
      path: join(item.path, index),
    }),
  );
};

const readPair = (reader: TreeReader, schema: z.ZodTuple, item: Item): unknown => {
  const parts = schema.def.items as readonly z.ZodType[];
  const node = asCollection(reader, item);
  if (!isSeq(node) || node.items.length !== parts.length) {
    return report(reader, item, `${labelOf(item.path)} takes a list of ${parts.length}, for example [1s, 3s]`);
  }
  return parts.map((part, index) =>
    readItem(reader, part, { node: node.items[index] as Node, near: node, path: join(item.path, index) }),
  );
};

/** The one key of each object of a union, with its schema. */
const keyedOptions = (schema: z.ZodUnion): ReadonlyMap<string, z.ZodType> => {
  const options = new Map<string, z.ZodType>();
  for (const option of schema.options as readonly z.ZodType[]) {
    if (!(option instanceof z.ZodObject)) continue;
    for (const [key, inner] of Object.entries(option.shape)) options.set(key, inner as z.ZodType);
  }
  return options;
};

/** The one object of a union that is a section like any other: of several keys, each of which may be there. */
const sectionOption = (schema: z.ZodUnion): z.ZodObject | undefined =>
  (schema.options as readonly z.ZodType[]).find(
    (option): option is z.ZodObject => option instanceof z.ZodObject && Object.keys(option.shape).length > 1,
  );

/** Either a text, or a map of exactly one key which says what it is; or, where the union has a list, a list of such. */
const readUnion = (reader: TreeReader, schema: z.ZodUnion, item: Item): unknown => {
  const keyed = keyedOptions(schema);
  const node = asCollection(reader, item);
  const options = schema.options as readonly z.ZodType[];
  const listOption = options.find((option) => option instanceof z.ZodArray);
  if (listOption !== undefined && isSeq(node)) return readList(reader, listOption, item);
  const textOption = options.find((option) => !(option instanceof z.ZodObject) && option !== listOption);
  assert(textOption !== undefined, 'a union has one option that is a text');
  if (!isMap(node)) return readWord(reader, textOption, keyed, item);
  const section = sectionOption(schema);
  if (section !== undefined) return readObject(reader, section, item);
  const label = labelOf(item.path);
  const pairs = [...pairsOf(reader, node, item.path)];
  const [first, second] = pairs;
  if (first === undefined) return report(reader, item, `${label} has an entry without a name`);
  const [name, pair] = first;
  if (second !== undefined && isEmpty(pair.value as Node | null)) {
    return report(reader, item, `${quoted(second[0])} stands beside ${name}; indent the options of ${name} further`);
  }
  if (second !== undefined)
    return report(reader, item, `an entry of ${label} has one name, found ${pairs.map(([k]) => k).join(', ')}`);
  const option = keyed.get(name);
  const near = pair.key as Node;
  const known = [...keyed.keys(), ...wordsOf(textOption).filter((word) => !keyed.has(word))];
  if (option === undefined && known.includes(name)) {
    return report(reader, { node: near, near, path: item.path }, `${name} has no options; write "- ${name}"`);
  }
  if (option === undefined) {
    return report(
      reader,
      { node: near, near, path: item.path },
      `unknown ${nounOf(label)} ${quoted(name)}${suggestion(name, known)}`,
    );
  }
  const path = join(item.path, name);
  reader.keys.set(path, near);
  if (isEmpty(pair.value as Node | null) && wordsOf(textOption).includes(name)) {
    return report(reader, { node: near, near, path }, `${name} has a colon but no options; write "- ${name}"`);
  }
  const value = readItem(reader, option, childItem(pair, path));
  return value === undefined ? undefined : { [name]: value };
};

const nounOf = (label: string): string => {
  if (label === 'do') return 'action';
  return label === 'flow' || label === 'steps' ? 'step' : `key in ${label}:`;
};

const wordsOf = (schema: z.ZodType): readonly string[] =>
  schema instanceof z.ZodEnum ? (schema.options as readonly string[]) : [];

/** Of the steps that cannot stand alone. */
const EXAMPLES: Readonly<Record<string, string>> = {
  wait: '"- wait: 2s"',
  hold: '"- hold: {for: 1h}"',
  repeat: '"- repeat: {times: 3, steps: [...]}"',
  delay: '"delay: 200ms"',
  answer: '"answer: {status: 503}"',
};

/** The text side of a union; a name that needs options is told so. */
const readWord = (
  reader: TreeReader,
  schema: z.ZodType,
  keyed: ReadonlyMap<string, z.ZodType>,
  item: Item,
): unknown => {
  const text = isScalar(item.node) && !isEmpty(item.node) ? String(item.node.source ?? item.node.value) : null;
  const words = wordsOf(schema);
  if (words.length === 0 || text === null || words.includes(text)) return readText(reader, schema, item);
  if (keyed.has(text)) {
    return report(reader, item, `${text} needs to be told more; write ${EXAMPLES[text] ?? `"- ${text}: ..."`}`);
  }
  const known = [...new Set([...words, ...keyed.keys()])];
  return report(reader, item, `unknown ${nounOf(labelOf(item.path))} ${quoted(text)}${suggestion(text, known)}`);
};

const readText = (reader: TreeReader, schema: z.ZodType, item: Item): unknown => {
  const { node } = item;
  const label = labelOf(item.path);
  if (isMap(node) && schema === thresholdText) {
    const text = pairAsText(reader, node);
    if (text !== null) return text;
  }
  if (isEmpty(node)) {
    const written =
      isScalar(node) && node.source !== '' && node.source !== undefined ? ` ("${node.source}" is nothing to YAML)` : '';
    return report(reader, item, `${label} has no value${written}; quote it if it is text, or leave the key out`);
  }
  if (!isScalar(node)) {
    const flow = (node as YAMLMap | YAMLSeq).flow === true;
    const why = flow ? `; a text that begins with ${isMap(node) ? '{' : '['} needs quotes` : '';
    return report(reader, item, `${label} takes one value, found ${kindOf(node)}${why}`);
  }
  return readValue(reader, schema, item, textOf(node));
};

/** A plain scalar counts as it was written: `0123` and `1e5` are no numbers here. */
const textOf = (node: Scalar): string =>
  node.type === 'PLAIN' ? (node.source ?? String(node.value)) : String(node.value);

/** `- register.latency: p99 < 50ms` without quotes is one text to its writer, though a map to YAML. */
const pairAsText = (reader: TreeReader, map: YAMLMap): string | null => {
  const [pair, ...more] = map.items;
  if (pair === undefined || more.length > 0 || !isScalar(pair.key) || !isScalar(pair.value)) return null;
  if (reader.document.origins.has(map)) return `${pair.key.source}: ${pair.value.source}`;
  const text = rawText(reader.document, pair.key as Node, pair.value as Node);
  return text.includes('\n') ? null : text;
};

const readValue = (reader: TreeReader, schema: z.ZodType, item: Item, text: string): unknown => {
  if (schema instanceof z.ZodEnum) {
    const known = wordsOf(schema);
    if (known.includes(text)) return text;
    return report(reader, item, `${quoted(text)} is not known for ${labelOf(item.path)}${suggestion(text, known)}`);
  }
  const result = schema.safeParse(text);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const offset = issue?.code === 'custom' ? Number(issue.params?.offset ?? 0) : 0;
  return report(reader, item, issue?.message ?? 'not a valid value', textOffset(reader, item.node, text, offset));
};

/** How far into a node a character of its text stands: past the quote, or at its start where escapes shift it. */
export const textOffset = (reader: TreeReader, node: Node | null, text: string, offset: number): number => {
  if (offset === 0 || node?.range == null) return 0;
  if (!isScalar(node)) return offset;
  const start = node.range[0];
  for (const skip of [0, 1]) {
    if (reader.document.text.startsWith(text, start + skip)) return skip + offset;
  }
  return 0;
};
