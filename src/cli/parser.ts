// argv -> one command with its arguments, by yargs. Everything yargs would guess is switched off: values stay texts (a run
// id of digits is not a number), dots stay dots (`--set load.rate=1/s`), an option that takes one value is refused when it
// is given twice, and what is not known is an error that names the nearest known word.

import yargs from 'yargs';
import { nearestWord } from '../scenario/index.ts';
import type { UserError } from '../std/index.ts';
import type { CommandSpec, Given, OptionSpec } from './command.ts';
import { commandIn, usage } from './command.ts';

export const PROGRAM = 'regstorm';

export interface ParsedCommand {
  readonly command: CommandSpec;
  readonly given: Given;
}

/** The command to run with its arguments. Throws USAGE. */
export const parseCommandLine = async (
  argv: readonly string[],
  commands: readonly CommandSpec[],
): Promise<ParsedCommand> => {
  let parsed: ParsedCommand | null = null;
  const parser = createYargs();
  for (const command of commands) {
    parser.command(
      signatureOf(command),
      command.describe,
      (builder) => describeCommand(builder, command),
      (values) => {
        parsed = { command, given: readGiven(command, argv, values as unknown as Values) };
      },
    );
  }
  await parser.parseAsync(argv.map(withoutDash), {}, (error) => {
    if (error !== undefined && error !== null) throw explain(withDash(error.message), argv, commands);
  });
  if (parsed === null) throw usage('name a command', helpHint(null));
  return parsed;
};

/** yargs loses a lone `-` (standard input) among the arguments, so another text stands for it meanwhile. */
const DASH_STAND_IN = '\u0001';
const withoutDash = (argument: string): string => (argument === '-' ? DASH_STAND_IN : argument);
const withDash = (text: string): string => text.replaceAll(DASH_STAND_IN, '-');

type Values = Readonly<Record<string, unknown>>;
type Yargs = ReturnType<typeof yargs>;

/** Only parses: help and version are ours (help-text.ts). */
const createYargs = (): Yargs =>
  yargs([])
    .scriptName(PROGRAM)
    .locale('en')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': true,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .strict()
    .demandCommand(1, 1, 'name a command', 'name one command')
    .help(false)
    .version(false)
    .exitProcess(false)
    .showHelpOnFail(false);

const signatureOf = ({ name, positional }: CommandSpec): string => {
  if (positional === null) return name;
  const text = `${positional.name}${positional.many ? '..' : ''}`;
  return positional.optional === true ? `${name} [${text}]` : `${name} <${text}>`;
};

const describeCommand = (builder: Yargs, command: CommandSpec): Yargs => {
  const { positional } = command;
  if (positional !== null) builder.positional(positional.name, { type: 'string' });
  for (const [name, option] of Object.entries(command.options)) builder.option(name, yargsOption(option));
  return builder;
};

const yargsOption = (option: OptionSpec) => ({
  ...(option.alias === undefined ? {} : { alias: option.alias }),
  ...(option.choices === undefined ? {} : { choices: [...option.choices] }),
  ...(option.type === 'flag' ? { boolean: true as const } : { string: true as const, requiresArg: true }),
  ...(option.type === 'list' ? { array: true as const } : {}),
});

const readGiven = (command: CommandSpec, argv: readonly string[], values: Values): Given => {
  for (const [name, option] of Object.entries(command.options)) {
    if (option.type !== 'list' && Array.isArray(values[name])) throw usage(`--${name} is given more than once`);
  }
  const { positional } = command;
  const named = positional === null ? [] : (values[positional.name] ?? []);
  return {
    argv,
    positionals: (Array.isArray(named) ? named : [named]).map((value) => withDash(String(value))),
    text: (name) => values[name] as string | undefined,
    list: (name) => (values[name] as string[] | undefined) ?? [],
    flag: (name) => values[name] === true,
  };
};

/** yargs' words about a mistake, made into ours, with the nearest known word. */
const explain = (message: string, argv: readonly string[], commands: readonly CommandSpec[]): UserError => {
  const command = commandIn(argv, commands);
  const hint = helpHint(command);
  const unknown = /^Unknown (?:argument|command)s?: (.*)$/.exec(message)?.[1]?.split(', ')[0];
  if (unknown !== undefined) return explainUnknown(unknown, argv, command, commands);
  const valueless = /^Not enough arguments following: (.*)$/.exec(message)?.[1];
  if (valueless !== undefined) return usage(`--${valueless} needs a value`, hint);
  const refused = /Argument: (.*), Given: (.*), Choices: (.*)$/m.exec(message);
  if (refused !== null) return usage(`--${refused[1]}: ${refused[2]} is not one of ${refused[3]}`, hint);
  const positional = command?.positional ?? null;
  if (message.startsWith('Not enough non-option arguments') && command !== null && positional !== null) {
    return usage(`${command.name} needs <${positional.name}>: ${positional.describe}`, hint);
  }
  return usage(message.trim().split('\n')[0]!, hint);
};

const explainUnknown = (
  unknown: string,
  argv: readonly string[],
  command: CommandSpec | null,
  commands: readonly CommandSpec[],
): UserError => {
  const isOption = argv.some((argument) => argument.startsWith('-') && bareName(argument) === unknown);
  if (!isOption && command !== null) return usage(`"${unknown}" is one argument too many`, helpHint(command));
  const known = isOption ? optionNames(command) : commands.map(({ name }) => name);
  const dashes = isOption ? (unknown.length === 1 ? '-' : '--') : '';
  const near = nearestWord(unknown, known);
  const what = `unknown ${isOption ? 'option' : 'command'} ${dashes}${unknown}`;
  return near === null ? usage(what, helpHint(command)) : usage(`${what}; did you mean ${dashes}${near}?`);
};

/** `--rate=5/s` is `rate`. */
const bareName = (argument: string): string => argument.replace(/^--?/, '').split('=')[0]!;

const optionNames = (command: CommandSpec | null): string[] => [
  ...Object.keys(command?.options ?? {}),
  'help',
  'version',
];

const helpHint = (command: CommandSpec | null): string =>
  `see ${PROGRAM}${command === null ? '' : ` ${command.name}`} --help`;
