// IPv4 addresses as unsigned 32-bit numbers in host order, and as dotted decimal in messages. The registrar has its own, since the two
// sides share no code.

import { writeDecimal } from '../std/index.ts';

const DOT = 0x2e;
const ASCII_ZERO = 0x30;
const OCTETS = 4;
const OCTET_MOST = 255;
const OCTET_DIGITS_MOST = 3;

export const ADDRESS_MALFORMED = -1;
/** `255.255.255.255`. */
export const LONGEST_ADDRESS_BYTES = 15;

/** Dotted decimal, at most 15 bytes; returns the end. */
export function writeIpv4(out: Uint8Array, start: number, address: number): number {
  let at = writeDecimal(out, start, address >>> 24);
  for (let shift = 16; shift >= 0; shift -= 8) {
    out[at] = DOT;
    at = writeDecimal(out, at + 1, (address >>> shift) & OCTET_MOST);
  }
  return at;
}

/** The address that stands in [start, end), or ADDRESS_MALFORMED for anything else, names and IPv6 among it. */
export function readIpv4(bytes: Uint8Array, start: number, end: number): number {
  let address = 0;
  let at = start;
  for (let octets = 1; octets <= OCTETS; octets++) {
    let octet = 0;
    const first = at;
    while (at < end && bytes[at]! >= ASCII_ZERO && bytes[at]! <= ASCII_ZERO + 9 && at - first < OCTET_DIGITS_MOST) {
      octet = octet * 10 + bytes[at]! - ASCII_ZERO;
      at++;
    }
    if (at === first || octet > OCTET_MOST) return ADDRESS_MALFORMED;
    address = address * (OCTET_MOST + 1) + octet;
    if (octets < OCTETS && bytes[at++] !== DOT) return ADDRESS_MALFORMED;
  }
  return at === end ? address : ADDRESS_MALFORMED;
}

export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & OCTET_MOST}.${(address >>> 8) & OCTET_MOST}.${address & OCTET_MOST}`;
}

export function isIpv4Address(bytes: Uint8Array, start: number, end: number, address: number): boolean {
  return readIpv4(bytes, start, end) === address;
}
