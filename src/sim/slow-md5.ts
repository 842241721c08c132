// MD5 again (RFC 1321), written as the RFC tells it: slow, obvious, and sharing nothing with src/sip, so that the checkers of
// digest responses don't believe the code that they watch. Text in, hex digits out.

const WORD = 2 ** 32;
/** RFC 1321 §3.4: how far each of the sixteen steps of a round rotates, four in turn. */
const ROTATIONS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];
/** T[i] of RFC 1321 §3.4. */
const SINES = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * WORD));

/** `text` holds one character for each byte. */
export function slowMd5(text: string): string {
  let state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  const words = paddedWords(text);
  for (let at = 0; at < words.length; at += 16) {
    const after = digestBlock(state, words.slice(at, at + 16));
    state = state.map((word, i) => (word + after[i]!) >>> 0);
  }
  return state.map(hexOfWord).join('');
}

/** RFC 1321 §3.1, §3.2: a one bit, zeros up to 56 bytes of a block, and the length in bits; low byte first. */
function paddedWords(text: string): number[] {
  const bytes = Array.from(text, (character) => character.charCodeAt(0));
  bytes.push(0x80);
  while (bytes.length % 64 !== 56) bytes.push(0);
  const bits = text.length * 8;
  for (let i = 0; i < 8; i++) bytes.push(Math.floor(bits / 2 ** (8 * i)) % 256);
  const words: number[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    words.push((bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0);
  }
  return words;
}

function digestBlock(state: readonly number[], block: readonly number[]): readonly number[] {
  let [a, b, c, d] = state as [number, number, number, number];
  for (let step = 0; step < 64; step++) {
    const round = Math.floor(step / 16);
    const mixed = a + mix(round, b, c, d) + block[wordOf(round, step)]! + SINES[step]!;
    [a, b, c, d] = [d, (b + rotate(mixed >>> 0, ROTATIONS[round]![step % 4]!)) >>> 0, b, c];
  }
  return [a, b, c, d];
}

/** F, G, H and I. */
function mix(round: number, b: number, c: number, d: number): number {
  switch (round) {
    case 0:
      return ((b & c) | (~b & d)) >>> 0;
    case 1:
      return ((b & d) | (c & ~d)) >>> 0;
    case 2:
      return (b ^ c ^ d) >>> 0;
    default:
      return (c ^ (b | ~d)) >>> 0;
  }
}

/** Which word of the block each step takes. */
function wordOf(round: number, step: number): number {
  const factor = [1, 5, 3, 7][round]!;
  const first = [0, 1, 5, 0][round]!;
  return (factor * step + first) % 16;
}

const rotate = (word: number, by: number): number => ((word << by) | (word >>> (32 - by))) >>> 0;

const hexOfWord = (word: number): string =>
  [0, 8, 16, 24].map((shift) => ((word >>> shift) & 0xff).toString(16).padStart(2, '0')).join('');
