// The house rules as code: docs/STYLE.md says why, this holds the sources to them. Every rule is first shown to catch a
// snippet that breaks it and to leave a good one alone; then it is applied to every file under version control.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hotFilesDoNotAllocate, isHot } from './tidy/hot-rules.ts';
import { findCycles, folderOf, importsFollowTable } from './tidy/import-rules.ts';
import { IMPORT_TABLE, INTERFACE_FILES } from './tidy/import-table.ts';
import { missingFromLock } from './tidy/lock-rules.ts';
import { pureFoldersHaveNoEffects } from './tidy/purity-rules.ts';
import {
  commentsAreFinished,
  createFunctionLengthRule,
  filesAreNamedForOneConcept,
  filesAreShort,
  filesHaveHeaders,
  functionsAreShort,
  LONG_FUNCTIONS,
  syntaxIsPlain,
  testsAlwaysRun,
} from './tidy/shape-rules.ts';
import { formatViolation, parseSource, type Rule, type Source, type Violation } from './tidy/source.ts';
import { textIsPortable } from './tidy/text-rules.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Tracked files, and new ones that git would not ignore: a rule should hold before the commit, not after. */
const listFiles = (): readonly string[] => {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const output = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 << 20 });
  return [...new Set(output.split('\0'))].filter((path) => path !== '' && existsSync(ROOT + path)).sort();
};

const files = listFiles();
const readText = (path: string): string => readFileSync(ROOT + path, 'latin1');
const parseFile = (path: string): Source => parseSource(path, readFileSync(ROOT + path, 'utf8'));
const scripts = files.filter((path) => /\.(ts|mjs)$/.test(path)).map(parseFile);
const inFolder = (name: string): readonly Source[] => scripts.filter(({ path }) => path.startsWith(`${name}/`));
const sources = inFolder('src');

const broken = (rule: Rule, checked: readonly Source[]): readonly string[] =>
  checked.flatMap(rule).map(formatViolation);

/** What a rule says about one snippet that stands in a file of the given name. */
const verdict = (rule: Rule, path: string, text: string): readonly string[] =>
  rule(parseSource(path, text)).map(({ line, what }) => `${line}: ${what}`);

const cyclesOf = (texts: Readonly<Record<string, string>>): readonly Violation[] =>
  findCycles(Object.entries(texts).map(([path, text]) => parseSource(path, text)));

