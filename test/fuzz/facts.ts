// The records that parsers fill, seen as numbers: any record of plain numbers, booleans, RowTables, counted records of its
// own (ContactRows) and a parser's work space. By the naming rule of src/sip, `xStart` and `xEnd` are a span and -1 is absent, so what every span must obey can
// be checked without knowing the record.

import { type RowTable, rowEnd, rowStart } from '../../src/sip/index.ts';
import { insist } from './find.ts';

export interface Shape {
  /** Numbers and booleans. */
  readonly numbers: readonly string[];
  /** The x of xStart and xEnd. */
  readonly spans: readonly string[];
  readonly tables: readonly string[];
  readonly inner: readonly (readonly [name: string, shape: Shape])[];
}

type Fields = Readonly<Record<string, unknown>>;

const isCounted = (value: unknown): value is object => typeof value === 'object' && value !== null && 'count' in value;
const isTable = (value: unknown): value is RowTable => isCounted(value) && 'spans' in value;

export const shapeOf = (record: object): Shape => {
  const fields = Object.entries(record);
  const numbers = fields.filter(([, value]) => typeof value !== 'object').map(([name]) => name);
  const spans = spansOf(numbers);
  const tables = fields.filter(([, value]) => isTable(value)).map(([name]) => name);
  const inner = fields.flatMap(([name, value]) => (isCounted(value) && !isTable(value) ? [{ name, value }] : []));
  return { numbers, spans, tables, inner: inner.map(({ name, value }) => [name, flatShapeOf(value)]) };
};

/** Of a record within a record, which holds numbers only. */
const flatShapeOf = (record: object): Shape => {
  const numbers = Object.keys(record);
  return { numbers, spans: spansOf(numbers), tables: [], inner: [] };
};

const spansOf = (numbers: readonly string[]): readonly string[] =>
  numbers.filter((name) => name.endsWith('Start')).map((name) => name.slice(0, -'Start'.length));

/** The result, the numbers and the filled rows. The work space is left out: it means nothing afterwards. */
export const factsOf = (shape: Shape, record: object, result: number): number[] => {
  const fields = record as Fields;
  const facts = [result];
  for (const name of shape.numbers) facts.push(Number(fields[name]));
  for (const name of shape.tables) {
    const table = fields[name] as RowTable;
    facts.push(table.count);
    for (let i = 0; i < 2 * table.count; i++) facts.push(table.spans[i]!);
  }
  for (const [name, flat] of shape.inner) {
    const record = fields[name] as Fields;
    for (const number of flat.numbers) facts.push(Number(record[number]));
  }
  return facts;
};

/** Every span is absent as a whole or inside [start, end) and in order; so are rows, which don't overlap. */
export const checkSpans = (shape: Shape, record: object, start: number, end: number): void => {
  const fields = record as Fields;
  checkEach(shape.spans, fields, start, end);
  for (const name of shape.tables) checkRows(name, fields[name] as RowTable, start, end);
  for (const [name, flat] of shape.inner) checkEach(flat.spans, fields[name] as Fields, start, end);
};

const checkEach = (spans: readonly string[], fields: Fields, start: number, end: number): void => {
  for (const name of spans) {
    const from = fields[`${name}Start`] as number;
    const to = fields[`${name}End`] as number;
    const absent = from === -1 && to === -1;
    insist(absent || isInside(from, to, start, end), 'a span is wrong', () => `${name} is ${from} to ${to}`);
  }
};

const checkRows = (name: string, table: RowTable, start: number, end: number): void => {
  let from = start;
  for (let row = 0; row < table.count; row++) {
    const rowIs = (): string => `${name} ${row} is ${rowStart(table, row)} to ${rowEnd(table, row)}`;
    insist(isInside(rowStart(table, row), rowEnd(table, row), from, end), 'a row is wrong', rowIs);
    from = rowEnd(table, row);
  }
};

const isInside = (from: number, to: number, start: number, end: number): boolean =>
  from >= start && from <= to && to <= end;
