// SHA-256 and SHA-512/256 again (FIPS 180-4), written as the standard tells it and sharing nothing with src/sip, so that the checkers
// of digest responses don't believe the code that they watch. One function for both, on whole numbers of any length: they differ in
// the width of a word, the number of rounds, the rotations and where they begin. Text in, hex digits out.

interface Sha2 {
  readonly bits: bigint;
  readonly blockBytes: number;
  readonly rounds: number;
  /** FIPS 180-4 §4.1.2, §4.1.3: capital sigma 0 and 1 rotate three times; small sigma 0 and 1 twice, and shift. */
  readonly big: readonly (readonly bigint[])[];
  readonly small: readonly (readonly bigint[])[];
  readonly start: readonly bigint[];
}

/** The first bits of the fraction of the n-th root of a prime (§4.2.2, §4.2.3, §5.3). */
function rootFraction(prime: bigint, root: bigint, bits: bigint): bigint {
  const scaled = prime << (bits * root);
  let low = 0n;
  let high = scaled;
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    if (middle ** root <= scaled) low = middle;
    else high = middle - 1n;
  }
  return low & ((1n << bits) - 1n);
}

const PRIMES: readonly bigint[] = (() => {
  const found: bigint[] = [];
  for (let n = 2n; found.length < 80; n++) if (found.every((prime) => n % prime !== 0n)) found.push(n);
  return found;
})();

const roots = (count: number, bits: bigint): readonly bigint[] =>
  PRIMES.slice(0, count).map((prime) => rootFraction(prime, 2n, bits));

const CUBES = new Map([32n, 64n].map((bits) => [bits, PRIMES.map((prime) => rootFraction(prime, 3n, bits))] as const));

const SHA_256: Sha2 = {
  bits: 32n,
  blockBytes: 64,
  rounds: 64,
  big: [
    [2n, 13n, 22n],
    [6n, 11n, 25n],
  ],
  small: [
    [7n, 18n, 3n],
    [17n, 19n, 10n],
  ],
  start: roots(8, 32n),
};

const SHA_512: Sha2 = {
  bits: 64n,
  blockBytes: 128,
  rounds: 80,
  big: [
    [28n, 34n, 39n],
    [14n, 18n, 41n],
  ],
  small: [
    [1n, 8n, 7n],
    [19n, 61n, 6n],
  ],
  start: roots(8, 64n),
};

/** §5.3.6: SHA-512/t begins with SHA-512 of its own name, from a beginning that is masked. */
const SHA_512_256: Sha2 = {
  ...SHA_512,
  start: hashWords({ ...SHA_512, start: SHA_512.start.map((word) => word ^ 0xa5a5a5a5a5a5a5a5n) }, 'SHA-512/256'),
};

/** `text` holds one character for each byte. */
export const slowSha256 = (text: string): string => hexOf(hashWords(SHA_256, text), 8);
export const slowSha512256 = (text: string): string => hexOf(hashWords(SHA_512_256, text), 16).slice(0, 64);

const hexOf = (words: readonly bigint[], digits: number): string =>
  words.map((word) => word.toString(16).padStart(digits, '0')).join('');

function hashWords(sha: Sha2, text: string): readonly bigint[] {
  const mask = (1n << sha.bits) - 1n;
  const words = paddedWords(sha, text);
  let state = sha.start;
  for (let at = 0; at < words.length; at += 16) {
    const after = digestBlock(sha, state, words.slice(at, at + 16));
    state = state.map((word, i) => (word + after[i]!) & mask);
  }
  return state;
}

/** §5.1: a one bit, zeros, and the length in bits in the last two words; high byte first. */
function paddedWords({ blockBytes, bits }: Sha2, text: string): bigint[] {
  const wordBytes = Number(bits) / 8;
  const bytes = Array.from(text, (character) => character.charCodeAt(0));
  bytes.push(0x80);
  while (bytes.length % blockBytes !== blockBytes - 2 * wordBytes) bytes.push(0);
  const words: bigint[] = [];
  for (let at = 0; at < bytes.length; at += wordBytes) {
    words.push(bytes.slice(at, at + wordBytes).reduce((word, byte) => (word << 8n) | BigInt(byte), 0n));
  }
  return [...words, 0n, BigInt(text.length) * 8n];
}

/** §6.2.2, §6.4.2. */
function digestBlock(sha: Sha2, state: readonly bigint[], block: readonly bigint[]): readonly bigint[] {
  const { bits, rounds, big, small } = sha;
  const mask = (1n << bits) - 1n;
  const rotate = (word: bigint, by: bigint): bigint => ((word >> by) | (word << (bits - by))) & mask;
  const sigma = ([a, b, c]: readonly bigint[], word: bigint): bigint =>
    rotate(word, a!) ^ rotate(word, b!) ^ rotate(word, c!);
  const shifted = ([a, b, c]: readonly bigint[], word: bigint): bigint =>
    rotate(word, a!) ^ rotate(word, b!) ^ (word >> c!);
  const schedule = [...block];
  for (let t = 16; t < rounds; t++) {
    const sum = shifted(small[1]!, schedule[t - 2]!) + schedule[t - 7]!;
    schedule.push((sum + shifted(small[0]!, schedule[t - 15]!) + schedule[t - 16]!) & mask);
  }
  const keys = CUBES.get(bits)!;
  let [a, b, c, d, e, f, g, h] = state as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
  for (let t = 0; t < rounds; t++) {
    const choice = (e & f) ^ (~e & mask & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const first = h + sigma(big[1]!, e) + choice + keys[t]! + schedule[t]!;
    const second = sigma(big[0]!, a) + majority;
    [a, b, c, d, e, f, g, h] = [(first + second) & mask, a, b, c, (d + first) & mask, e, f, g];
  }
  return [a, b, c, d, e, f, g, h];
}
