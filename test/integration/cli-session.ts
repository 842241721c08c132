// One call of the command line in a folder of its own, as a shell makes it: arguments, files, an exit code, two streams.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunResult } from '../../src/metrics/run-result.ts';
import { type Child, startChild } from '../interop/child.ts';
import { findFreePort } from '../interop/free-port.ts';
import { waitUntil } from '../interop/wait-until.ts';

export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const ENDS_WITHIN_MS = 60_000;
const LISTENS_WITHIN_MS = 20_000;

export interface CliEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliSession {
  readonly folder: string;
  /** Writes a file into the folder and gives its name. */
  file(name: string, text: string | Uint8Array): string;
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Child;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliEnd>;
  /** `regstorm` stands for the program in the shell text. */
  shell(text: string): Promise<CliEnd>;
  /** The summary in a folder below; throws when there is none. */
  summary(folder: string): RunResult;
  /** Every file below, by its path. */
  files(): Map<string, string>;
  remove(): void;
}

export const openSession = (): CliSession => {
  if (!existsSync(MAIN)) throw new Error('dist/main.js is missing: npm run build');
  const folder = mkdtempSync(join(tmpdir(), 'regstorm-cli-'));
  const start: CliSession['start'] = (args, env = {}) =>
    startChild(process.execPath, [MAIN, ...args], { cwd: folder, env });
  return {
    folder,
    file: (name, text) => {
      writeFileSync(join(folder, name), text);
      return name;
    },
    start,
    run: (args, env) => endOf(start(args, env)),
    shell: (text) => {
      const command = text.replaceAll('regstorm', `'${process.execPath}' '${MAIN}'`);
      return endOf(startChild('/bin/sh', ['-c', command], { cwd: folder }));
    },
    summary: (name) => JSON.parse(readFileSync(join(folder, name, 'summary.json'), 'utf8')) as RunResult,
    files: () => readTree(folder),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

/** Waits for the end; a program that does not come to one is killed and fails the test. */
export const endOf = async (child: Child): Promise<CliEnd> => {
  const timer = setTimeout(() => void child.kill(), ENDS_WITHIN_MS);
  const { code, signal } = await child.ended;
  clearTimeout(timer);
  if (signal === 'SIGKILL') throw new Error(`did not end within ${ENDS_WITHIN_MS} ms:\n${child.stderr()}`);
  return { exitCode: code, stdout: child.stdout(), stderr: child.stderr() };
};

export interface StartedRegistrar {
  readonly child: Child;
  readonly port: number;
}

/** `regstorm registrar` on a free port, ready; whoever starts it stops it. */
export const startRegistrarIn = async (session: CliSession, args: readonly string[]): Promise<StartedRegistrar> => {
  const port = await findFreePort();
  const child = session.start(['registrar', '--listen', `127.0.0.1:${port}`, '--domain', 'test.example', ...args]);
  await waitUntil('the registrar listens', LISTENS_WITHIN_MS, () => child.stdout().includes('listening on'));
  return { child, port };
};

const readTree = (folder: string): Map<string, string> => {
  const found = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(path.slice(folder.length + 1), readFileSync(path, 'utf8'));
  }
  return found;
};

export interface ScenarioParts {
  readonly target?: string;
  readonly count?: number;
  readonly rate?: string;
  /** Lines below `load:`. */
  readonly load?: string;
  readonly flow?: readonly string[];
  readonly password?: string | null;
  /** Whole lines at the end. */
  readonly more?: string;
}

export const scenario = (parts: ScenarioParts = {}): string => {
  const { target = 'embedded', count = 200, rate = '500/s', load = `starts: ${count}`, flow = ['register'] } = parts;
  const { password = 'secret', more = '' } = parts;
  const secret = password === null ? '' : `  password: ${password}\n`;
  return `version: 1
name: test
target: ${target}
identities:
  count: ${count}
  user: "u{index:4}"
  domain: test.example
${secret}load:
  rate: ${rate}
  ${load}
flow:
${flow.map((step) => `  - ${step}\n`).join('')}${more}`;
};