describe('imports', () => {
  it.each([
    ['src/sip/a.ts', "import { Engine } from '../engine/index.ts';", "1: 'sip' may not import 'engine'"],
    ['src/sip/a.ts', "export { Engine } from '../engine/index.ts';", "1: 'sip' may not import 'engine'"],
    ['src/sip/a.ts', "import type { Engine } from '../engine/index.ts';", "1: 'sip' may not import 'engine'"],
    ['src/cli/a.ts', "\nconst load = () => import('../engine/index.ts');", "2: 'cli' may not import 'engine'"],
    ['src/cli/a.ts', 'const load = (name: string) => import(name);', '1: import of a computed name (name)'],
    ['src/engine/a.ts', "import { parse } from '../sip/parser.ts';", "1: import past the index of 'sip'"],
    ['src/engine/a.ts', "import { readFileSync } from 'node:fs';", "1: 'engine' may not import 'node:fs'"],
    ['src/engine/a.ts', "import 'zod';", "1: 'engine' may not import 'zod'"],
    ['src/sip/parser.ts', "import { hash } from 'node:crypto';", "1: 'node:crypto' is for files named 'digest' only"],
    [
      'src/registrar/a.ts',
      "import { P } from '../scenario/index.ts';",
      "1: 'registrar' may import only types of 'scenario'",
    ],
    ['src/transport/a.ts', "import { parse } from '../sip/index.ts';", "1: 'transport' may not know 'parse' of 'sip'"],
    ['src/cli/a.ts', "import json from '../../package.json';", "1: import of 'package.json'"],
    ['src/extra/a.ts', '', "1: folder 'extra' is not in the import table"],
  ])('catches in %s: %s', (path, text, expected) => {
    expect(verdict(importsFollowTable, path, text)).toEqual([expected]);
  });

  it.each([
    ['src/engine/a.ts', "import { parse } from '../sip/index.ts';"],
    ['src/engine/a.ts', "import { b } from './b.ts';"],
    ['src/registrar/a.ts', "import type { RunPlan } from '../scenario/index.ts';"],
    ['src/gate/a.ts', "import type { RunResult } from '../metrics/run-result.ts';"],
    ['src/sip/digest.ts', "import { hash } from 'node:crypto';"],
    ['src/transport/tcp.ts', "import { createFramer } from '../sip/index.ts';"],
    ['src/transport/udp.ts', "const koffi = await import('koffi');"],
    ['src/cli/a.ts', "import { hideBin } from 'yargs/helpers';"],
    ['src/coordinator/a.ts', "import { readFile } from 'node:fs/promises';"],
  ])('accepts in %s: %s', (path, text) => {
    expect(verdict(importsFollowTable, path, text)).toEqual([]);
  });

  it('catches a cycle of three files, types included, and names the way round', () => {
    const cycles = cyclesOf({
      'src/sip/a.ts': "import { b } from './b.ts';",
      'src/sip/b.ts': "import type { C } from './c.ts';",
      'src/sip/c.ts': "export { a } from './a.ts';",
    });
    const what = 'import cycle src/sip/a.ts -> src/sip/b.ts -> src/sip/c.ts -> src/sip/a.ts';
    expect(cycles.map((each) => each.what)).toEqual([what]);
  });

  it('accepts two ways to the same file', () => {
    expect(
      cyclesOf({
        'src/sip/a.ts': "import './b.ts'; import './c.ts';",
        'src/sip/b.ts': "import './d.ts';",
        'src/sip/c.ts': "import './d.ts';",
        'src/sip/d.ts': '',
      }),
    ).toEqual([]);
  });

  it('the table names only folders that have a row, and has no cycle itself', () => {
    const rows = Object.entries(IMPORT_TABLE);
    const texts = rows.map(([folder, rule]) => {
      for (const { to } of rule.imports) expect(IMPORT_TABLE, folder).toHaveProperty([to]);
      return [`src/${folder}/index.ts`, rule.imports.map(({ to }) => `import '../${to}/index.ts';`).join('\n')];
    });
    expect(cyclesOf(Object.fromEntries(texts))).toEqual([]);
  });

  it('a PURE folder imports no SHELL folder', () => {
    const pure = Object.values(IMPORT_TABLE).filter((rule) => rule.pure);
    const reached = pure.flatMap((rule) => rule.imports.map(({ to }) => to));
    expect(reached.filter((folder) => IMPORT_TABLE[folder]?.pure !== true)).toEqual([]);
  });

  it('every interface file exists', () => {
    expect(INTERFACE_FILES.filter((path) => !files.includes(path))).toEqual([]);
  });

  it('src imports along the table, through the index, without cycles', () => {
    expect(broken(importsFollowTable, sources)).toEqual([]);
    expect(findCycles(sources).map(formatViolation)).toEqual([]);
  });
});

