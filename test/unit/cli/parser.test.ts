import { describe, expect, it } from 'vitest';
import type { CommandSpec } from '../../../src/cli/command.ts';
import { commandHelp, programHelp } from '../../../src/cli/help-text.ts';
import { parseCommandLine } from '../../../src/cli/parser.ts';
import { UserError } from '../../../src/std/index.ts';

const run: CommandSpec = {
  name: 'run',
  positional: { name: 'file', many: false, describe: 'scenario file, - for standard input' },
  describe: 'Run a scenario.',
  options: {
    rate: { group: 'Scenario', type: 'text', alias: 'r', value: 'RATE', describe: 'starts per time' },
    'run-id': { group: 'Scenario', type: 'text', value: 'HEX', describe: 'name of the run' },
    set: { group: 'Scenario', type: 'list', value: 'KEY=VALUE', describe: 'set a key' },
    format: { group: 'Scenario', type: 'text', choices: ['text', 'json'], describe: 'summary' },
    'no-thresholds': { group: 'Scenario', type: 'flag', describe: 'drop the thresholds' },
    quiet: { group: 'Scenario', type: 'flag', alias: 'q', describe: 'less' },
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

const parse = (...argv: string[]) => parseCommandLine(argv, [run, validate]);

const given = async (...argv: string[]) => (await parse(...argv)).given;

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

describe('an argument that need not be given', () => {
  const doctor: CommandSpec = { ...run, name: 'doctor', positional: { ...run.positional!, optional: true } };
  const filesOf = async (...argv: string[]) => (await parseCommandLine(argv, [doctor])).given.positionals;

  it('is none, one, or standard input, and never two', async () => {
    expect([await filesOf('doctor'), await filesOf('doctor', 'a'), await filesOf('doctor', '-', '-q')]).toEqual([
      [],
      ['a'],
      ['-'],
    ]);
    await expect(filesOf('doctor', 'a', 'b')).rejects.toThrow('"b" is one argument too many');
  });

  it('stands in brackets in the help', () => {
    expect(commandHelp(doctor, 80)).toContain('Usage: regstorm doctor [FILE] [options]');
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

describe('the help', () => {
  it('of the program lists commands and exit codes', () => {
    const help = programHelp([run, validate], 80);
    expect(help).toContain('  run FILE        Run a scenario.\n  validate FILE…  Check scenarios.\n');
    expect(help).toContain('  0    pass\n');
  });

  it('of a command lists its options by topic, with aliases, values and examples', () => {
    const help = commandHelp(run, 80);
    expect(help).toContain('Usage: regstorm run FILE [options]');
    expect(help).toContain(
      'Scenario\n  -r, --rate RATE      starts per time\n      --run-id HEX     name of the run\n',
    );
    expect(help).toContain('Examples\n  regstorm run a.yaml\n      run it\n');
  });

  it('wraps long descriptions below their column', () => {
    const text = Array.from({ length: 40 }, (_, i) => `w${i}`).join(' ');
    const help = commandHelp({ ...run, options: { x: { group: 'G', type: 'flag', describe: text } } }, 60);
    for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    expect(help).toMatch(/^ {2} {4}--x {2}w0 .*\n {11}w\d+ /m);
  });
});
