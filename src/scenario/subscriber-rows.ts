// The lines of a file of subscribers as a table in shared memory (src/std/value-table.ts), with everything that is wrong with
// them told by file, line and column. Only those columns are kept that somebody asks for. A line is a row: row r stands in line
// r + 2, behind the one with the names.

import type { Problem, SharedValues, ValueTable } from '../std/index.ts';
import {
  attachValues,
  cellEnd,
  cellStart,
  createValues,
  decodeUtf8,
  equalBytes,
  equalsIgnoreCase,
} from '../std/index.ts';
import type { CsvCursor } from './csv-reader.ts';
import {
  beginLine,
  CELL_BROKEN,
  CELL_LAST,
  columnOf,
  isCsvOver,
  nextCell,
  openCsv,
  skipLine,
  writeCell,
} from './csv-reader.ts';
import { readColumns, type SubscriberColumn } from './subscriber-columns.ts';

/** As many as a scenario may have contexts. */
const ROWS_MOST = 10_000_000;
/** More than a person would read. */
const PROBLEMS_MOST = 20;
const LF = 0x0a;
/** Digits have it too. */
const SMALL_LETTER_BIT = 0x20;
const HEADER_LINES = 2;

export interface KeptColumn {
  readonly name: string;
  /** Of its longest cell. */
  readonly longestBytes: number;
}

export interface SubscriberRows {
  readonly columns: readonly KeptColumn[];
  /** Names of columns that nobody asks for. */
  readonly unused: readonly string[];
  readonly values: SharedValues;
}

/** `file` is its name in messages, `asked` the columns that headers ask for. Null: problems were told. */
export const readRows = (
  file: string,
  bytes: Uint8Array,
  asked: readonly string[],
  problems: Problem[],
): SubscriberRows | null => {
  const before = problems.length;
  const cursor = openCsv(bytes);
  const reading: Reading = { file, cursor, problems, limit: before + PROBLEMS_MOST };
  const columns = readHeader(reading, asked);
  if (columns === null) return null;
  const values = readLines(reading, columns);
  if (problems.length > before || values === null) return null;
  const { table, shared, longest } = values;
  tellTwins(reading, table, keptNames(columns));
  if (problems.length > before) return null;
  return {
    columns: keptNames(columns).map((name, column) => ({ name, longestBytes: longest[column]! })),
    unused: columns.filter(({ check }) => check === null).map(({ name }) => name),
    values: shared,
  };
};

interface Reading {
  readonly file: string;
  readonly cursor: CsvCursor;
  readonly problems: Problem[];
  /** So many problems are enough. */
  readonly limit: number;
}

const keptNames = (columns: readonly SubscriberColumn[]): readonly string[] =>
  columns.filter(({ check }) => check !== null).map(({ name }) => name);

const tellAt = ({ file, cursor, problems }: Reading, at: number, message: string): void => {
  problems.push({ message, place: { file, line: cursor.line, column: columnOf(cursor, at) } });
};

const readHeader = (reading: Reading, asked: readonly string[]): readonly SubscriberColumn[] | null => {
  const { cursor } = reading;
  if (isCsvOver(cursor)) {
    tellAt(reading, cursor.at, 'the file is empty; its first line names the columns, for example user,password');
    return null;
  }
  const names: string[] = [];
  const starts: number[] = [];
  let kind = -1;
  while (kind !== CELL_LAST) {
    kind = nextCell(cursor);
    if (kind === CELL_BROKEN) {
      tellAt(reading, cursor.start, cursor.fault);
      return null;
    }
    const text = new Uint8Array(cursor.end - cursor.start);
    starts.push(cursor.start);
    names.push(decodeUtf8(text, 0, writeCell(cursor, text, 0)));
  }
  const columns = readColumns(names, asked);
  if (Array.isArray(columns)) return columns;
  tellAt(reading, starts[columns.column]!, columns.message);
  return null;
};

interface Lines {
  readonly shared: SharedValues;
  readonly table: ValueTable;
  readonly longest: Uint32Array;
}

/** The table is laid out for as many rows as there are lines, which is known by a glance. */
const readLines = (reading: Reading, columns: readonly SubscriberColumn[]): Lines | null => {
  const { cursor, problems } = reading;
  const rows = countLines(cursor);
  if (rows === 0) {
    tellAt({ ...reading, cursor: { ...cursor, line: 1 } }, cursor.lineStart, 'there is no line below the names');
    return null;
  }
  if (rows > ROWS_MOST) {
    tellAt(reading, cursor.lineStart, `${rows} rows; at most ${ROWS_MOST} are possible`);
    return null;
  }
  const kept = keptNames(columns).length;
  const shared = createValues(rows, kept, cursor.bytes.length - cursor.at);
  const table = attachValues(shared);
  const longest = new Uint32Array(kept);
  let end = 0;
  for (let row = 0; row < rows && problems.length < reading.limit; row++) {
    beginLine(cursor);
    end = readLine(reading, columns, { table, longest, first: row * kept, end });
  }
  table.offsets[rows * kept] = end;
  return { shared, table, longest };
};

