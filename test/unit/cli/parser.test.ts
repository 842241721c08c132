import { describe, expect, it } from 'vitest';
import type { CommandSpec } from '../../../src/cli/command.ts';
import { parseCommandLine } from '../../../src/cli/parser.ts';
import { UserError } from '../../../src/std/index.ts';

const run: CommandSpec = {
  name: 'run',
  positional: { name: 'file', many: false, describe: 'scenario file, - for standard input' },
  describe: 'Run a scenario.',
  options: {
    rate: { type: 'text', alias: 'r', value: 'RATE', describe: 'starts per time' },
    'run-id': { type: 'text', value: 'HEX', describe: 'name of the run' },
    set: { type: 'list', value: 'KEY=VALUE', describe: 'set a key' },
    format: { type: 'text', choices: ['text', 'json'], describe: 'summary' },
    'no-thresholds': { type: 'flag', describe: 'drop the thresholds' },
    quiet: { type: 'flag', alias: 'q', describe: 'less' },
  },
  examples: [['run a.yaml', 'run it']],
  run: async () => 0,
};
const validate: CommandSpec = {
  name: 'validate',
  positional: { name: 'file', many: true, describe: 'scenario files' },
  describe: 'Check scenarios.',
  options: {},
  examples: [],
  run: async () => 0,
};

const OPTIONS = { commands: [run, validate], version: '1.2.3', epilogue: 'Exit codes: 0 pass', columns: 80 };

const parse = (...argv: string[]) => parseCommandLine(argv, OPTIONS);

const given = async (...argv: string[]) => {
  const parsed = await parse(...argv);
  if (typeof parsed === 'string') throw new Error(`printed: ${parsed}`);
  return parsed.given;
};

const mistake = async (...argv: string[]): Promise<string> => {
  try {
    await parse(...argv);
  } catch (error) {
    if (error instanceof UserError && error.code === 'USAGE') return error.message;
    throw error;
  }
  throw new Error('no mistake was found');
};

describe('values stay as they are written', () => {
  it('a rate, digits and a leading zero stay text', async () => {
    const args = await given('run', 'a.yaml', '--rate', '5000/s', '--run-id', '0012');
    expect([args.text('rate'), args.text('run-id'), args.positionals]).toEqual(['5000/s', '0012', ['a.yaml']]);
  });

  it('--set may be repeated, keeps its dots and equals signs, and takes one value each', async () => {
    const args = await given('run', '--set', 'load.rate=1/s', '--set', 'identities.user=a=b', '7');
    expect(args.list('set')).toEqual(['load.rate=1/s', 'identities.user=a=b']);
    expect(args.positionals).toEqual(['7']);
  });

  it('a short alias, an attached value and a single dash for standard input', async () => {
    const args = await given('run', '-', '-r', '1/s', '--run-id=ab', '-q');
    expect([args.text('rate'), args.text('run-id'), args.flag('quiet')]).toEqual(['1/s', 'ab', true]);
    expect(args.positionals).toEqual(['-']);
  });

  it('--no-thresholds is a flag of that name, absent ones read as not given', async () => {
    const args = await given('run', 'x', '--no-thresholds');
    expect([args.flag('no-thresholds'), args.flag('quiet'), args.text('rate'), args.list('set')]).toEqual([
      true,
      false,
      undefined,
      [],
    ]);
  });

  it('a command may take several files', async () => {
    expect((await given('validate', 'a', '-', 'c')).positionals).toEqual(['a', '-', 'c']);
    expect((await given('validate', '-')).positionals).toEqual(['-']);
  });
});

describe('mistakes are USAGE errors that name what is meant', () => {
  it.each([
    [['rnu', 'x'], 'unknown command rnu; did you mean run?'],
    [['frobnicate'], 'unknown command frobnicate\n    see regstorm --help'],
    [['run', 'x', '--ratee', '5/s'], 'unknown option --ratee; did you mean --rate?'],
    [['run', 'x', '--zzzzzz'], 'unknown option --zzzzzz\n    see regstorm run --help'],
    [['run', 'x', '-Z'], 'unknown option -Z\n    see regstorm run --help'],
    [['run', 'x', 'y'], '"y" is one argument too many\n    see regstorm run --help'],
    [['run'], 'run needs <file>: scenario file, - for standard input\n    see regstorm run --help'],
    [['run', 'x', '--rate', '1/s', '--rate', '2/s'], '--rate is given more than once'],
    [['run', 'x', '--rate'], '--rate needs a value\n    see regstorm run --help'],
    [['run', 'x', '--format', 'xml'], '--format: "xml" is not one of "text", "json"\n    see regstorm run --help'],
    [['run', 'x', '--ratee=5/s'], 'unknown option --ratee; did you mean --rate?'],
    [[], 'name a command\n    see regstorm --help'],
  ])('%j', async (argv, message) => {
    expect(await mistake(...argv)).toContain(message);
  });
});

describe('help and version are texts', () => {
  it('--version is the version alone', async () => {
    expect(await parse('--version')).toBe('1.2.3\n');
  });

  it('--help lists the commands and the exit codes', async () => {
    const help = await parse('--help');
    expect(help).toContain('regstorm run <file>');
    expect(help).toContain('Exit codes: 0 pass');
  });

  it('the help of a command lists its options with their values', async () => {
    const help = await parse('run', '--help');
    expect(help).toContain('RATE: starts per time');
    expect(help).not.toContain('Exit codes');
  });
});
