// What --help prints: for the program its commands and exit codes, for a command its options by topic. Written out of the
// commands' own descriptions, so that an option that does not exist cannot be listed.

import { EXIT } from '../std/index.ts';
import type { CommandSpec, OptionSpec } from './command.ts';

const INDENT = '  ';
const GAP = 2;
const COLUMNS_LEAST = 60;
const COLUMNS_MOST = 100;

const EXIT_CODES: readonly (readonly [number, string])[] = [
  [EXIT.PASS, 'pass'],
  [EXIT.INTERNAL, 'internal error'],
  [EXIT.USAGE, 'usage or configuration'],
  [EXIT.THRESHOLD, 'a threshold failed'],
  [EXIT.INCONCLUSIVE, 'inconclusive: the generator, not the registrar, was the limit'],
  [EXIT.UNREACHABLE, 'target unreachable'],
  [EXIT.WORKER_LOST, 'a worker was lost'],
  [EXIT.SIGINT, 'interrupted; the report is still written'],
  [EXIT.SIGTERM, 'terminated; the report is still written'],
];

/** `columns` is the width of the terminal. */
export const programHelp = (commands: readonly CommandSpec[], columns: number): string =>
  sections([
    ['SIP registration load tester.', '', 'Usage: regstorm COMMAND [options]'],
    [
      'Commands',
      ...twoColumns(
        commands.map((command) => [signature(command), command.describe]),
        columns,
      ),
    ],
    [
      'Exit codes',
      ...twoColumns(
        EXIT_CODES.map(([code, meaning]) => [String(code), meaning]),
        columns,
      ),
    ],
    ['regstorm COMMAND --help tells the options of a command, regstorm --version the version.'],
  ]);

export const commandHelp = (command: CommandSpec, columns: number): string => {
  const { positional } = command;
  const what = positional === null ? [] : ['', ...twoColumns([[placeholder(command), positional.describe]], columns)];
  const examples = command.examples.flatMap(([typed, meaning]) => [
    `${INDENT}regstorm ${typed}`,
    `${INDENT}    ${meaning}`,
  ]);
  return sections([
    [`Usage: regstorm ${signature(command)} [options]`, '', ...wrapped(command.describe, width(columns)), ...what],
    ...optionSections(command, columns),
    ...(examples.length === 0 ? [] : [['Examples', ...examples]]),
  ]);
};

/** One section for each topic, in the order in which the command names them; columns are the same in all. */
const optionSections = ({ options }: CommandSpec, columns: number): string[][] => {
  const entries = Object.entries(options);
  const left = Math.max(0, ...entries.map(([name, option]) => optionSignature(name, option).length));
  const groups = new Set(entries.map(([, { group }]) => group));
  return [...groups].map((group) => {
    const rows = entries.filter(([, option]) => option.group === group);
    const described = rows.map(([name, option]) => [optionSignature(name, option), option.describe] as const);
    return [group, ...twoColumns(described, columns, left)];
  });
};

const placeholder = ({ positional }: CommandSpec): string => {
  if (positional === null) return '';
  const text = positional.name.toUpperCase() + (positional.many ? '…' : '');
  return positional.optional === true ? `[${text}]` : text;
};

const signature = (command: CommandSpec): string => `${command.name} ${placeholder(command)}`.trimEnd();

const optionSignature = (name: string, { alias, value }: OptionSpec): string =>
  `${alias === undefined ? '    ' : `-${alias}, `}--${name}${value === undefined ? '' : ` ${value}`}`;

const sections = (parts: readonly (readonly string[])[]): string =>
  `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;

const width = (columns: number): number => Math.min(COLUMNS_MOST, Math.max(COLUMNS_LEAST, columns));

const twoColumns = (rows: readonly (readonly [string, string])[], columns: number, leftLeast = 0): string[] => {
  const left = Math.max(leftLeast, ...rows.map(([name]) => name.length)) + GAP;
  const right = width(columns) - INDENT.length - left;
  return rows.flatMap(([name, text]) =>
    wrapped(text, right).map((line, i) => `${INDENT}${(i === 0 ? name : '').padEnd(left)}${line}`),
  );
};

const wrapped = (text: string, most: number): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > most) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
};