const countLines = ({ bytes, at }: CsvCursor): number => {
  let lines = 0;
  for (let i = at; i < bytes.length; i++) if (bytes[i] === LF) lines++;
  return at < bytes.length && bytes[bytes.length - 1] !== LF ? lines + 1 : lines;
};

/** Where a line's cells go. */
interface Place {
  readonly table: ValueTable;
  readonly longest: Uint32Array;
  /** The number of the row's first cell. */
  readonly first: number;
  /** Where the bytes so far end. */
  readonly end: number;
}

/** Returns where the bytes end now. */
const readLine = (
  reading: Reading,
  columns: readonly SubscriberColumn[],
  { table, longest, first, end }: Place,
): number => {
  const { cursor } = reading;
  const { bytes } = table;
  let to = end;
  let kept = 0;
  for (let column = 0; ; column++) {
    const kind = nextCell(cursor);
    if (kind === CELL_BROKEN) {
      tellAt(reading, cursor.start, cursor.fault);
      skipLine(cursor);
      return to;
    }
    if (column >= columns.length || (kind === CELL_LAST && column < columns.length - 1)) {
      tellCount(reading, columns.length, column, kind);
      return to;
    }
    const { check, isHex } = columns[column]!;
    if (check !== null) {
      const start = to;
      to = writeCell(cursor, bytes, start);
      const fault = check(bytes, start, to);
      if (fault !== null) tellAt(reading, cursor.start, fault);
      if (isHex) for (let at = start; at < to; at++) bytes[at] = bytes[at]! | SMALL_LETTER_BIT;
      table.offsets[first + kept] = start;
      if (to - start > longest[kept]!) longest[kept] = to - start;
      kept++;
    }
    if (kind === CELL_LAST) return to;
  }
};

/** Too few values, or too many: of those it counts the rest of the line. */
const tellCount = (reading: Reading, wanted: number, column: number, kind: number): void => {
  const { cursor } = reading;
  if (column === 0 && cursor.end === cursor.start) {
    tellAt(reading, cursor.start, 'the line is empty; take it out');
    return;
  }
  const at = cursor.start;
  let last = kind;
  let found = column + 1;
  for (; last !== CELL_LAST; found++) {
    last = nextCell(cursor);
    if (last === CELL_BROKEN) {
      skipLine(cursor);
      break;
    }
  }
  const values = found === 1 ? 'one value' : `${found} values`;
  const why = found > wanted ? '; a value with a comma in it needs quotes' : '';
  tellAt(reading, at, `${values}, and ${wanted} columns${why}`);
};

/** Two lines for one address-of-record: both would be the same phone. */
const tellTwins = (reading: Reading, table: ValueTable, names: readonly string[]): void => {
  const { file, problems } = reading;
  const [user, domain] = [names.indexOf('user'), names.indexOf('domain')];
  const mask = 2 ** Math.ceil(Math.log2(2 * table.rows + 1)) - 1;
  const index = new Uint32Array(mask + 1);
  for (let row = 0; row < table.rows && problems.length < reading.limit; row++) {
    let place = hashOf(table, row, user, domain) & mask;
    while (index[place] !== 0 && !isSameUser(table, index[place]! - 1, row, user, domain)) place = (place + 1) & mask;
    if (index[place] === 0) {
      index[place] = row + 1;
      continue;
    }
    const name = decodeUtf8(table.bytes.slice(cellStart(table, row, user), cellEnd(table, row, user)), 0, 1000);
    const message = `the user ${name} stands in line ${index[place]! - 1 + HEADER_LINES} already`;
    problems.push({ message, place: { file, line: row + HEADER_LINES, column: 1 } });
  }
};

const hashOf = (table: ValueTable, row: number, user: number, domain: number): number => {
  let hash = 0x811c9dc5;
  for (let at = cellStart(table, row, user); at < cellEnd(table, row, user); at++) {
    hash = Math.imul(hash ^ table.bytes[at]!, 0x01000193);
  }
  if (domain < 0) return spread(hash);
  // Letters of a host name are the same in either case (RFC 3261 §19.1.4).
  for (let at = cellStart(table, row, domain); at < cellEnd(table, row, domain); at++) {
    hash = Math.imul(hash ^ (table.bytes[at]! | 0x20), 0x01000193);
  }
  return spread(hash);
};

const spread = (hash: number): number => (hash ^ (hash >>> 15)) >>> 0;

const isSameUser = (table: ValueTable, a: number, b: number, user: number, domain: number): boolean => {
  const { bytes } = table;
  const [aStart, bStart] = [cellStart(table, a, user), cellStart(table, b, user)];
  if (!equalBytes(bytes, aStart, cellEnd(table, a, user), bytes, bStart, cellEnd(table, b, user))) return false;
  if (domain < 0) return true;
  const [aHost, bHost] = [cellStart(table, a, domain), cellStart(table, b, domain)];
  return equalsIgnoreCase(bytes, aHost, cellEnd(table, a, domain), bytes, bHost, cellEnd(table, b, domain));
};
