// A scenario file as a YAML document that remembers where each node stands and which nodes did not come from the file but
// from a flag or a variable. Everything that may be said about a value is said through problemAt, so that every message
// names either a place in the file or the flag.
//
// The YAML library recurses on nesting, so the text is measured first: no scenario needs more than a few levels, and a
// file of ten thousand brackets must be a message rather than an exhausted stack.

import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { type Place, type Problem, UserError } from '../std/index.ts';

const MAX_TEXT_LENGTH = 1_000_000;
const MAX_OPEN_BRACKETS = 100;
const MAX_INDENT = 200;
const MAX_INDICATORS_PER_LINE = 50;
/** An alias may stand for a large node; more than this many in a file is a mistake or an attack. */
export const MAX_ALIASES = 100;

export interface SourceDocument {
  readonly file: string;
  /** What messages call it: `scenario`. */
  readonly what: string;
  readonly text: string;
  readonly yaml: Document;
  readonly lines: LineCounter;
  /** Nodes that a flag, `--set` or an environment variable put there, and what to call it. */
  readonly origins: WeakMap<object, string>;
  /** Found while reading: duplicate keys, more than one document. */
  readonly problems: readonly Problem[];
}

/** The library's own count misses line ends within what it could not read, so all places below would be wrong. */
const linesOf = (text: string): LineCounter => {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return lines;
};

const placeAt = (file: string, lines: LineCounter, offset: number): Place => {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(1, line), column: Math.max(1, col) };
};

/** A problem with a node: at its place in the file, moved by `offset` characters, or under the name of its origin. */
export const problemAt = (document: SourceDocument, node: Node | null, message: string, offset = 0): Problem => {
  const origin = node === null ? undefined : document.origins.get(node);
  if (origin !== undefined) return { message: `${origin}: ${message}` };
  return { message, place: placeAt(document.file, document.lines, (node?.range?.[0] ?? 0) + offset) };
};

/** `file:line` of a node, or its origin. */
export const sourceOf = (document: SourceDocument, node: Node): string => {
  const origin = document.origins.get(node);
  if (origin !== undefined) return origin;
  return `${document.file}:${placeAt(document.file, document.lines, node.range?.[0] ?? 0).line}`;
};

/** The text as it stands in the file, where the node came from there. */
export const rawText = (document: SourceDocument, from: Node, to: Node): string =>
  document.text.slice(from.range?.[0] ?? 0, to.range?.[1] ?? 0);

/** The node an alias stands for, or null when nothing of that name comes before it. */
export const resolveAlias = (document: SourceDocument, alias: Alias): Node | null =>
  alias.resolve(document.yaml) ?? null;

const refuse = (code: 'YAML_SYNTAX' | 'SCENARIO_INVALID', problems: Problem | readonly Problem[]): never => {
  throw new UserError(code, problems);
};

/** Throws YAML_SYNTAX when no tree can be had. */
export const openDocument = (file: string, text: string, what = 'scenario'): SourceDocument => {
  const obstacle = textObstacle(text);
  if (obstacle !== null)
    refuse('YAML_SYNTAX', { message: obstacle.message, place: placeInText(file, text, obstacle.at) });
  const lines = linesOf(text);
  const yaml = parseDocument(text, {
    prettyErrors: false,
    schema: 'core',
    version: '1.2',
    merge: false,
    uniqueKeys: true,
    logLevel: 'error',
  });
  const syntax = yaml.errors.filter((error) => error.code !== 'DUPLICATE_KEY' && error.code !== 'MULTIPLE_DOCS');
  if (syntax.length > 0) refuse('YAML_SYNTAX', syntaxProblems(file, text, lines, syntax));
  const problems = yaml.errors.map((error) => structureProblem({ file, what, text, lines }, error));
  const document: SourceDocument = { file, what, text, yaml, lines, origins: new WeakMap(), problems };
  requireMap(document);
  return document;
};

/**
 * The map or list that a flag wrote as text, such as `--set 'local.addresses=[127.0.0.2, 127.0.0.3]'`; null where the node
 * is no flag's text or the text is no map or list. All of its nodes carry the flag's name.
 */
