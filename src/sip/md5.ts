// @hot
// MD5 (RFC 1321) on bytes, fed piece by piece, without a string, a handle or any memory of its own beyond one record that
// is used again and again. node:crypto is as fast on a single short message but allocates for each of them, and this is
// called for every authenticated REGISTER.
//
//   md5Reset(md5); md5Update(md5, bytes, start, end) as often as needed; md5Final(md5, out, at)
//
// Left out on purpose: messages of 2^29 bytes and more, whose bit count would need a second word.

const BLOCK_BYTES = 64;
const LENGTH_AT = 56;

/** RFC 1321 §3.4: the integer parts of 2^32 * abs(sin(i + 1)). */
const sines = (): Int32Array => {
  const table = new Int32Array(64);
  for (let i = 0; i < table.length; i++) table[i] = Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32);
  return table;
};

const SINES: Int32Array = sines();

export interface Md5 {
  readonly state: Int32Array;
  /** The block under way, as bytes, and how many bytes were fed in all. */
  readonly block: Uint8Array;
  readonly words: Int32Array;
  lengthBytes: number;
}

export const createMd5 = (): Md5 => {
  const md5 = {
    state: new Int32Array(4),
    block: new Uint8Array(BLOCK_BYTES),
    words: new Int32Array(16),
    lengthBytes: 0,
  };
  md5Reset(md5);
  return md5;
};

export const md5Reset = (md5: Md5): void => {
  const state = md5.state;
  state[0] = 0x67452301;
  state[1] = 0xefcdab89 | 0;
  state[2] = 0x98badcfe | 0;
  state[3] = 0x10325476;
  md5.lengthBytes = 0;
};

export const md5Update = (md5: Md5, bytes: Uint8Array, start: number, end: number): void => {
  const block = md5.block;
  let filled = md5.lengthBytes & (BLOCK_BYTES - 1);
  md5.lengthBytes += end - start;
  for (let i = start; i < end; i++) {
    block[filled++] = bytes[i]!;
    if (filled === BLOCK_BYTES) {
      compress(md5);
      filled = 0;
    }
  }
};

/** One byte, for the colons between the parts of a digest. */
export const md5UpdateByte = (md5: Md5, byte: number): void => {
  const filled = md5.lengthBytes & (BLOCK_BYTES - 1);
  md5.lengthBytes++;
  md5.block[filled] = byte;
  if (filled === BLOCK_BYTES - 1) compress(md5);
};

/** Writes the 16 bytes of the hash. The record must be reset before it is used again. */
export const md5Final = (md5: Md5, out: Uint8Array, at: number): void => {
  const block = md5.block;
  const lengthBits = md5.lengthBytes << 3;
  let filled = md5.lengthBytes & (BLOCK_BYTES - 1);
  block[filled++] = 0x80;
  if (filled > LENGTH_AT) {
    block.fill(0, filled);
    compress(md5);
    filled = 0;
  }
  block.fill(0, filled);
  for (let i = 0; i < 4; i++) block[LENGTH_AT + i] = lengthBits >>> (8 * i);
  compress(md5);
  for (let i = 0; i < 16; i++) out[at + i] = md5.state[i >> 2]! >>> (8 * (i & 3));
};

const loadWords = (md5: Md5): void => {
  const { block, words } = md5;
  for (let i = 0; i < 16; i++) {
    const at = 4 * i;
    words[i] = block[at]! | (block[at + 1]! << 8) | (block[at + 2]! << 16) | (block[at + 3]! << 24);
  }
};

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

/** RFC 1321 §3.4. Each loop does four steps a turn, so that the four words change places without being moved. */
const compress = (md5: Md5): void => {
  loadWords(md5);
  const { state, words } = md5;
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  for (let i = 0; i < 16; i += 4) {
    a = (b + rotate((a + (d ^ (b & (c ^ d))) + words[i]! + SINES[i]!) | 0, 7)) | 0;
    d = (a + rotate((d + (c ^ (a & (b ^ c))) + words[i + 1]! + SINES[i + 1]!) | 0, 12)) | 0;
    c = (d + rotate((c + (b ^ (d & (a ^ b))) + words[i + 2]! + SINES[i + 2]!) | 0, 17)) | 0;
    b = (c + rotate((b + (a ^ (c & (d ^ a))) + words[i + 3]! + SINES[i + 3]!) | 0, 22)) | 0;
  }
  // The word of step i is 5 i + 1, 3 i + 5 and 7 i modulo 16 in rounds two, three and four.
  for (let i = 0; i < 16; i += 4) {
    a = (b + rotate((a + (c ^ (d & (b ^ c))) + words[(i + 1) & 15]! + SINES[16 + i]!) | 0, 5)) | 0;
    d = (a + rotate((d + (b ^ (c & (a ^ b))) + words[(i + 6) & 15]! + SINES[17 + i]!) | 0, 9)) | 0;
    c = (d + rotate((c + (a ^ (b & (d ^ a))) + words[(i + 11) & 15]! + SINES[18 + i]!) | 0, 14)) | 0;
    b = (c + rotate((b + (d ^ (a & (c ^ d))) + words[i]! + SINES[19 + i]!) | 0, 20)) | 0;
  }
  for (let i = 0; i < 16; i += 4) {
    a = (b + rotate((a + (b ^ c ^ d) + words[(5 - i) & 15]! + SINES[32 + i]!) | 0, 4)) | 0;
    d = (a + rotate((d + (a ^ b ^ c) + words[(8 - i) & 15]! + SINES[33 + i]!) | 0, 11)) | 0;
    c = (d + rotate((c + (d ^ a ^ b) + words[(11 - i) & 15]! + SINES[34 + i]!) | 0, 16)) | 0;
    b = (c + rotate((b + (c ^ d ^ a) + words[(14 - i) & 15]! + SINES[35 + i]!) | 0, 23)) | 0;
  }
  for (let i = 0; i < 16; i += 4) {
    a = (b + rotate((a + (c ^ (b | ~d)) + words[-i & 15]! + SINES[48 + i]!) | 0, 6)) | 0;
    d = (a + rotate((d + (b ^ (a | ~c)) + words[(7 - i) & 15]! + SINES[49 + i]!) | 0, 10)) | 0;
    c = (d + rotate((c + (a ^ (d | ~b)) + words[(14 - i) & 15]! + SINES[50 + i]!) | 0, 15)) | 0;
    b = (c + rotate((b + (d ^ (c | ~a)) + words[(5 - i) & 15]! + SINES[51 + i]!) | 0, 21)) | 0;
  }
  state[0] = state[0]! + a;
  state[1] = state[1]! + b;
  state[2] = state[2]! + c;
  state[3] = state[3]! + d;
};
