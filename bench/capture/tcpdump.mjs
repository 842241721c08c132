// A packet capture of one UDP port on the loopback device. Only the beginning of each packet is kept, as far as the
// branch, so that capturing disturbs the run as little as it can.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isInstalled, pinned } from '../macro/programs.mjs';

const KEPT_BYTES = 192;
const RING_KIBIBYTES = 262_144;
const READY_WITHIN_MS = 10_000;
const COMPLETE_WITHIN_MS = 20_000;
const END_WITHIN_MS = 5_000;
const ASK_EVERY_MS = 50;

/** Null, or why nothing can be captured here. */
export const captureUnavailable = () => {
  if (!isInstalled('tcpdump')) return 'tcpdump is not installed (Debian package tcpdump)';
  return process.getuid?.() === 0 ? null : 'capturing on the loopback device needs root';
};

export const captureCommand = (port, file) => {
  const size = ['-s', String(KEPT_BYTES), '-B', String(RING_KIBIBYTES)];
  const how = ['-i', 'lo', '-n', ...size, '--time-stamp-precision=nano', '-Z', 'root', '-w', file];
  return ['tcpdump', ...how, 'udp', 'port', String(port)];
};

/** Resolves when tcpdump listens. `stop(count)` waits until it has `count` packets, ends it and gives file and losses. */
export const startCapture = async (port, folder, processor) => {
  const file = join(folder, 'lo.pcap');
  const [command, ...args] = pinned(processor, captureCommand(port, file));
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (chunk) => {
    text += chunk;
  });
  const ended = once(child, 'close');
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const end = async () => {
    const timer = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
    if (isRunning()) child.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
  };
  const until = async (withinMs, isSo) => {
    const deadline = performance.now() + withinMs;
    while (isRunning() && performance.now() < deadline && !isSo()) await pause(ASK_EVERY_MS);
  };
  await until(READY_WITHIN_MS, () => text.includes('listening on'));
  if (!isRunning()) throw new Error(`tcpdump ended:\n${text}`);
  const stop = async (count) => {
    // What still waits in the ring when tcpdump is told to end is left out, so it is first asked how far it is.
    await until(COMPLETE_WITHIN_MS, () => {
      const { captured, dropped } = statisticsOf(text);
      if (captured + dropped < count) child.kill('SIGUSR1');
      return captured + dropped >= count;
    });
    await end();
    return { ...statisticsOf(text), packets: readFileSync(file) };
  };
  return { stop, end };
};

/** The last of what tcpdump said, at SIGUSR1 and at its end. */
const statisticsOf = (text) => {
  const last = (what) => Number([...text.matchAll(new RegExp(`(\\d+) packets? ${what}`, 'g'))].at(-1)?.[1] ?? 0);
  return { captured: last('captured'), dropped: last('dropped by kernel') };
};
