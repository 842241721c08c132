// @hot
// What the registrar wants to know of a URI: is it a sip: URI of its domain, and whose is it. The port and the parameters of
// a Request-URI or an address-of-record make no difference (RFC 3261 §10.3(5): parameters are removed).
//
// Left out on purpose: sips. It promises TLS on every hop, which a registrar on UDP can't keep, so it is another scheme.

import { createSipUri, parseSipUri, type SipUri, URI_OK, URI_OTHER_SCHEME } from '../sip/index.ts';
import { equalsIgnoreCase } from '../std/index.ts';
import { HEX_MALFORMED, readHex2 } from './hex.ts';

export const URI_OURS = 0;
/** A sip: URI of another domain. */
export const URI_FOREIGN = 1;
/** Not sip: at all. */
export const URI_NOT_SIP = 2;
export const URI_UNREADABLE = 3;

const PERCENT = 0x25;

export interface UriReader {
  readonly domain: Uint8Array;
  readonly uri: SipUri;
}

export const createUriReader = (domain: Uint8Array): UriReader => ({ domain, uri: createSipUri() });

/** Leaves the parts in reader.uri unless it is URI_UNREADABLE or URI_NOT_SIP. */
export const classifyUri = (reader: UriReader, bytes: Uint8Array, start: number, end: number): number => {
  const { domain, uri } = reader;
  const parsed = parseSipUri(bytes, start, end, uri);
  if (parsed === URI_OTHER_SCHEME || (parsed === URI_OK && uri.isSips)) return URI_NOT_SIP;
  if (parsed !== URI_OK) return URI_UNREADABLE;
  const isOurs = equalsIgnoreCase(bytes, uri.hostStart, uri.hostEnd, domain, 0, domain.length);
  return isOurs ? URI_OURS : URI_FOREIGN;
};

/**
 * Writes the user part of the URI just read to the front of `user`, escapes decoded once (RFC 3261 §10.3(5); RFC 4475
 * §3.1.1.3, §3.1.1.4: %00 is a byte like any other). Returns its length; 0 for none, -1 if it doesn't fit.
 */
export const readUser = (reader: UriReader, bytes: Uint8Array, user: Uint8Array): number => {
  const { userStart, userEnd } = reader.uri;
  let length = 0;
  for (let at = userStart; at < userEnd; at++) {
    if (length === user.length) return -1;
    let byte = bytes[at]!;
    if (byte === PERCENT && at + 2 < userEnd) {
      const decoded = readHex2(bytes, at + 1);
      if (decoded !== HEX_MALFORMED) {
        byte = decoded;
        at += 2;
      }
    }
    user[length++] = byte;
  }
  return length;
};
