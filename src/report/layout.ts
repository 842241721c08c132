// How text is laid out for a terminal: colours that are only there when asked for, columns that line up, and sentences
// broken at 100 columns. Widths are counted in characters before colours are put on.

export const WIDTH = 100;

export interface Palette {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
}

/** Holds words together while lines are broken; replaced by a space afterwards. */
export const NO_BREAK = '\u00a0';
const ESCAPE = '\u001b[';
const painter =
  (on: number, off: number) =>
  (text: string): string =>
    `${ESCAPE}${on}m${text}${ESCAPE}${off}m`;
const unpainted = (text: string): string => text;

const COLOURED: Palette = {
  bold: painter(1, 22),
  dim: painter(2, 22),
  green: painter(32, 39),
  yellow: painter(33, 39),
  red: painter(31, 39),
};
const PLAIN: Palette = { bold: unpainted, dim: unpainted, green: unpainted, yellow: unpainted, red: unpainted };

export const palette = (colour: boolean): Palette => (colour ? COLOURED : PLAIN);

/** What takes the cursor back over a block of lines and clears them, for a live display. */
export const eraseLines = (count: number): string => (count === 0 ? '' : `${ESCAPE}${count}A${ESCAPE}0J`);

/** What a table gives up where it is wider than the terminal, so that its rows stay whole. */
export interface TableRoom {
  /** Characters per line; null: as many as it needs. */
  readonly columns: number | null;
  /** Columns by their index, the most dispensable first. */
  readonly dropping: readonly number[];
}

const GAP = 2;

/** Rows as lines with columns that line up, two spaces apart. `aligned` has an l or r for each column. */
export function tableLines(rows: readonly (readonly string[])[], aligned: string, room?: TableRoom): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  }
  const kept = room === undefined ? widths.map((_, column) => column) : keptColumns(widths, room);
  if (kept.length === widths.length) return alignedLines(rows, widths, aligned);
  return alignedLines(
    rows.map((row) => kept.map((column) => row[column] ?? '')),
    kept.map((column) => widths[column] ?? 0),
    kept.map((column) => aligned[column]).join(''),
  );
}

function keptColumns(widths: readonly number[], { columns, dropping }: TableRoom): number[] {
  let kept = widths.map((_, column) => column);
  const width = (): number => kept.reduce((sum, column) => sum + (widths[column] ?? 0) + GAP, -GAP);
  for (const dispensable of dropping) {
    if (columns === null || width() <= columns) break;
    kept = kept.filter((column) => column !== dispensable);
  }
  return kept;
}

function alignedLines(rows: readonly (readonly string[])[], widths: readonly number[], aligned: string): string[] {
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
        return aligned[column] === 'r' ? padding + cell : cell + padding;
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

/** Breaks a sentence between words. The first line begins with `first`, the others with as many spaces. */
export function wrapped(first: string, sentence: string): string[] {
  const indent = ' '.repeat(widthOf(first));
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of sentence.split(' ')) {
    if (!isEmpty && widthOf(line) + 1 + widthOf(word) > WIDTH) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  lines.push(line);
  return lines;
}

/** A list in sentences' form, broken only between its items. */
export function wrappedList(first: string, items: readonly string[]): string[] {
  const unbroken = items.map((item) => item.replaceAll(' ', NO_BREAK)).join(', ');
  return wrapped(first, unbroken).map((line) => line.replaceAll(NO_BREAK, ' '));
}

export const widthOf = (text: string): number => [...text].length;
