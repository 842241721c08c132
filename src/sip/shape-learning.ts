// Makes a shape (response-shapes.ts) of a response that fitted none: copies it, parses it once more where it lies then, and
// marks which of its bytes may be others (shape-variation.ts).
//
// Rare: once for each kind of answer that a registrar gives. When the table is full, or has enough shapes of one length, one
// response in RELEARN_EVERY takes the place of an old shape, so that a registrar whose answers change for good is followed,
// and one that never repeats itself costs little.

import { encodeAscii } from '../std/index.ts';
import { createAuthParam, isAuthParam, readAuthParam } from './auth-params.ts';
import { BRANCH_PREFIX_BYTES } from './branch.ts';
import { CHALLENGE_MALFORMED, parseChallenge } from './challenge.ts';
import { CONTACT_END, CONTACT_FOUND, firstContact, nextContact } from './contact.ts';
import { isParameter, type Parameter, readParameter } from './parameters.ts';
import { parseMessage } from './parse.ts';
import { PARSE_OK } from './parse-result.ts';
import {
  CHANGED_NUMBER,
  CHANGED_OWNER,
  LONGEST_SHAPE_BYTES,
  NO_NUMBER,
  NO_SHAPE,
  NOBODY,
  type NumberSpan,
  type ResponseShape,
  RULE_CHANGED,
  RULE_FIXED,
  RULE_LETTERS,
  RULE_WORDS,
  SHAPES_MOST,
  type ShapeTable,
} from './response-shapes.ts';
import { type RowTable, rowEnd, rowStart } from './row-table.ts';
import {
  digitsBefore,
  markContact,
  markMessage,
  markNumber,
  markSecret,
  textEndBefore,
  VARY_NOT,
  VARY_QUOTED,
  VARY_WORD,
} from './shape-variation.ts';

/** As many are compared in vain at most. */
const SAME_LENGTH_MOST = 4;
const RELEARN_EVERY = 256;
const PROXY_STATUS = 407;
const EVERY_BIT = 0xff;
const WORD_BYTES = 4;

const EXPIRES: Uint8Array = encodeAscii('expires');
const VARYING_INFO: readonly Uint8Array[] = ['nextnonce', 'rspauth', 'cnonce', 'nc'].map(encodeAscii);

