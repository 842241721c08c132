// @hot
// What a server does about the topmost Via: whether it must say where the request really came from, and where the answer
// goes (RFC 3261 §18.2.1 and §18.2.2, RFC 3581 §4). IPv4 only, as unsigned numbers in host order.
//
// DEVIATION (RFC 3261 §18.2.2): maddr is not followed. The answer to a request goes back to the address it came from, so
// that nobody can have a load test's answers sent to a third party.

import type { SipMessage } from '../sip/index.ts';
import { writeDecimal } from '../std/index.ts';

const DOT = 0x2e;
const ASCII_ZERO = 0x30;
const SIP_PORT = 5060;
const ADDRESS_MALFORMED = -1;

/** Always with rport (RFC 3581 §4), else when sent-by is a name or another address (RFC 3261 §18.2.1). */
export const isReceivedNeeded = (message: SipMessage, bytes: Uint8Array, peerAddress: number): boolean =>
  message.viaRportStart >= 0 || readAddress(bytes, message.viaHostStart, message.viaHostEnd) !== peerAddress;

/** With rport to the port it came from, else to the port of sent-by. Port 0 can't be sent to and counts as none. */
export const answerPort = (message: SipMessage, peerPort: number): number => {
  if (message.viaRportStart >= 0) return peerPort;
  return message.viaPort > 0 ? message.viaPort : SIP_PORT;
};

/** Dotted decimal, at most 15 bytes. */
export const writeAddress = (out: Uint8Array, start: number, address: number): number => {
  let at = writeDecimal(out, start, address >>> 24);
  for (let shift = 16; shift >= 0; shift -= 8) {
    out[at] = DOT;
    at = writeDecimal(out, at + 1, (address >>> shift) & 0xff);
  }
  return at;
};

const readAddress = (bytes: Uint8Array, start: number, end: number): number => {
  let address = 0;
  let octet = -1;
  let dots = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === DOT) {
      if (octet < 0) return ADDRESS_MALFORMED;
      address = address * 256 + octet;
      octet = -1;
      dots++;
      continue;
    }
    const digit = byte - ASCII_ZERO;
    if (digit < 0 || digit > 9) return ADDRESS_MALFORMED;
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return ADDRESS_MALFORMED;
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : ADDRESS_MALFORMED;
};
