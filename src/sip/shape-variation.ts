// Which bytes of a response may be others without anything changing but their own meaning: the places that differ from one
// phone to the next in the answers of one registrar. Everything else, each delimiter and each name among it, has to stay.
//
//   Via: SIP/2.0/UDP 127.0.0.1:40000;branch=z9hG4bK0f3a…;rport=40000;received=127.0.0.1
//                    ddd d d d:ddddd        wwwwwwwwwww       ddddd          ddd d d d     d digit, w letter or digit
//   From: <sip:u00000017@test.example>;tag=51b0c2d4
//              wwwwwwwww                   wwwwwwww
//   WWW-Authenticate: Digest realm="test.example", nonce="Zx+0/…="      q what may stand in a nonce without an escape
//                                                         qqqqq
//
// A digit for a digit, or a letter for a letter, neither begins nor ends anything in RFC 3261's grammar, as long as it is
// not part of a name, an escape or a number that is read. Runs once for each shape.

import { isLws } from './characters.ts';
import type { ContactCursor } from './contact.ts';
import { findColon, findHeaderEnd } from './lines.ts';
import type { SipMessage } from './message.ts';
import { type RowTable, rowEnd, rowStart } from './row-table.ts';

/** The byte has to be what it was. */
export const VARY_NOT = 0;
export const VARY_DIGIT = 1;
export const VARY_WORD = 2;
/** Letters, digits and what else a nonce may hold that neither ends a quoted string nor escapes in it. */
export const VARY_QUOTED = 4;

const AT_SIGN = 0x40;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const DASH = 0x2d;
const PERCENT = 0x25;
const QUOTE = 0x22;
const ESCAPE_DIGITS = 2;
const MOST_NUMBER_DIGITS = 9;
const CASE_BIT = 0x20;

/** Which of the VARY_* each byte belongs to. */
export const varyingClasses = (): Uint8Array => {
  const table = new Uint8Array(256);
  const mark = (characters: string, bits: number): void => {
    for (const character of characters) table[character.charCodeAt(0)] = bits;
  };
  mark('+/=-._', VARY_QUOTED);
  mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', VARY_QUOTED | VARY_WORD);
  mark('0123456789', VARY_QUOTED | VARY_WORD | VARY_DIGIT);
  return table;
};

const CLASSES: Uint8Array = varyingClasses();

/** The part of a shape that is looked at here: its bytes, and where the marks are set. */
export interface Variation {
  /** One VARY_* for each byte; all VARY_NOT to begin with. */
  readonly marks: Uint8Array;
  readonly bytes: Uint8Array;
}

/** A span with both ends -1, of a part that is not there, marks nothing. */
const mark = ({ marks, bytes }: Variation, start: number, end: number, kind: number): void => {
  for (let at = Math.max(0, start); at < end; at++) {
    const isEscaped = bytes[at - 1] === BACKSLASH;
    if (!isEscaped && (CLASSES[bytes[at]!]! & kind) !== 0) marks[at] = kind;
  }
};

const fix = ({ marks }: Variation, start: number, end: number): void => {
  marks.fill(VARY_NOT, Math.max(0, start), Math.max(0, end));
};

/** The headers that every response has. */
export const markMessage = (variation: Variation, message: SipMessage, lengthBytes: number): void => {
  mark(variation, message.viaSentByStart, rowEnd(message.via, 0), VARY_DIGIT);
  mark(variation, message.viaBranchStart, message.viaBranchEnd, VARY_WORD);
  markUser(variation, message.fromUriStart, message.fromUriEnd);
  mark(variation, message.fromTagStart, message.fromTagEnd, VARY_WORD);
  markUser(variation, message.toUriStart, message.toUriEnd);
  mark(variation, message.toTagStart, message.toTagEnd, VARY_WORD);
  mark(variation, message.callIdStart, message.callIdEnd, VARY_WORD);
  // A registrar that sends our own lines back: nobody looks into them.
  markRows(variation, message.authorization);
  markRows(variation, message.proxyAuthorization);
  markPassedOver(variation, lengthBytes);
};

const markRows = (variation: Variation, rows: RowTable): void => {
  for (let row = 0; row < rows.count; row++) mark(variation, rowStart(rows, row), rowEnd(rows, row), VARY_QUOTED);
};

