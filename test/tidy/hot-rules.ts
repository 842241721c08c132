// What a file tagged `// @hot` may not contain: whatever allocates or deoptimises once per message. Functions named
// create… or attach…, constructors, and private functions that only those or the module itself call, run once; there
// literals, `new` and closures are allowed, but a closure made there runs per message and is held to the same rules.

import {
  functionName,
  isFunction,
  type Rule,
  type Source,
  type Step,
  type SyntaxNode,
  type Violation,
  violationAt,
  walk,
} from './source.ts';

const HOT_TAG = /^\s*@hot\b/;
const CREATION = /^(create|attach)([A-Z]|$)|^constructor$/;
const COLLECTIONS = new Set(['Map', 'Set', 'WeakMap', 'WeakSet']);
/** Keys under which an identifier is declared, or only names a member. */
const DECLARING_KEYS = new Set(['id', 'property', 'key', 'imported', 'local']);
const WRITE_BYTES = 'compose bytes into the slab';

export const isHot = (source: Source): boolean => source.comments.some(({ value }) => HOT_TAG.test(value));

const isText = (node: SyntaxNode): boolean =>
  node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string');

const isTextSum = (node: SyntaxNode): boolean =>
  (node.type === 'BinaryExpression' || node.type === 'AssignmentExpression') &&
  (node.operator === '+' || node.operator === '+=') &&
  (isText(node.left as SyntaxNode) || isText(node.right as SyntaxNode));

/** Banned anywhere in the file, in creation functions too. */
const alwaysBanned = (node: SyntaxNode): readonly [string, string] | null => {
  if (node.type === 'Literal' && node.regex !== undefined && node.regex !== null) {
    return ['regular expression', 'compare bytes'];
  }
  if (node.type !== 'NewExpression') return null;
  const name = String((node.callee as SyntaxNode).name);
  return COLLECTIONS.has(name) ? [`new ${name}`, 'use a typed-array table indexed by slot'] : null;
};

/** Banned in every function, in creation functions too. */
const bannedInFunctions = (node: SyntaxNode): readonly [string, string] | null => {
  if (node.type === 'SpreadElement' || node.type === 'RestElement') return ['spread', 'name the values'];
  if (node.type === 'TryStatement') return ['try', 'return a negative code'];
  if (node.type === 'TemplateLiteral' && (node.expressions as readonly unknown[]).length > 0) {
    return ['template string with values', WRITE_BYTES];
  }
  return isTextSum(node) ? ['string concatenation', WRITE_BYTES] : null;
};

/** Banned in functions that run per message. */
const bannedPerMessage = (node: SyntaxNode): readonly [string, string] | null => {
  const once = 'make it once, in a function named create… or attach…';
  if (node.type === 'ObjectExpression') return ['object literal', once];
  if (node.type === 'ArrayExpression') return ['array literal', once];
  if (node.type === 'NewExpression') return ['new', once];
  if (node.type === 'ThrowStatement') return ['throw', 'return a negative code, or assert'];
  if (isFunction(node)) return ['closure', `${once}, or pass numbers to a top-level function`];
  return null;
};

/** The innermost function around a node, and its name; null at module level. */
const enclosing = (path: readonly Step[]): string | null => {
  for (let at = path.length - 1; at >= 0; at -= 1) {
    const { node } = path[at] as Step;
    if (isFunction(node)) return functionName(node, path.slice(0, at));
  }
  return null;
};

/** For each name that is called: from which functions, null for the module itself. Any other use counts as a caller ''. */
const callersByName = (source: Source): ReadonlyMap<string, ReadonlySet<string | null>> => {
  const callers = new Map<string, Set<string | null>>();
  walk(source.program, (node, key, path) => {
    if (node.type !== 'Identifier' || typeof node.name !== 'string' || DECLARING_KEYS.has(key)) return;
    const from = callers.get(node.name) ?? new Set();
    from.add(key === 'callee' ? enclosing(path) : '');
    callers.set(node.name, from);
  });
  return callers;
};

const exportedNames = (source: Source): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const statement of source.program.body as readonly SyntaxNode[]) {
    if (statement.type !== 'ExportNamedDeclaration') continue;
    const declaration = statement.declaration as SyntaxNode | null;
    const declared = (declaration?.declarations ??
      (declaration === null ? [] : [declaration])) as readonly SyntaxNode[];
    for (const { id } of declared) names.add(String((id as SyntaxNode | undefined)?.name));
    for (const { local } of statement.specifiers as readonly SyntaxNode[])
      names.add(String((local as SyntaxNode).name));
  }
  return names;
};

/** Private functions that are called, and only from the module itself or from functions that run once. */
const findOnceOnly = (source: Source): ReadonlySet<string> => {
  const exported = exportedNames(source);
  const callers = [...callersByName(source)].filter(([name]) => !exported.has(name));
  const once = new Set<string>();
  for (let before = -1; before !== once.size; ) {
    before = once.size;
    for (const [name, from] of callers) {
      if ([...from].every((caller) => caller === null || CREATION.test(caller) || once.has(caller))) once.add(name);
    }
  }
  return once;
};

const isType = (node: SyntaxNode): boolean => node.type.startsWith('TS');

/** `as const`, `satisfies` and `!` wrap values; every other TS node holds only types. */
const isTypeContext = (path: readonly Step[]): boolean =>
  path.some(({ node, key }) => isType(node) && (key === 'typeAnnotation' || key === 'returnType'));

export const hotFilesDoNotAllocate: Rule = (source) => {
  if (!isHot(source)) return [];
  const once = findOnceOnly(source);
  const violations: Violation[] = [];
  walk(source.program, (node, _key, path) => {
    const inside = enclosing(path);
    let banned = alwaysBanned(node);
    if (banned === null && inside !== null && !isTypeContext(path)) {
      banned = bannedInFunctions(node);
      if (banned === null && !CREATION.test(inside) && !once.has(inside)) banned = bannedPerMessage(node);
    }
    if (banned !== null) violations.push(violationAt(source, node.start, `${banned[0]} in an @hot file`, banned[1]));
  });
  return violations;
};
