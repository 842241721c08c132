// @hot
// A registrar's answers look alike: the next one differs from the last in a branch, a tag, some digits. So each answer that
// was parsed once becomes a shape, and a datagram that fits a known shape is not parsed again. What the parser would say of
// it is in the shape already: every byte that it decides by is the same, and where bytes differ they are of a kind that
// changes no span (shape-variation.ts). Only numbers are read anew. Shapes are made in shape-learning.ts.
//
//   datagram   SIP/2.0 200 OK··Via: SIP/2.0/UDP 127.0.0.1:40000;branch=z9hG4bK9c81…
//   words      SIP/2.0 200 OK··Via: SIP/2.0/UDP 127.0.0.1:40000;branch=z9hG4bK0f3a…   compared four bytes at a time
//   mask       ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0000…   under it: must be equal
//   varying                                                                 ^^^^    else: one look-up a byte
//
// A byte that may vary is held to be fixed until it is seen to vary, so that few bytes need a look-up. A datagram is copied
// into the table's own text first, four bytes at a time, so that the spans of a shape count from 0 wherever the kernel put
// it. Both loops together take 0.1 µs for a 200 of 400 bytes; parsing it takes ten times that (bench/README.md, shapes).
//
// The table is bounded. A peer whose answers all look different costs a few vain comparisons for each (SAME_LENGTH_MOST in
// shape-learning.ts).

import { readDecimal } from '../std/index.ts';
import { CHALLENGE_MALFORMED, type Challenge, createChallenge } from './challenge.ts';
import { type ContactCursor, createContactCursor } from './contact.ts';
import { createSipMessage, type SipMessage } from './message.ts';
import { createParameter, type Parameter } from './parameters.ts';
import { type Variation, varyingClasses } from './shape-variation.ts';

/** What is longer has no shape: hardly any registrar's answer is. */
export const LONGEST_SHAPE_BYTES = 1_536;
export const SHAPES_MOST = 32;
const LONGEST_BYTES = LONGEST_SHAPE_BYTES;
const MAX_PORT = 65_535;
const NO_CLASS = 0;

const CLASSES: Uint8Array = varyingClasses();

/** The datagram has no shape that is known. */
export const NO_SHAPE = -1;
/** Start and end of a number that is not read anew. */
export const NO_NUMBER = -1;
const NOWHERE = NO_NUMBER;

/** A place where a number is read anew; NO_NUMBER where there is none. */
export interface NumberSpan {
  start: number;
  end: number;
}

export interface ResponseShape {
  /** As parseMessage left it, with the numbers of the datagram that was matched last. Spans are into the table's text. */
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
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly mask: Int32Array;
  readonly maskBytes: Uint8Array;
  readonly variation: Variation;
  /** The bytes that were seen to vary: where they stand, and the VARY_* that they have to be. */
  readonly varyingAt: Uint16Array;
  readonly varyingKind: Uint8Array;
  varyingCount: number;
  readonly cseq: NumberSpan;
  readonly port: NumberSpan;
  readonly expires: NumberSpan;
}

export interface ShapeTable {
  /** The datagram looked at last. */
  readonly text: Uint8Array;
  readonly textWords: Int32Array;
  readonly shapes: readonly ResponseShape[];
  /** Shapes in use, and the one that is given up next once all are. */
  used: number;
  oldest: number;
  unknown: number;
  /** The first shape of each length, or NO_SHAPE. */
  readonly byLength: Int8Array;
  /** The datagrams' buffer, seen as words: the same one for every datagram of a transport. */
  source: Uint8Array;
  sourceWords: Int32Array;
  readonly parameter: Parameter;
}

export const createShapeTable = (): ShapeTable => {
  const text = new Uint8Array(LONGEST_BYTES);
  return {
    text,
    textWords: new Int32Array(text.buffer),
    shapes: Array.from({ length: SHAPES_MOST }, () => createShape(text)),
    used: 0,
    oldest: 0,
    unknown: 0,
    byLength: new Int8Array(LONGEST_BYTES + 1).fill(NO_SHAPE),
    source: text,
    sourceWords: new Int32Array(text.buffer),
    parameter: createParameter(),
  };
};

const createShape = (text: Uint8Array): ResponseShape => {
  const bytes = new Uint8Array(LONGEST_BYTES);
  const maskBytes = new Uint8Array(LONGEST_BYTES);
  return {
    message: createSipMessage(),
    contact: createContactCursor(),
    hasOnlyContact: false,
    challenge: createChallenge(),
    challengeResult: CHALLENGE_MALFORMED,
    lengthBytes: 0,
    next: NO_SHAPE,
    words: new Int32Array(bytes.buffer),
    bytes,
    mask: new Int32Array(maskBytes.buffer),
    maskBytes,
    variation: { marks: new Uint8Array(LONGEST_BYTES), bytes: text },
    varyingAt: new Uint16Array(LONGEST_BYTES),
    varyingKind: new Uint8Array(LONGEST_BYTES),
    varyingCount: 0,
    cseq: { start: NOWHERE, end: NOWHERE },
    port: { start: NOWHERE, end: NOWHERE },
    expires: { start: NOWHERE, end: NOWHERE },
  };
};

