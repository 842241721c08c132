// A datagram through parseMessage and its contacts: no byte outside it counts, spans stay inside it, reading again gives
// the same, and the slow parser agrees about every part.

import { slowParse } from '../../../src/sim/slow-parser.ts';
import { createContactCursor, createSipMessage, parseMessage, type SipMessage } from '../../../src/sip/index.ts';
import { decodeLatin1 } from '../../../src/std/index.ts';
import { checkSpans, factsOf, shapeOf } from '../facts.ts';
import { fastParse } from '../fast-message.ts';
import { insist } from '../find.ts';
import { type Read, readAgain, readBetweenPoisons } from '../poison.ts';

export const DICTIONARY: readonly string[] = [
  'SIP/2.0 ',
  'REGISTER ',
  'OPTIONS',
  '\r\n',
  '\r\n ',
  '\r\n\r\n',
  'Via:',
  'v: SIP/2.0/UDP h;branch=z9hG4bK1',
  ';rport',
  ';branch=',
  ';tag=',
  ';expires=',
  'f:<sip:a@h>;tag=1',
  't:sip:b',
  'i:1',
  'm:*',
  'Contact:',
  '\r\nm:<sip:c>\r\n',
  'Content-Disposition: a;handling=optional\r\n',
  'CSeq: 1 REGISTER',
  'Expires:',
  'Min-Expires: 60',
  'Max-Forwards: 70',
  'Content-Length:',
  'l:0',
  'WWW-Authenticate: Digest ',
  'Proxy-Authenticate:',
  'Authorization:',
  'Proxy-Authorization:',
  'Require:',
  'Proxy-Require:',
  'Retry-After: 5',
  'Warning:',
  'P-Registrar-Error:',
  '<sip:',
  '>',
  '"\\"',
  '[2001:db8::1]',
  ':65535',
  '4294967296',
  '2147483647',
  ' , ',
];

const SHAPE = shapeOf(createSipMessage());
const message = createSipMessage();
const cursor = createContactCursor();

const readInto =
  (record: SipMessage): Read =>
  (bytes, start, end) =>
    factsOf(SHAPE, record, parseMessage(bytes, start, end, record));

/** One record for every input, as the engine has one: what an earlier message left in it must not show. */
const read = readInto(message);

export const fuzz = (input: Uint8Array): void => {
  const surrounded = readBetweenPoisons(input, read);
  checkSpans(SHAPE, message, surrounded.start, surrounded.end);
  readAgain(surrounded, read, readInto(createSipMessage()));
  const fast = JSON.stringify(fastParse(surrounded, message, cursor));
  const slow = JSON.stringify(slowParse(decodeLatin1(input, 0, input.length)));
  insist(fast === slow, 'the slow parser disagrees', () => `${fast} and ${slow}`);
};
