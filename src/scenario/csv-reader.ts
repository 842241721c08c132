// Comma-separated values, RFC 4180: cells with commas between, in double quotes where they hold a comma or a quote (which is then
// doubled), a record a line. Lines end with CR LF or LF; a byte order mark is passed over.
//
// Reads one cell after the other out of the bytes of a file, and makes no strings: a file may have a million lines.
//
// DEVIATION (RFC 4180 §2 rule 6): a line break inside quotes is refused. Nothing that stands in a SIP message has one, and a
// quote that was forgotten is found in its own line.

const QUOTE = 0x22;
const COMMA = 0x2c;
const CR = 0x0d;
const LF = 0x0a;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** The cell is read and another one of its line follows. */
export const CELL_MORE = 0;
/** The cell is read and was the last of its line. */
export const CELL_LAST = 1;
/** The cell breaks the rules: `fault` says how, and `start` where. */
export const CELL_BROKEN = 2;

export interface CsvCursor {
  readonly bytes: Uint8Array;
  /** Where the next cell begins. */
  at: number;
  /** Counts from 1. */
  line: number;
  lineStart: number;
  /** The cell, its quotes left out. */
  start: number;
  end: number;
  /** There are doubled quotes in it. */
  isEscaped: boolean;
  fault: string;
}

export const openCsv = (bytes: Uint8Array): CsvCursor => {
  const at = BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte) ? BYTE_ORDER_MARK.length : 0;
  return { bytes, at, line: 1, lineStart: at, start: at, end: at, isEscaped: false, fault: '' };
};

export const isCsvOver = ({ bytes, at }: CsvCursor): boolean => at >= bytes.length;

/** Reads the cell at the cursor, and moves behind it. After the last cell of a line the cursor is in the next line. */
export const nextCell = (cursor: CsvCursor): number => {
  const { bytes } = cursor;
  cursor.isEscaped = false;
  if (bytes[cursor.at] === QUOTE) return nextQuoted(cursor);
  cursor.start = cursor.at;
  let at = cursor.at;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === COMMA || byte === LF) break;
    if (byte === QUOTE) {
      return broken(cursor, at, 'a quote in the middle of a value; put the whole value in quotes and double this one');
    }
  }
  cursor.end = bytes[at] === LF && at > cursor.start && bytes[at - 1] === CR ? at - 1 : at;
  return endCell(cursor, at);
};

const nextQuoted = (cursor: CsvCursor): number => {
  const { bytes } = cursor;
  const open = cursor.at;
  let at = open + 1;
  for (; at < bytes.length && bytes[at] !== LF; at++) {
    if (bytes[at] !== QUOTE) continue;
    if (bytes[at + 1] !== QUOTE) break;
    cursor.isEscaped = true;
    at++;
  }
  if (bytes[at] !== QUOTE) return broken(cursor, open, 'the quote that opens here is not closed in its line');
  cursor.start = open + 1;
  cursor.end = at;
  const after = bytes[at + 1] === CR && bytes[at + 2] === LF ? at + 2 : at + 1;
  if (after < bytes.length && bytes[after] !== COMMA && bytes[after] !== LF) {
    return broken(cursor, at + 1, 'text behind a closing quote; a quote inside a value is doubled');
  }
  return endCell(cursor, after);
};

/** `at` is at the comma, the line feed or the end behind the cell. */
const endCell = (cursor: CsvCursor, at: number): number => {
  cursor.at = at + 1;
  return cursor.bytes[at] === COMMA ? CELL_MORE : CELL_LAST;
};

const broken = (cursor: CsvCursor, at: number, fault: string): number => {
  cursor.start = at;
  cursor.end = at;
  cursor.fault = fault;
  return CELL_BROKEN;
};

/** To be told before the first cell of each line but the first. */
export const beginLine = (cursor: CsvCursor): void => {
  cursor.line += 1;
  cursor.lineStart = cursor.at;
};

/** Passes over what is left of the line. */
export const skipLine = (cursor: CsvCursor): void => {
  const { bytes } = cursor;
  let at = cursor.at;
  while (at < bytes.length && bytes[at] !== LF) at++;
  cursor.at = at + 1;
};

/** The cell's text as it is meant, written at `to`; returns its end. */
export const writeCell = (cursor: CsvCursor, out: Uint8Array, to: number): number => {
  const { bytes, start, end, isEscaped } = cursor;
  let written = to;
  for (let at = start; at < end; at++) {
    out[written++] = bytes[at]!;
    if (isEscaped && bytes[at] === QUOTE) at++;
  }
  return written;
};

/** Counts from 1, in characters. */
export const columnOf = ({ bytes, lineStart }: CsvCursor, at: number): number => {
  let column = 1;
  // Bytes 0b10xxxxxx go on with a character of UTF-8.
  for (let i = lineStart; i < at; i++) if ((bytes[i]! & 0xc0) !== 0x80) column++;
  return column;
};
