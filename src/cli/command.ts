// What a command of the command line is made of, and how its options are read. One file per command holds one of these.

import { UserError } from '../std/index.ts';
import type { Terminal } from './terminal.ts';

export interface OptionSpec {
  /** The heading under which the help lists it. */
  readonly group: string;
  readonly alias?: string;
  readonly type: 'text' | 'flag' | 'list';
  /** How its value is called in the help, for text and lists. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly describe: string;
}

export interface PositionalSpec {
  readonly name: string;
  readonly many: boolean;
  /** Need not be given; default: it must. */
  readonly optional?: true;
  readonly describe: string;
}

export interface CommandSpec {
  readonly name: string;
  readonly positional: PositionalSpec | null;
  readonly describe: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** What to type after the program's name, and what it is for. */
  readonly examples: readonly (readonly [string, string])[];
  /** Resolves to the exit code. */
  run(given: Given, terminal: Terminal): Promise<number>;
}

/** The arguments of one call, as written. */
export interface Given {
  /** Everything after the program's name. */
  readonly argv: readonly string[];
  readonly positionals: readonly string[];
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  flag(name: string): boolean;
}

/** The command that the arguments name, however wrong the rest is. */
export const commandIn = (argv: readonly string[], commands: readonly CommandSpec[]): CommandSpec | null =>
  commands.find(({ name }) => name === argv.find((argument) => !argument.startsWith('-'))) ?? null;

export const usage = (message: string, hint?: string): UserError =>
  new UserError('USAGE', hint === undefined ? { message } : { message, hint });

/** The value of an option that takes one of `choices`; the parser has checked it. */
export const choice = <T extends string>(given: Given, name: string, fallback: T): T =>
  (given.text(name) as T | undefined) ?? fallback;

/** A whole number from `least` up, as an option's value. */
export const wholeNumber = (given: Given, name: string, least: number): number | null => {
  const text = given.text(name);
  if (text === undefined) return null;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least) return value;
  throw usage(`--${name}: "${text}" is not a whole number from ${least} up`);
};
