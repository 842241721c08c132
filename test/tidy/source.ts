// One source file as the rules see it: text, syntax tree, and offsets turned into lines. A rule is a function from a
// source to violations; a violation says where, what, and what to do instead.

import { type Comment, parseSync, visitorKeys } from 'oxc-parser';

/** A syntax-tree node, as loosely typed as the rules need it. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** One specifier that the file imports or re-exports from. */
export interface ImportedFrom {
  readonly specifier: string;
  /** Null: the whole module, or only its effects. */
  readonly names: readonly string[] | null;
  readonly typesOnly: boolean;
  readonly offset: number;
}

export interface Source {
  /** Path in the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lineCount: number;
  readonly program: SyntaxNode;
  readonly comments: readonly Comment[];
  readonly imports: readonly ImportedFrom[];
  /** Starts of lines, to turn an offset into a line. */
  readonly lineStarts: readonly number[];
}

export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly what: string;
  readonly instead: string;
}

export type Rule = (source: Source) => readonly Violation[];

export const formatViolation = ({ path, line, what, instead }: Violation): string =>
  `${path}:${line}: ${what}; ${instead}`;

export const parseSource = (path: string, text: string): Source => {
  const { program, comments, errors, module } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message ?? 'does not parse'}`);
  const imports: ImportedFrom[] = [];
  for (const { moduleRequest, entries, start } of module.staticImports) {
    const names = entries.map((entry) => (entry.importName.kind === 'Name' ? (entry.importName.name ?? '*') : '*'));
    const typesOnly = entries.length > 0 && entries.every((entry) => entry.isType);
    imports.push({
      specifier: moduleRequest.value,
      names: names.includes('*') ? null : names,
      typesOnly,
      offset: start,
    });
  }
  for (const { entries, start } of module.staticExports) {
    const from = entries[0]?.moduleRequest;
    if (from === undefined || from === null) continue;
    const names = entries.map((entry) => entry.importName.name ?? '*');
    const typesOnly = entries.every((entry) => entry.isType);
    imports.push({ specifier: from.value, names: names.includes('*') ? null : names, typesOnly, offset: start });
  }
  for (const { moduleRequest, start } of module.dynamicImports) {
    const written = text.slice(moduleRequest.start, moduleRequest.end);
    const literal = /^(['"`])([^'"`$]*)\1$/.exec(written)?.[2];
    imports.push({ specifier: literal ?? `(${written})`, names: null, typesOnly: false, offset: start });
  }
  const lineStarts = startsOfLines(text);
  const lineCount = text.endsWith('\n') ? lineStarts.length - 1 : lineStarts.length;
  const tree = program as unknown as SyntaxNode;
  return { path, text, lineCount, program: tree, comments, imports, lineStarts };
};

const startsOfLines = (text: string): number[] => {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
};

/** The line of an offset, counted from 1. */
export const lineOf = (source: Source, offset: number): number => {
  let low = 0;
  let high = source.lineStarts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((source.lineStarts[middle] as number) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
};

export const violationAt = (source: Source, offset: number, what: string, instead: string): Violation => ({
  path: source.path,
  line: lineOf(source, offset),
  what,
  instead,
});

/** A node on the way from the root, and under which key of its parent it hangs. */
export interface Step {
  readonly node: SyntaxNode;
  readonly key: string;
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** Visits every node, parents first. `path` leads from the root to the node's parent. */
export const walk = (root: SyntaxNode, visit: (node: SyntaxNode, key: string, path: readonly Step[]) => void): void => {
  const path: Step[] = [];
  const descend = (node: SyntaxNode, key: string): void => {
    visit(node, key, path);
    path.push({ node, key });
    for (const childKey of visitorKeys[node.type] ?? []) {
      const child = node[childKey];
      for (const each of Array.isArray(child) ? child : [child]) if (isNode(each)) descend(each, childKey);
    }
    path.pop();
  };
  descend(root, '');
};

const FUNCTION_TYPES = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

export const isFunction = (node: SyntaxNode): boolean => FUNCTION_TYPES.has(node.type);

const nameIn = (node: unknown): string | null => {
  if (!isNode(node)) return null;
  return typeof node.name === 'string' ? node.name : null;
};

/** What a function is called: by itself, or by the variable, property or method that holds it. */
export const functionName = (node: SyntaxNode, path: readonly Step[]): string => {
  const own = nameIn(node.id);
  if (own !== null) return own;
  const parent = path.at(-1)?.node;
  if (parent === undefined) return 'anonymous';
  return nameIn(parent.type === 'VariableDeclarator' ? parent.id : parent.key) ?? 'anonymous';
};
