// The programs that a benchmark step runs: the yardsticks built from C, the answering side on one processor, a generator on
// the other under `rusage`, which tells what the whole process cost. Everything is bounded in time and ended by its id.

import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BENCH = fileURLToPath(new URL('..', import.meta.url));
export const BUILD = join(BENCH, '.build');
const YARDSTICKS = ['nullreg', 'floor', 'rusage'];
const KAMAILIO_CONFIGURATION = fileURLToPath(new URL('../../test/interop/kamailio.cfg', import.meta.url));
const KAMAILIO_QUEUE_BYTES = 4 << 20;
const READY_WITHIN_MS = 5_000;
const READY_LOOK_MS = 50;
/** The answering side outlives its generator by this before it ends by itself. */
const SPARE_SECONDS = 10;

export const GENERATOR_PROCESSOR = 0;
export const RESPONDER_PROCESSOR = 1;

/** Two processors are needed to keep the two sides apart. */
export const canPin = () => cpus().length >= 2 && isInstalled('taskset');

export const isInstalled = (command) => {
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Builds what is older than its source; needs a C compiler as `cc`. */
export const buildYardsticks = () => {
  mkdirSync(BUILD, { recursive: true });
  for (const name of YARDSTICKS) {
    const source = join(BENCH, 'yardsticks', `${name}.c`);
    const program = join(BUILD, name);
    if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) continue;
    execFileSync('cc', ['-O2', '-Wall', '-o', program, source], { stdio: 'inherit' });
  }
};

/** The command, on that processor where there are two. */
export const pinned = (processor, command) => (canPin() ? ['taskset', '-c', String(processor), ...command] : command);

/** Starts the responder on a free port; resolves when it listens. `stop` gives what it counted. */
export const startResponder = async (auth, seconds) => {
  const mode = auth ? ['auth'] : [];
  const [command, ...args] = pinned(RESPONDER_PROCESSOR, [join(BUILD, 'nullreg'), '0', String(seconds), ...mode]);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const ended = once(child, 'close');
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_WITHIN_MS);
  await Promise.race([once(child.stdout, 'data'), ended]);
  clearTimeout(timer);
  const port = Number(/^listening (\d+)/.exec(text)?.[1]);
  if (!(port > 0)) throw new Error('nullreg did not start');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    const [, answered = 0, dropped = 0] = /answered (\d+) dropped (\d+)/.exec(text) ?? [];
    return { answered: Number(answered), dropped: Number(dropped) };
  };
  return { port, stop };
};

/** Kamailio, as the interop tests have it: digest with the password "secret", bindings in memory, one receiving process. */
const startKamailio = async (folder, seconds) => {
  const port = await findFreePort();
  const control = join(folder, 'ctl');
  const defines = [`LISTEN=udp:127.0.0.1:${port}`, `CTL="unix:${control}"`, 'AUTH'].flatMap((define) => ['-A', define]);
  const memory = ['-m', '1024', '-M', '16', '-b', String(KAMAILIO_QUEUE_BYTES)];
  const program = ['timeout', String(seconds), 'kamailio', '-f', KAMAILIO_CONFIGURATION, '-DD', '-E', ...memory];
  const [command, ...args] = pinned(RESPONDER_PROCESSOR, [...program, ...defines]);
  const child = spawn(command, args, { cwd: folder, stdio: 'ignore' });
  const ended = once(child, 'close');
  for (let tries = 0; !existsSync(control) && tries < READY_WITHIN_MS / READY_LOOK_MS; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, READY_LOOK_MS));
  }
  if (!existsSync(control)) throw new Error('Kamailio did not start');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    return { answered: null, dropped: null };
  };
  return { port, stop };
};

const findFreePort = async () => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
};

/** Runs a command pinned and measured; `stdout` is kept when it matters, and everything is shown when it failed. */
export const runMeasured = async (command, { seconds, folder, everywhere }) => {
  const file = join(folder, 'rusage.json');
  const placed = everywhere === true ? command : pinned(GENERATOR_PROCESSOR, command);
  const line = [join(BUILD, 'rusage'), file, String(seconds), ...placed];
  const child = spawn(line[0], line.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  const kept = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8');
    child[name].on('data', (chunk) => {
      kept[name] = (kept[name] + chunk).slice(-20_000);
    });
  }
  await once(child, 'close');
  const usage = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { exitCode: 127 };
  return { ...kept, ...usage };
};

/**
 * One step: a fresh responder, then the generator that `createCommand(port, folder)` names. `read(run, folder)` turns what
 * it printed or wrote into {succeeded, failed, offeredPerSecond, achievedPerSecond}. Throws when the step failed.
 */
export const runStep = async ({ title, auth, count, seconds, createCommand, read, responder: kind, everywhere }) => {
  const folder = mkdtempSync(join(tmpdir(), 'regstorm-bench-'));
  const spare = seconds + SPARE_SECONDS;
  const responder = kind === 'kamailio' ? await startKamailio(folder, spare) : await startResponder(auth, spare);
  try {
    const command = createCommand(responder.port, folder);
    const run = await runMeasured(command, { seconds, folder, everywhere });
    const result = run.exitCode === 0 ? read(run, folder) : null;
    const counted = await responder.stop();
    if (result === null) {
      const late = run.exitCode === 124 ? ` (not done within ${seconds} s)` : '';
      throw new Error(`${title}: exit code ${run.exitCode}${late}\n  ${command.join(' ')}\n${run.stdout}${run.stderr}`);
    }
    const cpuSeconds = run.userSeconds + run.systemSeconds;
    const { maxRssBytes, wallSeconds } = run;
    return { title, command, count, cpuSeconds, maxRssBytes, wallSeconds, ...counted, ...result };
  } finally {
    await responder.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
