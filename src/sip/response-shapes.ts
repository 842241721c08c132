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
import { type ContactCursor, createContactCursor } from './contact.ts';
import { createSipMessage, type SipMessage } from './message.ts';
import { createParameter, type Parameter } from './parameters.ts';
import { varyingClasses } from './shape-variation.ts';

/** What is longer has no shape: hardly any registrar's answer is. */
export const LONGEST_SHAPE_BYTES = 1_536;
export const SHAPES_MOST = 32;
const LONGEST_BYTES = LONGEST_SHAPE_BYTES;
const MAX_PORT = 65_535;

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
  /** One VARY_* a byte, and the same four at a time; a bit is set in `fixed` where it may not differ. */
  readonly marks: Uint8Array;
  readonly markWords: Int32Array;
  readonly fixed: Int32Array;
  /**
   * The owner's note of whom the answers are for, NOBODY as soon as one of the first `ownWords` words differs: up to there
   * stands what is the same in all requests of one socket.
   */
  owner: number;
  ownWords: number;
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
    fixed: new Int32Array(LONGEST_BYTES / 4),
    owner: NOBODY,
    ownWords: 0,
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

/** Compares the whole doubles, and takes over those that differ. False: one differs where it may not. */
const takesDoubles = (shape: ResponseShape, source: DatagramBuffer, from: number): boolean => {
  const own = shape.doubles;
  const { doubles, words } = source;
  const count = shape.lengthBytes >>> 3;
  for (let i = 0; i < count; i++) {
    if (doubles[from + i] === own[i]) continue;
    const at = (from + i) << 1;
    if (!takesWord(shape, i << 1, words[at]!) || !takesWord(shape, (i << 1) + 1, words[at + 1]!)) return false;
  }
  return true;
};

const takesWord = (shape: ResponseShape, at: number, word: number): boolean => {
  if (word === shape.words[at]) return true;
  if (!mayBecome(shape, at, word)) return false;
  shape.words[at] = word;
  if (at < shape.ownWords) shape.owner = NOBODY;
  return true;
};

/** Whether every byte that differs may, and is of its kind. Those that do not differ are of their kind already. */
const mayBecome = (shape: ResponseShape, at: number, word: number): boolean => {
  if (((word ^ shape.words[at]!) & shape.fixed[at]!) !== 0) return false;
  const marks = shape.markWords[at]!;
  return (
    isOfKind(word & 255, marks & 255) &&
    isOfKind((word >>> 8) & 255, (marks >>> 8) & 255) &&
    isOfKind((word >>> 16) & 255, (marks >>> 16) & 255) &&
    isOfKind(word >>> 24, marks >>> 24)
  );
};

/** A byte without a mark is fixed, and was compared. */
const isOfKind = (byte: number, mark: number): boolean => mark === 0 || (CLASSES[byte]! & mark) !== 0;

/** The same for the bytes of a last double that is not whole. */
const takesTail = (shape: ResponseShape, source: Uint8Array, start: number): boolean => {
  const { bytes, marks, lengthBytes } = shape;
  for (let i = lengthBytes & ~7; i < lengthBytes; i++) {
    const byte = source[start + i]!;
    if (byte === bytes[i]) continue;
    if ((CLASSES[byte]! & marks[i]!) === 0) return false;
    bytes[i] = byte;
  }
  return true;
};

/** False: a number that the parser refuses. */
const readNumbers = (shape: ResponseShape): boolean => {
  const { bytes, message, cseq, port, expires } = shape;
  if (cseq.start !== NOWHERE) message.cseq = readDecimal(bytes, cseq.start, cseq.end);
  if (expires.start !== NOWHERE) shape.contact.expires = readDecimal(bytes, expires.start, expires.end);
  if (port.start === NOWHERE) return true;
  message.viaPort = readDecimal(bytes, port.start, port.end);
  message.hostPort.port = message.viaPort;
  return message.viaPort <= MAX_PORT;
};
