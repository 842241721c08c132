// @hot
// The places of all values of one header, in the order in which they stand in the message: pairs of start and end in one
// preallocated array. Bounded; addRow says when the table is full. Contacts, of which there may be any number, are elsewhere:
// contact-rows.ts.

/** The most values of one header that are kept. A message with more is refused, not cut. */
export const MAX_ROWS = 64;

export interface RowTable {
  count: number;
  readonly spans: Int32Array;
}

export const createRowTable = (): RowTable => ({ count: 0, spans: new Int32Array(2 * MAX_ROWS) });

export const rowStart = (table: RowTable, row: number): number => table.spans[2 * row]!;
export const rowEnd = (table: RowTable, row: number): number => table.spans[2 * row + 1]!;

/** False: the table is full, nothing was added. */
export const addRow = (table: RowTable, start: number, end: number): boolean => {
  const at = 2 * table.count;
  if (at >= table.spans.length) return false;
  table.spans[at] = start;
  table.spans[at + 1] = end;
  table.count++;
  return true;
};