/** What stands ahead of the `@`; an escape (`%41`) stays as it is. */
const markUser = (variation: Variation, uriStart: number, uriEnd: number): void => {
  const { bytes } = variation;
  const at = bytes.indexOf(AT_SIGN, Math.max(0, uriStart));
  const colon = bytes.indexOf(COLON, Math.max(0, uriStart));
  if (uriStart < 0 || at < 0 || at >= uriEnd || colon > at) return;
  mark(variation, colon + 1, at, VARY_WORD);
  for (let i = colon + 1; i < at; i++) {
    if (bytes[i] === PERCENT) fix(variation, i + 1, Math.min(at, i + 1 + ESCAPE_DIGITS));
  }
};

/** One contact. Letters may be part of a parameter's name, and stay where they are not in quotes. */
export const markContact = (variation: Variation, contact: ContactCursor): void => {
  const { bytes } = variation;
  mark(variation, contact.uriStart, contact.paramsEnd, VARY_DIGIT);
  markUser(variation, contact.uriStart, contact.uriEnd);
  let isQuoted = false;
  for (let at = contact.paramsStart; at < contact.paramsEnd; at++) {
    if (bytes[at] === QUOTE && bytes[at - 1] !== BACKSLASH) isQuoted = !isQuoted;
    else if (isQuoted) mark(variation, at, at + 1, VARY_WORD);
  }
};

/** A nonce or an opaque, between quotes or as a token. */
export const markSecret = (variation: Variation, start: number, end: number): void => {
  if (start < 0) return;
  mark(variation, start, end, variation.bytes[start - 1] === QUOTE ? VARY_QUOTED : VARY_WORD);
};

/** Header lines whose value nobody reads and that differ from answer to answer: Date, and those of the X- and P- kind. */
const markPassedOver = (variation: Variation, lengthBytes: number): void => {
  const { bytes } = variation;
  let at = findHeaderEnd(bytes, 0, lengthBytes) + 2;
  for (let end = findHeaderEnd(bytes, at, lengthBytes); end > at; end = findHeaderEnd(bytes, at, lengthBytes)) {
    const nameEnd = nameEndOf(bytes, at, end);
    if (isPassedOver(bytes, at, nameEnd)) mark(variation, nameEnd, end, VARY_QUOTED);
    at = end + 2;
  }
};

const nameEndOf = (bytes: Uint8Array, start: number, end: number): number => {
  let p = start;
  while (p < end && bytes[p] !== COLON && !isLws(bytes[p]!)) p++;
  return findColon(bytes, p, end) < 0 ? end : p;
};

/** P-Registrar-Error is read: the letter behind the dash tells it from the others well enough. */
const isPassedOver = (bytes: Uint8Array, start: number, end: number): boolean => {
  const first = bytes[start]! | CASE_BIT;
  const third = bytes[start + 2]! | CASE_BIT;
  if (bytes[start + 1] === DASH) return first === 0x78 || (first === 0x70 && third !== 0x72);
  return end - start === 4 && first === 0x64 && third === 0x74;
};

/** The place of a number that is read: its digits may be others as long as reading them anew can't overflow. */
export const markNumber = (variation: Variation, start: number, end: number): boolean => {
  fix(variation, start, end);
  const { bytes } = variation;
  let isPlain = start >= 0 && end > start && end - start <= MOST_NUMBER_DIGITS;
  for (let at = start; at < end; at++) if ((CLASSES[bytes[at]!]! & VARY_DIGIT) === 0) isPlain = false;
  if (isPlain) mark(variation, start, end, VARY_DIGIT);
  return isPlain;
};

/** Where the digits begin that end at `end`; `end` where there are none. */
export const digitsBefore = (bytes: Uint8Array, end: number): number => {
  let start = end;
  while (start > 0 && (CLASSES[bytes[start - 1]!]! & VARY_DIGIT) !== 0) start--;
  return start;
};

/** The last index up to `end` that has something else than white space before it. */
export const textEndBefore = (bytes: Uint8Array, end: number): number => {
  let at = end;
  while (at > 0 && isLws(bytes[at - 1]!)) at--;
  return at;
};
