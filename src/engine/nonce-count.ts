// @hot
// How the nonce count is written: eight hex digits (RFC 7616 §3.4: LHEX). DEVIATION (RFC 7616 §3.4) under `profile: exosip2`: eight
// decimal ones, as libeXosip2 does; the tenth request with a nonce says 00000010, which a registrar reads as sixteen.

import { writeHex } from '../std/index.ts';

const DIGITS = 8;
const DIGIT_0 = 0x30;

export function writeNonceCount(out: Uint8Array, count: number, isDecimal: boolean): void {
  if (!isDecimal) {
    writeHex(out, 0, count, DIGITS);
    return;
  }
  let rest = count;
  for (let at = DIGITS - 1; at >= 0; at--) {
    out[at] = DIGIT_0 + (rest % 10);
    rest = Math.trunc(rest / 10);
  }
}
