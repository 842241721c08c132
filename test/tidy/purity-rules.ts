// What a PURE folder may not say: clocks, timers, promises, the process, the console, the network, real randomness. Those
// come in as arguments (`now`, bytes, a seed), which is what lets the simulator run the same code on a virtual clock.

import { folderOf } from './import-rules.ts';
import { IMPORT_TABLE } from './import-table.ts';
import { type Rule, type Step, type SyntaxNode, type Violation, violationAt, walk } from './source.ts';

const TIMERS = 'return the next deadline; the pump waits';
const ASYNC = 'the core is synchronous; let a SHELL folder await';
const EFFECTS = 'give back data; a SHELL folder has the effects';

/** Banned global -> what to do instead. */
const BANNED_GLOBALS: Readonly<Record<string, string>> = {
  Date: 'take the time as an argument',
  performance: 'take the time as an argument',
  process: 'take what you need as an argument',
  console: EFFECTS,
  setTimeout: TIMERS,
  setInterval: TIMERS,
  setImmediate: TIMERS,
  queueMicrotask: TIMERS,
  Promise: ASYNC,
  fetch: EFFECTS,
  WebSocket: EFFECTS,
  navigator: 'take what you need as an argument',
  crypto: "draw from the seeded generator, or hash in sip's digest file",
  Buffer: 'use Uint8Array',
  globalThis: 'take what you need as an argument',
  eval: 'write the code out',
};

const BANNED_MEMBERS: Readonly<Record<string, string>> = {
  'Math.random': 'draw from the seeded generator in std',
  'Atomics.wait': TIMERS,
  'Atomics.waitAsync': TIMERS,
};

/** Keys under which an identifier is only a name of something else, unless computed. */
const NAME_KEYS = new Set(['property', 'key', 'imported', 'exported', 'label', 'right']);

const isReference = (key: string, parent: SyntaxNode | undefined): boolean => {
  if (parent === undefined || !NAME_KEYS.has(key)) return true;
  if (key === 'right') return parent.type !== 'TSQualifiedName';
  return parent.computed === true;
};

const bannedAt = (node: SyntaxNode, key: string, path: readonly Step[]): readonly [string, string] | null => {
  if (node.type === 'Identifier' && typeof node.name === 'string' && Object.hasOwn(BANNED_GLOBALS, node.name)) {
    return isReference(key, path.at(-1)?.node) ? [node.name, BANNED_GLOBALS[node.name] as string] : null;
  }
  if (node.type === 'CallExpression' && (node.callee as SyntaxNode).name === 'require') {
    return ['require', 'use a static import along the table'];
  }
  if (node.type === 'AwaitExpression') return ['await', ASYNC];
  if (node.type === 'ForOfStatement' && node.await === true) return ['for await', ASYNC];
  if (node.async === true) return ['async', ASYNC];
  if (node.type === 'MetaProperty' && (node.meta as SyntaxNode).name === 'import') return ['import.meta', EFFECTS];
  if (node.type === 'ImportExpression') return ['import()', 'use a static import along the table'];
  if (node.type !== 'MemberExpression') return null;
  const name = `${String((node.object as SyntaxNode).name)}.${memberName(node)}`;
  return Object.hasOwn(BANNED_MEMBERS, name) ? [name, BANNED_MEMBERS[name] as string] : null;
};

const memberName = (node: SyntaxNode): string => {
  const property = node.property as SyntaxNode;
  return String(node.computed === true ? property.value : property.name);
};

export const pureFoldersHaveNoEffects: Rule = (source) => {
  const folder = folderOf(source.path);
  if (IMPORT_TABLE[folder]?.pure !== true) return [];
  const violations: Violation[] = [];
  walk(source.program, (node, key, path) => {
    const banned = bannedAt(node, key, path);
    if (banned === null) return;
    violations.push(violationAt(source, node.start, `'${banned[0]}' in PURE folder '${folder}'`, banned[1]));
  });
  return violations;
};
