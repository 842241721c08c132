// A list of contacts, in two ways. As the one Contact row there is, between poison: bounds, order, and each contact read
// alone gives the same contact. And as a header of a right message: the slow parser agrees about all of them.

import { slowParse } from '../../../src/sim/slow-parser.ts';
import {
  CONTACT_FOUND,
  type ContactCursor,
  createContactCursor,
  createSipMessage,
  firstContact,
  nextContact,
} from '../../../src/sip/index.ts';
import { decodeLatin1, encodeAscii } from '../../../src/std/index.ts';
import { checkSpans, factsOf, shapeOf } from '../facts.ts';
import { fastParse } from '../fast-message.ts';
import { insist } from '../find.ts';
import { withOnlyRow } from '../only-row.ts';
import { type Read, readAgain, readBetweenPoisons, type Surrounded } from '../poison.ts';

export const DICTIONARY: readonly string[] = [
  '<sip:',
  'sip:a@h',
  'tel:+1',
  '>',
  '*',
  ', ',
  ';expires=',
  ';EXPIRES=60',
  ';q=0.5',
  ';expires',
  '4294967296',
  '"\\"',
  '"a" <sip:b>',
  '\r\nm:',
  '\r\nX:m:\r\nContact :',
  '\r\nContacts:<sip:c>\r\nm:',
  '\r\n ',
  '[::1]:5060',
  '?x=y',
  '=',
];

const HEAD = encodeAscii(
  'SIP/2.0 200 OK\r\nv:SIP/2.0/UDP h;branch=z9hG4bK1\r\nf:<sip:a@h>;tag=1\r\nt:<sip:a@h>;tag=2\r\ni:c\r\nCSeq:1 REGISTER\r\nm:',
);
const TAIL = encodeAscii('\r\n\r\n');

const SHAPE = shapeOf(createContactCursor());
const message = createSipMessage();
const cursor = createContactCursor();
const alone = createContactCursor();

/** The facts of every contact of the row, without the cursor's own state. */
const readWith =
  (record: ContactCursor): Read =>
  (bytes, start, end) => {
    const facts: number[] = [];
    let found = firstContact(withOnlyRow(message, start, end), bytes, record);
    while (found === CONTACT_FOUND) {
      facts.push(...contactFacts(record));
      found = nextContact(message, bytes, record);
    }
    return [...facts, found];
  };

/** Where there are no parameters, an empty span stands before the next contact, wherever that is. */
const contactFacts = (record: ContactCursor): readonly number[] => {
  const none = record.paramsStart === record.paramsEnd ? { paramsStart: -1, paramsEnd: -1 } : {};
  return factsOf(SHAPE, { ...record, ...none, at: 0, isCommaNext: false }, CONTACT_FOUND);
};

const read = readWith(cursor);

export const fuzz = (input: Uint8Array): void => {
  const row = readBetweenPoisons(input, read);
  readAgain(row, read, readWith(createContactCursor()));
  checkEach(row);
  const whole = new Uint8Array(Buffer.concat([HEAD, input, TAIL]));
  const fast = fastParse({ bytes: whole, start: 0, end: whole.length }, message, cursor);
  const slow = slowParse(decodeLatin1(whole, 0, whole.length));
  const both = [fast?.contacts, slow?.contacts].map((contacts) => JSON.stringify(contacts ?? 'malformed'));
  insist(both[0] === both[1], 'the slow parser disagrees', () => both.join(' and '));
};

/** Inside the row, one behind the other, and the same when the row holds nothing else. */
const checkEach = ({ bytes, start, end }: Surrounded): void => {
  let from = start;
  let found = firstContact(withOnlyRow(message, start, end), bytes, cursor);
  while (found === CONTACT_FOUND) {
    checkSpans(SHAPE, cursor, from, end);
    from = cursor.wholeEnd;
    const { wholeStart, wholeEnd } = cursor;
    const first = firstContact(withOnlyRow(message, wholeStart, wholeEnd), bytes, alone);
    insist(first === CONTACT_FOUND, 'a contact alone is none', () => decodeLatin1(bytes, wholeStart, wholeEnd));
    const both = [contactFacts(cursor), contactFacts(alone)].map((facts) => facts.join());
    insist(both[0] === both[1] && !alone.isCommaNext, 'a contact alone is another one', () => both.join(' and '));
    found = nextContact(withOnlyRow(message, start, end), bytes, cursor);
  }
};
