// Rules about arrows: every import along the table, through the other folder's index, and no cycle between files.

import { posix } from 'node:path';
import { type FolderRule, IMPORT_TABLE, INTERFACE_FILES } from './import-table.ts';
import { type ImportedFrom, lineOf, type Rule, type Source, type Violation, violationAt } from './source.ts';

/** `src/sip/parse.ts` lies in `sip`; `src/main.ts` is a row of its own. */
export const folderOf = (path: string): string => path.split('/')[1] ?? '';

export const isRelative = (specifier: string): boolean => specifier.startsWith('./') || specifier.startsWith('../');

const resolve = (path: string, specifier: string): string => posix.join(posix.dirname(path), specifier);

const listed = (words: readonly string[]): string => (words.length === 0 ? 'nothing' : words.join(', '));

export const importsFollowTable: Rule = (source) => {
  const folder = folderOf(source.path);
  const rule = IMPORT_TABLE[folder];
  if (rule === undefined) {
    const what = `folder '${folder}' is not in the import table`;
    return [violationAt(source, 0, what, 'give it a row in test/tidy/import-table.ts, and an ADR')];
  }
  return source.imports.flatMap((from) =>
    isRelative(from.specifier) ? checkFile(source, from, rule) : checkModule(source, from, rule),
  );
};

const checkModule = (source: Source, from: ImportedFrom, rule: FolderRule): readonly Violation[] => {
  const { specifier, offset } = from;
  if (specifier.startsWith('(')) {
    return [violationAt(source, offset, `import of a computed name ${specifier}`, 'write the module name out')];
  }
  const module = rule.modules.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (module === undefined) {
    const allowed = listed(rule.modules.map(({ name }) => name));
    const what = `'${folderOf(source.path)}' may not import '${specifier}'`;
    return [violationAt(source, offset, what, `it may import ${allowed}; effects belong in a SHELL folder`)];
  }
  if (module.inFile !== undefined && !posix.basename(source.path).includes(module.inFile)) {
    const what = `'${specifier}' is for files named '${module.inFile}' only`;
    return [violationAt(source, offset, what, `move the code to a '${module.inFile}' file`)];
  }
  return [];
};

const checkFile = (source: Source, from: ImportedFrom, rule: FolderRule): readonly Violation[] => {
  const here = folderOf(source.path);
  const target = resolve(source.path, from.specifier);
  const there = folderOf(target);
  const fail = (what: string, instead: string): readonly Violation[] => [
    violationAt(source, from.offset, what, instead),
  ];
  if (!target.startsWith('src/'))
    return fail(`import of '${target}'`, 'sources import sources only; pass it in as data');
  if (there === here) return [];
  const arrow = rule.imports.find((each) => each.to === there);
  if (arrow === undefined) {
    const allowed = listed(rule.imports.map((each) => each.to));
    return fail(`'${here}' may not import '${there}'`, `it may import ${allowed}; pass plain data between the two`);
  }
  if (arrow.typesOnly === true && !from.typesOnly) {
    return fail(`'${here}' may import only types of '${there}'`, 'use `import type`, or take the value as an argument');
  }
  const strangers = arrow.about === undefined ? [] : namesNotAbout(from, arrow.about);
  if (strangers.length > 0) {
    return fail(
      `'${here}' may not know '${strangers.join(', ')}' of '${there}'`,
      `only ${listed(arrow.about ?? [])} names cross`,
    );
  }
  if (target !== `src/${there}/index.ts` && !INTERFACE_FILES.includes(target)) {
    return fail(`import past the index of '${there}'`, `import from 'src/${there}/index.ts'`);
  }
  return [];
};

const namesNotAbout = (from: ImportedFrom, words: readonly string[]): readonly string[] =>
  (from.names ?? ['*']).filter((name) => !words.some((word) => name.toLowerCase().includes(word)));

/** Cycles between files, each reported once, at the file whose path sorts first. Types count: a cycle of types is a knot too. */
export const findCycles = (sources: readonly Source[]): readonly Violation[] => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const violations: Violation[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (source: Source): void => {
    trail.push(source.path);
    for (const from of source.imports) {
      if (!isRelative(from.specifier)) continue;
      const target = byPath.get(resolve(source.path, from.specifier));
      if (target === undefined || done.has(target.path)) continue;
      const at = trail.indexOf(target.path);
      if (at === -1) visit(target);
      else violations.push(cycleViolation(source, from, trail.slice(at)));
    }
    trail.pop();
    done.add(source.path);
  };
  for (const source of sources) if (!done.has(source.path)) visit(source);
  return violations;
};

const cycleViolation = (source: Source, from: ImportedFrom, trail: readonly string[]): Violation => ({
  path: source.path,
  line: lineOf(source, from.offset),
  what: `import cycle ${[...trail, trail[0]].join(' -> ')}`,
  instead: 'move what both need into a file of its own',
});
