// @hot
// What a rule does to an answer that is composed already: another branch, another CSeq, or garbage in its place. Bytes are
// changed where they lie, so that a retransmission is as wrong as the first copy.

import { rowStart } from '../sip/index.ts';
import { mixBits } from '../std/index.ts';
import type { Action } from './rule.ts';
import type { Registrar } from './state.ts';

const ASCII_ZERO = 0x30;
const ASCII_NINE = 0x39;
const LETTER_A = 0x61;
const GARBAGE_BYTES_MOST = 256;

/** The answer lies at the ring's head and ends at `end`; returns its new end. */
export const spoilAnswer = (registrar: Registrar, action: Action, end: number): number => {
  if (action.isGarbage) return writeGarbage(registrar);
  if (action.isBranchWrong) spoilBranch(registrar);
  if (action.isCseqWrong) spoilCseq(registrar, end);
  return end;
};

/** Bytes of any kind, drawn from the transaction; never a SIP version in front. */
const writeGarbage = (registrar: Registrar): number => {
  const { request, ring, slab } = registrar;
  let state = mixBits(request.keyHigh, request.keyLow);
  const length = 1 + (state & (GARBAGE_BYTES_MOST - 1));
  for (let i = 0; i < length; i++) {
    state = mixBits(state, i);
    slab[ring.headOffset + i] = state & 0xff;
  }
  slab[ring.headOffset] = (state & 0x7f) | 0x80;
  return ring.headOffset + length;
};

/** The last character of the topmost branch, which in the answer lies as far behind `Via: ` as in the request's row. */
const spoilBranch = (registrar: Registrar): void => {
  const { message, request, ring, slab } = registrar;
  if (message.viaBranchEnd <= message.viaBranchStart || request.viaOffset < 0) return;
  // What is filled in behind rport moves a branch that stands after it.
  const isMoved = message.viaRportStart >= 0 && message.viaRportStart < message.viaBranchStart;
  const shift = isMoved ? request.rportGrowth : 0;
  const at = ring.headOffset + request.viaOffset + (message.viaBranchEnd - rowStart(message.via, 0)) + shift - 1;
  slab[at] = slab[at] === LETTER_A ? LETTER_A + 1 : LETTER_A;
};

/** The last digit of the number in CSeq, one higher. */
const spoilCseq = (registrar: Registrar, end: number): void => {
  const { request, ring, slab } = registrar;
  let at = ring.headOffset + request.cseqOffset;
  while (at < end && slab[at]! >= ASCII_ZERO && slab[at]! <= ASCII_NINE) at++;
  const last = at - 1;
  if (last < ring.headOffset + request.cseqOffset) return;
  slab[last] = slab[last] === ASCII_NINE ? ASCII_ZERO + 1 : slab[last]! + 1;
};
