// Reads an input where a reader that looks too far would notice something: between poison. The same input stands between
// two different poisons, one after the other, and everything that is read has to be the same. Which two depends on the
// input alone, so that a find can be repeated and yet all pairs come up.
//
//   [ poison … poison | input | poison … poison ]
//   0                start   end

import { encodeAscii } from '../../src/std/index.ts';
import { insist } from './find.ts';

const PAD_BYTES = 64;

/** What would change the meaning of what stands before or behind it: ends of lines, quotes, digits, letters, separators. */
const POISONS: readonly Uint8Array[] = [
  '\r\n',
  '\r\n\r\nSIP/2.0 200 OK\r\n',
  '"',
  '7',
  'a',
  '>',
  '<',
  ';tag=1',
  ' ',
  ',',
  '=',
  ':',
  '\\',
].map((text) => encodeAscii(text.repeat(PAD_BYTES).slice(0, PAD_BYTES)));

/** Everything that was read, as numbers; positions count from the start of `bytes`. */
export type Read = (bytes: Uint8Array, start: number, end: number) => readonly number[];

export interface Surrounded {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Reads between two poisons and gives back the second surroundings, of which the reader's record now speaks. */
export const readBetweenPoisons = (input: Uint8Array, read: Read): Surrounded => {
  const choice = checksum(input);
  const first = choice % POISONS.length;
  const second = (first + 1 + ((choice >>> 8) % (POISONS.length - 1))) % POISONS.length;
  const one = surround(input, POISONS[first]!);
  const other = surround(input, POISONS[second]!);
  const before = read(one.bytes, one.start, one.end);
  const after = read(other.bytes, other.start, other.end);
  insist(sameNumbers(before, after), 'bytes outside the input were read', () => differenceOf(before, after));
  checkUntouched(input, one, POISONS[first]!);
  checkUntouched(input, other, POISONS[second]!);
  return other;
};

export const surround = (input: Uint8Array, poison: Uint8Array): Surrounded => {
  const bytes = new Uint8Array(input.length + 2 * PAD_BYTES);
  const end = PAD_BYTES + input.length;
  bytes.set(poison, 0);
  bytes.set(input, PAD_BYTES);
  bytes.set(poison, end);
  return { bytes, start: PAD_BYTES, end };
};

/** The same numbers when the input is read once more, by `read` or by another record's `read`. */
export const readAgain = ({ bytes, start, end }: Surrounded, read: Read, other: Read): void => {
  const one = read(bytes, start, end);
  const again = other(bytes, start, end);
  insist(sameNumbers(one, again), 'reading again gives something else', () => differenceOf(one, again));
};

const checkUntouched = (input: Uint8Array, { bytes }: Surrounded, poison: Uint8Array): void =>
  insist(Buffer.compare(bytes, surround(input, poison).bytes) === 0, 'the bytes were written to', () => '');

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
};

const differenceOf = (a: readonly number[], b: readonly number[]): string =>
  `${JSON.stringify(a)} and ${JSON.stringify(b)}`;

const checksum = (input: Uint8Array): number => {
  let sum = 0x811c9dc5;
  for (let i = 0; i < input.length; i++) sum = Math.imul(sum ^ input[i]!, 0x01000193);
  return (sum ^ (sum >>> 15)) >>> 0;
};
