// The branch names the transaction's row: what was written is read again, and nothing else is taken for ours.

import { describe, expect, it } from 'vitest';
import { createBranchReader, MOST_SLOTS, readBranch, readRow, writeBranch } from '../../../src/sip/index.ts';
import { decodeLatin1, encodeAscii } from '../../../src/std/index.ts';

const RUN_TAG = 0x9c81f00d;
const WORKER = 0xa7;

const written = (slot: number, generation: number): string => {
  const out = new Uint8Array(40);
  return decodeLatin1(out, 0, writeBranch(out, 0, createBranchReader(RUN_TAG, WORKER), slot, generation));
};

describe('RFC 3261 §8.1.1.7: the branch', () => {
  it.each([
    [0, 0, 'z9hG4bK9c81f00da700000000000000'],
    [0x00beef, 0xdeadbeef, 'z9hG4bK9c81f00da700beefdeadbeef'],
    [MOST_SLOTS - 1, 2 ** 32 - 1, 'z9hG4bK9c81f00da7ffffffffffffff'],
    [0x123456, 0x789abcde, 'z9hG4bK9c81f00da7123456789abcde'],
  ])('8.1.1.7 of slot %d and generation %d is read as it was written', (slot, generation, text) => {
    expect(written(slot, generation)).toBe(text);
    const reader = createBranchReader(RUN_TAG, WORKER);
    const bytes = encodeAscii(`;branch=${text};rport`);
    expect(readBranch(reader, bytes, 8, 8 + text.length)).toBe(true);
    expect([reader.slot, reader.generation]).toEqual([slot, generation]);
    expect(readRow(reader, bytes, 8)).toBe(true);
    expect([reader.slot, reader.generation]).toEqual([slot, generation]);
  });

  it('is nobody’s with another byte than a lower-case hex digit in any place of its row', () => {
    const text = written(0x123456, 0x789abcde);
    const reader = createBranchReader(RUN_TAG, WORKER);
    for (let at = text.length - 14; at < text.length; at++) {
      for (const other of ['A', 'F', 'g', 'G', '`', '/', ':', '@', '\u0000', '\u00ff', ' ']) {
        const bytes = encodeAscii(text.slice(0, at) + other + text.slice(at + 1));
        expect(readBranch(reader, bytes, 0, bytes.length)).toBe(false);
        expect(readRow(reader, bytes, 0)).toBe(false);
      }
    }
  });

  it('is nobody’s with another run, another worker or another length', () => {
    const text = written(1, 2);
    const bytes = encodeAscii(`${text}0`);
    expect(readBranch(createBranchReader(RUN_TAG + 1, WORKER), bytes, 0, text.length)).toBe(false);
    expect(readBranch(createBranchReader(RUN_TAG, WORKER + 1), bytes, 0, text.length)).toBe(false);
    expect(readBranch(createBranchReader(RUN_TAG, WORKER), bytes, 0, text.length + 1)).toBe(false);
    expect(readBranch(createBranchReader(RUN_TAG, WORKER), bytes, 0, text.length - 1)).toBe(false);
  });
});
