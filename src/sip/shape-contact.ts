// @hot
// Whether the only Contact of an answer is the one that a context sent (RFC 3261 §10.2.4). What the answers of a shape say there is
// compared as a whole some times; after that only the digits of the index are read, until a byte between them becomes another one.
//
//   Contact: <sip:u00000017@127.0.0.1:40000>     l literal: no longer compared, but a changed byte is noted (CHANGED_CONTACT)
//             lllllddddddddlllllllllllllllll     d digits of the index: read in every answer
//
// Answers on several sockets share a shape, and each socket has a contact of its own: where they take turns, no one is noted.

import type { BranchReader } from './branch.ts';
import type { CompiledText, RegisterFields, Stencil } from './compiled-text.ts';
import { hasIndexes, isComposed, stencilFor } from './register-template.ts';
import { type ResponseShape, RULE_LITERAL, RULE_WORDS } from './response-shapes.ts';

const WORD_BYTES = 4;
const EVERY_BIT = 0xff;
/** Noting costs what some whole comparisons do. */
const SAME_IN_A_ROW = 8;

/** The shape has only one contact. */
export const isOnlyContact = (
  shape: ResponseShape,
  text: CompiledText,
  fields: RegisterFields,
  branch: BranchReader,
): boolean => {
  const { bytes, contact } = shape;
  if (text.values !== null) return isComposed(text, fields, branch, bytes, contact.uriStart, contact.uriEnd);
  const stencil = stencilFor(text, fields, branch);
  if (isNoted(shape) && shape.contactOf === stencil) {
    return hasIndexes(stencil, fields.index, bytes, contact.uriStart);
  }
  if (!isComposed(text, fields, branch, bytes, contact.uriStart, contact.uriEnd)) return false;
  shape.contactsInRow = shape.contactOf === stencil ? shape.contactsInRow + 1 : 1;
  shape.contactOf = stencil;
  if (isNoted(shape)) noteLiterals(shape, stencil);
  return true;
};

/** The literals of `contactOf` are in the rules, and none has changed since. */
export const isNoted = (shape: ResponseShape): boolean => shape.contactsInRow >= SAME_IN_A_ROW;

const noteLiterals = (shape: ResponseShape, stencil: Stencil): void => {
  const { rules, contact } = shape;
  const { gapAt, gapBytes } = stencil;
  markLiterals(rules, contact.uriStart, contact.uriEnd, EVERY_BIT);
  for (let i = 0; i < gapAt.length; i++) {
    const start = contact.uriStart + gapAt[i]!;
    markLiterals(rules, start, start + gapBytes[i]!, 0);
  }
};

/** Sets the bytes of [start, end) in the rules of their words. */
const markLiterals = (rules: Int32Array, start: number, end: number, bits: number): void => {
  for (let at = start; at < end; at++) {
    const rule = Math.floor(at / WORD_BYTES) * RULE_WORDS + RULE_LITERAL;
    const shift = (at % WORD_BYTES) * 8;
    rules[rule] = (rules[rule]! & ~(EVERY_BIT << shift)) | (bits << shift);
  }
};
