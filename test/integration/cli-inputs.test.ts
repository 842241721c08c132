import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CliSession, openSession, scenario } from './cli-session.ts';

vi.setConfig({ testTimeout: 60_000 });

let session: CliSession;
beforeEach(() => {
  session = openSession();
});
afterEach(() => session.remove());

/** Nothing below the folder but what the test wrote. */
const wroteNothing = (): boolean => ![...session.files().keys()].some((path) => path.includes('/'));

const STACK = /\n\s+at /;

describe('a mistake in the scenario exits 2 with its place, before any packet or folder', () => {
  it.each([
    ['YAML that does not parse', 'version: 1\nflow: [register\n', /^s\.yaml:\d+:\d+: /],
    ['an unknown key', scenario({ more: 'duratoin: 3s\n' }), /^s\.yaml:\d+:1: unknown key "duratoin"/],
    ['a negative rate', scenario({ rate: '-5/s' }), /^s\.yaml:10:9: "-5\/s"/],
    ['no contexts', scenario({ count: 0 }), /^s\.yaml:5:10: /],
    ['a user without {index}', scenario().replace('"u{index:4}"', 'u'), /^s\.yaml:6:9: .*\{index\}/],
    ['an empty file', '', /^s\.yaml:1:1: /],
  ])('%s', async (_, text, message) => {
    const end = await session.run(['run', session.file('s.yaml', text)]);
    expect(end.stderr).toMatch(message);
    expect(end.stderr).not.toMatch(STACK);
    expect([end.exitCode, end.stdout, wroteNothing()]).toEqual([2, '', true]);
  });

  it('all of them are told in one go', async () => {
    const end = await session.run(['validate', session.file('s.yaml', scenario({ rate: '5', more: 'x: 1\n' }))]);
    expect(end.stderr.match(/^s\.yaml:/gm)).toHaveLength(2);
    expect(end.exitCode).toBe(2);
  });
});

describe('a file that cannot be read exits 2', () => {
  it.each([
    ['that is not there', 'missing.yaml', 'missing.yaml cannot be read: no such file'],
    ['that is a folder', '.', '. cannot be read: it is a folder'],
  ])('%s', async (_, file, message) => {
    const end = await session.run(['run', file]);
    expect([end.exitCode, end.stderr]).toEqual([2, `regstorm: ${message}\n`]);
  });

  it('that is no text', async () => {
    const end = await session.run(['run', session.file('s.yaml', new Uint8Array([0xff, 0xfe, 0x00, 0x41]))]);
    expect([end.exitCode, end.stderr]).toEqual([2, 'regstorm: s.yaml is not a text file in UTF-8\n']);
  });
});

describe.skipIf(process.platform !== 'linux')('what never ends is read to a limit, and exits 2', () => {
  const tooLarge = (name: string): string => `${name} is too large: more than 16 MiB`;
  const passwordFrom = (file: string): string =>
    scenario({ password: null }).replace('  domain:', `  passwordFile: ${file}\n  domain:`);

  it.each([
    [['validate', '/dev/zero'], tooLarge('/dev/zero')],
    [['run', '/dev/zero'], tooLarge('/dev/zero')],
    [['registrar', '/dev/zero'], tooLarge('/dev/zero')],
    [['validate', 'p.yaml'], tooLarge('/dev/zero')],
  ])('regstorm %j', async (args, message) => {
    session.file('p.yaml', passwordFrom('/dev/zero'));
    const end = await session.run(args);
    expect(end.stderr).toContain(message);
    expect([end.exitCode, end.stdout, wroteNothing()]).toEqual([2, '', true]);
  });

  it('standard input', async () => {
    const end = await session.shell('yes | regstorm validate -');
    expect([end.exitCode, end.stderr]).toEqual([2, `regstorm: ${tooLarge('<stdin>')}\n`]);
  });

  it('a pipe with a name', async () => {
    const end = await session.shell('mkfifo p && (yes > p & regstorm validate p)');
    expect([end.exitCode, end.stderr]).toEqual([2, `regstorm: ${tooLarge('p')}\n`]);
  });

  it('a pipe with a name that holds a scenario is read', async () => {
    session.file('s.yaml', scenario());
    const end = await session.shell('mkfifo p && (cat s.yaml > p & regstorm validate p)');
    expect(end.stdout).toContain('p: OK');
  });
});