describe('PURE folders', () => {
  it.each([
    ['const t = Date.now();', "'Date'"],
    ['const t = performance.now();', "'performance'"],
    ['const r = Math.random();', "'Math.random'"],
    ["const r = Math['random']();", "'Math.random'"],
    ['const e = process.env.HOME;', "'process'"],
    ['console.log(1);', "'console'"],
    ['setTimeout(f, 1);', "'setTimeout'"],
    ['const f = (tick = setInterval) => tick;', "'setInterval'"],
    ['setImmediate(f);', "'setImmediate'"],
    ['queueMicrotask(f);', "'queueMicrotask'"],
    ['type P = Promise<number>;', "'Promise'"],
    ['const f = async () => 1;', "'async'"],
    ['async function f() {}', "'async'"],
    ['await f();', "'await'"],
    ['const page = fetch(url);', "'fetch'"],
    ['const id = crypto.randomUUID();', "'crypto'"],
    ['const b = Buffer.alloc(1);', "'Buffer'"],
    ["const fs = require('fs');", "'require'"],
    ['const g = globalThis;', "'globalThis'"],
    ['const u = import.meta.url;', "'import.meta'"],
    ['const z = { process };', "'process'"],
    ['Atomics.wait(lanes, 0, 0);', "'Atomics.wait'"],
  ])('catches %s', (text, expected) => {
    expect(verdict(pureFoldersHaveNoEffects, 'src/engine/a.ts', text)).toContain(
      `1: ${expected} in PURE folder 'engine'`,
    );
  });

  it.each([
    "const words = ['Date', 'process'];",
    'const q = row.process;',
    "const require = parse('Require'); const f = (require: number) => require + 1;",
    'const q = { Date: 1, fetch: 2 };',
    'interface Row { readonly process: number }',
    '// A Date or a Promise in a comment is only a word.',
    'const n = Math.floor(Atomics.load(lanes, 0));',
  ])('accepts %s', (text) => {
    expect(verdict(pureFoldersHaveNoEffects, 'src/engine/a.ts', text)).toEqual([]);
  });

  it('accepts effects in a SHELL folder', () => {
    expect(
      verdict(pureFoldersHaveNoEffects, 'src/cli/a.ts', 'console.log(await Promise.resolve(Date.now()));'),
    ).toEqual([]);
  });

  it('src keeps to it', () => {
    expect(broken(pureFoldersHaveNoEffects, sources)).toEqual([]);
  });
});

