// A datagram that fits a known shape is not parsed; so what the shape says of it must be what the parser would have said,
// for every part and every number, whatever the bytes are. Messages are learned, changed here and there without a change in
// length, and read both ways.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CONTACT_END,
  CONTACT_FOUND,
  createChallenge,
  createContactCursor,
  createShapeTable,
  createSipMessage,
  firstContact,
  learnShape,
  matchShape,
  NO_SHAPE,
  nextContact,
  PARSE_OK,
  parseChallenge,
  parseMessage,
  type ResponseShape,
  type RowTable,
  rowEnd,
  rowStart,
  type ShapeTable,
  type SipMessage,
} from '../../../src/sip/index.ts';
import { decodeLatin1, encodeAscii } from '../../../src/std/index.ts';
import { sipMessage } from './messages.ts';

const POISON = 0x22;

const OK_200 = [
  'SIP/2.0 200 OK',
  'Via: SIP/2.0/UDP 127.0.0.1:40001;branch=z9hG4bK0f3a55aa010000b30000000c;rport=40001;received=127.0.0.1',
  'From: <sip:u%4100017@test.example>;tag=51b0c2d4',
  'To: <sip:u%4100017@test.example>;tag=b27e1a1d33761e85846fc98f5f3a7e58.3a1c0000',
  'Call-ID: 8057e7f6-17',
  'CSeq: 12 REGISTER',
  'Contact: <sip:u%4100017@127.0.0.1:40001>;q=0.5;expires=1800;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"',
  'Date: Thu, 26 Nov 2026 02:20:32 GMT',
  'P-Associated-URI: <sip:17@test.example>',
  'Authorization: Digest username="u00017", nonce="Zx+0/a9-._=Zx00d9/h", response="0123456789abcdef0123456789abcdef", nc=00000001',
  'Server: kamailio (5.6.3 (x86_64/linux))',
  'Content-Length: 0',
];
const CHALLENGE_401 = [
  'SIP/2.0 401 Unauthorized',
  ...OK_200.slice(1, 6),
  'WWW-Authenticate: Digest realm="test.example", nonce="Zx+0/a9-._=Zx00d9/h", opaque="5ccc069c", qop="auth", algorithm=MD5',
  'WWW-Authenticate: Digest realm="test.example", nonce="aGVsbG8sIHdvcmxkIQ==", qop="auth", algorithm=SHA-256',
  'Content-Length: 0',
];
const TWO_CONTACTS = [
  ...OK_200.slice(0, 6),
  'm: <sip:u17@127.0.0.1:40001>;expires=1800, sip:u17@192.0.2.1;expires=7',
  'Contact: "u17, once" <sip:u17@192.0.2.2>;expires=99999999999',
  'l: 0',
];
const asText = (lines: readonly string[]): string => `${lines.join('\r\n')}\r\n\r\n`;

const message = createSipMessage();
const cursor = createContactCursor();
const challenge = createChallenge();

/** The datagram between poison, at an odd or an even place. */
const padded = (text: string, before: number): Uint8Array => {
  const bytes = new Uint8Array(before + text.length + 7).fill(POISON);
  bytes.set(encodeAscii(text), before);
  return bytes;
};

const asLatin1 = (bytes: Uint8Array): string => decodeLatin1(bytes, 0, bytes.length);

const rowsOf = (table: RowTable): readonly number[][] =>
  Array.from({ length: table.count }, (_, row) => [rowStart(table, row), rowEnd(table, row)]);

/** Everything that the parser says, its work space left out. */
const partsOf = (from: SipMessage): Record<string, unknown> => {
  const { address: _a, hostPort: _h, tag: _t, parameter: _p, ...parts } = from;
  return Object.fromEntries(
    Object.entries(parts).map(([name, value]) => [
      name,
      typeof value === 'object' && 'spans' in value ? rowsOf(value) : value,
    ]),
  );
};

/** What ends the list is its last element. */
const contactsOf = (bytes: Uint8Array): readonly unknown[] => {
  const found: unknown[] = [];
  let result = firstContact(message, bytes, cursor);
  for (; result === CONTACT_FOUND; result = nextContact(message, bytes, cursor)) {
    const { isStar, uriStart, uriEnd, expires, qStart, qEnd, paramsStart, paramsEnd, wholeStart, wholeEnd } = cursor;
    found.push({ isStar, uriStart, uriEnd, expires, qStart, qEnd, paramsStart, paramsEnd, wholeStart, wholeEnd });
  }
  found.push(result);
  return found;
};

