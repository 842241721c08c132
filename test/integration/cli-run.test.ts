import { closeSync, constants, existsSync, mkdirSync, openSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Child } from '../interop/child.ts';
import { findFreePort } from '../interop/free-port.ts';
import { expectSumsToClose } from '../interop/run-regstorm.ts';
import { waitUntil } from '../interop/wait-until.ts';
import {
  type CliSession,
  endOf,
  openSession,
  type StartedRegistrar,
  scenario,
  startRegistrarIn,
} from './cli-session.ts';
import { openSilentPeer } from './silent-peer.ts';

vi.setConfig({ testTimeout: 60_000 });

let session: CliSession;
const children: Child[] = [];
beforeEach(() => {
  session = openSession();
});
afterEach(async () => {
  for (const child of children.splice(0)) await child.stop();
  session.remove();
});

/** Not what these tests are about: whether a busy machine kept the schedule. */
const CALM = ['--on-invalid', 'warn'];

const PROGRESS_WITHIN_MS = 20_000;

const startRegistrar = async (...args: readonly string[]): Promise<StartedRegistrar> => {
  const started = await startRegistrarIn(session, args);
  children.push(started.child);
  return started;
};

/** A load that goes on for long, under way. */
const startLongRun = async (more = ''): Promise<Child> => {
  session.file('s.yaml', scenario({ count: 5000, rate: '500/s', load: 'duration: 10m', more }));
  const child = session.start(['run', 's.yaml', '--out', 'out']);
  children.push(child);
  await waitUntil('the load runs', PROGRESS_WITHIN_MS, () => existsSync(join(session.folder, 'out', 'scenario.yaml')));
  return child;
};

describe('a run', () => {
  it('writes its files, says so on standard output, and leaves standard error to progress', async () => {
    session.file('s.yaml', scenario());
    const end = await session.run(['run', 's.yaml', ...CALM, '--run-id', 'ABCDEF01', '--seed', '7']);
    const latest = readlinkSync(join(session.folder, 'reports', 'latest'));
    expect(latest).toMatch(/^\d{8}T\d{6}Z-test-abcdef01$/);
    const names = [...session.files().keys()].filter((path) => path.includes(latest));
    expect(names.map((path) => path.split('/').at(-1)).sort()).toEqual([
      'scenario.yaml',
      'summary.json',
      'summary.txt',
    ]);
    const summary = session.summary(`reports/${latest}`);
    expect(summary.scenario).toMatchObject({ name: 'test', file: 's.yaml', seed: 7, runId: 'abcdef01' });
    expect(summary.totals.register).toMatchObject({ started: 200, succeeded: 200, challenged: 200 });
    expect(end.stdout).toContain(`reports/${latest}`);
    expect(end.stderr).toContain('run abcdef01  seed 7');
    expect(end.exitCode).toBe(0);
    expectSumsToClose(summary);
  });

  it('with --format json and -q: standard output is the summary alone, standard error is empty', async () => {
    session.file('s.yaml', scenario());
    const end = await session.run(['run', 's.yaml', ...CALM, '--format', 'json', '-q', '--out', 'out']);
    expect(JSON.parse(end.stdout)).toEqual(session.summary('out'));
    expect([end.exitCode, end.stderr]).toEqual([0, '']);
  });

  it('is split over workers without a change in what is done, and tells with -v the memory of its tables', async () => {
    session.file('s.yaml', scenario({ flow: ['register', 'refresh', 'unregister'] }));
    const end = await session.run(['run', 's.yaml', ...CALM, '--out', 'out', '-v', '--workers', '2']);
    expect(end.stderr).toMatch(
      /^memory of the tables, 2 workers:\n(?: {2}[a-z ]+ [\d.]+ MB\n)+ {2}\d+ bytes for each of 200 contexts$/m,
    );
    expect(end.exitCode).toBe(0);
    const summary = session.summary('out');
    expect(summary.generator.workers).toBe(2);
    expect(summary.totals.register?.succeeded).toBe(200);
    expect(summary.totals.unregister?.succeeded).toBe(200);
    expectSumsToClose(summary);
  });

  it("goes over node:dgram as well, says that its wire times are the program's, and replaces an earlier run in its folder", async () => {
    session.file('s.yaml', scenario());
    const into = ['run', 's.yaml', ...CALM, '--out', 'out', '--run-id'];
    await session.run([...into, '11111111', '--starts', '20']);
    expect(session.summary('out').scenario.runId).toBe('11111111');
    const end = await session.run([...into, '22222222', '--set', 'local.sockets=udp-dgram']);
    const summary = session.summary('out');
    expect(summary.scenario.runId).toBe('22222222');
    expect([end.exitCode, summary.environment.transport, summary.environment.wireClock]).toEqual([
      0,
      'udp-dgram',
      'userland',
    ]);
    expectSumsToClose(summary);
  });

  it('exits 20 when a threshold fails that no doubt touches', async () => {
    session.file('s.yaml', scenario());
    const end = await session.run(['run', 's.yaml', '--threshold', 'register.started: count < 10', '--out', 'out']);
    expect([end.exitCode, session.summary('out').verdict]).toEqual([20, 'fail']);
    expect(end.stdout).toMatch(/✗ register\.started: count < 10 +200 .*\(--threshold\)/);
  });

  it('exits 20 when nothing succeeds, whatever the file asks for', async () => {
    const { port } = await startRegistrar('--password', 'other');
    session.file('s.yaml', scenario({ target: `sip:127.0.0.1:${port}` }));
    const end = await session.run(['run', 's.yaml', '--out', 'out']);
    expect([end.exitCode, session.summary('out').totals.register?.failures]).toEqual([20, { 'auth-failed': 200 }]);
  });
});

