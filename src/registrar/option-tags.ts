// @hot
// Option tags as Require and Supported list them (RFC 3261 §19.2, §20.32, §20.37): tokens with commas between them, over any
// number of rows. They ignore case, as tokens do (§7.3.1).

import { type RowTable, rowEnd, rowStart } from '../sip/index.ts';
import { equalsIgnoreCase } from '../std/index.ts';

const COMMA = 0x2c;
const SPACE = 0x20;

/** A reusable record: one tag, and where the next one begins. */
export interface TagCursor {
  row: number;
  at: number;
  start: number;
  end: number;
}

export const createTagCursor = (): TagCursor => ({ row: 0, at: -1, start: -1, end: -1 });

export const firstTag = (bytes: Uint8Array, rows: RowTable, cursor: TagCursor): boolean => {
  cursor.row = 0;
  cursor.at = -1;
  return nextTag(bytes, rows, cursor);
};

/** False: there are no more. */
export const nextTag = (bytes: Uint8Array, rows: RowTable, cursor: TagCursor): boolean => {
  for (; cursor.row < rows.count; cursor.row++, cursor.at = -1) {
    const end = rowEnd(rows, cursor.row);
    let at = cursor.at < 0 ? rowStart(rows, cursor.row) : cursor.at;
    while (at < end && (bytes[at]! <= SPACE || bytes[at] === COMMA)) at++;
    if (at >= end) continue;
    cursor.start = at;
    while (at < end && bytes[at] !== COMMA) at++;
    cursor.at = at;
    while (at > cursor.start && bytes[at - 1]! <= SPACE) at--;
    cursor.end = at;
    return true;
  }
  return false;
};

export const isTag = (bytes: Uint8Array, cursor: TagCursor, tag: Uint8Array): boolean =>
  equalsIgnoreCase(bytes, cursor.start, cursor.end, tag, 0, tag.length);

export const hasTag = (bytes: Uint8Array, rows: RowTable, cursor: TagCursor, tag: Uint8Array): boolean => {
  for (let found = firstTag(bytes, rows, cursor); found; found = nextTag(bytes, rows, cursor)) {
    if (isTag(bytes, cursor, tag)) return true;
  }
  return false;
};
