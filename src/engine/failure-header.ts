// Which header of an answer tells why it was given, where it has no P-Registrar-Error and no Warning: for the list of the most
// frequent failures. Statuses whose phrase says everything (439, 403 and most others) have none.

import { encodeAscii } from '../std/index.ts';

const CONTACT = encodeAscii('contact');
const UNSUPPORTED = encodeAscii('unsupported');
const REQUIRE = encodeAscii('require');
const MIN_EXPIRES = encodeAscii('min-expires');
const SECURITY_SERVER = encodeAscii('security-server');
const RETRY_AFTER = encodeAscii('retry-after');
const ALLOW = encodeAscii('allow');

const REASONS: ReadonlyMap<number, Uint8Array> = new Map([
  // RFC 3261 §21.4.6: what may be asked instead.
  [405, ALLOW],
  // §21.4.13, §20.40: the extensions that are not understood.
  [420, UNSUPPORTED],
  // §21.4.14: the extension that is needed.
  [421, REQUIRE],
  // §21.4.17: the least interval.
  [423, MIN_EXPIRES],
  // RFC 3329 §2.3.1: the mechanisms to choose from.
  [494, SECURITY_SERVER],
  // §20.33.
  [503, RETRY_AFTER],
]);

/** The header's name in lower case; null: the phrase says it all. RFC 3261 §8.1.3.4: a redirect says where to. */
export function reasonHeader(status: number): Uint8Array | null {
  if (status >= 300 && status < 400) return CONTACT;
  return REASONS.get(status) ?? null;
}