describe('no secret is stored', () => {
  it('neither from the scenario nor from the command line nor from the environment', async () => {
    session.file('s.yaml', scenario({ password: 'inTheFile1 # inTheFile1', more: '# inTheFile1 again\n' }));
    const set = ['--set', 'identities.password=onTheLine2'];
    await session.run(['run', 's.yaml', ...CALM, '--out', 'out', ...set], {
      REGSTORM_IDENTITIES_PASSWORD: 'inTheEnv3',
    });
    const stored = [...session.files()].filter(([path]) => path.startsWith('out/'));
    expect(stored).toHaveLength(3);
    for (const [path, text] of stored)
      expect(`${path}: ${text}`).not.toMatch(/onTheLine2|inTheEnv3|password: inTheFile1/);
    expect(session.summary('out').environment.commandLine).toContain('identities.password=REDACTED');
    expect(session.summary('out').totals.register?.succeeded).toBe(200);
  });
});

describe('a password file', () => {
  it('is looked for beside the scenario, and its password is used and not stored', async () => {
    mkdirSync(join(session.folder, 'below'));
    session.file('below/pw.txt', 'fromTheFile4\n');
    session.file('below/s.yaml', scenario({ password: null }).replace('load:', '  passwordFile: pw.txt\nload:'));
    const end = await session.run(['run', 'below/s.yaml', ...CALM, '--out', 'out']);
    expect(session.summary('out').totals.register).toMatchObject({ succeeded: 200, challenged: 200 });
    for (const [path, text] of session.files()) if (path.startsWith('out/')) expect(text).not.toContain('fromTheFile4');
    expect(end.exitCode).toBe(0);
  });
});

describe('an interrupted run ends soon, and its report closes', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s exits %i', async (signal, exitCode) => {
    const child = await startLongRun('cleanup: unregister\n');
    child.signal(signal);
    const end = await endOf(child);
    const summary = session.summary('out');
    expect([end.exitCode, summary.exitCode, summary.verdict]).toEqual([exitCode, exitCode, 'aborted']);
    expect(end.stdout).toContain('ABORTED');
    expectSumsToClose(summary);
  });

  it('a second signal ends it at once', async () => {
    const child = await startLongRun();
    child.signal('SIGINT');
    await waitUntil('the second signal is heard', PROGRESS_WITHIN_MS, () => {
      child.signal('SIGINT');
      return child.stderr().includes('SIGINT again: ending at once') || !child.isRunning();
    });
    const end = await endOf(child);
    expect(end.exitCode).toBe(130);
    expectSumsToClose(session.summary('out'));
  });

  it('even when its folder has gone: the summary is still printed', async () => {
    const child = await startLongRun();
    rmSync(join(session.folder, 'out'), { recursive: true });
    child.signal('SIGINT');
    const end = await endOf(child);
    expect(end.stdout).toContain('ABORTED');
    expect(end.stderr).toContain('the result folder out cannot be written');
    expect(end.exitCode).toBe(130);
  });

  it('while it waits for its target as well', async () => {
    const port = await findFreePort();
    session.file('s.yaml', scenario({ target: `sip:127.0.0.1:${port}` }));
    const child = session.start(['run', 's.yaml', '--wait-target', '10m', '--out', 'out']);
    children.push(child);
    await waitUntil('it waits', PROGRESS_WITHIN_MS, () => child.stderr().includes('waiting for'));
    child.signal('SIGINT');
    expect((await endOf(child)).exitCode).toBe(130);
    expect(session.summary('out').verdict).toBe('aborted');
  });
});

