// Which sections of which RFC a test file's titles name. Titles are read from the syntax tree, so that nothing has to be run
// and a title in a comment does not count.
//
//   it('RFC 7616 §3.4 …')                        that section
//   it('17.1.2.2 …'), it('§17.1.2.2 …')          of RFC 3261, or of the RFC that the file is about
//   describe('RFC 3261 §10.3 …') around it(…)    for every title inside that names no section of its own
//   it.each(TABLE)('§%s …')                      each row of a table of literals in the same file

import { parseSource, type SyntaxNode } from '../../tidy/source.ts';

export interface SectionReference {
  readonly rfc: number;
  /** `17.1.2.2` */
  readonly section: string;
}

export interface NamedTest extends SectionReference {
  readonly path: string;
  /** With the title of the group where the section stands there. */
  readonly title: string;
}

const RFC_OF_SIP = 3261;
const RFC_OF_TORTURE = 4475;
const ROWS_MAX = 1_000;

/** The RFC whose sections a file's titles mean when they name a section only. */
const rfcOf = (path: string): number => {
  const named = /rfc(\d{4})/.exec(path)?.[1];
  if (named !== undefined) return Number(named);
  return path.startsWith('test/torture/') ? RFC_OF_TORTURE : RFC_OF_SIP;
};

const SECTION = String.raw`\d{1,2}(?:\.\d+)+(?:\(\d+\))?`;
const BARE = new RegExp(`^(?:DEVIATION )?(${SECTION}(?:, ${SECTION})*)(?=[ :])`);
const TOKEN = /RFC (\d{3,5})|§(\d+(?:\.\d+)*)(?:-(\d+)\b)?/g;
/** Sections that a title may begin with unmarked: "1.5 s later" is a number, and no section of either RFC. */
const MAJOR: Readonly<Record<number, readonly [least: number, most: number]>> = {
  [RFC_OF_SIP]: [7, 28],
  [RFC_OF_TORTURE]: [3, 3],
};

export const sectionsIn = (title: string, rfc: number): readonly SectionReference[] => {
  const found: SectionReference[] = [];
  const [least, most] = MAJOR[rfc] ?? [1, 99];
  for (const bare of BARE.exec(title)?.[1]?.split(', ') ?? []) {
    const section = bare.replace(/\(.*/, '');
    const major = Number(section.split('.')[0]);
    if (major >= least && major <= most) found.push({ rfc, section });
  }
  let current = rfc;
  for (const [, number, section, last] of title.matchAll(TOKEN)) {
    if (number !== undefined) current = Number(number);
    else if (section !== undefined) {
      for (const each of rangeOf(section, last)) found.push({ rfc: current, section: each });
    }
  }
  return found;
};

/** `3.3.12` and `14` are 3.3.12, 3.3.13 and 3.3.14. */
const rangeOf = (section: string, last: string | undefined): readonly string[] => {
  const dot = section.lastIndexOf('.');
  const from = Number(section.slice(dot + 1));
  const length = last === undefined ? 1 : Number(last) - from + 1;
  if (length < 1 || length > 99) return [section];
  return Array.from({ length }, (_, index) => section.slice(0, dot + 1) + (from + index));
};

/** Every test of a file that names a section, in the order of the file. */
export const namedTests = (path: string, text: string): readonly NamedTest[] => {
  const { program } = parseSource(path, text);
  const tables = tablesIn(program);
  const tests: NamedTest[] = [];
  const rfc = rfcOf(path);
  const open: { node: SyntaxNode; group: string | null }[] = [{ node: program, group: null }];
  while (open.length > 0) {
    const { node, group } = open.pop()!;
    const call = callOf(node, tables);
    let inner = group;
    if (call?.kind === 'group') inner = sectionsIn(call.titles[0]!, rfc).length > 0 ? call.titles[0]! : group;
    for (const title of call?.kind === 'test' ? call.titles : []) {
      const own = sectionsIn(title, rfc);
      const shown = own.length > 0 || group === null ? title : `${group} › ${title}`;
      for (const reference of sectionsIn(shown, rfc)) tests.push({ ...reference, path, title: shown });
    }
    for (const child of childrenOf(node).reverse()) open.push({ node: child, group: inner });
  }
  return tests;
};

interface Call {
  readonly kind: 'test' | 'group';
  /** One, or one for each row of an `each`. */
  readonly titles: readonly string[];
}

/** `it(…)`, `it.each(…)(…)`, `describe.skipIf(…)(…)`, `describeWithPeers(…)`; null for anything else. */
const callOf = (node: SyntaxNode, tables: ReadonlyMap<string, SyntaxNode>): Call | null => {
  if (node.type !== 'CallExpression') return null;
  const callee = node.callee as SyntaxNode;
  const root = rootName(callee);
  const kind = /^(it|test)$/.test(root) ? 'test' : root.startsWith('describe') ? 'group' : null;
  if (kind === null) return null;
  const title = (node.arguments as SyntaxNode[]).map(textOf).find((text) => text !== null);
  if (title === undefined || title === null) return null;
  return { kind, titles: kind === 'test' && title.includes('%s') ? rowTitles(title, callee, tables) : [title] };
};

const rootName = (callee: SyntaxNode): string => {
  let node = callee;
  while (node.type !== 'Identifier') {
    const inner = (node.type === 'CallExpression' ? node.callee : node.object) as SyntaxNode | undefined;
    if (inner === undefined) return '';
    node = inner;
  }
  return String(node.name);
};

/** Titles of the rows where they name sections; else the one title as it is written. */
const rowTitles = (title: string, callee: SyntaxNode, tables: ReadonlyMap<string, SyntaxNode>): readonly string[] => {
  const argument = callee.type === 'CallExpression' ? (callee.arguments as SyntaxNode[])[0] : undefined;
  if (argument === undefined || !/^(?:§|RFC \d+ §)?%s/.test(title)) return [title];
  const table = argument.type === 'Identifier' ? tables.get(String(argument.name)) : bareOf(argument);
  if (table?.type !== 'ArrayExpression') return [title];
  const rows = (table.elements as SyntaxNode[]).slice(0, ROWS_MAX);
  return rows.map((row) => {
    const cells = (row.type === 'ArrayExpression' ? (row.elements as SyntaxNode[]) : [row]).map(textOf);
    let cell = 0;
    return title.replace(/%s/g, () => cells[cell++] ?? '…').trim();
  });
};

/** Arrays that the file gives a name. */
const tablesIn = (program: SyntaxNode): ReadonlyMap<string, SyntaxNode> => {
  const tables = new Map<string, SyntaxNode>();
  for (const statement of program.body as SyntaxNode[]) {
    if (statement.type !== 'VariableDeclaration') continue;
    for (const { id, init } of statement.declarations as { id: SyntaxNode; init: SyntaxNode | null }[]) {
      if (init !== null && id.type === 'Identifier') tables.set(String(id.name), bareOf(init));
    }
  }
  return tables;
};

/** Without `as const` and `satisfies`. */
const bareOf = (node: SyntaxNode): SyntaxNode =>
  node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression'
    ? bareOf(node.expression as SyntaxNode)
    : node;

/** A literal's text; gaps of a template are an ellipsis. */
const textOf = (node: SyntaxNode): string | null => {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null;
  if (node.type !== 'TemplateLiteral') return null;
  return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…');
};

const childrenOf = (node: SyntaxNode): SyntaxNode[] =>
  Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(
      (value): value is SyntaxNode => typeof value === 'object' && value !== null && typeof value.type === 'string',
    );
