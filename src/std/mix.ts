// @hot
// Seeded choices without state: every random decision of a run is a hash of (seed, who, which), so that it does not
// depend on how many workers share the run or in which order things happen. The mixer is the 32-bit finaliser of
// MurmurHash3, applied once per word; good enough to spread waits and tags, not a source of secrets.

/** Mixes a word into a running 32-bit state; the result is an unsigned 32-bit integer. */
export function mix32(state: number, word: number): number {
  return mixBits(state, word) >>> 0;
}

/**
 * The same 32 bits as a signed integer: one beyond 2^31 would be a heap number wherever it crosses a call or lies in a record.
 * For those who only want the bits (writeHex, another mix).
 */
export function mixBits(state: number, word: number): number {
  let hash = (state ^ word) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) + 0x9e3779b9) | 0;
}

/** A number in [0, 1) from three words and a seed. */
export function uniformOf(seed: number, first: number, second: number, third: number): number {
  const high = mix32(mix32(mix32(seed, first), second), third);
  const low = mix32(high, third + 1);
  return (high * 0x200000 + (low >>> 11)) / 0x20000000000000;
}

/** FNV-1a over the UTF-16 code units of a text, as an unsigned 32-bit integer. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