export const collectionInOverride = (document: SourceDocument, node: Node): Node | null => {
  const origin = document.origins.get(node);
  if (origin === undefined || !isScalar(node)) return null;
  const text = String(node.value);
  if (!/^\s*[[{]/.test(text) || textObstacle(text) !== null) return null;
  const yaml = parseDocument(text, { prettyErrors: false, schema: 'core', merge: false, logLevel: 'silent' });
  if (yaml.errors.length > 0 || yaml.contents === null) return null;
  visit(yaml, { Node: (_key, inner) => void document.origins.set(inner, origin) });
  return yaml.contents;
};

const requireMap = (document: SourceDocument): void => {
  const top = document.yaml.contents;
  if (isMap(top)) return;
  const place = { file: document.file, line: 1, column: 1 };
  if (!isNode(top) || (isScalar(top) && top.value === null)) {
    refuse('SCENARIO_INVALID', { message: `the ${document.what} is empty; it begins with "version: 1"`, place });
  }
  const what = isAlias(top) ? 'an alias' : isScalar(top) ? 'a single text' : 'a list';
  const message = `the ${document.what} is ${what}; it has to be keys and values, beginning with "version: 1"`;
  refuse('SCENARIO_INVALID', problemAt(document, top as Node, message));
};

interface Obstacle {
  readonly message: string;
  readonly at: number;
}

/** What keeps a text from being given to the YAML library at all. */
const textObstacle = (text: string): Obstacle | null => {
  if (text.length > MAX_TEXT_LENGTH) {
    return { message: `the file is longer than ${MAX_TEXT_LENGTH} characters; is it a scenario?`, at: 0 };
  }
  const nul = text.indexOf('\u0000');
  if (nul >= 0) return { message: 'the file holds a NUL character; it is not a text file', at: nul };
  const replaced = text.indexOf('\ufffd');
  if (replaced >= 0) return { message: 'the file is not UTF-8 text', at: replaced };
  return nestingObstacle(text);
};

/** A bound on depth that needs no parsing: unclosed brackets, indentation, and indicators within one line. */
const nestingObstacle = (text: string): Obstacle | null => {
  let open = 0;
  let lineStart = 0;
  let indicators = 0;
  let indent = 0;
  let inIndent = true;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\n' || character === '\r') {
      lineStart = at + 1;
      indicators = 0;
      indent = 0;
      inIndent = true;
      continue;
    }
    if (inIndent && character === ' ') indent += 1;
    else inIndent = false;
    if (character === '[' || character === '{') open += 1;
    else if ((character === ']' || character === '}') && open > 0) open -= 1;
    else if ((character === '-' || character === '?' || character === ':') && isBlank(text[at + 1])) indicators += 1;
    if (open > MAX_OPEN_BRACKETS || indent > MAX_INDENT || indicators > MAX_INDICATORS_PER_LINE) {
      return { message: 'the file is nested too deeply for a scenario', at: lineStart };
    }
  }
  return null;
};

const isBlank = (character: string | undefined): boolean =>
  character === undefined || character === ' ' || character === '\t' || character === '\n' || character === '\r';

/** For texts that were not given to the YAML library, so have no line counter. */
const placeInText = (file: string, text: string, at: number): Place => {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return { file, line, column: at - before.lastIndexOf('\n') };
};

/** One slip confuses a parser for the rest of its line, so only the first error of each line is told. */
const syntaxProblems = (
  file: string,
  text: string,
  lines: LineCounter,
  errors: readonly YAMLError[],
): readonly Problem[] => {
  const problems: Problem[] = [];
  let lastLine = 0;
  for (const error of errors) {
    const place = placeAt(file, lines, error.pos[0]);
    if (place.line === lastLine) continue;
    lastLine = place.line;
    problems.push({ place, ...syntaxMessage(error, text) });
  }
  return problems;
};

const QUOTE_HINT = 'texts with { } [ ] , : or # in them need quotes, for example user: "u{index:8}"';

const syntaxMessage = (error: YAMLError, text: string): { message: string; hint?: string } => {
  const first = text[error.pos[0]] ?? '';
  if (error.code === 'TAB_AS_INDENT') return { message: 'tabs cannot indent YAML; use spaces' };
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY') return { message: 'a second ": " on one line', hint: QUOTE_HINT };
  const message = error.message.charAt(0).toLowerCase() + error.message.slice(1);
  return error.code === 'UNEXPECTED_TOKEN' && '{}[],'.includes(first) ? { message, hint: QUOTE_HINT } : { message };
};

type Opened = Pick<SourceDocument, 'file' | 'what' | 'text' | 'lines'>;

const structureProblem = ({ file, what, text, lines }: Opened, error: YAMLError): Problem => {
  const place = placeAt(file, lines, error.pos[0]);
  if (error.code === 'MULTIPLE_DOCS') {
    return { place, message: `a second YAML document begins here ("---"); a ${what} is one document` };
  }
  const key = /^[^\s:]+/.exec(text.slice(error.pos[0], error.pos[0] + 80))?.[0] ?? 'key';
  return { place, message: `the key ${key} is written twice` };
};
