// What the kernel dropped because a socket's receive queue was full, for sockets whose descriptor we do not have: Node's own,
// and a registrar's on this host. Linux lists it for every UDP socket, the last column of /proc/net/udp and /proc/net/udp6.
//
//   sl  local_address rem_address   st tx_queue rx_queue … inode … drops
//   12: 0100007F:13C4 00000000:0000 07 00000000:00000000 …  4711 … 0    127.0.0.1:5060, the address as the machine keeps it
//
// Read once a second at most, so a text of some kilobytes does no harm. Left out on purpose: other systems, which tell none;
// sockets of other network namespaces (a registrar in a container), which are not in our tables.

import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';

const TABLE = '/proc/net/udp';
const TABLE_IPV6 = '/proc/net/udp6';
const LOCAL_ADDRESS = 1;
const INODE = 9;
const ANY = 0;

/** Drops of each socket, by its inode: a socket closed and opened anew counts from 0 under another one. */
export type SocketDrops = ReadonlyMap<string, number>;

/** 0 where the system has no such table. */
export const readKernelDrops = (address: number, port: number): number => dropsIn(readTable(TABLE), address, port);

/** Of all sockets bound to the address and port, in the text of the table. */
export const dropsIn = (table: string, address: number, port: number): number => {
  let drops = 0;
  for (const each of socketsIn(table, bound(ipv4Hex(address), port)).values()) drops += each;
  return drops;
};

/** The sockets that get what is sent to the address and port; none where the system does not tell, or has none of them. */
export const readReceivers = (address: number, port: number): SocketDrops =>
  receiversIn(readTable(TABLE), readTable(TABLE_IPV6), address, port);

/**
 * As Linux chooses: a socket bound to the very address gets it, be it one of IPv6 that speaks IPv4 too (RFC 4291 §2.5.5.2),
 * else one bound to any address.
 */
export const receiversIn = (table: string, tableIpv6: string, address: number, port: number): SocketDrops => {
  const choices: readonly (readonly [string, string])[] = [
    [table, ipv4Hex(address)],
    [tableIpv6, mappedHex(address)],
    [table, ipv4Hex(ANY)],
    [tableIpv6, ANY_IPV6],
  ];
  for (const [text, local] of choices) {
    const found = socketsIn(text, bound(local, port));
    if (found.size > 0) return found;
  }
  return new Map();
};

/** What was dropped between two looks. Drops of a socket that was closed in between are not known. */
export const dropsBetween = (before: SocketDrops, after: SocketDrops): number => {
  let drops = 0;
  for (const [inode, count] of after) drops += Math.max(0, count - (before.get(inode) ?? 0));
  return drops;
};

const readTable = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};

const socketsIn = (table: string, local: string): Map<string, number> => {
  const sockets = new Map<string, number>();
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields[LOCAL_ADDRESS] === local) sockets.set(fields[INODE] ?? '', Number(fields.at(-1)));
  }
  return sockets;
};

const bound = (addressHex: string, port: number): string => `${addressHex}:${hexOf(port, 4)}`;

const ipv4Hex = (address: number): string => hexOf(endianness() === 'LE' ? swapped(address) : address, 8);

const ANY_IPV6 = '0'.repeat(32);

/** ::ffff:127.0.0.1, four words of which each stands as the machine keeps it. */
const mappedHex = (address: number): string =>
  `${'0'.repeat(16)}${endianness() === 'LE' ? 'FFFF0000' : '0000FFFF'}${ipv4Hex(address)}`;

const hexOf = (value: number, width: number): string => value.toString(16).toUpperCase().padStart(width, '0');

const swapped = (address: number): number =>
  (address & 0xff) * 2 ** 24 +
  ((address >>> 8) & 0xff) * 2 ** 16 +
  ((address >>> 16) & 0xff) * 2 ** 8 +
  (address >>> 24);