/** Makes a shape of a response that had none, unless it is not sound. The bytes are free after return. */
export const learnShape = (table: ShapeTable, bytes: Uint8Array, start: number, end: number): void => {
  const lengthBytes = end - start;
  if (lengthBytes > LONGEST_SHAPE_BYTES) return;
  const index = takeShape(table, lengthBytes);
  if (index === NO_SHAPE) return;
  const shape = table.shapes[index]!;
  shape.bytes.set(bytes.subarray(start, end));
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

/** Fills the shape from its bytes. False: they are no response, or not a sound one. */
const describe = (table: ShapeTable, shape: ResponseShape, lengthBytes: number): boolean => {
  const { bytes, message, marks } = shape;
  if (holdsZero(bytes, lengthBytes)) return false;
  if (parseMessage(bytes, 0, lengthBytes, message) !== PARSE_OK || !message.isResponse) return false;
  shape.lengthBytes = lengthBytes;
  shape.owner = NOBODY;
  marks.fill(0);
  markMessage(shape, message, lengthBytes);
  describeContacts(shape);
  describeNumbers(shape, table.parameter);
  describeChallenges(shape);
  describeInfo(shape, message.authenticationInfo);
  describeInfo(shape, message.proxyAuthenticationInfo);
  describeWords(shape);
  return true;
};

/** What the marks say of whole words. */
const describeWords = (shape: ResponseShape): void => {
  const { marks, rules, cseq, port, expires } = shape;
  rules.fill(0);
  const ruleBytes = new Uint8Array(rules.buffer);
  for (let at = 0; at < marks.length; at++) {
    const word = Math.floor(at / WORD_BYTES);
    const to = word * RULE_WORDS * WORD_BYTES + (at % WORD_BYTES);
    const isLetter = (marks[at]! & (VARY_WORD | VARY_QUOTED)) !== 0;
    ruleBytes[to + RULE_FIXED * WORD_BYTES] = marks[at] === VARY_NOT ? EVERY_BIT : 0;
    ruleBytes[to + RULE_LETTERS * WORD_BYTES] = isLetter ? EVERY_BIT : 0;
  }
  noteIn(rules, 0, shape.message.viaBranchStart + BRANCH_PREFIX_BYTES, CHANGED_OWNER);
  for (const { start, end } of [cseq, port, expires]) noteIn(rules, start, end, CHANGED_NUMBER);
  shape.areNumbersRead = false;
  shape.contactOf = null;
  shape.contactsInRow = 0;
};

const noteIn = (rules: Int32Array, start: number, end: number, changed: number): void => {
  if (start === NO_NUMBER) return;
  for (let word = Math.floor(start / WORD_BYTES); word < Math.ceil(end / WORD_BYTES); word++) {
    const at = word * RULE_WORDS + RULE_CHANGED;
    rules[at] = rules[at]! | changed;
  }
};

/** RFC 3261 §25.1 has no such byte outside of a body; and two doubles of zeros may differ in one. */
const holdsZero = (bytes: Uint8Array, lengthBytes: number): boolean => {
  const at = bytes.indexOf(0);
  return at >= 0 && at < lengthBytes;
};

const describeContacts = (shape: ResponseShape): void => {
  const { bytes, message, contact } = shape;
  let count = 0;
  let found = firstContact(message, bytes, contact);
  for (; found === CONTACT_FOUND; found = nextContact(message, bytes, contact)) {
    if (!contact.isStar) markContact(shape, contact);
    count++;
  }
  shape.hasOnlyContact =
    count === 1 && found === CONTACT_END && firstContact(message, bytes, contact) === CONTACT_FOUND;
};

const describeNumbers = (shape: ResponseShape, parameter: Parameter): void => {
  const { bytes, message, contact } = shape;
  const cseqEnd = textEndBefore(bytes, message.cseqMethodStart);
  setNumber(shape, shape.cseq, digitsBefore(bytes, cseqEnd), cseqEnd);
  const portEnd = message.viaPort < 0 ? NO_NUMBER : message.viaSentByEnd;
  setNumber(shape, shape.port, digitsBefore(bytes, portEnd), portEnd);
  shape.expires.start = NO_NUMBER;
  if (!shape.hasOnlyContact || contact.isStar) return;
  let at = contact.paramsStart;
  while (at >= 0 && at < contact.paramsEnd) {
    at = readParameter(bytes, at, contact.paramsEnd, parameter);
    if (!isParameter(bytes, parameter, EXPIRES)) continue;
    setNumber(shape, shape.expires, parameter.valueStart, parameter.valueEnd);
  }
};

const setNumber = (shape: ResponseShape, span: NumberSpan, start: number, end: number): void => {
  const varies = markNumber(shape, start, end);
  span.start = varies ? start : NO_NUMBER;
  span.end = varies ? end : NO_NUMBER;
};

/** Nonces differ in every row; the result that is kept is that of the first one. */
const describeChallenges = (shape: ResponseShape): void => {
  const { bytes, message, challenge } = shape;
  const rows = message.status === PROXY_STATUS ? message.proxyAuthenticate : message.wwwAuthenticate;
  shape.challengeResult = CHALLENGE_MALFORMED;
  for (let row = rows.count - 1; row >= 0; row--) {
    shape.challengeResult = parseChallenge(bytes, rowStart(rows, row), rowEnd(rows, row), challenge);
    markSecret(shape, challenge.nonceStart, challenge.nonceEnd);
    markSecret(shape, challenge.opaqueStart, challenge.opaqueEnd);
  }
};

/** The next nonce differs from answer to answer, and with rspauth it is all that does. Where it stands is read each time. */
const describeInfo = (shape: ResponseShape, rows: RowTable): void => {
  if (rows.count === 0) return;
  const { bytes } = shape;
  const end = rowEnd(rows, 0);
  const param = createAuthParam();
  let at = rowStart(rows, 0);
  while (at >= 0 && at < end) {
    at = readAuthParam(bytes, at, end, param);
    if (at < 0) return;
    if (VARYING_INFO.some((name) => isAuthParam(bytes, param, name))) {
      markSecret(shape, param.valueStart, param.valueEnd);
    }
  }
};
