// What parseMessage found, in the slow parser's terms, so that the two can be compared part by part.

import type { ContactFlow, SlowMessage } from '../../src/sim/slow-parser.ts';
import type { ContactCursor, RowTable, SipMessage } from '../../src/sip/index.ts';
import {
  CONTACT_FOUND,
  createContactInstance,
  findInstance,
  firstContact,
  nextContact,
  PARSE_OK,
  parseMessage,
  rowEnd,
  rowStart,
} from '../../src/sip/index.ts';
import { decodeLatin1 } from '../../src/std/index.ts';

/** Null: refused. One character for each byte, as in the slow parser's texts. */
export const fastParse = (
  { bytes, start, end }: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  message: SipMessage,
  cursor: ContactCursor,
): SlowMessage | null => {
  if (parseMessage(bytes, start, end, message) !== PARSE_OK) return null;
  const part = (from: number, to: number): string => decodeLatin1(bytes, from, to);
  const optional = (from: number, to: number): string | null => (from < 0 ? null : part(from, to));
  const m = message;
  return {
    status: m.status,
    phrase: optional(m.phraseStart, m.phraseEnd),
    method: optional(m.methodStart, m.methodEnd),
    requestUri: optional(m.requestUriStart, m.requestUriEnd),
    via: rowTexts(bytes, m.via),
    sentBy: part(m.viaSentByStart, m.viaSentByEnd),
    branch: optional(m.viaBranchStart, m.viaBranchEnd),
    fromUri: part(m.fromUriStart, m.fromUriEnd),
    fromTag: optional(m.fromTagStart, m.fromTagEnd),
    toUri: part(m.toUriStart, m.toUriEnd),
    toTag: optional(m.toTagStart, m.toTagEnd),
    callId: part(m.callIdStart, m.callIdEnd),
    cseq: m.cseq,
    cseqMethod: part(m.cseqMethodStart, m.cseqMethodEnd),
    expires: m.expires,
    minExpires: m.minExpires,
    maxForwards: m.maxForwards,
    ...fastContacts(bytes, message, cursor),
    challenges: rowTexts(bytes, m.wwwAuthenticate),
    body: part(m.bodyStart, m.bodyEnd),
  };
};

const instance = createContactInstance();

const fastContacts = (
  bytes: Uint8Array,
  message: SipMessage,
  cursor: ContactCursor,
): Pick<SlowMessage, 'contacts' | 'contactFlows'> => {
  const contacts: [string, number][] = [];
  const contactFlows: ContactFlow[] = [];
  let found = firstContact(message, bytes, cursor);
  while (found === CONTACT_FOUND) {
    contacts.push([cursor.isStar ? '*' : decodeLatin1(bytes, cursor.uriStart, cursor.uriEnd), cursor.expires]);
    const isFound = findInstance(bytes, cursor.paramsStart, cursor.paramsEnd, instance);
    const urn = isFound ? decodeLatin1(bytes, instance.start, instance.end).toLowerCase() : '';
    contactFlows.push({ instance: urn, regId: instance.regId });
    found = nextContact(message, bytes, cursor);
  }
  return found < 0 ? { contacts: null, contactFlows: [] } : { contacts, contactFlows };
};

const rowTexts = (bytes: Uint8Array, table: RowTable): string[] =>
  Array.from({ length: table.count }, (_, row) => decodeLatin1(bytes, rowStart(table, row), rowEnd(table, row)));