const checkContact = (shape: ResponseShape, bytes: Uint8Array): void => {
  const contacts = contactsOf(bytes);
  expect(shape.hasOnlyContact).toBe(contacts.length === 2 && contacts[1] === CONTACT_END);
  if (shape.hasOnlyContact) expect(shape.contact).toMatchObject(contacts[0] as object);
};

const checkChallenge = (shape: ResponseShape, bytes: Uint8Array): void => {
  const rows = message.status === 407 ? message.proxyAuthenticate : message.wwwAuthenticate;
  if (rows.count === 0) return;
  expect(shape.challengeResult).toBe(parseChallenge(bytes, rowStart(rows, 0), rowEnd(rows, 0), challenge));
  const { param: _ours, ...known } = shape.challenge;
  const { param: _theirs, ...parsed } = challenge;
  expect(known).toEqual(parsed);
};

const tableWith = (learned: string): ShapeTable => {
  const table = createShapeTable();
  const bytes = padded(learned, 0);
  expect(matchShape(table, bytes, 0, learned.length)).toBeNull();
  learnShape(table, bytes, 0, learned.length);
  return table;
};

/** Learns the one and reads the other; true when it fitted, and then everything must be as the parser says. */
const fitsAndAgrees = (learned: string, text: string, before: number): boolean =>
  agrees(tableWith(learned), text, before);

const agrees = (table: ShapeTable, text: string, before: number): boolean => {
  const second = padded(text, before);
  const shape = matchShape(table, second, before, before + text.length);
  if (shape === null) return false;
  const bytes = encodeAscii(text);
  expect(parseMessage(bytes, 0, bytes.length, message)).toBe(PARSE_OK);
  expect(partsOf(shape.message)).toEqual(partsOf(message));
  // As text: comparing element by element takes longer than all the rest.
  expect(asLatin1(shape.bytes.subarray(0, text.length))).toBe(text);
  checkContact(shape, bytes);
  checkChallenge(shape, bytes);
  return true;
};

const WORD = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const change = fc.record({
  at: fc.nat({ max: 2000 }),
  to: fc.oneof(
    { arbitrary: fc.constantFrom(...WORD), weight: 6 },
    { arbitrary: fc.constantFrom(...'0123456789'), weight: 6 },
    { arbitrary: fc.constantFrom(...'+/=-._%@:;,"\\<>*? \r\n\t'), weight: 1 },
  ),
});

/** Some bytes are others. */
const changed = (text: string, changes: readonly { readonly at: number; readonly to: string }[]): string => {
  const characters = [...text];
  for (const { at, to } of changes) characters[at % characters.length] = to;
  return characters.join('');
};

const shapes = fc.constantFrom(...[OK_200, CHALLENGE_401, TWO_CONTACTS].map(asText));
const changes = fc.array(change, { minLength: 1, maxLength: 4 });

describe('a known shape says what the parser says', () => {
  it('of the usual answers, with any bytes changed', () => {
    let fitted = 0;
    fc.assert(
      fc.property(shapes, changes, fc.nat({ max: 9 }), (text, list, before) => {
        if (fitsAndAgrees(text, changed(text, list), before)) fitted++;
      }),
      { numRuns: 4_000 },
    );
    expect(fitted).toBeGreaterThan(200);
  });

  it('of messages with every oddity of the grammar, with any bytes changed', () => {
    fc.assert(
      fc.property(sipMessage, changes, (text, list) => {
        fitsAndAgrees(text, changed(text, list), 0);
      }),
      { numRuns: 3_000 },
    );
  });

  it('of every single byte of the usual answers changed to each of some others', () => {
    for (const text of [OK_200, CHALLENGE_401, TWO_CONTACTS].map(asText)) {
      const table = tableWith(text);
      for (let at = 0; at < text.length; at++) {
        for (const to of ['0', 'Z', '"', '\\', ';', '%', '@', '\r', ' ']) {
          agrees(table, changed(text, [{ at, to }]), 8);
          // What fitted in part has left its traces, and the message itself fits all the same.
          if (parseMessage(encodeAscii(text), 0, text.length, message) === PARSE_OK)
            expect(agrees(table, text, 8)).toBe(true);
        }
      }
    }
  });
});