describe('@hot files', () => {
  const hot = (text: string): readonly string[] => verdict(hotFilesDoNotAllocate, 'src/sip/a.ts', `// @hot\n${text}`);

  it.each([
    ['const f = (t: T) => t.rows.map((r) => r.x);', 'closure'],
    ['function f() { return function g() {}; }', 'closure'],
    ['const f = (a: number[]) => Math.max(...a);', 'spread'],
    ['const f = (...a: number[]) => a.length;', 'spread'],
    ['const PATTERN = /a/;', 'regular expression'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the snippet is the text under test
    ['const f = (n: number) => `n${n}`;', 'template string with values'],
    ["const f = (n: number) => 'n' + n;", 'string concatenation'],
    ["const f = (n: string) => { n += 'x'; return n; };", 'string concatenation'],
    ['const f = () => { try { g(); } finally { h(); } };', 'try'],
    ['const rows = new Map();', 'new Map'],
    ['const createRows = () => new Set();', 'new Set'],
    ['const f = () => ({ x: 1 });', 'object literal'],
    ['const f = () => [1];', 'array literal'],
    ['const f = () => new Uint8Array(8);', 'new'],
    ["const f = () => { throw new Error('x'); };", 'throw'],
    ['const createF = () => () => ({ x: 1 });', 'object literal'],
    ['const createF = () => (n: number) => { try { g(n); } finally { h(); } };', 'try'],
    ['class Pump { turn() { return { x: 1 }; } }', 'object literal'],
    ['const make = () => [1]; const createF = () => make(); const f = () => make();', 'array literal'],
    ['export const make = () => [1]; const createF = () => make();', 'array literal'],
    ['const make = () => [1]; const createF = () => make(); export { make };', 'array literal'],
    ['const make = () => [1]; sink(make);', 'array literal'],
  ])('catches %s', (text, expected) => {
    expect(hot(text)).toContain(`2: ${expected} in an @hot file`);
  });

  it.each([
    "const NAMES = ['a', 'b'] as const;",
    'const createTable = (n: number) => ({ state: new Uint8Array(n), rows: [] as number[] });',
    'export function attachTable(buffer: ArrayBuffer): Table { return { state: new Uint8Array(buffer) }; }',
    'class Pump { readonly rows: Uint8Array; constructor(n: number) { this.rows = new Uint8Array(n); } }',
    'const build = () => new Uint8Array(8); const table = build();',
    'const viewsOf = (n: number) => [column(n)]; const column = () => new Uint8Array(8); const createT = () => viewsOf(1);',
    'const createSink = (t: Table) => (slot: number) => t.state[slot]!;',
    "const f = (a: number, b: number) => { assert(a < b, 'a before b'); return a + b; };",
    'const f = (t: { readonly [key: string]: readonly [number, number] }) => t.length as unknown as [number];',
  ])('accepts %s', (text) => {
    expect(hot(text)).toEqual([]);
  });

  it('are the ones whose comment says so at its beginning', () => {
    const tagged = (text: string): boolean => isHot(parseSource('src/sip/a.ts', text));
    expect(tagged('// What it is.\n// @hot\nconst x = 1;')).toBe(true);
    expect(tagged('/* @hot */ const x = 1;')).toBe(true);
    expect(tagged('// Not @hot by itself.\nconst x = 1;')).toBe(false);
  });

  it('src keeps to it', () => {
    expect(broken(hotFilesDoNotAllocate, sources)).toEqual([]);
  });
});

describe('files and functions', () => {
  const HEADER = '// A header that says what this is and why it is done this way.\n';
  const longFile = `${HEADER}${'const x = 1;\n'.repeat(500)}`;
  const longFunction = `const f = () => {\n${'  g();\n'.repeat(69)}};\n`;
  const armFunction = `const f = (s: number) => {\n  switch (s) {\n${'    case 1:\n      return g();\n'.repeat(60)}  }\n};\n`;

  it.each([
    [
      'a name that is not kebab-case',
      filesAreNamedForOneConcept,
      'src/sip/viaParser.ts',
      '',
      "1: file name 'viaParser.ts'",
    ],
    ['a file named utils', filesAreNamedForOneConcept, 'src/sip/utils.ts', '', "1: 'utils.ts' says nothing"],
    ['a folder named common', filesAreNamedForOneConcept, 'src/common/a.ts', '', "1: 'common' says nothing"],
    ['a file without a header', filesHaveHeaders, 'src/sip/a.ts', 'const x = 1;', '1: no header comment'],
    [
      'a header after the imports',
      filesHaveHeaders,
      'src/sip/a.ts',
      `import './b.ts';\n${HEADER}`,
      '1: no header comment',
    ],
    ['an index that does things', filesHaveHeaders, 'src/sip/index.ts', 'export const x = 1;', '1: no header comment'],
    ['501 lines', filesAreShort, 'src/sip/a.ts', longFile, '1: 501 lines, more than 500'],
    ['71 lines', functionsAreShort, 'src/sip/a.ts', longFunction, "1: function 'f' has 71 lines, more than 70"],
    ['any', syntaxIsPlain, 'src/sip/a.ts', '\nlet x: any;', '2: `any`'],
    ['as any', syntaxIsPlain, 'src/sip/a.ts', 'f(x as any);', '1: `any`'],
    ['enum', syntaxIsPlain, 'src/sip/a.ts', 'enum E { A }', '1: `enum`'],
    ['export *', syntaxIsPlain, 'src/sip/index.ts', "export * from './a.ts';", '1: `export *`'],
    ['export * as', syntaxIsPlain, 'src/sip/index.ts', "export * as a from './a.ts';", '1: `export *`'],
    ['a default export', syntaxIsPlain, 'src/sip/a.ts', 'export default 1;', '1: default export'],
    ['unfinished work', commentsAreFinished, 'src/sip/a.ts', '\n// TODO: finish', '2: unfinished work in a comment'],
    ['a silenced checker', commentsAreFinished, 'src/sip/a.ts', '// @ts-ignore', '1: type check switched off'],
    ['a test alone', testsAlwaysRun, 'test/a.test.ts', "it.only('x', f);", "1: 'it.only'"],
    ['a test left out', testsAlwaysRun, 'test/a.test.ts', "describe.skip('x', f);", "1: 'describe.skip'"],
  ] as const)('catches %s', (_title, rule, path, text, expected) => {
    expect(verdict(rule, path, text)).toEqual([expected]);
  });

  it.each([
    ['kebab-case', filesAreNamedForOneConcept, 'src/sip/via-parser.ts', ''],
    ['a header', filesHaveHeaders, 'src/sip/a.ts', `${HEADER}import './b.ts';`],
    ['a header after a shebang', filesHaveHeaders, 'src/main.ts', `#!/usr/bin/env node\n${HEADER}import './b.ts';`],
    ['an index that only re-exports', filesHaveHeaders, 'src/sip/index.ts', "export { a } from './a.ts';"],
    ['a long file with its reason', filesAreShort, 'src/sip/a.ts', `// LENGTH: one table.\n${longFile}`],
    ['a switch of one-line arms', functionsAreShort, 'src/sip/a.ts', armFunction],
    ["a tool's own configuration", syntaxIsPlain, 'vitest.config.ts', 'export default {};'],
    ['company', syntaxIsPlain, 'src/sip/a.ts', 'const any = 1;'],
    ['the word in a string', commentsAreFinished, 'src/sip/a.ts', "const t = 'TODO';"],
    ['a peer that may be absent', testsAlwaysRun, 'test/a.test.ts', "describe.skipIf(missing)('x', f);"],
  ] as const)('accepts %s', (_title, rule, path, text) => {
    expect(verdict(rule, path, text)).toEqual([]);
  });

  it('the ratchet lets a long function shrink, not grow, and keeps the gain', () => {
    const at = (limit: number): readonly string[] =>
      verdict(createFunctionLengthRule({ 'src/sip/a.ts#f': limit }), 'src/sip/a.ts', longFunction);
    expect(at(71)).toEqual([]);
    expect(at(70)).toEqual(["1: function 'f' grew from 70 to 71 lines"]);
    expect(at(72)).toEqual(["1: function 'f' shrank from 72 to 71 lines"]);
  });

  it.each([
    ['a header comment', filesHaveHeaders, sources],
    ['functions of at most 70 lines', functionsAreShort, [...sources, ...inFolder('bench')]],
    ['files of at most 500 lines', filesAreShort, [...sources, ...inFolder('bench')]],
    ['files named for one concept', filesAreNamedForOneConcept, scripts],
    ['no any, enum, export * or default export', syntaxIsPlain, scripts],
    ['no unfinished work in comments', commentsAreFinished, scripts],
    ['no test left out', testsAlwaysRun, scripts],
  ] as const)('the files keep to it: %s', (_title, rule, checked) => {
    expect(broken(rule, checked)).toEqual([]);
  });

  it('the ratchet holds only functions that exist', () => {
    const known = new Set(sources.map(({ path }) => path));
    expect(Object.keys(LONG_FUNCTIONS).filter((key) => !known.has(key.split('#')[0] as string))).toEqual([]);
  });

  it('every folder of src is in the import table', () => {
    expect(sources.map(({ path }) => folderOf(path)).filter((folder) => !(folder in IMPORT_TABLE))).toEqual([]);
  });
});

describe('text', () => {
  it.each(['work', 'root', 'home'])('catches a path under /%s', (top) => {
    const said = textIsPortable('docs/a.md', `one\nsee \`/${top}/someone/file\``);
    expect(said.map(({ line, what }) => `${line}: ${what}`)).toEqual(['2: path of one machine']);
  });

  it('catches a package host in the lock file', () => {
    const said = textIsPortable('package-lock.json', '"resolved": "https://mirror.example/a.tgz"');
    expect(said.map(({ what }) => what)).toEqual(['package host']);
  });

  it('accepts URLs and relative paths that contain the words', () => {
    const text = 'https://example.org/home/page ./home/page src/work/a';
    expect(textIsPortable('package-lock.json', text)).toEqual([]);
  });

  it('no tracked file holds a path of one machine', () => {
    expect(files.flatMap((path) => textIsPortable(path, readText(path))).map(formatViolation)).toEqual([]);
  });
});

describe('the lock file', () => {
  it('a missing package of another platform is caught', () => {
    const packages = { 'node_modules/a': { optionalDependencies: { 'a-linux': '1.0.0', 'a-win32': '1.0.0' } } };
    const text = JSON.stringify({ packages: { ...packages, 'node_modules/a-linux': {} } });
    expect(missingFromLock(text)).toEqual(['a-win32 1.0.0']);
  });

  it('names the optional packages of every platform, so that npm ci works with npm 10 and 11', () => {
    expect(missingFromLock(readFileSync(`${ROOT}package-lock.json`, 'utf8'))).toEqual([]);
  });
});
