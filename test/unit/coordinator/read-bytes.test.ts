import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileErrorText } from '../../../src/coordinator/file-error.ts';
import { readFileBytes, readStreamBytes } from '../../../src/coordinator/read-bytes.ts';
import { UserError } from '../../../src/std/index.ts';

const MIB = 1024 * 1024;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regstorm-read-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const messageOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError && error.code === 'FILE_UNREADABLE') return error.message;
    throw error;
  }
  return 'no error';
};

describe('a file is read whole, or refused', () => {
  it.each([0, 1, 65_536, 65_537, 300_000, MIB])('of %d bytes', (size) => {
    const file = join(folder, 'f');
    const bytes = Uint8Array.from({ length: size }, (_, at) => at % 251);
    writeFileSync(file, bytes);
    expect(Buffer.compare(readFileBytes(file, MIB), bytes)).toBe(0);
  });

  it('beyond the limit, by the size that the system tells', () => {
    const file = join(folder, 'f');
    writeFileSync(file, new Uint8Array(MIB + 1));
    expect(messageOf(() => readFileBytes(file, MIB))).toBe(`${file} is too large: more than 1 MiB`);
  });

  it.skipIf(process.platform !== 'linux')('that never ends, at the limit', () => {
    expect(messageOf(() => readFileBytes('/dev/zero', MIB))).toBe('/dev/zero is too large: more than 1 MiB');
  });

  it.skipIf(process.platform !== 'linux')('of which the system tells no size', () => {
    expect(new TextDecoder().decode(readFileBytes('/proc/self/status', MIB))).toMatch(/^Name:/);
  });

  it('in words, where it is no file', () => {
    expect(messageOf(() => readFileBytes(folder, MIB))).toBe(`${folder} cannot be read: it is a folder`);
    expect(messageOf(() => readFileBytes('', MIB))).toBe('"" cannot be read: no such file');
    expect(messageOf(() => readFileBytes('a\0b', MIB))).toContain('a character that no file name can have');
  });
});

describe('a stream is read to its end, or to the limit', () => {
  /** Gives so many bytes in all, at most `most` at a time. */
  const giving = (total: number, most: number) => {
    let left = total;
    return (into: Uint8Array): number => {
      const count = Math.min(left, most, into.length);
      into.fill(7, 0, count);
      left -= count;
      return count;
    };
  };

  it.each([
    [0, 10],
    [200_000, 1_000],
    [200_000, 65_537],
    [MIB, MIB],
  ])('%d bytes, %d at a time', (total, most) => {
    const bytes = readStreamBytes('<stdin>', giving(total, most), MIB);
    expect([bytes.length, bytes.every((byte) => byte === 7)]).toEqual([total, true]);
  });

  it('that never ends is refused', () => {
    const endless = giving(Number.POSITIVE_INFINITY, 4_096);
    expect(messageOf(() => readStreamBytes('<stdin>', endless, MIB))).toBe('<stdin> is too large: more than 1 MiB');
  });
});

describe('what the system says about a file', () => {
  const failure = (code: string): Error => Object.assign(new Error(`${code}: some text, open 'x'`), { code });

  it.each([
    ['EACCES', 'permission denied'],
    ['ENOSPC', 'no space is left on the disk'],
    ['EROFS', 'the file system is read-only'],
    ['ENOTDIR', 'a part of its path is no folder'],
  ])('%s is told in words', (code, words) => expect(fileErrorText(failure(code))).toBe(words));

  it('is told by its code where there are no words for it', () => {
    expect(fileErrorText(failure('EXYZ'))).toBe('the system says EXYZ');
  });

  it('permission denied comes with what to do', () => {
    const denied = (): number => {
      throw failure('EACCES');
    };
    expect(messageOf(() => readStreamBytes('s.yaml', denied, MIB))).toMatch(
      /^s\.yaml cannot be read: permission denied\n +its owner/,
    );
  });
});
