// @hot
// STUN messages (RFC 5389 §6, RFC 8489 §5) as far as keepalives need them: a Binding request is written, a Binding response is read,
// and a server's answer is written too. A STUN datagram shares the port with SIP, and its first octet, 0 or 1, tells it from a message (RFC
// 5626 §4.4.2): no SIP message begins with one.
//
//    0                   1                   2                   3
//   |0 0|      type                 |   length of what follows     |     then attributes, each
//   |               magic cookie 0x2112A442                        |     type, length, value, padded to 4 bytes
//   |               transaction id, 96 bits                        |
//
// Left out on purpose: MESSAGE-INTEGRITY, which needs a password that nobody has here (RFC 5626 §8 uses none), and writing FINGERPRINT.
// One that is there must be right. It never throws and never looks outside [start, end).

import { createCrc32Table } from './crc32.ts';

export const STUN_HEADER_BYTES = 20;
/** A Binding response with XOR-MAPPED-ADDRESS alone, IPv4. */
export const STUN_RESPONSE_BYTES = 32;

export const STUN_BINDING_REQUEST = 0x0001;
export const STUN_BINDING_SUCCESS = 0x0101;
export const STUN_BINDING_ERROR = 0x0111;

export const STUN_OK = 0;
/** Not a STUN message, or a damaged one. */
export const STUN_MALFORMED = -1;
/** No address in it, or one that is not IPv4. */
export const NO_MAPPED_ADDRESS = -1;

const MAGIC_COOKIE = 0x2112a442;
const MAGIC_HIGH = 0x2112;
const ATTRIBUTE_MAPPED_ADDRESS = 0x0001;
const ATTRIBUTE_XOR_MAPPED_ADDRESS = 0x0020;
const ATTRIBUTE_FINGERPRINT = 0x8028;
const ATTRIBUTE_HEADER_BYTES = 4;
const FINGERPRINT_BYTES = 4;
const FINGERPRINT_XOR = 0x5354554e;
const FAMILY_IPV4 = 0x01;
const IPV4_BYTES = 8;
/** Attributes of one message that are looked at. */
const MOST_ATTRIBUTES = 64;

const CRC_TABLE: Int32Array = createCrc32Table();

/** One STUN message as it was read; the record is filled again for each. */
export interface StunMessage {
  type: number;
  /** The transaction id, as three words. */
  high: number;
  middle: number;
  low: number;
  /** IPv4 as an unsigned number, or NO_MAPPED_ADDRESS. */
  mappedAddress: number;
  mappedPort: number;
}

export const createStunMessage = (): StunMessage => ({
  type: 0,
  high: 0,
  middle: 0,
  low: 0,
  mappedAddress: NO_MAPPED_ADDRESS,
  mappedPort: 0,
});

/** Whether the first octet says STUN (RFC 5626 §4.4.2). */
export const mayBeStun = (octet: number): boolean => octet <= 1;

/** Reads the datagram [start, end); STUN_OK or STUN_MALFORMED. */
export const readStun = (bytes: Uint8Array, start: number, end: number, message: StunMessage): number => {
  message.mappedAddress = NO_MAPPED_ADDRESS;
  message.mappedPort = 0;
  if (end - start < STUN_HEADER_BYTES || !mayBeStun(bytes[start]!)) return STUN_MALFORMED;
  const length = readShort(bytes, start + 2);
  if ((length & 3) !== 0 || start + STUN_HEADER_BYTES + length !== end) return STUN_MALFORMED;
  if (readWord(bytes, start + 4) !== MAGIC_COOKIE) return STUN_MALFORMED;
  message.type = readShort(bytes, start);
  message.high = readWord(bytes, start + 8);
  message.middle = readWord(bytes, start + 12);
  message.low = readWord(bytes, start + 16);
  return readAttributes(bytes, start, end, message);
};

