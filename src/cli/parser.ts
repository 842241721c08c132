// argv -> one command with its arguments, by yargs. Everything yargs would guess is switched off: values stay texts (a run
// id of digits is not a number), dots stay dots (`--set load.rate=1/s`), an option that takes one value is refused when it
// is given twice, and what is not known is an error that names the nearest known word.

import yargs from 'yargs';
import { nearestWord } from '../scenario/index.ts';
import type { UserError } from '../std/index.ts';
import type { CommandSpec, Given, OptionSpec } from './command.ts';
import { usage } from './command.ts';

const PROGRAM = 'regstorm';
const HELP_COLUMNS_MAX = 100;

export interface ParsedCommand {
  readonly command: CommandSpec;
  readonly given: Given;
}

export interface ParserOptions {
  readonly commands: readonly CommandSpec[];
  readonly version: string;
  readonly epilogue: string;
  readonly columns: number;
}

/** What to do: a command to run, or a text to print (help, version). Throws USAGE. */
export const parseCommandLine = async (
  argv: readonly string[],
  options: ParserOptions,
): Promise<ParsedCommand | string> => {
  let parsed: ParsedCommand | null = null;
  const parser = createYargs(argv, options);
  for (const command of options.commands) {
    parser.command(
      signatureOf(command),
      command.describe,
      (builder) => describeCommand(builder, command),
      (values) => {
        parsed = { command, given: readGiven(command, argv, values as unknown as Values) };
      },
    );
  }
  let printed = '';
  await parser.parseAsync(argv.map(withoutDash), {}, (error, _values, output) => {
    if (error !== undefined && error !== null) throw explain(withDash(error.message), argv, options.commands);
    printed = output;
  });
  if (printed !== '') return `${printed}\n`;
  if (parsed === null) throw usage('name a command', `see ${PROGRAM} --help`);
  return parsed;
};

/** yargs loses a lone `-` (standard input) among the arguments, so another text stands for it meanwhile. */
const DASH_STAND_IN = '\u0001';
const withoutDash = (argument: string): string => (argument === '-' ? DASH_STAND_IN : argument);
const withDash = (text: string): string => text.replaceAll(DASH_STAND_IN, '-');

type Values = Readonly<Record<string, unknown>>;
type Yargs = ReturnType<typeof yargs>;

const createYargs = (argv: readonly string[], options: ParserOptions): Yargs =>
  yargs([...argv])
    .scriptName(PROGRAM)
    .locale('en')
    .usage('SIP registration load tester.\n\nUsage: $0 <command> [options]')
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
    .version(options.version)
    .help()
    .alias('help', 'h')
    .epilogue(options.epilogue)
    .wrap(Math.min(HELP_COLUMNS_MAX, options.columns))
    .exitProcess(false)
    .showHelpOnFail(false);

const signatureOf = ({ name, positional }: CommandSpec): string => {
  if (positional === null) return name;
  return `${name} <${positional.name}${positional.many ? '..' : ''}>`;
};

const describeCommand = (builder: Yargs, command: CommandSpec): Yargs => {
  const { positional } = command;
  builder.usage(`$0 ${signatureOf(command)} [options]\n\n${command.describe}`);
  if (positional !== null) builder.positional(positional.name, { type: 'string', describe: positional.describe });
  for (const [name, option] of Object.entries(command.options)) builder.option(name, yargsOption(option));
  for (const [example, meaning] of command.examples) builder.example(`$0 ${example}`, meaning);
  return builder.epilogue('');
};

const yargsOption = (option: OptionSpec) => ({
  describe: option.value === undefined ? option.describe : `${option.value}: ${option.describe}`,
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
  const named = positional === null ? [] : values[positional.name];
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

const commandIn = (argv: readonly string[], commands: readonly CommandSpec[]): CommandSpec | null =>
  commands.find(({ name }) => name === argv.find((argument) => !argument.startsWith('-'))) ?? null;

const optionNames = (command: CommandSpec | null): string[] => [
  ...Object.keys(command?.options ?? {}),
  'help',
  'version',
];

const helpHint = (command: CommandSpec | null): string =>
  `see ${PROGRAM}${command === null ? '' : ` ${command.name}`} --help`;
