// Who answers a million phones: the C yardstick, or `regstorm registrar` in a process of its own. Both on the processor that
// the generator does not have.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUILD, pinned, RESPONDER_PROCESSOR, startResponder } from '../macro/programs.mjs';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const READY_WITHIN_MS = 30_000;

/** {port, stop}; `stop` gives lines about it. */
export const startNullreg = async (seconds) => {
  const { port, stop } = await startResponder(true, seconds);
  return {
    port,
    stop: async () => {
      const { answered, dropped } = await stop();
      return { answered, dropped };
    },
  };
};

export const startRegistrar = async ({ count, seconds, folder }) => {
  const file = join(folder, 'registrar.json');
  const program = [process.execPath, MAIN, 'registrar', '--listen', '127.0.0.1:0', '--users', String(count)];
  const command = [join(BUILD, 'rusage'), file, String(seconds), ...pinned(RESPONDER_PROCESSOR, program)];
  const child = spawn(command[0], [...command.slice(1), '--password', 'secret'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const ended = once(child, 'close');
  const timer = setTimeout(() => child.kill('SIGTERM'), READY_WITHIN_MS);
  await Promise.race([once(child.stdout, 'data'), ended]);
  clearTimeout(timer);
  const port = Number(/listening on [\d.]+:(\d+)/.exec(text)?.[1]);
  if (!(port > 0)) throw new Error('the registrar did not start');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    const usage = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    const [, answered, bindingsLeft] = /(\d+) requests answered, (\d+) bindings left/.exec(text) ?? [];
    const { maxRssBytes, userSeconds, systemSeconds } = usage;
    return {
      answered: Number(answered),
      bindingsLeft: Number(bindingsLeft),
      maxRssBytes,
      cpuSeconds: userSeconds + systemSeconds,
    };
  };
  return { port, stop };
};
