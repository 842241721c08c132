// @hot
// The cells of a table of texts in one block of shared memory, so that a million rows reach every thread without being copied:
//
//   offsets   Uint32   rows * columns + 1: where each cell begins, row after row; it ends where the next one begins
//   bytes     Uint8    the cells, one behind the other
//
// A SharedValues crosses threads as it is; each thread opens views of its own. Written once, by whoever makes it
// (src/scenario/subscriber-rows.ts), before anybody reads.

export interface SharedValues {
  readonly buffer: SharedArrayBuffer;
  readonly rows: number;
  readonly columns: number;
}

export interface ValueTable {
  readonly rows: number;
  readonly columns: number;
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
}

const OFFSET_BYTES = 4;

/** Room for so many cells with so many bytes at most. */
export const createValues = (rows: number, columns: number, bytesMost: number): SharedValues => ({
  buffer: new SharedArrayBuffer((rows * columns + 1) * OFFSET_BYTES + bytesMost),
  rows,
  columns,
});

export const attachValues = ({ buffer, rows, columns }: SharedValues): ValueTable => {
  const cells = rows * columns;
  return {
    rows,
    columns,
    offsets: new Uint32Array(buffer, 0, cells + 1),
    bytes: new Uint8Array(buffer, (cells + 1) * OFFSET_BYTES),
  };
};

export const cellStart = (table: ValueTable, row: number, column: number): number =>
  table.offsets[row * table.columns + column]!;

export const cellEnd = (table: ValueTable, row: number, column: number): number =>
  table.offsets[row * table.columns + column + 1]!;

/** What it takes of memory, once for all threads. */
export const valuesBytes = ({ buffer }: SharedValues): number => buffer.byteLength;

/** Another table, of `rows` rows: those from `first` on, `count` of them, over and over. */
export const repeatRows = (from: SharedValues, first: number, count: number, rows: number): SharedValues => {
  const source = attachValues(from);
  const { columns } = source;
  let bytesMost = 0;
  for (let row = 0; row < rows; row++) {
    const cell = (first + (row % count)) * columns;
    bytesMost += source.offsets[cell + columns]! - source.offsets[cell]!;
  }
  const made = createValues(rows, columns, bytesMost);
  const table = attachValues(made);
  let end = 0;
  for (let row = 0; row < rows; row++) {
    const cell = (first + (row % count)) * columns;
    const at = source.offsets[cell]!;
    for (let column = 0; column < columns; column++) {
      table.offsets[row * columns + column] = source.offsets[cell + column]! - at + end;
    }
    for (let i = at; i < source.offsets[cell + columns]!; i++) table.bytes[end++] = source.bytes[i]!;
  }
  table.offsets[rows * columns] = end;
  return made;
};