describe('a mistake in the arguments exits 2 and names what is meant', () => {
  it.each([
    [['rnu'], 'unknown command rnu; did you mean run?'],
    [['run', 's.yaml', '--ratee', '5/s'], 'unknown option --ratee; did you mean --rate?'],
    [['run', 's.yaml', '--rate', '5'], '--rate: "5" is not a rate'],
    [['run', 's.yaml', '--set', 'load.rte=5/s'], '--set load.rte: unknown key "rte" in load; did you mean "rate"?'],
    [['run', 's.yaml', '--set', 'nonsense'], '--set: "nonsense" is not an assignment'],
    [['run', 's.yaml', '--threshold', 'register.latency'], '--threshold: '],
    [['run', 's.yaml', '--threshold', 'query.latency: p99 < 1s'], 'the flow has no step query'],
    [['run', 's.yaml', '--workers', '0'], '--workers: "0" is not a whole number from 1 up'],
    [['run', 's.yaml', '--workers', '201'], '201 workers for 200 contexts'],
    [['run', 's.yaml', '--run-id', 'xyz'], '--run-id: "xyz" is not a run id'],
    [['run', 's.yaml', '--seed', '-1'], '--seed: "-1" is not a seed'],
    [['run', 's.yaml', '--wait-target', '30'], '--wait-target: "30"'],
    [['run', 's.yaml', '--wait-target', '30s'], '--wait-target cannot apply: the embedded registrar is always there'],
    [['run', 's.yaml', '--out', ''], '--out: a folder needs a name'],
    [['run', 's.yaml', '--dry-run', '--out', 'x'], '--out cannot apply to a dry run'],
    [['run', 's.yaml', '-q', '-v'], '--quiet and --verbose exclude each other'],
    [['quick', 'sip:127.0.0.1', '--duration', '5s'], '--duration needs a load'],
    [['quick', 'sip:a:b@127.0.0.1'], 'a password in the URI'],
    [['quick', 'http://x'], '"http://x" is no SIP URI'],
    [['registrar', '--listen', '5060'], '--listen: "5060" is not an address and a port'],
    [['simulate', '--seed', 'x'], '--seed: "x" is not a whole number from 0 up'],
    [['simulate', '--seed', '4294967295', '--seeds', '2'], '--seed: the last seed would be above 4294967295'],
    [['simulate', '--hours', '0'], '--hours: "0" is not a number of hours above 0'],
    [['simulate', '--format', 'json', '-v'], '--verbose cannot apply to --format json'],
    [['simulate', 's.yaml'], 's.yaml'],
    [['cleanup', 's.yaml'], 'the embedded registrar ends with its run'],
    [[], 'name a command'],
  ])('regstorm %j', async (args, message) => {
    session.file('s.yaml', scenario());
    const end = await session.run(args);
    expect(end.stderr).toContain(message);
    expect(end.stderr).not.toMatch(STACK);
    expect([end.exitCode, end.stdout, wroteNothing()]).toEqual([2, '', true]);
  });
});

