// Rules about the shape of files and functions: names, headers, lengths, and what TypeScript offers that is not used here.

import { posix } from 'node:path';
import {
  functionName,
  isFunction,
  lineOf,
  type Rule,
  type Source,
  type SyntaxNode,
  type Violation,
  violationAt,
  walk,
} from './source.ts';

export const FILE_LINES_MOST = 500;
export const FUNCTION_LINES_MOST = 70;
const HEADER_CHARACTERS_LEAST = 40;
/** A switch arm of `case X:` and one line. */
const PLAIN_ARM_LINES_MOST = 2;

/**
 * The ratchet: functions that are longer than the limit today, as `path#name` -> lines. Such a function may shrink, and
 * its number with it, but neither may grow. New ones are not added.
 */
export const LONG_FUNCTIONS: Readonly<Record<string, number>> = {};

const KEBAB_NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config))?\.(ts|mjs|c|xml|cfg|yaml|json|jsonl)$/;
const HOMELESS_NAME = /^(utils?|helpers?|common|misc)\b/;

export const filesAreNamedForOneConcept: Rule = (source) => {
  const parts = source.path.split('/');
  const name = posix.basename(source.path);
  const violations: Violation[] = [];
  if (!KEBAB_NAME.test(name)) violations.push(violationAt(source, 0, `file name '${name}'`, 'use kebab-case'));
  const homeless = parts.find((part) => HOMELESS_NAME.test(part));
  if (homeless !== undefined) {
    violations.push(violationAt(source, 0, `'${homeless}' says nothing`, 'name it for the one concept it holds'));
  }
  return violations;
};

/** The comment lines before the first statement, shebang left out. */
const header = (source: Source): string => {
  const first = (source.program.body as readonly SyntaxNode[])[0]?.start ?? source.text.length;
  return source.comments
    .filter((comment) => comment.end <= first && !comment.value.startsWith('#!'))
    .map((comment) => comment.value)
    .join('\n');
};

const isReExportOnly = (source: Source): boolean =>
  (source.program.body as readonly SyntaxNode[]).every(
    (statement) => statement.type === 'ExportNamedDeclaration' && statement.source !== null,
  );

export const filesHaveHeaders: Rule = (source) => {
  if (posix.basename(source.path) === 'index.ts' && isReExportOnly(source)) return [];
  if (header(source).trim().length >= HEADER_CHARACTERS_LEAST) return [];
  const instead = 'begin with a comment: what it is, why it is done this way, what it leaves out';
  return [violationAt(source, 0, 'no header comment', instead)];
};

export const filesAreShort: Rule = (source) => {
  if (source.lineCount <= FILE_LINES_MOST || /^\s*LENGTH: \S/m.test(header(source))) return [];
  const what = `${source.lineCount} lines, more than ${FILE_LINES_MOST}`;
  return [violationAt(source, 0, what, "split it by concept, or give the reason in the header after 'LENGTH:'")];
};

/** Lines of a function, without the one-line arms of its switches. */
const lengthOf = (source: Source, node: SyntaxNode): number => {
  let lines = lineOf(source, node.end) - lineOf(source, node.start) + 1;
  walk(node, (inner, _key, path) => {
    if (inner.type !== 'SwitchCase' || path.some((step) => step.node !== node && isFunction(step.node))) return;
    const armLines = lineOf(source, inner.end) - lineOf(source, inner.start) + 1;
    if (armLines <= PLAIN_ARM_LINES_MOST) lines -= armLines;
  });
  return lines;
};

export const createFunctionLengthRule = (known: Readonly<Record<string, number>>): Rule => {
  return (source) => {
    const violations: Violation[] = [];
    walk(source.program, (node, _key, path) => {
      if (!isFunction(node)) return;
      const name = functionName(node, path);
      const lines = lengthOf(source, node);
      const limit = known[`${source.path}#${name}`];
      const fail = (what: string, instead: string): void => {
        violations.push(violationAt(source, node.start, `function '${name}' ${what}`, instead));
      };
      if (limit === undefined && lines > FUNCTION_LINES_MOST) {
        fail(`has ${lines} lines, more than ${FUNCTION_LINES_MOST}`, 'keep the branching here and move leaves out');
      } else if (limit !== undefined && lines > limit) {
        fail(`grew from ${limit} to ${lines} lines`, 'it may only shrink');
      } else if (limit !== undefined && lines < limit) {
        fail(
          `shrank from ${limit} to ${lines} lines`,
          'lower its number in LONG_FUNCTIONS (or drop it) to keep the gain',
        );
      }
    });
    return violations;
  };
};

export const functionsAreShort: Rule = createFunctionLengthRule(LONG_FUNCTIONS);

const BANNED_SYNTAX: Readonly<Record<string, readonly [string, string]>> = {
  TSAnyKeyword: ['`any`', 'use `unknown` at the edge and parse it once'],
  TSEnumDeclaration: ['`enum`', 'use numeric constants and a table of names'],
  ExportAllDeclaration: ['`export *`', 'export the names one by one'],
  ExportDefaultDeclaration: ['default export', 'export it by name'],
};

/** Tools that read a default export from their own configuration file. */
const isToolConfig = (source: Source): boolean => source.path.endsWith('.config.ts');

export const syntaxIsPlain: Rule = (source) => {
  const violations: Violation[] = [];
  walk(source.program, (node) => {
    const banned = BANNED_SYNTAX[node.type];
    if (banned === undefined || (node.type === 'ExportDefaultDeclaration' && isToolConfig(source))) return;
    violations.push(violationAt(source, node.start, banned[0], banned[1]));
  });
  return violations;
};

const BANNED_COMMENTS: readonly (readonly [RegExp, string, string])[] = [
  [/\b(TODO|FIXME|XXX)\b/, 'unfinished work in a comment', 'finish it, or record the decision in an ADR'],
  [/@ts-(ignore|nocheck|expect-error)\b/, 'type check switched off', 'give the value its type'],
];

export const commentsAreFinished: Rule = (source) =>
  source.comments.flatMap((comment) =>
    BANNED_COMMENTS.filter(([pattern]) => pattern.test(comment.value)).map(([, what, instead]) =>
      violationAt(source, comment.start, what, instead),
    ),
  );

const TEST_FUNCTIONS = new Set(['it', 'test', 'describe']);
const SWITCHES = new Set(['only', 'skip', 'todo', 'fails']);

export const testsAlwaysRun: Rule = (source) => {
  const violations: Violation[] = [];
  walk(source.program, (node) => {
    if (node.type !== 'MemberExpression') return;
    const object = String((node.object as SyntaxNode).name);
    const member = String((node.property as SyntaxNode).name);
    if (!TEST_FUNCTIONS.has(object) || !SWITCHES.has(member)) return;
    const instead = "make it run, or assert today's wrong result with a note; a missing program is `skipIf`";
    violations.push(violationAt(source, node.start, `'${object}.${member}'`, instead));
  });
  return violations;
};
