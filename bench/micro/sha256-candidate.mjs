// SHA-256 (RFC 6234) on bytes, fed piece by piece, as src/sip/md5.ts does MD5: a candidate that was measured and not taken,
// because node:crypto's costs less than half of it (bench/README.md, tried and rejected). It stays here so that the figure can
// be measured again on another machine: one whose processor has no SHA instructions may say something else.
//
//   sha256Reset(sha); sha256Update(sha, bytes, start, end) as often as needed; sha256Final(sha, out, at)
//
// Left out on purpose: messages of 2^29 bytes and more, whose bit count would need a second word.

const BLOCK_BYTES = 64;
const LENGTH_AT = 56;
const COUNT_OF_WORDS = 64;

/** The first primes, from which RFC 6234 §5.1 and §6.1 draw their constants. */
const primes = (count) => {
  const found = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
};

const fraction = (value) => Math.floor((value - Math.floor(value)) * 2 ** 32);
const ROUND_CONSTANTS = Int32Array.from(primes(COUNT_OF_WORDS), (prime) => fraction(Math.cbrt(prime)));
const INITIAL_STATE = Int32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)));

export const createSha256 = () => {
  const sha = {
    state: new Int32Array(8),
    block: new Uint8Array(BLOCK_BYTES),
    words: new Int32Array(COUNT_OF_WORDS),
    lengthBytes: 0,
  };
  sha256Reset(sha);
  return sha;
};

export const sha256Reset = (sha) => {
  const { state } = sha;
  for (let i = 0; i < 8; i++) state[i] = INITIAL_STATE[i];
  sha.lengthBytes = 0;
};

export const sha256Update = (sha, bytes, start, end) => {
  const { block } = sha;
  let filled = sha.lengthBytes & (BLOCK_BYTES - 1);
  sha.lengthBytes += end - start;
  for (let i = start; i < end; i++) {
    block[filled++] = bytes[i];
    if (filled === BLOCK_BYTES) {
      compress(sha);
      filled = 0;
    }
  }
};

/** One byte, for the colons between the parts of a digest. */
export const sha256UpdateByte = (sha, byte) => {
  const filled = sha.lengthBytes & (BLOCK_BYTES - 1);
  sha.lengthBytes++;
  sha.block[filled] = byte;
  if (filled === BLOCK_BYTES - 1) compress(sha);
};

/** Writes the 32 bytes of the hash. The record must be reset before it is used again. */
export const sha256Final = (sha, out, at) => {
  const { block } = sha;
  const lengthBits = sha.lengthBytes << 3;
  let filled = sha.lengthBytes & (BLOCK_BYTES - 1);
  block[filled++] = 0x80;
  if (filled > LENGTH_AT) {
    block.fill(0, filled);
    compress(sha);
    filled = 0;
  }
  block.fill(0, filled);
  for (let i = 0; i < 4; i++) block[BLOCK_BYTES - 1 - i] = lengthBits >>> (8 * i);
  compress(sha);
  for (let i = 0; i < 32; i++) out[at + i] = sha.state[i >> 2] >>> (24 - 8 * (i & 3));
};

/** RFC 6234 §6.2 step 1: the message schedule. The rotations are written out: too many calls for the compiler to inline. */
const loadWords = ({ block, words }) => {
  for (let i = 0; i < 16; i++) {
    const at = 4 * i;
    words[i] = (block[at] << 24) | (block[at + 1] << 16) | (block[at + 2] << 8) | block[at + 3];
  }
  for (let i = 16; i < COUNT_OF_WORDS; i++) {
    const x = words[i - 15];
    const y = words[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[i] = (((words[i - 16] + s0) | 0) + ((words[i - 7] + s1) | 0)) | 0;
  }
};

/** RFC 6234 §6.2. Everything in one loop and cut to 32 bits at once: a sum that leaves them would become an object. */
const compress = (sha) => {
  loadWords(sha);
  const { state, words } = sha;
  const keys = ROUND_CONSTANTS;
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let i = 0; i < COUNT_OF_WORDS; i++) {
    const sum1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const sum0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const key = (keys[i] + words[i]) | 0;
    const first = (((h + sum1) | 0) + (((g ^ (e & (f ^ g))) + key) | 0)) | 0;
    const second = (sum0 + ((a & b) ^ (c & (a ^ b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
};
