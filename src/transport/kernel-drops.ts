// What the kernel dropped because a socket's receive queue was full, for sockets whose descriptor Node keeps to itself: Linux
// lists it for every UDP socket, the last column of /proc/net/udp.
//
//   sl  local_address rem_address   st tx_queue rx_queue … drops
//   12: 0100007F:13C4 00000000:0000 07 00000000:00000000 … 0         127.0.0.1:5060, the address as the machine keeps it
//
// Read once a second at most, so a text of some kilobytes does no harm. Left out on purpose: other systems, which tell none.

import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';

const TABLE = '/proc/net/udp';
const LOCAL_ADDRESS = 1;

/** 0 where the system has no such table. */
export const readKernelDrops = (address: number, port: number): number => {
  try {
    return dropsIn(readFileSync(TABLE, 'latin1'), address, port);
  } catch {
    return 0;
  }
};

/** Of all sockets bound to the address and port, in the text of the table. */
export const dropsIn = (table: string, address: number, port: number): number => {
  const bound = `${hexOf(endianness() === 'LE' ? swapped(address) : address, 8)}:${hexOf(port, 4)}`;
  let drops = 0;
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields[LOCAL_ADDRESS] === bound) drops += Number(fields.at(-1));
  }
  return drops;
};

const hexOf = (value: number, width: number): string => value.toString(16).toUpperCase().padStart(width, '0');

const swapped = (address: number): number =>
  (address & 0xff) * 2 ** 24 +
  ((address >>> 8) & 0xff) * 2 ** 16 +
  ((address >>> 16) & 0xff) * 2 ** 8 +
  (address >>> 24);
