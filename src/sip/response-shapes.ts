// @hot
// A registrar's answers look alike: the next one differs from the last in a branch, a tag, some digits. So each answer that
// was parsed once becomes a shape, and a datagram that fits a known shape is not parsed again. What the parser would say of
// it is in the shape already: every byte that it decides by is the same, and where bytes differ they are of a kind that
// changes no span (shape-variation.ts). Only numbers are read anew. Shapes are made in shape-learning.ts.
//
//   datagram   SIP/2.0 200 OK··Via: SIP/2.0/UDP 127.0.0.1:40000;branch=z9hG4bK9c81…   compared eight bytes at a time with
//   shape      SIP/2.0 200 OK··Via: SIP/2.0/UDP 127.0.0.1:40000;branch=z9hG4bK0f3a…   the one that fitted last
//   marks                                                              wwwwwwwwwww    a letter or digit, whichever
//
// What differs and may differ is copied over, so a shape holds the datagram that fitted last, and its spans are into
// bytes of its own, wherever the kernel put the datagram. Most bytes are the same from one answer to the next, and eight cost
// two loads and a comparison: of doubles, which JavaScript has in one register. Equal doubles have equal bytes, but for zeros, and a
// shape has no byte of zero (shape-learning.ts); those that are no number are unequal to themselves, and looked at as words.
// (A datagram that fits only in part leaves a mixture behind, which is sound all the same: each byte
// may be what it is. Nobody reads it before another datagram has fitted as a whole.)
//
// The table is bounded. A peer whose answers all look different costs a few vain comparisons for each (SAME_LENGTH_MOST in
// shape-learning.ts).

import { readDecimal } from '../std/index.ts';
import { CHALLENGE_MALFORMED, type Challenge, createChallenge } from './challenge.ts';
import type { Stencil } from './compiled-text.ts';
import { type ContactCursor, createContactCursor } from './contact.ts';
import { createSipMessage, type SipMessage } from './message.ts';
import { createParameter, type Parameter } from './parameters.ts';
import { varyingClasses } from './shape-variation.ts';

/** What is longer has no shape: hardly any registrar's answer is. */
export const LONGEST_SHAPE_BYTES = 1_536;
export const SHAPES_MOST = 32;
const LONGEST_BYTES = LONGEST_SHAPE_BYTES;
const MAX_PORT = 65_535;
const HIGHEST_BITS = 0x80808080 | 0;

/** In the rules of a word: the bits that may not differ, those that may be of a letter, CHANGED_* bits, literals of the contact. */
export const RULE_FIXED = 0;
export const RULE_LETTERS = 1;
export const RULE_CHANGED = 2;
export const RULE_LITERAL = 3;
export const RULE_WORDS = 4;
/** Something that says for whom the answer is; a digit of a number that is read; a literal of the contact. */
export const CHANGED_OWNER = 1;
export const CHANGED_NUMBER = 2;
export const CHANGED_CONTACT = 4;
/** A byte differs that may not; one that no digit or letter has taken the place of, which another kind may allow. */
const REFUSED = 1 << 31;
const UNSURE = 1 << 30;

const CLASSES: Uint8Array = varyingClasses();

/** In the lists of shapes: there is none, or no other. */
export const NO_SHAPE = -1;
/** Start and end of a number that is not read anew. */
export const NO_NUMBER = -1;
const NOWHERE = NO_NUMBER;
/** Nobody has said for whom the shape's answers are. */
export const NOBODY = -1;

/** A place where a number is read anew; NO_NUMBER where there is none. */
export interface NumberSpan {
  start: number;
  end: number;
}

