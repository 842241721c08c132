import { describe, expect, it } from 'vitest';
import { harmless } from '../../../src/report/index.ts';
import { tableLines, widthOf, wrapped, wrappedList } from '../../../src/report/layout.ts';
import { cutTo, escapedForJson } from '../../../src/report/safe-text.ts';

describe('harmless text', () => {
  it('shows escape sequences, line breaks and C1 controls instead of obeying them', () => {
    expect(harmless('\u001b[31mred\r\n\u0007\u009b0m\u007f')).toBe('\\x1b[31mred\\x0d\\x0a\\x07\\x9b0m\\x7f');
  });

  it('shows what reorders or hides text', () => {
    expect(harmless('a\u202eb\u2066c\u200bd\ufeff')).toBe('a\\u{202e}b\\u{2066}c\\u{200b}d\\u{feff}');
    expect(harmless('\ud800x\u{e0041}')).toBe('\\u{d800}x\\u{e0041}');
  });

  it('leaves other text alone', () => {
    expect(harmless('Zu viele Anrufe – 太多 🙂 ~')).toBe('Zu viele Anrufe – 太多 🙂 ~');
  });

  it('is escaped in JSON, which is laid out as before and reads back as it was', () => {
    const value = { phrase: '\u001b[31m\u009b0m\u202e\u2028\u007f\u{e0041}\n Grüße 🙂', status: 503 };
    const json = escapedForJson(JSON.stringify(value, null, 2));
    expect(JSON.parse(json)).toEqual(value);
    expect(json.split('\n')).toHaveLength(4);
    expect(harmless(json.replaceAll('\n', ''))).toBe(json.replaceAll('\n', ''));
    expect(json).toContain('\\u001b[31m\\u009b0m\\u202e\\u2028\\u007f\\udb40\\udc41\\n Grüße 🙂');
  });
});

describe('layout', () => {
  it('cuts to a width in characters, never within one', () => {
    expect(cutTo('🙂🙂🙂', 3)).toBe('🙂🙂🙂');
    expect(cutTo('🙂🙂🙂🙂', 3)).toBe('🙂🙂…');
  });

  it('lines columns up: text on the left, numbers on the right', () => {
    expect(
      tableLines(
        [
          ['name', 'n'],
          ['é', '100'],
        ],
        'lr',
      ),
    ).toEqual(['name    n', 'é     100']);
  });

  it('breaks sentences between words at 100 columns, and leaves a longer word whole', () => {
    const lines = wrapped('- ', 'word '.repeat(60).trim());
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(100);
    expect(lines[1]?.startsWith('  word')).toBe(true);
    expect(wrapped('- ', 'x'.repeat(150))).toEqual([`- ${'x'.repeat(150)}`]);
  });

  it('breaks lists only between their items', () => {
    const lines = wrappedList(
      'x ',
      Array.from({ length: 30 }, (_, i) => `${i} of some thing`),
    );
    for (const line of lines) expect(line).toMatch(/^(x|\s) +\d+ of some thing(, \d+ of some thing)*,?$/);
    expect(lines.join('')).not.toContain('\u00a0');
  });
});
