// The parser against a slow and obvious one, on arbitrary messages, right ones and damaged ones: both must agree on whether
// a message is well-formed and on every part of it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SlowMessage, slowParse } from '../../../src/sim/slow-parser.ts';
import {
  CONTACT_FOUND,
  createContactCursor,
  createSipMessage,
  firstContact,
  nextContact,
  PARSE_OK,
  parseMessage,
  type SipMessage,
} from '../../../src/sip/index.ts';
import { encodeAscii } from '../../../src/std/index.ts';
import { rowTexts, spanText } from '../../support/sip-text.ts';
import { damagedMessage, sipMessage } from './messages.ts';

const message = createSipMessage();
const cursor = createContactCursor();

const readContacts = (bytes: Uint8Array): [string, number][] | null => {
  const contacts: [string, number][] = [];
  let found = firstContact(message, bytes, cursor);
  while (found === CONTACT_FOUND) {
    const uri = cursor.isStar ? '*' : spanText(bytes, cursor.uriStart, cursor.uriEnd)!;
    contacts.push([uri, cursor.expires]);
    found = nextContact(message, bytes, cursor);
  }
  return found < 0 ? null : contacts;
};

const fastParse = (text: string): SlowMessage | null => {
  const bytes = encodeAscii(text);
  if (parseMessage(bytes, 0, bytes.length, message) !== PARSE_OK) return null;
  const part = (start: number, end: number): string => spanText(bytes, start, end)!;
  const m: SipMessage = message;
  return {
    status: m.status,
    phrase: part(m.phraseStart, m.phraseEnd),
    method: part(m.methodStart, m.methodEnd),
    requestUri: part(m.requestUriStart, m.requestUriEnd),
    via: rowTexts(bytes, m.via),
    sentBy: part(m.viaSentByStart, m.viaSentByEnd),
    branch: part(m.viaBranchStart, m.viaBranchEnd),
    fromUri: part(m.fromUriStart, m.fromUriEnd),
    fromTag: part(m.fromTagStart, m.fromTagEnd),
    toUri: part(m.toUriStart, m.toUriEnd),
    toTag: part(m.toTagStart, m.toTagEnd),
    callId: part(m.callIdStart, m.callIdEnd),
    cseq: m.cseq,
    cseqMethod: part(m.cseqMethodStart, m.cseqMethodEnd),
    expires: m.expires,
    maxForwards: m.maxForwards,
    contacts: readContacts(bytes),
    challenges: rowTexts(bytes, m.wwwAuthenticate),
    body: part(m.bodyStart, m.bodyEnd),
  };
};

describe('the parser agrees with the slow one', () => {
  it('on messages with every oddity of the grammar', () => {
    fc.assert(
      fc.property(sipMessage, (text) => {
        expect(fastParse(text)).toEqual(slowParse(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('on damaged messages', () => {
    fc.assert(
      fc.property(damagedMessage, (text) => {
        expect(fastParse(text)).toEqual(slowParse(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('and the arbitrary messages are of both kinds', () => {
    const sample = fc.sample(sipMessage, { numRuns: 500, seed: 1 });
    const share = sample.filter((text) => fastParse(text) !== null).length / sample.length;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.75);
  });
});