export interface ResponseShape {
  /** The datagram that fitted last; the spans of the records below are into it. */
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  /** As parseMessage would leave it. */
  readonly message: SipMessage;
  /** The message's only contact, if it has one and no other. */
  readonly contact: ContactCursor;
  hasOnlyContact: boolean;
  /** Its first challenge, and what parseChallenge said of it. */
  readonly challenge: Challenge;
  challengeResult: number;
  lengthBytes: number;
  /** The next shape of the same length, or NO_SHAPE. */
  next: number;
  /** One VARY_* a byte, and the same four at a time. */
  readonly marks: Uint8Array;
  readonly markWords: Int32Array;
  /** Of each word RULE_*: what it may become, and what has changed with it. */
  readonly rules: Int32Array;
  /**
   * The owner's note of whom the answers are for, NOBODY as soon as something differs up to where the branches of one socket
   * begin to (CHANGED_OWNER).
   */
  owner: number;
  /** The text that was found in the only contact last (shape-contact.ts), and how many times running without a literal changed. */
  contactOf: Stencil | null;
  contactsInRow: number;
  /** No digit of the numbers below has changed since they were read. */
  areNumbersRead: boolean;
  readonly cseq: NumberSpan;
  readonly port: NumberSpan;
  readonly expires: NumberSpan;
}

/** A buffer of datagrams, seen as bytes, words and doubles. */
interface DatagramBuffer {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
}

export interface ShapeTable {
  readonly shapes: readonly ResponseShape[];
  /** Shapes in use, and the one that is given up next once all are. */
  used: number;
  oldest: number;
  unknown: number;
  /** The first shape of each length, or NO_SHAPE. */
  readonly byLength: Int8Array;
  /** The datagrams' buffer: the same one for every datagram of a transport. */
  source: DatagramBuffer;
  /** Where a datagram is put that doesn't begin at a whole double. */
  readonly aligned: DatagramBuffer;
  readonly parameter: Parameter;
}

export const createShapeTable = (): ShapeTable => {
  const aligned = attachBuffer(new Uint8Array(LONGEST_BYTES));
  return {
    shapes: Array.from({ length: SHAPES_MOST }, createShape),
    used: 0,
    oldest: 0,
    unknown: 0,
    byLength: new Int8Array(LONGEST_BYTES + 1).fill(NO_SHAPE),
    source: aligned,
    aligned,
    parameter: createParameter(),
  };
};

const createShape = (): ResponseShape => {
  const bytes = new Uint8Array(LONGEST_BYTES);
  const marks = new Uint8Array(LONGEST_BYTES);
  return {
    bytes,
    words: new Int32Array(bytes.buffer),
    doubles: new Float64Array(bytes.buffer),
    message: createSipMessage(),
    contact: createContactCursor(),
    hasOnlyContact: false,
    challenge: createChallenge(),
    challengeResult: CHALLENGE_MALFORMED,
    lengthBytes: 0,
    next: NO_SHAPE,
    marks,
    markWords: new Int32Array(marks.buffer),
    rules: new Int32Array((LONGEST_BYTES / 4) * RULE_WORDS),
    owner: NOBODY,
    contactOf: null,
    contactsInRow: 0,
    areNumbersRead: false,
    cseq: { start: NOWHERE, end: NOWHERE },
    port: { start: NOWHERE, end: NOWHERE },
    expires: { start: NOWHERE, end: NOWHERE },
  };
};

/** The shape that the datagram has, now holding it; null: parse it. */
export const matchShape = (table: ShapeTable, bytes: Uint8Array, start: number, end: number): ResponseShape | null => {
  const lengthBytes = end - start;
  if (lengthBytes > LONGEST_BYTES) return null;
  let index = table.byLength[lengthBytes]!;
  if (index === NO_SHAPE) return null;
  const offset = bytes.byteOffset + start;
  const isAligned = (offset & 7) === 0;
  if (!isAligned) copyDatagram(table.aligned.bytes, bytes, start, end);
  else if (table.source.bytes !== bytes) table.source = attachBuffer(bytes);
  const source = isAligned ? table.source : table.aligned;
  const from = isAligned ? offset >>> 3 : 0;
  for (; index !== NO_SHAPE; index = table.shapes[index]!.next) {
    const shape = table.shapes[index]!;
    if (takesDoubles(shape, source, from) && takesTail(shape, bytes, start) && readNumbers(shape)) return shape;
  }
  return null;
};

