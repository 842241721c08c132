// Two network namespaces joined by a cable, so that a test can meet what the loopback interface never does: unanswered ARP,
// routers that send ICMP, narrow links. Needs root and iproute2.
//
//   near 10.99.0.1 ──── 10.99.0.2 far 10.98.0.2 ──── (nobody; MTU 600)
//
// A namespace belongs to a thread, and a socket stays in the one it was opened in. So this thread enters the namespace only
// while it opens sockets.

import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import koffi from 'koffi';
import { assert } from '../../src/std/index.ts';

export interface Cable {
  /** Runs a command in the near or far namespace. */
  run(side: 'near' | 'far', command: string): void;
  /** Calls `open` with this thread in the namespace. */
  within<Result>(side: 'near' | 'far', open: () => Result): Result;
  remove(): void;
}

export const NEAR = 0x0a630001;
export const FAR = 0x0a630002;

const CLONE_NEWNET = 0x40000000;

const ip = (line: string): string => execFileSync('ip', line.split(' '), { encoding: 'utf8', stdio: 'pipe' });

/** Why there can't be a cable here, or null. */
export const cableUnavailableReason = (): string | null => {
  const name = `regstorm-probe-${process.pid}`;
  try {
    ip(`netns add ${name}`);
    ip(`netns del ${name}`);
    return null;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? 'unknown') : String(error);
  }
};

export const createCable = (): Cable => {
  const names = { near: `regstorm-near-${process.pid}`, far: `regstorm-far-${process.pid}` };
  const run = (side: 'near' | 'far', command: string): void => {
    ip(`netns exec ${names[side]} ${command}`);
  };
  ip(`netns add ${names.near}`);
  ip(`netns add ${names.far}`);
  ip(`-n ${names.near} link add cable type veth peer name cable netns ${names.far}`);
  ip(`-n ${names.far} link add beyond type veth peer name void`);
  ip(`-n ${names.near} addr add 10.99.0.1/24 dev cable`);
  ip(`-n ${names.far} addr add 10.99.0.2/24 dev cable`);
  ip(`-n ${names.far} addr add 10.98.0.2/24 dev beyond`);
  ip(`-n ${names.near} link set cable up`);
  ip(`-n ${names.near} link set lo up`);
  for (const device of ['cable', 'beyond', 'void']) ip(`-n ${names.far} link set ${device} up`);
  ip(`-n ${names.far} link set beyond mtu 600`);
  ip(`-n ${names.near} route add default via 10.99.0.2`);
  run('far', 'sysctl -qw net.ipv4.ip_forward=1');
  return {
    run,
    within: (side, open) => within(names[side], open),
    remove: () => {
      ip(`netns del ${names.near}`);
      ip(`netns del ${names.far}`);
    },
  };
};

const within = <Result>(name: string, open: () => Result): Result => {
  const setns = koffi.load('libc.so.6').func('int setns(int fd, int type)');
  const home = openSync('/proc/thread-self/ns/net', 'r');
  const there = openSync(`/var/run/netns/${name}`, 'r');
  try {
    assert(setns(there, CLONE_NEWNET) === 0, 'the namespace can be entered');
    return open();
  } finally {
    setns(home, CLONE_NEWNET);
    closeSync(there);
    closeSync(home);
  }
};
