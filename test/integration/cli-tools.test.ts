import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Child } from '../interop/child.ts';
import { findFreePort } from '../interop/free-port.ts';
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

const startRegistrar = async (...args: readonly string[]): Promise<StartedRegistrar> => {
  const started = await startRegistrarIn(session, args);
  children.push(started.child);
  return started;
};

describe('regstorm registrar', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('counts at its end, by %s', async (signal) => {
    const { child, port } = await startRegistrar();
    session.file('s.yaml', scenario({ target: `sip:127.0.0.1:${port}` }));
    await session.run(['run', 's.yaml', '--out', 'out']);
    child.signal(signal);
    const end = await endOf(child);
    expect(end.stdout).toContain('no authentication');
    // 200 registrations and the one question of the precheck.
    expect(end.stdout).toContain('201 requests received, 201 requests answered, 200 bindings left');
    expect(end.exitCode).toBe(0);
  });

  it('tells what came and what was answered, each for itself', async () => {
    const file = session.file('deaf.yaml', 'version: 1\nrules: [{ do: drop }]\n');
    const { child, port } = await startRegistrar(file);
    session.file(
      's.yaml',
      scenario({ target: `sip:127.0.0.1:${port}`, count: 1, rate: '1/s', more: 'timers: { T1: 5ms }\n' }),
    );
    await session.run(['run', 's.yaml', '--out', 'out']);
    child.signal('SIGTERM');
    const [, received, answered] =
      /(\d+) requests received, (\d+) requests answered/.exec((await endOf(child)).stdout) ?? [];
    expect([Number(received) > 11, answered]).toEqual([true, '0']);
  });

  it('on a port in use exits 2 and says which', async () => {
    const { port } = await startRegistrar();
    const end = await session.run(['registrar', '--listen', `127.0.0.1:${port}`]);
    expect(end.stderr).toContain(`port ${port} on 127.0.0.1 is in use`);
    expect([end.exitCode, end.stdout]).toEqual([2, '']);
  });
});

describe('regstorm registrar FILE', () => {
  const FILE = `version: 1
users: 500
rules:
  - { when: { users: 0-9 }, do: { answer: { status: 480, headers: { Retry-After: 7 } } } }
  - { when: { times: 3 }, do: drop }
`;

  it('does what the file says, with flags winning over it, and tells at its end what each rule did', async () => {
    session.file('r.yaml', FILE);
    const { child, port } = await startRegistrar('r.yaml', '--users', '1000');
    session.file('s.yaml', scenario({ target: `sip:127.0.0.1:${port}`, more: 'precheck: none\n' }));
    await session.run(['run', 's.yaml', '--out', 'out', '--no-thresholds']);
    child.signal('SIGINT');
    const end = await endOf(child);
    expect(end.stdout).toContain('no authentication, 2 rules');
    expect(end.stdout).toContain('rule 1 (answer 480, users 0-9): applied 10 times');
    expect(end.stdout).toContain('rule 2 (drop, at most 3 times): applied 3 times');
    expect(session.summary('out').totals.register?.outcomes).toEqual({ succeeded: 190, 'status-480': 10 });
    expect(end.exitCode).toBe(0);
  });

  it('exits 2 and tells every mistake with its place', async () => {
    session.file('r.yaml', 'version: 1\nrules: [{ do: dorp }]\nuser: 5\n');
    const end = await session.run(['registrar', 'r.yaml']);
    expect(end.stderr).toContain('r.yaml:2:15: unknown action "dorp"; did you mean "drop"?');
    expect(end.stderr).toContain('r.yaml:3:1: unknown key "user"; did you mean "users"?');
    expect([end.exitCode, end.stdout]).toEqual([2, '']);
    const missing = await session.run(['registrar', 'nowhere.yaml']);
    expect([missing.exitCode, missing.stderr.includes('no such file')]).toEqual([2, true]);
  });

  it('inside a scenario shows what its rules did in the notes', async () => {
    const target = '{ embedded: { rules: [{ name: mine, when: { users: 0-9 }, do: duplicate }] } }';
    session.file('s.yaml', scenario({ target, password: null }));
    // Whether a busy machine kept the schedule is not what this is about.
    const end = await session.run(['run', 's.yaml', '--out', 'out', '--on-invalid', 'warn']);
    expect(end.stdout).toContain('embedded registrar: rule 1 (mine): applied 10 times');
    expect(session.summary('out').transactions.responses).toEqual({ 200: 210 });
    expect(end.exitCode).toBe(0);
  });

  it('schema registrar prints its JSON Schema, and an unknown kind is told', async () => {
    const { stdout } = await session.run(['schema', 'registrar']);
    expect(JSON.parse(stdout)).toMatchObject({ title: 'regstorm registrar' });
    const end = await session.run(['schema', 'registar']);
    expect([end.exitCode, end.stderr.includes('did you mean registrar?')]).toEqual([2, true]);
  });
});

describe('a local port in use', () => {
  it('exits 2 with the message of the worker, before the load, and leaves no folder', async () => {
    const peer = await openSilentPeer();
    const { port } = await startRegistrar();
    const more = `local: { addresses: [127.0.0.1], ports: ${peer.port} }\nprecheck: none\n`;
    session.file('s.yaml', scenario({ target: `sip:127.0.0.1:${port}`, more }));
    const end = await session.run(['run', 's.yaml']);
    peer.close();
    expect(end.stderr).toContain(`port ${peer.port} on 127.0.0.1 is in use`);
    expect(end.exitCode).toBe(2);
    expect([...session.files().keys()]).toEqual(['s.yaml']);
  });
});