describe('what the machine refuses exits 2 before the first packet', () => {
  it('a name that has no address', async () => {
    session.file('s.yaml', scenario({ target: 'sip:registrar.invalid' }));
    const end = await session.run(['run', 's.yaml']);
    expect(end.stderr).toContain('regstorm: registrar.invalid has no IPv4 address');
    expect([end.exitCode, wroteNothing()]).toEqual([2, true]);
  });

  it('a public address without --allow-public', async () => {
    session.file('s.yaml', scenario({ target: 'sip:192.0.2.1' }));
    const end = await session.run(['run', 's.yaml']);
    expect(end.stderr).toContain('192.0.2.1 is a public address');
    expect([end.exitCode, wroteNothing()]).toEqual([2, true]);
  });

  it.each([
    [
      'RFC 1112 §4: a multicast address, whatever is allowed',
      '224.0.1.75',
      ['--allow-public'],
      'is a multicast address',
    ],
    [
      'RFC 919 §7: the broadcast address, whatever is allowed',
      '255.255.255.255',
      ['--allow-public'],
      'is the broadcast address',
    ],
    ['RFC 1112 §4: a reserved address', '240.0.0.1', [], 'is a reserved address (240.0.0.0/4)'],
  ])('%s', async (_, address, more, words) => {
    session.file('s.yaml', scenario({ target: `sip:${address}` }));
    const end = await session.run(['run', 's.yaml', ...more]);
    expect(end.stderr).toContain(`regstorm: ${address} ${words}`);
    expect(end.stderr).not.toContain('is a public address');
    expect([end.exitCode, wroteNothing()]).toEqual([2, true]);
  });

  it('a result folder that cannot be written', async () => {
    session.file('s.yaml', scenario());
    const end = await session.run(['run', 's.yaml', '--out', 's.yaml/below']);
    expect(end.stderr).toContain('the result folder s.yaml/below cannot be written');
    expect(end.exitCode).toBe(2);
  });

  it('a result folder that holds files of somebody else, which stay', async () => {
    session.file('s.yaml', scenario());
    mkdirSync(join(session.folder, 'mine'));
    session.file('mine/scenario.yaml', 'mine');
    const end = await session.run(['run', 's.yaml', '--out', 'mine']);
    expect(end.stderr).toContain('holds files that are no earlier run');
    expect([end.exitCode, session.files().get('mine/scenario.yaml')]).toEqual([2, 'mine']);
  });

  it.each([
    ['too few descriptors to start with', 64, '', 'the limit on open files is 64'],
    ['too few descriptors for the workers', 256, '--workers 100', 'this run needs about'],
  ])('%s', async (_, limit, flags, message) => {
    session.file('s.yaml', scenario());
    const end = await session.shell(`ulimit -n ${limit} && exec regstorm run s.yaml ${flags}`);
    expect(end.stderr).toContain(message);
    expect(end.stderr).toContain('ulimit -n');
    expect([end.exitCode, wroteNothing()]).toEqual([2, true]);
  });
});

