// @hot
// host[:port] as Via's sent-by and a SIP URI carry it (RFC 3261 §25.1): a name, an IPv4 address, or an IPv6 address in
// square brackets. White space around the colon is legal in a Via only; the caller says where the span ends.

import { readDecimal } from '../std/index.ts';
import { isDigit, isHostByte, isIpv6Byte, isLws, skipLws } from './characters.ts';

const COLON = 0x3a;
const LEFT_BRACKET = 0x5b;
const RIGHT_BRACKET = 0x5d;

export const HOST_MALFORMED = -1;

const MAX_PORT = 65535;

/** A reusable record. The host span includes the brackets of an IPv6 address; the port is -1 where there is none. */
export interface HostPort {
  hostStart: number;
  hostEnd: number;
  port: number;
}

export const createHostPort = (): HostPort => ({ hostStart: -1, hostEnd: -1, port: -1 });

/** Reads host[:port] at `at` and returns the index after it, or HOST_MALFORMED. */
export const readHostPort = (bytes: Uint8Array, at: number, end: number, hostPort: HostPort): number => {
  const hostEnd = skipHost(bytes, at, end);
  if (hostEnd < 0) return HOST_MALFORMED;
  hostPort.hostStart = at;
  hostPort.hostEnd = hostEnd;
  hostPort.port = -1;
  const colon = skipLws(bytes, hostEnd, end);
  if (colon >= end || bytes[colon] !== COLON) return hostEnd;
  const portStart = skipLws(bytes, colon + 1, end);
  let portEnd = portStart;
  while (portEnd < end && isDigit(bytes[portEnd]!)) portEnd++;
  const port = readDecimal(bytes, portStart, portEnd);
  if (port < 0 || port > MAX_PORT) return HOST_MALFORMED;
  hostPort.port = port;
  return portEnd;
};

/** Whether a whole span is host[:port] without white space. */
export const parseHostPort = (bytes: Uint8Array, start: number, end: number, hostPort: HostPort): boolean => {
  for (let i = start; i < end; i++) {
    if (isLws(bytes[i]!)) return false;
  }
  return readHostPort(bytes, start, end, hostPort) === end;
};

const skipHost = (bytes: Uint8Array, at: number, end: number): number => {
  if (at < end && bytes[at] === LEFT_BRACKET) {
    let p = at + 1;
    while (p < end && isIpv6Byte(bytes[p]!)) p++;
    return p < end && p > at + 1 && bytes[p] === RIGHT_BRACKET ? p + 1 : HOST_MALFORMED;
  }
  let p = at;
  while (p < end && isHostByte(bytes[p]!)) p++;
  return p > at ? p : HOST_MALFORMED;
};
