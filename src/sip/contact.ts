// @hot
// All contacts of a message, one after another over rows and commas (RFC 3261 §20.10, §25.1):
//
//   for (let found = firstContact(message, bytes, cursor); found === CONTACT_FOUND; found = nextContact(message, bytes, cursor))
//
// A row is `*` alone, or contacts with commas between them. In `sip:a@b;expires=5` without angle brackets the parameters
// belong to the contact, inside brackets to the URI (RFC 4475 §3.3.12, §3.3.13).

import { encodeAscii } from '../std/index.ts';
import { skipLws, trimLwsEnd } from './characters.ts';
import { type ContactRow, firstContactRow, nextContactRow } from './contact-rows.ts';
import { readExpires } from './delta-seconds.ts';
import type { SipMessage } from './message.ts';
import { ADDRESS_MALFORMED, type Address, createAddress, readAddress } from './name-addr.ts';
import { createParameter, isParameter, PARAMETER_MALFORMED, type Parameter, readParameter } from './parameters.ts';

const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const STAR = 0x2a;

/** There is no further contact. */
export const CONTACT_END = 0;
/** The cursor holds a contact. */
export const CONTACT_FOUND = 1;
/** What stands here is no contact; the iteration is over. */
export const CONTACT_MALFORMED = -1;

const EXPIRES: Uint8Array = encodeAscii('expires');
const Q: Uint8Array = encodeAscii('q');
const PUB_GRUU: Uint8Array = encodeAscii('pub-gruu');
const TEMP_GRUU: Uint8Array = encodeAscii('temp-gruu');

/** A reusable record of one contact and of where the next one begins. Spans are absolute; -1 means absent. */
export interface ContactCursor {
  isStar: boolean;
  /** Without angle brackets; absent for `*`. */
  uriStart: number;
  uriEnd: number;
  /** The expires parameter in seconds; a malformed one reads as 3600 (RFC 3261 §10.2). */
  expires: number;
  qStart: number;
  qEnd: number;
  /** RFC 5627 §6: values as they stand, quotes included. */
  pubGruuStart: number;
  pubGruuEnd: number;
  tempGruuStart: number;
  tempGruuEnd: number;
  /** From the first `;` to the end of the last parameter; empty where there is none. */
  paramsStart: number;
  paramsEnd: number;
  /** The contact as it stands in the message, display name and parameters included. */
  wholeStart: number;
  wholeEnd: number;
  /** The cursor's own state. */
  readonly row: ContactRow;
  at: number;
  isCommaNext: boolean;
  readonly address: Address;
  readonly parameter: Parameter;
}

export const createContactCursor = (): ContactCursor => ({
  isStar: false,
  uriStart: -1,
  uriEnd: -1,
  expires: -1,
  qStart: -1,
  qEnd: -1,
  pubGruuStart: -1,
  pubGruuEnd: -1,
  tempGruuStart: -1,
  tempGruuEnd: -1,
  paramsStart: -1,
  paramsEnd: -1,
  wholeStart: -1,
  wholeEnd: -1,
  row: { start: -1, end: -1 },
  at: 0,
  isCommaNext: false,
  address: createAddress(),
  parameter: createParameter(),
});

export const firstContact = (message: SipMessage, bytes: Uint8Array, cursor: ContactCursor): number => {
  const { row } = cursor;
  cursor.isCommaNext = false;
  return firstContactRow(message.contact, row) ? readContact(bytes, row.start, row.end, cursor) : CONTACT_END;
};

/** Only after CONTACT_FOUND. */
export const nextContact = (message: SipMessage, bytes: Uint8Array, cursor: ContactCursor): number => {
  const { row } = cursor;
  if (cursor.isCommaNext) return readContact(bytes, cursor.at, row.end, cursor);
  return nextContactRow(bytes, message.contact, row) ? readContact(bytes, row.start, row.end, cursor) : CONTACT_END;
};

const readContact = (bytes: Uint8Array, start: number, end: number, cursor: ContactCursor): number => {
  cursor.isStar = false;
  cursor.expires = -1;
  cursor.qStart = -1;
  cursor.qEnd = -1;
  cursor.pubGruuStart = -1;
  cursor.tempGruuStart = -1;
  const wholeStart = skipLws(bytes, start, end);
  cursor.wholeStart = wholeStart;
  // A star stands alone in its row (RFC 3261 §25.1); behind a comma it is no contact.
  const isStar = wholeStart + 1 === end && bytes[wholeStart] === STAR && !cursor.isCommaNext;
  if (isStar) return readStar(end, cursor);
  const paramsStart = readAddress(bytes, wholeStart, end, cursor.address);
  if (paramsStart === ADDRESS_MALFORMED) return CONTACT_MALFORMED;
  cursor.uriStart = cursor.address.uriStart;
  cursor.uriEnd = cursor.address.uriEnd;
  cursor.paramsStart = paramsStart;
  const after = readContactParameters(bytes, paramsStart, end, cursor);
  if (after === PARAMETER_MALFORMED) return CONTACT_MALFORMED;
  cursor.wholeEnd = trimLwsEnd(bytes, wholeStart, after);
  cursor.paramsEnd = Math.max(cursor.wholeEnd, paramsStart);
  cursor.isCommaNext = after < end;
  cursor.at = after + 1;
  return CONTACT_FOUND;
};

const readStar = (end: number, cursor: ContactCursor): number => {
  cursor.isStar = true;
  cursor.uriStart = -1;
  cursor.uriEnd = -1;
  cursor.paramsStart = end;
  cursor.paramsEnd = end;
  cursor.wholeEnd = end;
  cursor.isCommaNext = false;
  return CONTACT_FOUND;
};

/** Returns the index of the comma that ends the contact, or `end`. */
const readContactParameters = (bytes: Uint8Array, start: number, end: number, cursor: ContactCursor): number => {
  const parameter = cursor.parameter;
  let at = start;
  while (at < end && bytes[at] !== COMMA) {
    if (bytes[at] !== SEMICOLON) return PARAMETER_MALFORMED;
    at = readParameter(bytes, at, end, parameter);
    if (at === PARAMETER_MALFORMED) return PARAMETER_MALFORMED;
    if (isParameter(bytes, parameter, EXPIRES)) {
      cursor.expires = readExpires(bytes, parameter.valueStart, parameter.valueEnd);
    } else if (isParameter(bytes, parameter, Q)) {
      cursor.qStart = parameter.valueStart;
      cursor.qEnd = parameter.valueEnd;
    } else if (isParameter(bytes, parameter, PUB_GRUU)) {
      cursor.pubGruuStart = parameter.valueStart;
      cursor.pubGruuEnd = parameter.valueEnd;
    } else if (isParameter(bytes, parameter, TEMP_GRUU)) {
      cursor.tempGruuStart = parameter.valueStart;
      cursor.tempGruuEnd = parameter.valueEnd;
    }
  }
  return at;
};
