// Makes a shape (response-shapes.ts) of a response that none fitted: parses it once more, where it lies in the table's text,
// and marks which of its bytes may be others (shape-variation.ts).
//
// Rare: once for each kind of answer that a registrar gives. When the table is full, or has enough shapes of one length, one
// response in RELEARN_EVERY takes the place of an old shape, so that a registrar whose answers change for good is followed,
// and one that never repeats itself costs little.

import { encodeAscii } from '../std/index.ts';
import { CHALLENGE_MALFORMED, parseChallenge } from './challenge.ts';
import { CONTACT_END, CONTACT_FOUND, firstContact, nextContact } from './contact.ts';
import { isParameter, readParameter } from './parameters.ts';
import { parseMessage } from './parse.ts';
import { PARSE_OK } from './parse-result.ts';
import {
  LONGEST_SHAPE_BYTES,
  NO_NUMBER,
  NO_SHAPE,
  type NumberSpan,
  type ResponseShape,
  SHAPES_MOST,
  type ShapeTable,
} from './response-shapes.ts';
import { rowEnd, rowStart } from './row-table.ts';
import {
  digitsBefore,
  markContact,
  markMessage,
  markNumber,
  markSecret,
  textEndBefore,
  type Variation,
} from './shape-variation.ts';

/** As many are compared in vain at most. */
const SAME_LENGTH_MOST = 4;
const RELEARN_EVERY = 256;
const PROXY_STATUS = 407;
const EVERY_BIT = -1;

const EXPIRES: Uint8Array = encodeAscii('expires');

/** Makes a shape of the text that matchShape did not know, unless it is no sound response. */
export const learnShape = (table: ShapeTable, lengthBytes: number): void => {
  if (lengthBytes > LONGEST_SHAPE_BYTES) return;
  const index = takeShape(table, lengthBytes);
  if (index === NO_SHAPE) return;
  const shape = table.shapes[index]!;
  if (!describe(table, shape, lengthBytes)) {
    shape.lengthBytes = 0;
    return;
  }
  shape.next = table.byLength[lengthBytes]!;
  table.byLength[lengthBytes] = index;
};

/** A shape to be filled: a free one, or from time to time one that is given up for it. */
const takeShape = (table: ShapeTable, lengthBytes: number): number => {
  const { shapes } = table;
  let count = 0;
  let last = table.oldest;
  for (let at = table.byLength[lengthBytes]!; at !== NO_SHAPE; at = shapes[at]!.next) {
    last = at;
    count++;
  }
  if (count < SAME_LENGTH_MOST && table.used < SHAPES_MOST) return table.used++;
  table.unknown++;
  if (table.unknown % RELEARN_EVERY !== 0) return NO_SHAPE;
  const index = count < SAME_LENGTH_MOST ? table.oldest : last;
  if (index === table.oldest) table.oldest = (table.oldest + 1) % SHAPES_MOST;
  giveUp(table, index);
  return index;
};

/** Takes the shape out of the list of its length. */
const giveUp = (table: ShapeTable, index: number): void => {
  const { shapes, byLength } = table;
  const { lengthBytes, next } = shapes[index]!;
  if (byLength[lengthBytes] === index) {
    byLength[lengthBytes] = next;
    return;
  }
  for (let at = byLength[lengthBytes]!; at !== NO_SHAPE; at = shapes[at]!.next) {
    if (shapes[at]!.next === index) shapes[at]!.next = next;
  }
};

/** Fills the shape from the table's text. False: it is no response, or not a sound one. */
const describe = (table: ShapeTable, shape: ResponseShape, lengthBytes: number): boolean => {
  const { text } = table;
  const { message, words, mask, maskBytes, variation } = shape;
  if (parseMessage(text, 0, lengthBytes, message) !== PARSE_OK || !message.isResponse) return false;
  shape.lengthBytes = lengthBytes;
  shape.varyingCount = 0;
  words.set(table.textWords);
  mask.fill(EVERY_BIT);
  maskBytes.fill(0, lengthBytes);
  variation.marks.fill(0);
  markMessage(variation, message, lengthBytes);
  describeContacts(text, shape);
  describeNumbers(table, shape);
  describeChallenges(text, shape);
  return true;
};

const describeContacts = (text: Uint8Array, shape: ResponseShape): void => {
  const { message, contact, variation } = shape;
  let count = 0;
  let found = firstContact(message, text, contact);
  for (; found === CONTACT_FOUND; found = nextContact(message, text, contact)) {
    if (!contact.isStar) markContact(variation, contact);
    count++;
  }
  shape.hasOnlyContact = count === 1 && found === CONTACT_END && firstContact(message, text, contact) === CONTACT_FOUND;
};

const describeNumbers = ({ text, parameter }: ShapeTable, shape: ResponseShape): void => {
  const { message, contact, variation } = shape;
  const cseqEnd = textEndBefore(text, message.cseqMethodStart);
  setNumber(variation, shape.cseq, digitsBefore(text, cseqEnd), cseqEnd);
  const portEnd = message.viaPort < 0 ? NO_NUMBER : message.viaSentByEnd;
  setNumber(variation, shape.port, digitsBefore(text, portEnd), portEnd);
  shape.expires.start = NO_NUMBER;
  if (!shape.hasOnlyContact || contact.isStar) return;
  let at = contact.paramsStart;
  while (at >= 0 && at < contact.paramsEnd) {
    at = readParameter(text, at, contact.paramsEnd, parameter);
    if (!isParameter(text, parameter, EXPIRES)) continue;
    setNumber(variation, shape.expires, parameter.valueStart, parameter.valueEnd);
  }
};

const setNumber = (variation: Variation, span: NumberSpan, start: number, end: number): void => {
  const varies = markNumber(variation, start, end);
  span.start = varies ? start : NO_NUMBER;
  span.end = varies ? end : NO_NUMBER;
};

/** Nonces differ in every row; the result that is kept is that of the first one. */
const describeChallenges = (text: Uint8Array, shape: ResponseShape): void => {
  const { message, challenge, variation } = shape;
  const rows = message.status === PROXY_STATUS ? message.proxyAuthenticate : message.wwwAuthenticate;
  shape.challengeResult = CHALLENGE_MALFORMED;
  for (let row = rows.count - 1; row >= 0; row--) {
    shape.challengeResult = parseChallenge(text, rowStart(rows, row), rowEnd(rows, row), challenge);
    markSecret(variation, challenge.nonceStart, challenge.nonceEnd);
    markSecret(variation, challenge.opaqueStart, challenge.opaqueEnd);
  }
};
