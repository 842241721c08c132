// A finished text as a terminal can show it: broken between words where the terminal is narrower than the text, and without
// characters that its locale does not have. What is stored in files stays as it is.

export interface ConsoleLimits {
  /** Characters per line; null: not a terminal, nothing is broken. */
  readonly columns: number | null;
  readonly isAscii: boolean;
}

/** A line of fewer characters than this holds no table and no sentence. */
const COLUMNS_LEAST = 20;
const INDENT_MOST = 8;

const ASCII: Readonly<Record<string, string>> = {
  '–': '-',
  '·': '|',
  '×': 'x',
  µ: 'u',
  '✓': '+',
  '✗': 'x',
  '’': "'",
  '“': '"',
  '”': '"',
  '…': '...',
};

export const consoleText = (text: string, { columns, isAscii }: ConsoleLimits): string => {
  const broken =
    columns === null
      ? text
      : text
          .split('\n')
          .flatMap((line) => fitted(line, Math.max(COLUMNS_LEAST, columns)))
          .join('\n');
  return isAscii ? broken.replace(/[–·×µ✓✗’“”…]/g, (character) => ASCII[character] ?? character) : broken;
};

/** A word longer than a line stays whole: it is there to be copied. Colours take no room and go on over a break. */
const fitted = (line: string, columns: number): string[] => {
  if (shownWidth(line) <= columns) return [line];
  const indent = ' '.repeat(Math.min(INDENT_MOST, line.length - line.trimStart().length + 2));
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/(?<=\S)(?=\s)/)) {
    if (current !== '' && shownWidth(current) + shownWidth(word) > columns) {
      lines.push(current);
      current = indent + word.trimStart();
    } else {
      current += word;
    }
  }
  return [...lines, current];
};

/** What a palette puts around a text (src/report/layout.ts). */
const ESCAPE = '\u001b';
const ESCAPE_SEQUENCE = new RegExp(`${ESCAPE}\\[\\d+m`, 'g');

const shownWidth = (text: string): number => [...text.replaceAll(ESCAPE_SEQUENCE, '')].length;
