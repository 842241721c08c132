// Three hosts in a row, in network namespaces of this test's own. Nothing leaves them: they know no other network.
//
//   client 10.77.1.2 ──── 10.77.1.1 relay 10.77.2.1 ──── 10.77.2.2 registrar
//
// They must go however the test ends, also when it is killed. So a shell in a session of its own holds the other end of a
// pipe: when the pipe closes, because we asked or because we are gone, it ends what still runs in the namespaces, and removes
// them and the folder of the captures.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

export type Host = 'client' | 'relay' | 'registrar';

const HOSTS: readonly Host[] = ['client', 'relay', 'registrar'];
export const CLIENT = '10.77.1.2';
export const RELAY_NEAR = '10.77.1.1';
export const RELAY_FAR = '10.77.2.1';
export const REGISTRAR = '10.77.2.2';
/** The interface of the client and of the registrar. */
export const DEVICE = 'cable';

const GUARD = [
  'folder=$1; shift',
  'cat >/dev/null',
  'for name; do',
  '  for pid in $(ip netns pids "$name"); do kill -9 "$pid"; done',
  '  ip netns del "$name"',
  'done',
  'rm -rf "$folder"',
].join('\n');

export interface Line {
  /** What stands before a command that is to run on the host. */
  readonly inside: (host: Host) => readonly string[];
  /** What the host's kernel says of its UDP, by the names in /proc/net/snmp: `NoPorts`, `RcvbufErrors` and others. */
  readonly udpCounters: (host: Host) => Readonly<Record<string, number>>;
  readonly remove: () => Promise<void>;
}

const ip = (line: string): string => execFileSync('ip', line.split(' '), { encoding: 'utf8', stdio: 'pipe' });

export interface Refusal {
  readonly reason: string;
  /** False: what is missing can be had, root's rights or a package. */
  readonly isKernel: boolean;
}

/** Why there can't be namespaces here, or null. */
export const namespacesRefused = (): Refusal | null => {
  if (process.getuid?.() !== 0) return { reason: 'not root', isKernel: false };
  const name = `regstorm-probe-${process.pid}`;
  try {
    ip('-V');
  } catch {
    return { reason: 'no ip command (Debian package iproute2)', isKernel: false };
  }
  try {
    ip(`netns add ${name}`);
    ip(`-n ${name} link add ${DEVICE} type veth peer name far`);
    return null;
  } catch (error) {
    return { reason: error instanceof Error ? error.message.trim() : String(error), isKernel: true };
  } finally {
    removeIfThere(name);
  }
};

const removeIfThere = (name: string): void => {
  try {
    ip(`netns del ${name}`);
  } catch {
    // It was never made.
  }
};

/** `folder` goes with it. */
export const createLine = (folder: string): Line => {
  const nameOf = (host: Host): string => `regstorm-${host}-${process.pid}`;
  const names = HOSTS.map(nameOf);
  const guard = spawn('sh', ['-c', GUARD, 'sh', folder, ...names], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  try {
    for (const name of names) ip(`netns add ${name}`);
    join(nameOf('client'), CLIENT, nameOf('relay'), RELAY_NEAR, 'near');
    join(nameOf('registrar'), REGISTRAR, nameOf('relay'), RELAY_FAR, 'far');
  } catch (error) {
    guard.stdin.end();
    throw error;
  }
  return {
    inside: (host) => ['ip', 'netns', 'exec', nameOf(host)],
    udpCounters: (host) => readUdpCounters(ip(`netns exec ${nameOf(host)} cat /proc/net/snmp`)),
    remove: () => dismiss(guard),
  };
};

/** A cable from a host to the relay. */
const join = (host: string, address: string, relay: string, relayAddress: string, relayDevice: string): void => {
  ip(`-n ${host} link add ${DEVICE} type veth peer name ${relayDevice} netns ${relay}`);
  ip(`-n ${host} addr add ${address}/24 dev ${DEVICE}`);
  ip(`-n ${relay} addr add ${relayAddress}/24 dev ${relayDevice}`);
  ip(`-n ${host} link set lo up`);
  ip(`-n ${host} link set ${DEVICE} up`);
  ip(`-n ${relay} link set ${relayDevice} up`);
};

const dismiss = async (guard: ChildProcess): Promise<void> => {
  let complaint = '';
  guard.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const ended = once(guard, 'close');
  guard.stdin?.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`namespaces were not removed: ${complaint}`);
};

/** Two lines that begin with `Udp:`, the names and the numbers. */
const readUdpCounters = (snmp: string): Readonly<Record<string, number>> => {
  const [names = [], values = []] = snmp
    .split('\n')
    .filter((line) => line.startsWith('Udp:'))
    .map((line) => line.split(' ').slice(1));
  return Object.fromEntries(names.map((name, i) => [name, Number(values[i])]));
};
