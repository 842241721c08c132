// Values that are written as one of their many texts come back from the parsers as they were; and what stops early, at
// whatever byte, never comes back as another value.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ALGORITHM_MD5,
  ALGORITHM_MD5_SESS,
  ALGORITHM_SHA_256,
  ALGORITHM_SHA_256_SESS,
  ALGORITHM_SHA_512_256,
  ALGORITHM_SHA_512_256_SESS,
  CHALLENGE_OK,
  CONTACT_END,
  CONTACT_FOUND,
  createChallenge,
  createContactCursor,
  createSipMessage,
  firstContact,
  nextContact,
  PARSE_OK,
  parseChallenge,
  parseMessage,
} from '../../../src/sip/index.ts';
import { encodeAscii } from '../../../src/std/index.ts';
import { fuzz as fuzzChallenge } from '../../fuzz/targets/challenge.ts';
import { fuzz as fuzzContacts } from '../../fuzz/targets/contacts.ts';
import { fuzz as fuzzMessage } from '../../fuzz/targets/parser.ts';
import { spanText } from '../../support/sip-text.ts';
import {
  type ChallengeValue,
  type ContactValue,
  challenge,
  contactRows,
  type MessageValue,
  message,
} from './written.ts';

const ALGORITHMS: Readonly<Record<string, number>> = {
  MD5: ALGORITHM_MD5,
  'MD5-sess': ALGORITHM_MD5_SESS,
  'SHA-256': ALGORITHM_SHA_256,
  'SHA-256-sess': ALGORITHM_SHA_256_SESS,
  'SHA-512-256': ALGORITHM_SHA_512_256,
  'SHA-512-256-sess': ALGORITHM_SHA_512_256_SESS,
};

const parsed = createSipMessage();
const cursor = createContactCursor();
const record = createChallenge();

const readMessage = (bytes: Uint8Array): MessageValue | null => {
  if (parseMessage(bytes, 0, bytes.length, parsed) !== PARSE_OK) return null;
  const m = parsed;
  const text = (start: number, end: number): string => spanText(bytes, start, end)!;
  return {
    start: m.isResponse
      ? { status: m.status, phrase: text(m.phraseStart, m.phraseEnd) }
      : { method: text(m.methodStart, m.methodEnd), uri: text(m.requestUriStart, m.requestUriEnd) },
    branch: text(m.viaBranchStart, m.viaBranchEnd),
    from: { uri: text(m.fromUriStart, m.fromUriEnd), tag: text(m.fromTagStart, m.fromTagEnd) },
    to: { uri: text(m.toUriStart, m.toUriEnd), tag: spanText(bytes, m.toTagStart, m.toTagEnd) },
    callId: text(m.callIdStart, m.callIdEnd),
    cseq: m.cseq,
    expires: m.expires < 0 ? null : m.expires,
    maxForwards: m.maxForwards < 0 ? null : m.maxForwards,
    body: text(m.bodyStart, m.bodyEnd),
  };
};

const readChallenge = (bytes: Uint8Array) => {
  if (parseChallenge(bytes, 0, bytes.length, record) !== CHALLENGE_OK) return null;
  const { realmStart, realmEnd, nonceStart, nonceEnd, opaqueStart, opaqueEnd } = record;
  return {
    realm: spanText(bytes, realmStart, realmEnd),
    nonce: spanText(bytes, nonceStart, nonceEnd),
    opaque: spanText(bytes, opaqueStart, opaqueEnd),
    stale: record.stale,
    algorithm: record.hasAlgorithm ? record.algorithm : null,
    qop: [record.hasQop, record.qopAuth, record.qopAuthInt],
  };
};

const challengeFacts = ({ algorithm, qop, ...rest }: ChallengeValue) => ({
  ...rest,
  algorithm: algorithm === null ? null : ALGORITHMS[algorithm],
  qop: [qop !== null, qop?.split(',').includes('auth') ?? false, qop?.includes('auth-int') ?? false],
});

/** The contacts of a message whose Contact rows are these, up to the first that is none. */
const readContacts = (text: string): { contacts: ContactValue[]; end: number } => {
  const head = 'SIP/2.0 200 OK\r\nv:SIP/2.0/UDP h\r\nf:<sip:a>;tag=1\r\nt:<sip:a>\r\ni:1\r\nCSeq:1 REGISTER\r\nm:';
  const bytes = encodeAscii(`${head}${text}\r\n\r\n`);
  expect(parseMessage(bytes, 0, bytes.length, parsed)).toBe(PARSE_OK);
  const contacts: ContactValue[] = [];
  let found = firstContact(parsed, bytes, cursor);
  while (found === CONTACT_FOUND) {
    const { uriStart, uriEnd, qStart, qEnd, expires } = cursor;
    contacts.push({
      uri: spanText(bytes, uriStart, uriEnd)!,
      expires: expires < 0 ? null : expires,
      q: spanText(bytes, qStart, qEnd),
    });
    found = nextContact(parsed, bytes, cursor);
  }
  return { contacts, end: found };
};

describe('round trips', () => {
  it('a message, whatever the order, case and folding of its headers', () => {
    fc.assert(
      fc.property(message, ({ value, text }) => {
        expect(readMessage(encodeAscii(text))).toEqual(value);
      }),
      { numRuns: 1000 },
    );
  });

  it('a challenge, whatever the order and case of its parameters', () => {
    fc.assert(
      fc.property(challenge, ({ value, text }) => {
        expect(readChallenge(encodeAscii(text))).toEqual(challengeFacts(value));
      }),
      { numRuns: 1000 },
    );
  });

  it('a Contact list, on one row or several', () => {
    fc.assert(
      fc.property(contactRows, ({ value, text, rows }) => {
        expect(readContacts(text)).toEqual({ contacts: value, end: CONTACT_END });
        expect(parsed.contact.count).toBe(rows.length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('cut at every byte, and surrounded by poison', () => {
  it('a message is refused', () => {
    fc.assert(
      fc.property(message, ({ value, text }) => {
        const bytes = encodeAscii(text);
        for (let cut = 0; cut <= bytes.length; cut++) {
          const part = bytes.subarray(0, cut);
          fuzzMessage(part);
          const read = readMessage(part);
          if (cut < bytes.length && read !== null) expect.fail(`taken when cut at ${cut}`);
          if (cut === bytes.length) expect(read).toEqual(value);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('a challenge has its own realm and nonce or is malformed', () => {
    fc.assert(
      fc.property(challenge, ({ value, text }) => {
        const bytes = encodeAscii(text);
        for (let cut = 0; cut <= bytes.length; cut++) {
          fuzzChallenge(bytes.subarray(0, cut));
          const read = readChallenge(bytes.subarray(0, cut));
          if (read !== null) expect([read.realm, read.nonce]).toEqual([value.realm, value.nonce]);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('a Contact list gives the first of its own contacts and then ends or is malformed', () => {
    fc.assert(
      fc.property(contactRows, ({ value, rows }) => {
        const text = rows[0]!;
        for (let cut = 0; cut <= text.length; cut++) {
          const part = text.slice(0, cut);
          fuzzContacts(encodeAscii(part));
          const uris = readContacts(part.trimEnd()).contacts.map((contact) => contact.uri);
          expect(uris).toEqual(value.slice(0, uris.length).map((contact) => contact.uri));
        }
      }),
      { numRuns: 30 },
    );
  });
});