describe('commands that send nothing', () => {
  it('validate describes each good file, and all that is wrong with the others', async () => {
    const end = await session.run(['validate', session.file('a.yaml', scenario()), session.file('b.yaml', 'x: 1\n')]);
    expect(end.stdout).toContain('a.yaml: OK\n  scenario    test');
    expect(end.stderr).toMatch(/^b\.yaml:1:1: unknown key "x"/);
    expect(end.exitCode).toBe(2);
  });

  it('validate -v tells the memory of the tables too: a line for each consumer, and the sum', async () => {
    const file = session.file('s.yaml', scenario({ count: 1_000_000, rate: '1000/s' }));
    const end = await session.run(['validate', '-v', file]);
    const [, table = ''] = end.stdout.split('memory of the tables, one worker:\n');
    const bytes = [...table.matchAll(/^ {4}([a-z ]+?) +([\d.]+) MB$/gm)].map(([, name, size]) => [name, Number(size)]);
    const sum = bytes.slice(0, -1).reduce((total, [, size]) => total + Number(size), 0);
    expect(bytes.map(([name]) => name)).toContain('nonces');
    expect(bytes.at(-1)?.[0]).toBe('sum');
    expect(bytes.at(-1)?.[1]).toBeCloseTo(sum, 0);
    expect(table).toMatch(/^ {4}\d{3} bytes for each of 1000000 contexts$/m);
    expect((await session.run(['validate', file])).stdout).not.toContain('memory');
  });

  it('a scenario may come from standard input', async () => {
    session.file('s.yaml', scenario());
    const end = await session.shell('regstorm validate - < s.yaml');
    expect(end.stdout).toContain('<stdin>: OK');
  });

  it('REGSTORM_ variables are below --set, and --set is below the flag', async () => {
    session.file('s.yaml', scenario());
    const env = { REGSTORM_LOAD_RATE: '300/s', REGSTORM_IDENTITIES_COUNT: '50' };
    const fromVariable = await session.run(['validate', 's.yaml'], env);
    expect(fromVariable.stdout).toMatch(/contexts +50 .*\n +load +300\/s/);
    const fromSet = await session.run(['validate', 's.yaml', '--set', 'load.rate=400/s'], env);
    expect(fromSet.stdout).toContain('400/s starts');
  });

  it('run --dry-run shows the messages of the first user, challenge and waits included, and writes nothing', async () => {
    const flow = ['register', 'wait: 30s', 'unregister'];
    session.file('s.yaml', scenario({ flow, target: 'sip:192.0.2.1' }));
    const args = ['run', 's.yaml', '--dry-run', '--run-id', 'abcdef01', '--seed', '1'];
    const end = await session.run(args);
    expect(end.stdout.match(/^ {4}(REGISTER|SIP\/2\.0) \S+/gm)).toEqual([
      '    REGISTER sip:test.example',
      '    SIP/2.0 401',
      '    REGISTER sip:test.example',
      '    SIP/2.0 200',
      '    REGISTER sip:test.example',
      '    SIP/2.0 200',
    ]);
    expect(end.stdout).toContain('Call-ID: abcdef01');
    expect(end.stdout).not.toContain('secret');
    expect([end.exitCode, wroteNothing()]).toEqual([0, true]);
    expect((await session.run(args)).stdout).toBe(end.stdout);
  });

  it('schema prints JSON that knows the keys', async () => {
    const end = await session.run(['schema']);
    expect(Object.keys((JSON.parse(end.stdout) as { properties: object }).properties)).toContain('identities');
    expect(end.exitCode).toBe(0);
  });

  it('simulate tells counts and a hash, shows the scenario when asked, and a line for each of several worlds', async () => {
    const one = await session.run(['simulate', '--seed', '12', '-v']);
    expect(one.stdout).toMatch(/^\{\n {2}"version": 1,/);
    expect(one.stdout).toMatch(/^seed 12 \(run id sim12\): 1 context, 1 worker, .* of virtual time$/m);
    expect(one.stdout).toMatch(/^ {2}checks {8}[\d,]+, all held$/m);
    const hash = /^seed 12 hash [0-9a-f]{16}$/m.exec(one.stdout)?.[0];
    const several = await session.run(['simulate', '--seed', '11', '--seeds', '3', '-v']);
    expect(several.stdout.split('\n').filter((line) => line.startsWith('seed '))).toEqual([
      expect.stringMatching(/^seed 11 hash /),
      expect.stringMatching(`^${hash} {2}`),
      expect.stringMatching(/^seed 13 hash /),
    ]);
    expect(several.stdout).toMatch(/^3 worlds, [\d,]+ of them calm, 0 violations$/m);
    expect([one.exitCode, several.exitCode, wroteNothing()]).toEqual([0, 0, true]);
  });

  it('--version is the version of the package, --help the list of commands', async () => {
    expect((await session.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = await session.run(['--help']);
    for (const command of ['run', 'quick', 'validate', 'schema', 'cleanup', 'registrar', 'simulate']) {
      expect(help.stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
    expect(help.exitCode).toBe(0);
  });

  it('a reader that goes away is no error', async () => {
    const end = await session.shell('{ regstorm schema; echo "exit $?" >&2; } | true');
    expect(end.stderr).toBe('exit 0\n');
  });
});

describe.skipIf(!existsSync('/dev/full'))('standard output on a full disk', () => {
  it.each(['schema', '--help', 'doctor'])('%s says that it cannot be written, and exits 2', async (command) => {
    const end = await session.shell(`regstorm ${command} > /dev/full`);
    expect(end.stderr).toContain('regstorm: standard output cannot be written: ENOSPC');
    expect(end.exitCode).toBe(2);
  });
});
