// Contacts in any number: every row is found, in its order, wherever it stands, and the work grows no faster than the bytes.

import { describe, expect, it } from 'vitest';
import {
  CONTACT_END,
  CONTACT_FOUND,
  createContactCursor,
  createSipMessage,
  createUriPair,
  firstContact,
  nextContact,
  PARSE_OK,
  parseMessage,
  sameUri,
} from '../../../src/sip/index.ts';
import { encodeAscii } from '../../../src/std/index.ts';
import { contactRowTexts, parseText, response, sipBytes } from '../../support/sip-text.ts';

/** What one UDP datagram over IPv4 holds. */
const DATAGRAM_BYTES = 65_507;
const OWN = 'sip:own@192.0.2.1:5060';

const other = (number: number): string => `<sip:u${number}@192.0.2.9>;expires=60`;
/** The list as rows of their own, or as one row. */
const ROWS = (contacts: readonly string[]): string => contacts.map((contact) => `Contact: ${contact}`).join('\n');
const ONE_ROW = (contacts: readonly string[]): string => `m: ${contacts.join(', ')}`;

/** The bytes of a 200 that lists ours at the place `ownAt`, as many others as given around it. */
const listing = (count: number, ownAt: number, asHeaders: (contacts: readonly string[]) => string): Uint8Array => {
  const contacts = Array.from({ length: count }, (_, number) =>
    number === ownAt ? `<${OWN}>;expires=7` : other(number),
  );
  return sipBytes(response({ extra: asHeaders(contacts) }));
};

const message = createSipMessage();
const cursor = createContactCursor();
const pair = createUriPair();
const own = encodeAscii(OWN);

/** The place of our contact among all, as a client looks for it; -1 when it is not there. */
const findOwn = (bytes: Uint8Array): number => {
  expect(parseMessage(bytes, 0, bytes.length, message)).toBe(PARSE_OK);
  let place = 0;
  let found = firstContact(message, bytes, cursor);
  while (found === CONTACT_FOUND) {
    if (sameUri(pair, own, 0, own.length, bytes, cursor.uriStart, cursor.uriEnd)) return place;
    place++;
    found = nextContact(message, bytes, cursor);
  }
  expect(found).toBe(CONTACT_END);
  return -1;
};

/** How often any byte is read while the function runs: what the work costs, without a clock. */
const countReads = (bytes: Uint8Array, work: (bytes: Uint8Array) => void): number => {
  let reads = 0;
  const counting = new Proxy(bytes, {
    get: (target, key) => {
      if (typeof key === 'string' && key !== 'length') reads++;
      return Reflect.get(target, key, target);
    },
  });
  work(counting);
  return reads;
};

describe('10.3 any number of bindings in one answer', () => {
  const count = 1_500;
  const rows: [string, (contacts: readonly string[]) => string][] = [
    ['rows', ROWS],
    ['values of one row', ONE_ROW],
  ];
  const table = rows.flatMap(([what, asHeaders]) =>
    [0, 1, 63, 64, 255, 256, count / 2, count - 1].map((ownAt) => [ownAt, what, asHeaders] as const),
  );
  it.each(table)('ours is found at place %i of 1,500 %s', (ownAt, _what, asHeaders) => {
    const bytes = listing(count, ownAt, asHeaders);
    expect(bytes.length).toBeLessThanOrEqual(DATAGRAM_BYTES);
    expect(findOwn(bytes)).toBe(ownAt);
    expect(cursor.expires).toBe(7);
  });

  it.each(rows)('ours is not found where it is not, among 1,500 %s', (_what, asHeaders) => {
    expect(findOwn(listing(count, -1, asHeaders))).toBe(-1);
  });

  it('as many short rows as a datagram holds', () => {
    const most = Math.floor((DATAGRAM_BYTES - 400) / 'm:sip:a\r\n'.length);
    const bytes = sipBytes(response({ extra: `${'m:sip:a\n'.repeat(most)}m:<${OWN}>` }));
    expect(bytes.length).toBeLessThanOrEqual(DATAGRAM_BYTES);
    expect(findOwn(bytes)).toBe(most);
  });
});

describe('rows between other headers', () => {
  it('7.3.1, 7.3.3 are found folded, abbreviated, spaced out and in any case, in their order', () => {
    const lines = [
      'Contact: <sip:1@a>',
      'Supported: path',
      ' , outbound',
      'm :',
      ' <sip:2@a>',
      '\t',
      'Contact-Disposition: no',
      'X: Contact: <sip:no@a>',
      ' Contact: <sip:no@a>',
      'CONTACT\t:\t<sip:3@a> \t',
      'contact:',
      'M: <sip:4@a>',
      '  ,<sip:5@a>',
      'Expires: 60',
      'coNTact: *',
    ];
    const { bytes, message: parsed, result } = parseText(response({ extra: lines.join('\n') }));
    expect(result).toBe('ok');
    const texts = contactRowTexts(bytes, parsed.contact);
    expect(texts).toEqual(['<sip:1@a>', '<sip:2@a>', '<sip:3@a>', '', '<sip:4@a>\r\n  ,<sip:5@a>', '*']);
    expect(parsed.contact.count).toBe(texts.length);
  });

  it('a body that looks like one is none', () => {
    const { bytes, message: parsed } = parseText(
      `${response({ without: 'Content-Length', extra: 'Contact: <sip:1@a>\nContact: <sip:2@a>' })}Contact: <sip:no@a>\n`,
    );
    expect(contactRowTexts(bytes, parsed.contact)).toEqual(['<sip:1@a>', '<sip:2@a>']);
  });

  it('a single row is read where the parser found it, and the iteration ends without a look at the bytes behind it', () => {
    const bytes = listing(1, 0, ROWS);
    parseMessage(bytes, 0, bytes.length, message);
    expect(firstContact(message, bytes, cursor)).toBe(CONTACT_FOUND);
    expect(countReads(bytes, (counting) => nextContact(message, counting, cursor))).toBe(0);
  });
});

describe('the work', () => {
  it.each([
    ['rows', ROWS],
    ['values of one row', ONE_ROW],
  ])('grows with the bytes and no faster, for thousands of %s', (_what, asHeaders) => {
    const readsPerByte = [100, 400, 1_600].map((count) => {
      const bytes = listing(count, -1, asHeaders);
      return countReads(bytes, (counting) => void findOwn(counting)) / bytes.length;
    });
    // A table of all pairs of rows would make it a hundred times as many for the longest.
    expect(Math.max(...readsPerByte)).toBeLessThan(12);
    expect(readsPerByte[2]! / readsPerByte[0]!).toBeLessThan(1.2);
  });

  it('is no more for first and last rows far apart, with folded lines between', () => {
    const between = `X: ${'y\n '.repeat(15_000)}`;
    const bytes = sipBytes(response({ extra: `Contact: <sip:1@a>\n${between}\nContact: <${OWN}>` }));
    expect(countReads(bytes, (counting) => void expect(findOwn(counting)).toBe(1)) / bytes.length).toBeLessThan(12);
  });
});
