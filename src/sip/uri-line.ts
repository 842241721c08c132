// @hot
// The `line` of a Contact's URI: a parameter by which a phone that gave one to its own Contact finds it again in a 200, whatever
// a proxy made of host and port (eXosip2's way, beside the comparison of RFC 3261 §19.1.4).

import { encodeAscii, equalsIgnoreCase } from '../std/index.ts';

const SEMICOLON = 0x3b;
const QUESTION = 0x3f;
const AT_SIGN = 0x40;
const NAME: Uint8Array = encodeAscii('line=');

/** Whether the URI [start, end), without angle brackets, has `;line=` with the first `lineEnd` bytes of `line` as its value, in either case. */
export function hasLine(bytes: Uint8Array, start: number, end: number, line: Uint8Array, lineEnd: number): boolean {
  let at = hostStart(bytes, start, end);
  while (at < end && bytes[at] !== QUESTION) {
    if (bytes[at++] !== SEMICOLON) continue;
    const valueStart = at + NAME.length;
    if (valueStart > end || !equalsIgnoreCase(bytes, at, valueStart, NAME, 0, NAME.length)) continue;
    return equalsIgnoreCase(bytes, valueStart, valueEnd(bytes, valueStart, end), line, 0, lineEnd);
  }
  return false;
}

/** A user part may hold `;` and `?`; the first `@` ends it. */
function hostStart(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === AT_SIGN) return at;
  return start;
}

function valueEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== SEMICOLON && bytes[at] !== QUESTION) at++;
  return at;
}
