// What Linux tells in files about the machine and about this process: limits, settings of the network, clocks, the governor.
// Each answer is null where there is no such file, which is every other system. Parsing stands apart from reading.

import { readdirSync, readFileSync } from 'node:fs';

/** The text of a file; null when it cannot be read. */
export type ReadText = (path: string) => string | null;

export const readText: ReadText = (path) => {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return null;
  }
};

/** How many descriptors this process has open. */
export const openDescriptors = (): number => {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
};

/** A file that holds one whole number. */
export const readNumber = (read: ReadText, path: string): number | null => {
  const text = read(path);
  return text !== null && /^-?\d+$/.test(text) ? Number(text) : null;
};

export interface PortRange {
  readonly first: number;
  readonly last: number;
  /** UDP sockets of any program within it: an upper bound, since two addresses may share a port. */
  readonly inUse: number;
}

/** Where ports come from when nobody names one. */
export const readPortRange = (read: ReadText): PortRange | null => {
  const match = /^(\d+)\s+(\d+)$/.exec(read('/proc/sys/net/ipv4/ip_local_port_range') ?? '');
  if (match === null) return null;
  const first = Number(match[1]);
  const last = Number(match[2]);
  const inUse = udpPorts(read('/proc/net/udp') ?? '').filter((port) => port >= first && port <= last).length;
  return { first, last, inUse };
};

/** The local ports in the kernel's table of UDP sockets: `12: 0100007F:13C4 …`. */
const udpPorts = (table: string): number[] =>
  [...table.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) /gm)].map((match) => Number.parseInt(match[1] ?? '', 16));

const CLOCK_SOURCE = '/sys/devices/system/clocksource/clocksource0';

export const readClockSource = (
  read: ReadText,
): { readonly current: string; readonly available: readonly string[] } | null => {
  const current = read(`${CLOCK_SOURCE}/current_clocksource`);
  const available = read(`${CLOCK_SOURCE}/available_clocksource`) ?? '';
  return current === null ? null : { current, available: available.split(/\s+/).filter((name) => name !== '') };
};

/** Of the first processor: they are set together, but for those who know better. */
export const readGovernor = (read: ReadText): string | null =>
  read('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor');

/** What the kernel could give without swapping, bytes. */
export const readAvailableMemory = (read: ReadText): number | null => {
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(read('/proc/meminfo') ?? '')?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
};
