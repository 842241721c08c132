// @hot
// The rows of one header that the parser does not keep, found by a second walk over the lines. For those who only now and then
// ask for one (an embedded registrar with extensions switched on), so that everybody else does not pay for it.

import { equalsIgnoreCase } from '../std/index.ts';
import { isLws, skipToken, trimLwsEnd } from './characters.ts';
import { findColon, findHeaderEnd, NO_COLON } from './lines.ts';
import { addRow, type RowTable } from './row-table.ts';

const CR = 0x0d;
const LF = 0x0a;
const NO_LETTER = 0;

/**
 * Fills `rows` with the values of the header `name` (any case), or of its compact form `letter` (lower case, 0 for none), in the
 * message [start, end); what does not fit into the table is left out. Lines that are none end the walk.
 */
export const findHeaderRows = (
  bytes: Uint8Array,
  start: number,
  end: number,
  name: Uint8Array,
  letter: number,
  rows: RowTable,
): void => {
  rows.count = 0;
  let at = start;
  while (at + 1 < end && bytes[at] === CR && bytes[at + 1] === LF) at += 2;
  for (let isFirst = true; at < end; isFirst = false) {
    if (at + 1 < end && bytes[at] === CR && bytes[at + 1] === LF) return;
    const lineEnd = findHeaderEnd(bytes, at, end);
    if (lineEnd < 0) return;
    if (!isFirst) takeLine(bytes, at, lineEnd, name, letter, rows);
    at = lineEnd + 2;
  }
};

const takeLine = (
  bytes: Uint8Array,
  start: number,
  end: number,
  name: Uint8Array,
  letter: number,
  rows: RowTable,
): void => {
  const nameEnd = skipToken(bytes, start, end);
  const isCompact = letter !== NO_LETTER && nameEnd - start === 1 && (bytes[start]! | 0x20) === letter;
  if (!isCompact && !equalsIgnoreCase(bytes, start, nameEnd, name, 0, name.length)) return;
  const colon = findColon(bytes, nameEnd, end);
  if (colon === NO_COLON) return;
  let valueStart = colon + 1;
  while (valueStart < end && isLws(bytes[valueStart]!)) valueStart++;
  const valueEnd = trimLwsEnd(bytes, valueStart, end);
  if (valueEnd > valueStart) addRow(rows, valueStart, valueEnd);
};