describe('regstorm cleanup', () => {
  it('removes what a run left', async () => {
    const { child, port } = await startRegistrar('--password', 'secret');
    session.file('s.yaml', scenario({ target: `sip:127.0.0.1:${port}` }));
    await session.run(['run', 's.yaml', '--out', 'out']);
    const end = await session.run(['cleanup', 's.yaml', '-q']);
    expect(end.stdout).toContain('cleaned up 200 of 200 identities');
    child.signal('SIGINT');
    expect((await endOf(child)).stdout).toContain(', 0 bindings left');
  });

  it('exits 23 when nobody answers, before every identity has waited for its timer', async () => {
    const peer = await openSilentPeer();
    session.file('s.yaml', scenario({ target: `sip:127.0.0.1:${peer.port}` }));
    const end = await session.run(['cleanup', 's.yaml']);
    peer.close();
    expect(end.stderr).toMatch(
      /^regstorm: 127\.0\.0\.1:\d+ did not answer within 2 s\n {4}wait for it with --wait-target/,
    );
    expect(end.stdout).toMatch(/^cleaned up 0 of 200 identities at \S+\n$/);
    expect(end.exitCode).toBe(23);
  });

  it('exits 23 when nobody listens', async () => {
    const port = await findFreePort();
    session.file('s.yaml', scenario({ target: `sip:127.0.0.1:${port}` }));
    const end = await session.run(['cleanup', 's.yaml']);
    expect([end.exitCode, end.stderr.includes('nobody listens')]).toEqual([23, true]);
  });
});

describe('regstorm quick, a single user', () => {
  it('without a challenge shows six messages and exits 0', async () => {
    const { port } = await startRegistrar();
    const end = await session.run(['quick', `sip:alice@127.0.0.1:${port}`, '--domain', 'test.example']);
    expect(end.stdout.match(/^(>>>|<<<) /gm)).toHaveLength(6);
    expect(end.stdout).toContain('To: <sip:alice@test.example>');
    expect(end.stdout).toContain('registered, refreshed and unregistered without a challenge (200)\n');
    expect(end.exitCode).toBe(0);
  });

  it('with a password answers the challenge, without one or with a wrong one exits 20 and says so', async () => {
    const { port } = await startRegistrar('--password', 'secret');
    const args = ['quick', `sip:127.0.0.1:${port}`, '--domain', 'test.example', '--password-env', 'SIP_SECRET'];
    const end = await session.run(args, { SIP_SECRET: 'secret' });
    expect(end.stdout).toContain('registered, refreshed and unregistered with digest authentication (200)\n');
    expect(end.exitCode).toBe(0);
    for (const [more, sentence] of [
      [[], 'challenged (401) and no password given; use --password-env VAR\n'],
      [['--password', 'wrong'], 'the password was not accepted (401 again)'],
    ] as const) {
      const refused = await session.run(['quick', `sip:127.0.0.1:${port}`, '--domain', 'test.example', ...more]);
      expect(refused.stdout).toContain(sentence);
      expect(refused.exitCode).toBe(20);
    }
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'interrupted by %s, shows what was sent and says how far it came',
    async (signal) => {
      const peer = await openSilentPeer();
      const child = session.start(['quick', `127.0.0.1:${peer.port}`]);
      await peer.heard();
      child.signal(signal);
      const end = await endOf(child);
      peer.close();
      expect(end.stdout).toMatch(/^>>> sent after 0\.000 ms\n {4}REGISTER sip:127\.0\.0\.1/);
      expect(end.stdout).toMatch(/\ninterrupted after [1-9] requests?: no final answer from 127\.0\.0\.1:\d+ yet\n$/);
      expect(end.exitCode).toBe(signal === 'SIGINT' ? 130 : 143);
    },
  );

  it('where nobody listens exits 23', async () => {
    const port = await findFreePort();
    const end = await session.run(['quick', `127.0.0.1:${port}`]);
    expect(end.stdout).toContain(`nobody listens on 127.0.0.1:${port}`);
    expect(end.exitCode).toBe(23);
  });
});

describe('regstorm quick, a small load', () => {
  it('prints the scenario that does the same, without the password, and leaves no binding', async () => {
    const { child, port } = await startRegistrar('--password', 'secret9');
    const load = ['--users', '50', '--rate', '100/s', '--duration', '1s', '--on-invalid', 'warn', '--out', 'out'];
    const args = [`sip:127.0.0.1:${port}`, '--domain', 'test.example', '--password', 'secret9', ...load];
    const end = await session.run(['quick', ...args]);
    expect([end.exitCode, session.summary('out').totals.unregister?.succeeded]).toEqual([0, 100]);
    expect(end.stderr).toContain('\nflow:\n  - register\n  - refresh\n  - unregister\n');
    for (const [path, text] of session.files()) expect(`${path}: ${text}`).not.toContain('secret9');
    expect(end.stderr).not.toContain('secret9');
    child.signal('SIGINT');
    expect((await endOf(child)).stdout).toContain(', 0 bindings left');
  });
});
