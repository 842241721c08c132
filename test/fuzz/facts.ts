// The records that parsers fill, seen as numbers: any record of plain numbers, booleans, RowTables and a parser's own work
// space. By the naming rule of src/sip, `xStart` and `xEnd` are a span and -1 is absent, so what every span must obey can
// be checked without knowing the record.

import { type RowTable, rowEnd, rowStart } from '../../src/sip/index.ts';
import { insist } from './find.ts';

export interface Shape {
  /** Numbers and booleans. */
  readonly numbers: readonly string[];
  /** The x of xStart and xEnd. */
  readonly spans: readonly string[];
  readonly tables: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const isTable = (value: unknown): value is RowTable => typeof value === 'object' && value !== null && 'spans' in value;

export const shapeOf = (record: object): Shape => {
  const fields = Object.entries(record);
  const numbers = fields.filter(([, value]) => typeof value !== 'object').map(([name]) => name);
  const spans = numbers.filter((name) => name.endsWith('Start')).map((name) => name.slice(0, -'Start'.length));
  return { numbers, spans, tables: fields.filter(([, value]) => isTable(value)).map(([name]) => name) };
};

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
  return facts;
};

/** Every span is absent as a whole or inside [start, end) and in order; so are rows, which don't overlap. */
export const checkSpans = (shape: Shape, record: object, start: number, end: number): void => {
  const fields = record as Fields;
  for (const name of shape.spans) {
    const from = fields[`${name}Start`] as number;
    const to = fields[`${name}End`] as number;
    const absent = from === -1 && to === -1;
    insist(absent || isInside(from, to, start, end), 'a span is wrong', () => `${name} is ${from} to ${to}`);
  }
  for (const name of shape.tables) checkRows(name, fields[name] as RowTable, start, end);
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