/** Without a view of the span, which would be an object for each datagram. */
const copyDatagram = (to: Uint8Array, bytes: Uint8Array, start: number, end: number): void => {
  for (let i = start; i < end; i++) to[i - start] = bytes[i]!;
};

const attachBuffer = (bytes: Uint8Array): DatagramBuffer => {
  const { buffer } = bytes;
  const doubles = new Float64Array(buffer, 0, buffer.byteLength >>> 3);
  return { bytes, words: new Int32Array(buffer, 0, doubles.length * 2), doubles };
};

/**
 * Compares the whole doubles, and takes over those that differ. False: one differs where it may not. Eight in a turn, and without a
 * branch: the compiler looks at each array again in every turn and wherever two ways meet, which costs more than the comparison.
 */
const takesDoubles = (shape: ResponseShape, source: DatagramBuffer, from: number): boolean => {
  const own = shape.doubles;
  const { doubles, words } = source;
  const count = shape.lengthBytes >>> 3;
  let changed = 0;
  let i = 0;
  for (const last = count - 8; i <= last; i += 8) {
    const at = from + i;
    const differing =
      (doubles[at] === own[i] ? 0 : 1) |
      (doubles[at + 1] === own[i + 1] ? 0 : 2) |
      (doubles[at + 2] === own[i + 2] ? 0 : 4) |
      (doubles[at + 3] === own[i + 3] ? 0 : 8) |
      (doubles[at + 4] === own[i + 4] ? 0 : 16) |
      (doubles[at + 5] === own[i + 5] ? 0 : 32) |
      (doubles[at + 6] === own[i + 6] ? 0 : 64) |
      (doubles[at + 7] === own[i + 7] ? 0 : 128);
    if (differing !== 0) changed |= takeDiffering(shape, i, words, at, differing);
    if ((changed & (REFUSED | UNSURE)) !== 0) return takesByKind(shape, words, from, changed);
  }
  let rest = 0;
  for (let bit = 0; i + bit < count; bit++) if (doubles[from + i + bit] !== own[i + bit]) rest |= 1 << bit;
  if (rest !== 0) changed |= takeDiffering(shape, i, words, from + i, rest);
  if ((changed & (REFUSED | UNSURE)) !== 0) return takesByKind(shape, words, from, changed);
  if (changed !== 0) noteChanges(shape, changed);
  return true;
};

/** Takes over the doubles whose bits are set, from the lowest one on. Returns what changed, and stops where one is not taken. */
const takeDiffering = (shape: ResponseShape, i: number, words: Int32Array, at: number, differing: number): number => {
  const { words: own, rules } = shape;
  let changed = 0;
  for (let rest = differing; rest !== 0 && (changed & (REFUSED | UNSURE)) === 0; rest &= rest - 1) {
    const bit = 31 - Math.clz32(rest & -rest);
    changed |= takeDouble(own, rules, i + bit, words, at + bit);
  }
  return changed;
};

const noteChanges = (shape: ResponseShape, changed: number): void => {
  if ((changed & CHANGED_OWNER) !== 0) shape.owner = NOBODY;
  if ((changed & CHANGED_NUMBER) !== 0) shape.areNumbersRead = false;
  if ((changed & CHANGED_CONTACT) !== 0) shape.contactsInRow = 0;
};

/** As its two words. Returns what changed. */
const takeDouble = (own: Int32Array, rules: Int32Array, i: number, words: Int32Array, at: number): number =>
  takeWord(own, rules, i << 1, words[at << 1]!) | takeWord(own, rules, (i << 1) + 1, words[(at << 1) + 1]!);

