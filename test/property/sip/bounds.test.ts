// Whatever the bytes are: the parsers never throw, never look outside the span they were given, and never give a span that
// leaves it. Looking outside is found by parsing the same bytes between several kinds of poison: each kind would change
// the result if it were read.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CONTACT_FOUND,
  createChallenge,
  createContactCursor,
  createCredentials,
  createSipMessage,
  createSipUri,
  createUriPair,
  firstContact,
  nextContact,
  PARSE_OK,
  parseChallenge,
  parseCredentials,
  parseMessage,
  parseSipUri,
  type RowTable,
  type SipMessage,
  sameUri,
} from '../../../src/sip/index.ts';
import { encodeAscii } from '../../../src/std/index.ts';
import { damagedMessage, sipMessage } from './messages.ts';

const pair = createUriPair();
const PAD = 40;
/** Ends of lines, a whole further message, quotes, digits, letters, brackets. */
const POISONS = ['\r\n', '\r\n\r\nSIP/2.0 200 OK\r\n', '"', '7', 'a', '>', ';tag=1', ' ', ','];

/** The bytes between copies of the poison, ending and beginning with all of it. */
const between = (bytes: Uint8Array, poison: string): Uint8Array => {
  const fill = encodeAscii(poison.repeat(PAD).slice(0, PAD));
  const out = new Uint8Array(bytes.length + 2 * PAD);
  out.set(fill, 0);
  out.set(bytes, PAD);
  out.set(encodeAscii(poison.repeat(PAD)).subarray(0, PAD), PAD + bytes.length);
  return out;
};

interface Facts {
  readonly result: number;
  readonly numbers: Readonly<Record<string, number | boolean>>;
  readonly tables: readonly (readonly number[])[];
}

const isTable = (value: unknown): value is RowTable => typeof value === 'object' && value !== null && 'spans' in value;

const isContactRows = (value: unknown): value is SipMessage['contact'] =>
  typeof value === 'object' && value !== null && 'lastStart' in value;

const tablesIn = (value: unknown): readonly (readonly number[])[] => {
  if (isTable(value)) return [Array.from(value.spans.subarray(0, 2 * value.count))];
  if (!isContactRows(value) || value.count === 0) return [];
  return [[value.firstStart, value.firstEnd, value.lastStart, value.lastEnd]];
};

/** The plain numbers of a record, its work space left out, and the filled parts of its tables. */
const factsOf = (result: number, record: object): Facts => {
  const entries = Object.entries(record);
  return {
    result,
    numbers: Object.fromEntries(
      entries.filter((entry): entry is [string, number | boolean] => typeof entry[1] !== 'object'),
    ),
    tables: entries.flatMap(([, value]) => tablesIn(value)),
  };
};

const spansInside = (facts: Facts, start: number, end: number): boolean => {
  const ends = Object.entries(facts.numbers).filter(([name]) => name.endsWith('Start') || name.endsWith('End'));
  const inside = (at: unknown): boolean => at === -1 || (typeof at === 'number' && at >= start && at <= end);
  return ends.every(([, at]) => inside(at)) && facts.tables.flat().every(inside);
};

/** Parses between every poison; all results must be the same and stay inside. Returns the result's number. */
const checkBounds = (bytes: Uint8Array, parse: (bytes: Uint8Array, start: number, end: number) => Facts): number => {
  let first: string | null = null;
  let result = 0;
  for (const poison of POISONS) {
    const poisoned = between(bytes, poison);
    const facts = parse(poisoned, PAD, PAD + bytes.length);
    const text = JSON.stringify(facts);
    first ??= text;
    result = facts.result;
    if (text !== first || !spansInside(facts, PAD, PAD + bytes.length)) {
      // Only where it fails, since these comparisons are slow.
      expect(text, `between ${JSON.stringify(poison)}`).toBe(first);
      expect.fail(`a span leaves [${PAD}, ${PAD + bytes.length}): ${text}`);
    }
    if (Buffer.compare(poisoned, between(bytes, poison)) !== 0) expect.fail('the parser wrote into the bytes');
  }
  return result;
};

const parseWhole = (bytes: Uint8Array, start: number, end: number): Facts => {
  const message = createSipMessage();
  return factsOf(parseMessage(bytes, start, end, message), message);
};

const parseContacts = (bytes: Uint8Array, start: number, end: number): Facts => {
  const message = createSipMessage();
  const cursor = createContactCursor();
  parseMessage(bytes, start, end, message);
  const seen: number[] = [];
  let found = firstContact(message, bytes, cursor);
  while (found === CONTACT_FOUND) {
    const { wholeStart, wholeEnd, uriStart, uriEnd, paramsStart, paramsEnd, qStart, qEnd } = cursor;
    seen.push(wholeStart, wholeEnd, uriStart, uriEnd, paramsStart, paramsEnd, qStart, qEnd);
    found = nextContact(message, bytes, cursor);
  }
  return { result: found, numbers: {}, tables: [seen] };
};

