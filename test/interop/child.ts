// A program started by a test: in a process group of its own, so that its children end with it, with its output kept for
// the failure message, and ended by its own id.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const STOP_WITHIN_MS = 5_000;
const OUTPUT_CHARACTERS_MOST = 4 << 20;

export interface ChildOptions {
  /** What stands before the command, such as `ip netns exec NAME`; it must end by becoming the command. */
  readonly inside?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly isRunning: () => boolean;
  /** Resolves when the program has ended and its output is complete. */
  readonly ended: Promise<Ended>;
  /** To the program alone. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** Asks the program to end, kills its group if it does not, and waits until it is gone. */
  readonly stop: () => Promise<void>;
  /** `kill -9` for the program and its children, as if the machine had lost it. */
  readonly kill: () => Promise<void>;
}

export const startChild = (command: string, args: readonly string[], options: ChildOptions = {}): Child => {
  const env = { ...process.env, ...options.env };
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const cwd = options.cwd ? { cwd: options.cwd } : {};
  const [program = command, ...rest] = [...(options.inside ?? []), command, ...args];
  const child = spawn(program, rest, { detached: true, stdio, env, ...cwd });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`cannot start ${command}`);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal }));
  const kill = async (): Promise<void> => {
    signalGroup(child, pid, 'SIGKILL');
    await ended;
  };
  const stop = async (): Promise<void> => {
    const timer = setTimeout(() => signalGroup(child, pid, 'SIGKILL'), STOP_WITHIN_MS);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
  };
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  return { pid, stdout, stderr, isRunning, ended, signal: (name) => void child.kill(name), stop, kill };
};

const collect = (stream: NodeJS.ReadableStream): (() => string) => {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    if (text.length < OUTPUT_CHARACTERS_MOST) text += chunk;
  });
  return () => text;
};

const signalGroup = (child: ChildProcess, pid: number, name: NodeJS.Signals): void => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-pid, name);
};