const takeWord = (own: Int32Array, rules: Int32Array, at: number, word: number): number => {
  const before = own[at]!;
  if (word === before) return 0;
  const rule = at * RULE_WORDS;
  const fixed = rules[rule + RULE_FIXED]!;
  if (((word ^ before) & fixed) !== 0) return REFUSED;
  if (!isDigitsAndLetters(word, ~fixed, rules[rule + RULE_LETTERS]!)) return UNSURE;
  own[at] = word;
  return changesOf(rules, rule, word ^ before);
};

const changesOf = (rules: Int32Array, rule: number, difference: number): number =>
  rules[rule + RULE_CHANGED]! | ((difference & rules[rule + RULE_LITERAL]!) === 0 ? 0 : CHANGED_CONTACT);

/**
 * Whether each byte of the word that `varying` has is a digit, or a letter where `letters` has it too: all four at once. Adding
 * 0x80 - c to a byte below 0x80 sets its highest bit where the byte is c or more.
 */
const isDigitsAndLetters = (word: number, varying: number, letters: number): boolean => {
  const low = word & 0x7f7f7f7f;
  const digit = ((low + 0x50505050) | 0) & ~((low + 0x46464646) | 0);
  const lower = low | 0x20202020;
  const letter = ((lower + 0x1f1f1f1f) | 0) & ~((lower + 0x05050505) | 0);
  const fits = (digit | (letter & letters)) & ~word;
  return (~fits & varying & HIGHEST_BITS) === 0;
};

/** The same from the beginning, with every kind that a byte may be of; `changed` is what came of it so far. */
const takesByKind = (shape: ResponseShape, words: Int32Array, from: number, changed: number): boolean => {
  noteChanges(shape, changed);
  if ((changed & REFUSED) !== 0) return false;
  const { words: own, rules, markWords } = shape;
  const count = (shape.lengthBytes >>> 3) << 1;
  for (let at = 0; at < count; at++) {
    const word = words[(from << 1) + at]!;
    const before = own[at]!;
    if (word === before) continue;
    const rule = at * RULE_WORDS;
    if (((word ^ before) & rules[rule + RULE_FIXED]!) !== 0 || !isOfKinds(word, markWords[at]!)) return false;
    own[at] = word;
    noteChanges(shape, changesOf(rules, rule, word ^ before));
  }
  return true;
};

/** One without a mark is fixed, and was compared. */
const isOfKinds = (word: number, marks: number): boolean =>
  isOfKind(word & 255, marks & 255) &&
  isOfKind((word >>> 8) & 255, (marks >>> 8) & 255) &&
  isOfKind((word >>> 16) & 255, (marks >>> 16) & 255) &&
  isOfKind(word >>> 24, marks >>> 24);

const isOfKind = (byte: number, mark: number): boolean => mark === 0 || (CLASSES[byte]! & mark) !== 0;

/** The same for the bytes of a last double that is not whole. */
const takesTail = (shape: ResponseShape, source: Uint8Array, start: number): boolean => {
  const { bytes, marks, lengthBytes } = shape;
  for (let i = lengthBytes & ~7; i < lengthBytes; i++) {
    const byte = source[start + i]!;
    if (byte === bytes[i]) continue;
    if ((CLASSES[byte]! & marks[i]!) === 0) return false;
    bytes[i] = byte;
    noteChanges(shape, CHANGED_NUMBER | CHANGED_CONTACT);
  }
  return true;
};

/** Anew, where a digit has changed since. False: a number that the parser refuses. */
const readNumbers = (shape: ResponseShape): boolean => {
  if (shape.areNumbersRead) return true;
  const { bytes, message, cseq, port, expires } = shape;
  if (cseq.start !== NOWHERE) message.cseq = readDecimal(bytes, cseq.start, cseq.end);
  if (expires.start !== NOWHERE) shape.contact.expires = readDecimal(bytes, expires.start, expires.end);
  if (port.start !== NOWHERE) {
    message.viaPort = readDecimal(bytes, port.start, port.end);
    message.hostPort.port = message.viaPort;
    if (message.viaPort > MAX_PORT) return false;
  }
  shape.areNumbersRead = true;
  return true;
};