describe('a shape is found again', () => {
  const next = (lines: readonly string[]): string =>
    asText(lines)
      .replaceAll('00017', '29318')
      .replaceAll('40001', '51617')
      .replaceAll('127.0.0.1', '127.0.0.7')
      .replace('branch=z9hG4bK0f3a55aa010000b30000000c', 'branch=z9hG4bK0f3a55aa010a99fe00f3210a')
      .replace('tag=51b0c2d4', 'tag=ffffffff')
      .replace('expires=1800', 'expires=1793')
      .replace('CSeq: 12', 'CSeq: 79')
      .replace('02:20:32', '23:59:59')
      .replace('<sip:17@', '<sip:95@')
      .replace('Zx+0/a9-._=', 'zz+0/b000A_')
      .replace('0123456789abcdef0123456789abcdef', '5ccc069c5ccc069c5ccc069c5ccc069c')
      .replace('5ccc069c', '00000000');

  it.each([
    ['a 200 for another phone, on another socket', OK_200],
    ['a challenge with another nonce in each row', CHALLENGE_401],
    ['a 200 with two rows of contacts', TWO_CONTACTS],
  ])('%s', (_, lines) => {
    expect(fitsAndAgrees(asText(lines), next(lines), 0)).toBe(true);
  });

  it('not where the parser would refuse the number', () => {
    const port = (text: string): string => asText(OK_200).replace('UDP 127.0.0.1:40001', `UDP 127.0.0.1:${text}`);
    expect(fitsAndAgrees(port('40001'), port('65535'), 0)).toBe(true);
    expect(fitsAndAgrees(port('40001'), port('65536'), 0)).toBe(false);
  });

  it.each([
    ['zeros, which are equal to zeros below nothing', 0x00, 0x80],
    ['no numbers, which are unequal to themselves', 0xff, 0xfe],
  ])('not where bytes of a body differ that are, as doubles, %s', (_, byte, last) => {
    const head = encodeAscii(asText([...OK_200.slice(0, -1), 'Content-Length: 24']));
    const bytes = new Uint8Array(head.length + 24).fill(byte);
    bytes.set(head);
    const table = createShapeTable();
    learnShape(table, bytes, 0, bytes.length);
    for (let at = head.length; at < bytes.length; at++) {
      const other = bytes.slice();
      other[at] = last;
      expect(matchShape(table, other, 0, other.length)).toBeNull();
    }
  });

  it('not where an escape would become another', () => {
    expect(fitsAndAgrees(asText(OK_200), asText(OK_200).replaceAll('%41', '%4Z'), 0)).toBe(false);
  });
});

describe('the table of shapes is bounded', () => {
  const named = (name: string): string => asText([...OK_200, `X${name}: 1`]);

  it('a peer whose answers all differ is parsed every time, and the shapes of one length are few', () => {
    const table = createShapeTable();
    for (let i = 0; i < 3_000; i++) {
      const bytes = encodeAscii(named(String(10_000 + i)));
      if (matchShape(table, bytes, 0, bytes.length) === null) learnShape(table, bytes, 0, bytes.length);
    }
    let chain = 0;
    const { length } = named('10000');
    for (let at = table.byLength[length] ?? NO_SHAPE; at !== NO_SHAPE; at = table.shapes[at]?.next ?? NO_SHAPE) chain++;
    expect(chain).toBe(4);
  });

  it('answers of any length are learned, the oldest given up in time', () => {
    const table = createShapeTable();
    for (let i = 0; i < 30_000; i++) {
      const bytes = encodeAscii(named('y'.repeat(i % 100)));
      if (matchShape(table, bytes, 0, bytes.length) === null) learnShape(table, bytes, 0, bytes.length);
    }
    const known = [...table.byLength].filter((index) => index !== NO_SHAPE);
    expect(known.length).toBe(table.shapes.length);
    expect(new Set(known).size).toBe(known.length);
  });

  it('longer answers than any usual one are left to the parser', () => {
    const table = createShapeTable();
    const bytes = encodeAscii(named('z'.repeat(2_000)));
    expect(matchShape(table, bytes, 0, bytes.length)).toBeNull();
    learnShape(table, bytes, 0, bytes.length);
    expect(matchShape(table, bytes, 0, bytes.length)).toBeNull();
  });
});