/** The number of the shape that the datagram has; its bytes are then in table.text from 0 on. NO_SHAPE: parse it. */
export const matchShape = (table: ShapeTable, bytes: Uint8Array, start: number, end: number): number => {
  const lengthBytes = end - start;
  if (lengthBytes > LONGEST_BYTES) return NO_SHAPE;
  const first = table.byLength[lengthBytes]!;
  const isAligned = ((bytes.byteOffset + start) & 3) === 0;
  if (isAligned && table.source !== bytes) attachSource(table, bytes);
  if (isAligned && first !== NO_SHAPE) {
    // By far the usual case: one loop copies and compares.
    const shape = table.shapes[first]!;
    if (takeAndCompare(table, shape, bytes, start) && areOfTheirKind(table.text, shape)) return first;
    return matchText(table, table.shapes[first]!.next, first);
  }
  const { text } = table;
  for (let i = 0; i < lengthBytes; i++) text[i] = bytes[start + i]!;
  return matchText(table, first, first);
};

/** The same for what is in the table's text already, from the shape `from` on; shapes from `first` on may be widened. */
const matchText = (table: ShapeTable, from: number, first: number): number => {
  for (let index = from; index !== NO_SHAPE; index = table.shapes[index]!.next) {
    if (fits(table, table.shapes[index]!)) return index;
  }
  for (let index = first; index !== NO_SHAPE; index = table.shapes[index]!.next) {
    if (widen(table, table.shapes[index]!)) return index;
  }
  return NO_SHAPE;
};

const attachSource = (table: ShapeTable, bytes: Uint8Array): void => {
  table.source = bytes;
  table.sourceWords = new Int32Array(bytes.buffer, 0, bytes.buffer.byteLength >>> 2);
};

/** Copies the datagram into the text, and tells whether it has the shape as far as its fixed bytes go. */
const takeAndCompare = (table: ShapeTable, shape: ResponseShape, bytes: Uint8Array, start: number): boolean => {
  const { text, textWords, sourceWords } = table;
  const { words, mask, lengthBytes } = shape;
  const from = (bytes.byteOffset + start) >>> 2;
  const count = lengthBytes >>> 2;
  let differing = 0;
  for (let i = 0; i < count; i++) {
    const word = sourceWords[from + i]!;
    textWords[i] = word;
    differing |= (word ^ words[i]!) & mask[i]!;
  }
  // The last word may reach beyond the end of the source.
  for (let i = count << 2; i < lengthBytes; i++) text[i] = bytes[start + i]!;
  if ((lengthBytes & 3) !== 0) differing |= (textWords[count]! ^ words[count]!) & mask[count]!;
  return differing === 0;
};

const fits = (table: ShapeTable, shape: ResponseShape): boolean => {
  const { text, textWords } = table;
  const { words, mask } = shape;
  const count = (shape.lengthBytes + 3) >>> 2;
  let differing = 0;
  for (let i = 0; i < count; i++) differing |= (textWords[i]! ^ words[i]!) & mask[i]!;
  return differing === 0 && areOfTheirKind(text, shape);
};

/** Whether the bytes that may vary are what they may be; reads the numbers anew. */
const areOfTheirKind = (text: Uint8Array, shape: ResponseShape): boolean => {
  const { varyingAt, varyingKind, varyingCount } = shape;
  for (let i = 0; i < varyingCount; i++) {
    if ((CLASSES[text[varyingAt[i]!]!]! & varyingKind[i]!) === NO_CLASS) return false;
  }
  return readNumbers(text, shape);
};

/** False: a number that the parser refuses. */
const readNumbers = (text: Uint8Array, shape: ResponseShape): boolean => {
  const { message, cseq, port, expires } = shape;
  if (cseq.start !== NOWHERE) message.cseq = readDecimal(text, cseq.start, cseq.end);
  if (expires.start !== NOWHERE) shape.contact.expires = readDecimal(text, expires.start, expires.end);
  if (port.start === NOWHERE) return true;
  message.viaPort = readDecimal(text, port.start, port.end);
  message.hostPort.port = message.viaPort;
  return message.viaPort <= MAX_PORT;
};

/** Whether the text has the shape after all, if some bytes that may vary are no longer held to be fixed. Rare. */
const widen = (table: ShapeTable, shape: ResponseShape): boolean => {
  const { text } = table;
  const { bytes, maskBytes, lengthBytes } = shape;
  const { marks } = shape.variation;
  for (let at = 0; at < lengthBytes; at++) {
    if (maskBytes[at] === 0 || text[at] === bytes[at]) continue;
    if ((CLASSES[text[at]!]! & marks[at]!) === NO_CLASS) return false;
  }
  for (let at = 0; at < lengthBytes; at++) {
    if (maskBytes[at] === 0 || text[at] === bytes[at]) continue;
    maskBytes[at] = 0;
    shape.varyingAt[shape.varyingCount] = at;
    shape.varyingKind[shape.varyingCount++] = marks[at]!;
  }
  return fits(table, shape);
};
