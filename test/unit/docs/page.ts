// A page of docs/ as the tests see it: sections by heading, and tables as rows of cells. Code spans lose their backticks.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export const pathInRepository = (path: string): string => ROOT + path;

export const readPage = (name: string): string => readFileSync(pathInRepository(`docs/${name}`), 'utf8');

/** The text under a heading of the second level, without what belongs to the next one. */
export const sectionOf = (page: string, heading: string): string => {
  const found = page.split(/^## /m).find((section) => section.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`no section "${heading}"`);
  return found.slice(heading.length + 1);
};

/** The body rows of the first table in a text. */
export const tableIn = (text: string): readonly (readonly string[])[] => {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.startsWith('|---'));
  if (first < 0) throw new Error('no table');
  const rows: string[][] = [];
  for (let index = first + 1; lines[index]?.startsWith('|') === true; index++) rows.push(cellsOf(lines[index] ?? ''));
  return rows;
};

const cellsOf = (line: string): string[] =>
  line
    .slice(1, line.lastIndexOf('|'))
    .split('|')
    .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1'));

/** What stands in code spans, code blocks left out. */
export const codeSpans = (page: string): readonly string[] => {
  const prose = page.replace(/^```[\s\S]*?^```$/gm, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
};
