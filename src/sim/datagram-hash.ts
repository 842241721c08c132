// Names a whole run by 16 hex digits over every datagram that anyone sent: when, who and which bytes, in order. Two runs with
// the same digits did the same, as far as anyone outside can tell. Two mixing sums of 32 bits; it protects against nobody.

import { mix32 } from '../std/index.ts';

export interface DatagramHash {
  count: number;
  high: number;
  low: number;
  text(): string;
}

const PRIME = 0x01000193;
const WORD = 4_294_967_296;

export function createDatagramHash(): DatagramHash {
  const hash: DatagramHash = {
    count: 0,
    high: 0x811c9dc5,
    low: 0x9e3779b1,
    text: () => [hash.high, hash.low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join(''),
  };
  return hash;
}

/** `direction` tells apart who sent it to whom. */
export function addDatagram(hash: DatagramHash, nowUs: number, direction: number, bytes: Uint8Array): void {
  let sum = mix32(mix32(nowUs >>> 0, Math.floor(nowUs / WORD)), direction);
  for (const byte of bytes) sum = Math.imul(sum ^ byte, PRIME);
  hash.high = mix32(hash.high, sum);
  hash.low = mix32(hash.low, hash.high ^ bytes.length);
  hash.count++;
}