/** As if the operator pressed Ctrl-C in the moment in which the program first listens for it: its commands are being loaded. */
const signalWhileLoading = (signal: string): Readonly<Record<string, string>> => {
  const send = `setImmediate(() => process.kill(process.pid, '${signal}'))`;
  const preload = `process.on('newListener', (name) => { if (name === 'SIGTERM' && !process.sent) process.sent = !!${send}; });`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}` };
};

describe('a run that is interrupted before it has begun', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('says after %s that nothing was sent, and exits %i', async (signal, exitCode) => {
    session.file('s.yaml', scenario());
    const end = await session.run(['run', 's.yaml', '--out', 'out'], signalWhileLoading(signal));
    const stderr = `regstorm: ${signal} before anything was sent; there is no result\n`;
    expect(end).toEqual({ exitCode, stdout: '', stderr });
    expect([...session.files().keys()]).toEqual(['s.yaml']);
  });

  it('ends also while it waits for its scenario, which a pipe may never give', async () => {
    await session.shell('mkfifo s.yaml');
    const child = session.start(['run', 's.yaml', '--out', 'out']);
    children.push(child);
    const pipe = join(session.folder, 's.yaml');
    let writer = -1;
    // A pipe that nobody reads cannot be opened without waiting.
    await waitUntil('it reads the pipe', PROGRESS_WITHIN_MS, () => {
      try {
        writer = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
      } catch {
        return false;
      }
      return true;
    });
    child.signal('SIGINT');
    expect(await child.ended).toEqual({ code: null, signal: 'SIGINT' });
    closeSync(writer);
    expect(existsSync(join(session.folder, 'out'))).toBe(false);
  });
});

describe('a target that is not there', () => {
  it('exits 23 at once when the host refuses, with a report and a sentence', async () => {
    const port = await findFreePort();
    session.file('s.yaml', scenario({ target: `sip:127.0.0.1:${port}` }));
    const end = await session.run(['run', 's.yaml', '--out', 'out']);
    expect(end.stderr).toContain(`nobody listens on 127.0.0.1:${port}`);
    const summary = session.summary('out');
    expect([end.exitCode, summary.verdict, summary.totals.register?.started]).toEqual([23, 'unreachable', 0]);
    expect(summary.contexts.total).toBe(200);
    expect(['udp-batch', 'udp-dgram']).toContain(summary.environment.transport);
    expect(end.stdout).toContain('NOT JUDGED  there was no load\n');
  });

  it('exits 23 when nothing ever came back', async () => {
    const peer = await openSilentPeer();
    const timers = 'timers: { T1: 10ms, T2: 80ms }\n';
    session.file('s.yaml', scenario({ target: `sip:127.0.0.1:${peer.port}`, more: timers }));
    const end = await session.run(['run', 's.yaml', '--out', 'out']);
    peer.close();
    expect(end.stderr).toContain('did not answer the precheck');
    const summary = session.summary('out');
    expect([end.exitCode, summary.verdict]).toEqual([23, 'unreachable']);
    expect(summary.totals.register?.failures).toEqual({ timeout: 200 });
    expectSumsToClose(summary);
  });

  it('is waited for with --wait-target', async () => {
    const port = await findFreePort();
    session.file('s.yaml', scenario({ target: `sip:127.0.0.1:${port}` }));
    const child = session.start(['run', 's.yaml', ...CALM, '--wait-target', '30s', '--out', 'out']);
    children.push(child);
    await waitUntil('it waits', PROGRESS_WITHIN_MS, () => child.stderr().includes('waiting for'));
    children.push(session.start(['registrar', '--listen', `127.0.0.1:${port}`, '--domain', 'test.example']));
    const end = await endOf(child);
    expect([end.exitCode, session.summary('out').totals.register?.succeeded]).toEqual([0, 200]);
  });
});
