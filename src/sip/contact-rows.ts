// @hot
// The Contact rows of a message: how many there are, and where the first and the last one stand. A registrar lists every
// binding of an address-of-record in its 200 (RFC 3261 §10.3 step 8), thousands of them if it has them, so no table of fixed
// size would do. The rows between are found again in the bytes when they are asked for:
//
//   Contact: <first>      kept                      the usual message has one, and no byte is read a second time
//   Supported: path       passed over
//   m: <second>           found by nextContactRow, one line after the other
//   Contact: <last>       kept: the search ends here
//
// Going through all rows reads each byte between the first and the last at most once more: linear, whatever a peer sends.

import { encodeAscii } from '../std/index.ts';
import { skipLws, skipToken, trimLwsEnd } from './characters.ts';
import { findColon, findHeaderEnd, NO_COLON } from './lines.ts';

const CONTACT: Uint8Array = encodeAscii('contact');
const COMPACT_CONTACT = 0x6d;
const CASE_BIT = 0x20;
/** No header line begins or ends here. */
const NOWHERE = -1;

export interface ContactRows {
  count: number;
  /** Values without white space at either end; empty ones too. */
  firstStart: number;
  firstEnd: number;
  lastStart: number;
  lastEnd: number;
}

/** The row at which somebody is. */
export interface ContactRow {
  start: number;
  end: number;
}

export const createContactRows = (): ContactRows => ({
  count: 0,
  firstStart: NOWHERE,
  firstEnd: NOWHERE,
  lastStart: NOWHERE,
  lastEnd: NOWHERE,
});

export const resetContactRows = (rows: ContactRows): void => {
  rows.count = 0;
  rows.firstStart = NOWHERE;
  rows.firstEnd = NOWHERE;
  rows.lastStart = NOWHERE;
  rows.lastEnd = NOWHERE;
};

export const addContactRow = (rows: ContactRows, start: number, end: number): void => {
  if (rows.count === 0) {
    rows.firstStart = start;
    rows.firstEnd = end;
  }
  rows.lastStart = start;
  rows.lastEnd = end;
  rows.count++;
};

/** False: there is none. */
export const firstContactRow = (rows: ContactRows, row: ContactRow): boolean => {
  row.start = rows.firstStart;
  row.end = rows.firstEnd;
  return rows.count > 0;
};

/** Goes on from the row, which came from here or from firstContactRow. False: that was the last one. */
export const nextContactRow = (bytes: Uint8Array, rows: ContactRows, row: ContactRow): boolean => {
  const { lastStart } = rows;
  if (row.start >= lastStart) return false;
  // A header line that does not end before `lastStart` is the last row's.
  let lineEnd = findHeaderEnd(bytes, row.end, lastStart);
  while (lineEnd >= 0) {
    const at = lineEnd + 2;
    lineEnd = findHeaderEnd(bytes, at, lastStart);
    if (lineEnd >= 0 && readContactRow(bytes, at, lineEnd, row)) return true;
  }
  row.start = lastStart;
  row.end = rows.lastEnd;
  return true;
};

/** Whether the header line is a Contact; its value is then in the row. */
const readContactRow = (bytes: Uint8Array, start: number, end: number, row: ContactRow): boolean => {
  const nameEnd = skipToken(bytes, start, end);
  if (!isContactName(bytes, start, nameEnd)) return false;
  const colon = findColon(bytes, nameEnd, end);
  if (colon === NO_COLON) return false;
  row.start = skipLws(bytes, colon + 1, end);
  row.end = trimLwsEnd(bytes, row.start, end);
  return true;
};

const isContactName = (bytes: Uint8Array, start: number, end: number): boolean => {
  if (end - start === 1) return (bytes[start]! | CASE_BIT) === COMPACT_CONTACT;
  if (end - start !== CONTACT.length) return false;
  for (let i = 0; i < CONTACT.length; i++) {
    if ((bytes[start + i]! | CASE_BIT) !== CONTACT[i]) return false;
  }
  return true;
};