const parseUri = (bytes: Uint8Array, start: number, end: number): Facts => {
  const uri = createSipUri();
  return factsOf(parseSipUri(bytes, start, end, uri), uri);
};

const readChallenge = (bytes: Uint8Array, start: number, end: number): Facts => {
  const challenge = createChallenge();
  return factsOf(parseChallenge(bytes, start, end, challenge), challenge);
};

const readCredentials = (bytes: Uint8Array, start: number, end: number): Facts => {
  const credentials = createCredentials();
  return factsOf(parseCredentials(bytes, start, end, credentials), credentials);
};

const ascii = fc.string({ maxLength: 60, unit: fc.constantFrom(...'sip:digest ab1@[]<>;,?&=%\\"\r\n\t*.-\0\xff') });
const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), ascii.map(encodeAscii));

describe('bounds of parseMessage', () => {
  it('arbitrary messages, damaged and not', () => {
    fc.assert(
      fc.property(damagedMessage, (text) => void checkBounds(encodeAscii(text), parseWhole)),
      { numRuns: 300 },
    );
  });

  it('arbitrary bytes', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => void checkBounds(bytes, parseWhole)),
      { numRuns: 300 },
    );
  });

  it('arbitrary bytes behind a right start-line and header name', () => {
    const names = fc.constantFrom('Via', 'From', 'To', 'CSeq', 'Call-ID', 'Expires', 'Content-Length', 'm', '');
    fc.assert(
      fc.property(names, ascii, (name, value) => {
        checkBounds(encodeAscii(`SIP/2.0 200 OK\r\n${name}:${value}\r\n\r\n`), parseWhole);
      }),
      { numRuns: 500 },
    );
  });

  it('a message cut at every byte is refused until its headers are whole, and never misread', () => {
    fc.assert(
      fc.property(sipMessage, (text) => {
        const bytes = encodeAscii(text);
        const headEnd = text.indexOf('\r\n\r\n') + 4;
        for (let cut = 0; cut < bytes.length; cut++) {
          const result = checkBounds(bytes.subarray(0, cut), parseWhole);
          if (cut < headEnd && result === PARSE_OK) expect.fail(`taken when cut at ${cut}`);
        }
      }),
      { numRuns: 3 },
    );
  });
});

describe('bounds of the value parsers', () => {
  it('contacts of damaged messages', () => {
    fc.assert(
      fc.property(damagedMessage, (text) => void checkBounds(encodeAscii(text), parseContacts)),
      { numRuns: 300 },
    );
  });

  it('contacts of arbitrary bytes', () => {
    fc.assert(
      fc.property(
        ascii,
        (value) => void checkBounds(encodeAscii(`SIP/2.0 200 OK\r\nm:${value}\r\n\r\n`), parseContacts),
      ),
      { numRuns: 500 },
    );
  });

  it('URIs', () => {
    const uri = fc.tuple(fc.constantFrom('sip:', 'sips:', ''), ascii).map((parts) => encodeAscii(parts.join('')));
    fc.assert(
      fc.property(uri, (bytes) => void checkBounds(bytes, parseUri)),
      { numRuns: 500 },
    );
  });

  it('challenges', () => {
    const pieces = fc.array(
      fc.constantFrom(
        'realm="r"',
        'nonce=',
        '"n"',
        ',',
        ' ',
        'qop="auth,',
        'auth-int"',
        'stale=',
        'true',
        '=',
        '"',
        '\\',
      ),
      { maxLength: 10 },
    );
    const value = fc
      .oneof(
        pieces.map((list) => `Digest ${list.join('')}`),
        ascii,
      )
      .map(encodeAscii);
    fc.assert(
      fc.property(value, (bytes) => void checkBounds(bytes, readChallenge)),
      { numRuns: 500 },
    );
  });

  it('credentials', () => {
    const pieces = fc.array(
      fc.constantFrom(
        'username="u"',
        'realm=',
        'nonce="n"',
        'uri="',
        'response=0',
        ',',
        ' ',
        'nc=1',
        'cnonce',
        '=',
        '"',
      ),
      { maxLength: 12 },
    );
    const value = fc
      .oneof(
        pieces.map((list) => `Digest ${list.join('')}`),
        ascii,
      )
      .map(encodeAscii);
    fc.assert(
      fc.property(value, (bytes) => void checkBounds(bytes, readCredentials)),
      { numRuns: 500 },
    );
  });

  it('URI comparison looks at nothing outside either URI', () => {
    fc.assert(
      fc.property(ascii, ascii, (left, right) => {
        const a = encodeAscii(`sip:${left}`);
        const b = encodeAscii(`sip:${right}`);
        const answers = POISONS.map((poison) =>
          sameUri(pair, between(a, poison), PAD, PAD + a.length, between(b, poison), PAD, PAD + b.length),
        );
        expect(new Set(answers).size).toBe(1);
      }),
      { numRuns: 500 },
    );
  });
});
