// Bytes against the obvious way through strings.

import { describe, expect, it } from 'vitest';
import {
  DECIMAL_MALFORMED,
  DECIMAL_OVERFLOW,
  decimalDigits,
  decodeLatin1,
  decodeUtf8,
  encodeAscii,
  encodeUtf8,
  equalBytes,
  equalsIgnoreCase,
  readDecimal,
  writeDecimal,
  writeDigits,
  writeHex,
  writeHexByte,
  writeHexBytes,
  writePaddedDecimal,
} from '../../../src/std/index.ts';

/** What a writer put after one guard byte; the guards at both ends must still stand. */
const written = (write: (out: Uint8Array, at: number) => number): string => {
  const out = new Uint8Array(64).fill(0xff);
  const end = write(out, 1);
  expect(out[0]).toBe(0xff);
  expect(out[end]).toBe(0xff);
  return decodeLatin1(out, 1, end);
};

const read = (text: string): number => {
  const bytes = encodeAscii(`9${text}9`);
  return readDecimal(bytes, 1, bytes.length - 1);
};

describe('writing numbers', () => {
  const values = [0, 1, 9, 10, 11, 99, 100, 5060, 65535, 999999, 1000000, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];

  it('has as many digits as its text, on both sides of every power of ten', () => {
    for (let power = 1; power <= 1e15; power *= 10) {
      for (const value of [power - 1, power, power + 1]) expect(decimalDigits(value)).toBe(String(value).length);
    }
  });

  it.each(values)('decimal %d is what String() says', (value) => {
    expect(written((out, at) => writeDecimal(out, at, value))).toBe(String(value));
  });

  it.each(values)('padded decimal %d keeps digits that do not fit', (value) => {
    expect(written((out, at) => writePaddedDecimal(out, at, value, 8))).toBe(String(value).padStart(8, '0'));
  });

  it('digits are the lowest ones, as many as asked for', () => {
    for (const value of [...values, 12345678, 87654321, 99999999, 100000000, 2147483647, 2147483648]) {
      for (let digits = 1; digits <= 20; digits++) {
        const text = String(value).padStart(digits, '0').slice(-digits);
        expect(written((out, at) => writeDigits(out, at, value, digits))).toBe(text);
      }
    }
  });

  it('hex takes the lowest digits, of negative 32-bit numbers too', () => {
    expect(written((out, at) => writeHex(out, at, 0xdeadbeef, 8))).toBe('deadbeef');
    expect(written((out, at) => writeHex(out, at, 0xdeadbeef | 0, 8))).toBe('deadbeef');
    expect(written((out, at) => writeHex(out, at, 0x1a, 4))).toBe('001a');
    expect(written((out, at) => writeHex(out, at, 0x12345, 3))).toBe('345');
    for (let width = 1; width <= 8; width++) {
      expect(written((out, at) => writeHex(out, at, 0x9abcdef0, width))).toBe('9abcdef0'.slice(-width));
    }
    for (let byte = 0; byte < 256; byte++) {
      const text = byte.toString(16).padStart(2, '0');
      const write = (out: Uint8Array, at: number): number => {
        writeHexByte(out, at, byte);
        return at + 2;
      };
      expect(written(write)).toBe(text);
    }
  });

  it('hex of bytes is lower case, two digits each', () => {
    const bytes = Uint8Array.from([0x00, 0x0f, 0xa0, 0xff, 0x42]);
    expect(written((out, at) => writeHexBytes(out, at, bytes, 1, 4))).toBe('0fa0ff');
  });
});

describe('reading numbers', () => {
  it('takes leading zeros and everything up to 2^32 - 1', () => {
    expect(read('0')).toBe(0);
    expect(read('0009')).toBe(9);
    expect(read('4294967295')).toBe(4294967295);
    expect(read(`${'0'.repeat(40)}4294967295`)).toBe(4294967295);
  });

  it('reads as many digits as Number() does', () => {
    for (let digits = 1; digits <= 12; digits++) {
      for (const text of ['9', '1234567890123', '0000000000001', '4294967295429'].map((each) =>
        each.slice(0, digits),
      )) {
        const value = Number(text);
        expect(read(text)).toBe(value < 2 ** 32 ? value : DECIMAL_OVERFLOW);
      }
    }
  });

  it('takes no other byte for a digit, in any place of a number of any length', () => {
    for (let digits = 1; digits <= 10; digits++) {
      for (let at = 0; at < digits; at++) {
        for (const other of ['/', ':', 'a', ' ', '\u0000', '\u00b0', '\u00ff']) {
          expect(read('9'.repeat(at) + other + '9'.repeat(digits - at - 1))).toBe(DECIMAL_MALFORMED);
        }
      }
    }
  });

  it('tells an overflow from a malformed number, however long', () => {
    expect(read('4294967296')).toBe(DECIMAL_OVERFLOW);
    expect(read('9'.repeat(2000))).toBe(DECIMAL_OVERFLOW);
    expect(read(`${'9'.repeat(50)}x`)).toBe(DECIMAL_MALFORMED);
    expect(read('')).toBe(DECIMAL_MALFORMED);
    expect(read('-1')).toBe(DECIMAL_MALFORMED);
    expect(read('1 ')).toBe(DECIMAL_MALFORMED);
    expect(read('0x10')).toBe(DECIMAL_MALFORMED);
  });
});

describe('comparing', () => {
  const same = (a: string, b: string): boolean[] => {
    const left = encodeAscii(`(${a}`);
    const right = encodeAscii(`((${b})`);
    const spans = [1, left.length, right, 2, right.length - 1] as const;
    return [equalBytes(left, ...spans), equalsIgnoreCase(left, ...spans)];
  };

  it('is by bytes, or with ASCII letters folded', () => {
    expect(same('Via', 'Via')).toEqual([true, true]);
    expect(same('vIA', 'ViA')).toEqual([false, true]);
    expect(same('Via', 'Vi')).toEqual([false, false]);
    expect(same('', '')).toEqual([true, true]);
    for (let length = 1; length <= 9; length++) {
      const text = 'Contact: '.slice(0, length);
      expect(same(text, text)).toEqual([true, true]);
      for (let at = 0; at < length; at++) {
        expect(same(text, `${text.slice(0, at)}#${text.slice(at + 1)}`)).toEqual([false, false]);
      }
    }
  });

  it('does not fold what only looks like a letter with another bit', () => {
    expect(same('@', '`')).toEqual([false, false]);
    expect(same('[', '{')).toEqual([false, false]);
    expect(same('\r', '-')).toEqual([false, false]);
    expect(same('\u00c4', '\u00e4')).toEqual([false, false]);
  });
});

describe('strings', () => {
  it('latin-1 keeps every byte', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(encodeAscii(decodeLatin1(all, 0, 256))).toEqual(all);
  });

  it('UTF-8 goes there and back, and bad bytes are replaced', () => {
    const bytes = encodeUtf8('Zür\u{1f600}');
    expect(decodeUtf8(bytes, 0, bytes.length)).toBe('Zür\u{1f600}');
    expect(decodeUtf8(Uint8Array.from([0x61, 0xff]), 0, 2)).toBe('a\ufffd');
  });
});
