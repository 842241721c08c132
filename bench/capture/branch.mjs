// Finds the Via branch in a message and reads slot and generation out of it. Read off the bytes here and not with
// regstorm's own reader, so that a capture and what was noted are paired by somebody who is neither.
//
//   z9hG4bK rrrrrrrr ww ssssss gggggggg       run tag, worker, slot, generation; lower-case hex, fixed width

const COOKIE = Buffer.from('z9hG4bK', 'latin1');
const SLOT_AT = 17;
const SLOT_DIGITS = 6;
const GENERATION_AT = 23;
const GENERATION_DIGITS = 8;
const BRANCH_BYTES = 31;
/** A slot has 24 bits, which leaves so many of a double's 53 for the generation in a key. */
const GENERATIONS_MOST = 2 ** 29;
/** The top Via stands in the first lines. */
const SEARCHED_BYTES = 256;

/**
 * Where the first branch begins, or -1. `hint` is how far into the message it was found the last time: with names of one
 * width it is there again.
 */
export const branchAt = (bytes, start, end, hint) => {
  const last = Math.min(end - BRANCH_BYTES, start + SEARCHED_BYTES);
  if (start + hint <= last && isCookieAt(bytes, start + hint)) return start + hint;
  for (let at = start; at <= last; at += 1) if (isCookieAt(bytes, at)) return at;
  return -1;
};

const isCookieAt = (bytes, at) => {
  for (let i = 0; i < COOKIE.length; i += 1) if (bytes[at + i] !== COOKIE[i]) return false;
  return true;
};

export const slotAt = (bytes, branch) => hexAt(bytes, branch + SLOT_AT, SLOT_DIGITS);

export const generationAt = (bytes, branch) => hexAt(bytes, branch + GENERATION_AT, GENERATION_DIGITS);

const hexAt = (bytes, at, digits) => {
  let value = 0;
  for (let i = 0; i < digits; i += 1) {
    const byte = bytes[at + i];
    value = value * 16 + (byte <= 0x39 ? byte - 0x30 : byte - 0x57);
  }
  return value;
};

/** One number for both. */
export const keyOf = (slot, generation) => {
  if (generation >= GENERATIONS_MOST) throw new Error('a generation that no bench reaches');
  return slot * GENERATIONS_MOST + generation;
};
