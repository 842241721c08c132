import { describe, expect, it } from 'vitest';
import { consoleText } from '../../../src/cli/console-text.ts';
import { limitsOf } from '../../../src/cli/terminal.ts';

const at = (columns: number | null, text: string): string => consoleText(text, { columns, isAscii: false });

describe('a text on a terminal', () => {
  it('is broken between words, with a hanging indent, where it is wider', () => {
    expect(at(24, '  load        5000/s starts, for 10s\nend\n')).toBe(
      '  load        5000/s\n    starts, for 10s\nend\n',
    );
  });

  it('stays as it is where it fits, or where there is no terminal', () => {
    const table = 'Latency      p50  p90\n  register  1 ms    –\n';
    expect([at(80, table), at(null, table)]).toEqual([table, table]);
  });

  it('keeps a word whole that is longer than a line', () => {
    const folder = `reports/${'x'.repeat(60)}`;
    expect(at(40, `Results  ${folder}\n`)).toBe(`Results\n  ${folder}\n`);
  });

  it('does not count colours', () => {
    const coloured = '\u001b[1mone\u001b[22m \u001b[32mtwo three four\u001b[39m';
    expect(at(20, coloured)).toBe(coloured);
  });

  it('is ASCII alone where the locale has no more', () => {
    const limits = { columns: 80, isAscii: true };
    expect(consoleText('lag p99 – · 200 × 5, 12 µs ✓ ✗', limits)).toBe('lag p99 - | 200 x 5, 12 us + x');
  });
});

describe('what a terminal can show', () => {
  const terminal = { write: () => {}, isTty: true, columns: 40 };

  it.each([
    [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, true],
    [{ LC_ALL: '', LC_CTYPE: 'POSIX' }, true],
    [{ LC_CTYPE: 'C.UTF-8', LANG: 'C' }, false],
    [{}, false],
  ])('by the locale %o', (environment, isAscii) => {
    expect(limitsOf(terminal, environment)).toEqual({ columns: 40, isAscii });
  });

  it('is nothing that a pipe is bound to', () => {
    expect(limitsOf({ ...terminal, isTty: false }, { LC_ALL: 'C' })).toEqual({ columns: null, isAscii: false });
  });
});