const readAttributes = (bytes: Uint8Array, start: number, end: number, message: StunMessage): number => {
  let at = start + STUN_HEADER_BYTES;
  let hasXor = false;
  for (let count = 0; at < end && count < MOST_ATTRIBUTES; count++) {
    const value = at + ATTRIBUTE_HEADER_BYTES;
    if (value > end) return STUN_MALFORMED;
    const length = readShort(bytes, at + 2);
    const next = value + length + (-length & 3);
    if (next > end) return STUN_MALFORMED;
    switch (readShort(bytes, at)) {
      case ATTRIBUTE_XOR_MAPPED_ADDRESS:
        // §15.2: the port is mixed with the upper half of the cookie, the address with all of it.
        if (readAddress(bytes, value, length, message, true)) hasXor = true;
        break;
      case ATTRIBUTE_MAPPED_ADDRESS:
        // §7.3.3: what servers of RFC 3489 give; the mixed one is what NATs leave alone.
        if (!hasXor) readAddress(bytes, value, length, message, false);
        break;
      case ATTRIBUTE_FINGERPRINT:
        // §15.5: the last attribute, over everything before it.
        if (length !== FINGERPRINT_BYTES || next !== end) return STUN_MALFORMED;
        return readWord(bytes, value) === fingerprint(bytes, start, at) ? STUN_OK : STUN_MALFORMED;
      default:
        break;
    }
    at = next;
  }
  return STUN_OK;
};

const readAddress = (
  bytes: Uint8Array,
  at: number,
  length: number,
  message: StunMessage,
  isMixed: boolean,
): boolean => {
  if (length !== IPV4_BYTES || bytes[at + 1] !== FAMILY_IPV4) return false;
  const port = readShort(bytes, at + 2);
  const address = readWord(bytes, at + 4);
  message.mappedPort = isMixed ? port ^ MAGIC_HIGH : port;
  message.mappedAddress = isMixed ? (address ^ MAGIC_COOKIE) >>> 0 : address;
  return true;
};

/** A Binding request without attributes, at `at`; returns the end. */
export const writeBindingRequest = (out: Uint8Array, at: number, high: number, middle: number, low: number): number => {
  writeHeader(out, at, STUN_BINDING_REQUEST, 0);
  writeWord(out, at + 8, high);
  writeWord(out, at + 12, middle);
  writeWord(out, at + 16, low);
  return at + STUN_HEADER_BYTES;
};

/** The answer to the request in `message`: where it came from (§7.3.1.1); returns the end. */
export const writeBindingResponse = (
  out: Uint8Array,
  at: number,
  message: StunMessage,
  address: number,
  port: number,
): number => {
  writeHeader(out, at, STUN_BINDING_SUCCESS, STUN_RESPONSE_BYTES - STUN_HEADER_BYTES);
  writeWord(out, at + 8, message.high);
  writeWord(out, at + 12, message.middle);
  writeWord(out, at + 16, message.low);
  const attribute = at + STUN_HEADER_BYTES;
  writeShort(out, attribute, ATTRIBUTE_XOR_MAPPED_ADDRESS);
  writeShort(out, attribute + 2, IPV4_BYTES);
  writeShort(out, attribute + 4, FAMILY_IPV4);
  writeShort(out, attribute + 6, port ^ MAGIC_HIGH);
  writeWord(out, attribute + 8, address ^ MAGIC_COOKIE);
  return at + STUN_RESPONSE_BYTES;
};

const writeHeader = (out: Uint8Array, at: number, type: number, length: number): void => {
  writeShort(out, at, type);
  writeShort(out, at + 2, length);
  writeWord(out, at + 4, MAGIC_COOKIE);
};

const fingerprint = (bytes: Uint8Array, start: number, end: number): number => {
  let crc = -1;
  for (let at = start; at < end; at++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[at]!) & 0xff]!;
  return (~crc ^ FINGERPRINT_XOR) >>> 0;
};

const readShort = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;

const readWord = (bytes: Uint8Array, at: number): number =>
  ((readShort(bytes, at) << 16) | readShort(bytes, at + 2)) >>> 0;

const writeShort = (out: Uint8Array, at: number, value: number): void => {
  out[at] = value >>> 8;
  out[at + 1] = value;
};

const writeWord = (out: Uint8Array, at: number, value: number): void => {
  writeShort(out, at, value >>> 16);
  writeShort(out, at + 2, value & 0xffff);
};
