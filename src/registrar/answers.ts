// The answers a registrar gives, each with its status and a phrase that says which rule it was. A client shows the phrase
// and a report counts it, so "400 Contact * Needs Expires 0 Alone" saves somebody an afternoon. RFC 3261 §7.2 leaves
// phrases to the server; §10.3 forbids it 6xx.

import { assert, encodeAscii } from '../std/index.ts';

export const ANSWER_OK = 0;
export const ANSWER_MALFORMED = 1;
export const ANSWER_MALFORMED_URI = 2;
export const ANSWER_MALFORMED_TO = 3;
export const ANSWER_MALFORMED_CONTACT = 4;
export const ANSWER_WILDCARD = 5;
export const ANSWER_CSEQ_METHOD = 6;
export const ANSWER_CHALLENGE = 7;
export const ANSWER_STALE = 8;
export const ANSWER_NOT_OWNER = 9;
export const ANSWER_TOO_MANY_CONTACTS = 10;
export const ANSWER_DOMAIN = 11;
export const ANSWER_ADDRESS = 12;
export const ANSWER_METHOD_NOT_ALLOWED = 13;
export const ANSWER_SCHEME = 14;
export const ANSWER_EXTENSION = 15;
export const ANSWER_TOO_BRIEF = 16;
export const ANSWER_CSEQ_ORDER = 17;
export const ANSWER_NOT_IMPLEMENTED = 18;
export const ANSWER_FULL = 19;
export const ANSWER_VERSION = 20;
export const ANSWER_TOO_LARGE = 21;
/** To OPTIONS. */
export const ANSWER_CAPABILITIES = 22;

/** Index = ANSWER_*. */
const LINES: readonly (readonly [number, number, string])[] = [
  [ANSWER_OK, 200, 'OK'],
  [ANSWER_MALFORMED, 400, 'Bad Request'],
  [ANSWER_MALFORMED_URI, 400, 'Malformed Request-URI'],
  [ANSWER_MALFORMED_TO, 400, 'Malformed To'],
  [ANSWER_MALFORMED_CONTACT, 400, 'Malformed Contact'],
  [ANSWER_WILDCARD, 400, 'Contact * Needs Expires 0 Alone'],
  [ANSWER_CSEQ_METHOD, 400, 'CSeq Method Differs'],
  [ANSWER_CHALLENGE, 401, 'Unauthorized'],
  [ANSWER_STALE, 401, 'Unauthorized'],
  [ANSWER_NOT_OWNER, 403, 'Forbidden'],
  [ANSWER_TOO_MANY_CONTACTS, 403, 'Too Many Contacts'],
  [ANSWER_DOMAIN, 404, 'Domain Not Served'],
  [ANSWER_ADDRESS, 404, 'Not Found'],
  [ANSWER_METHOD_NOT_ALLOWED, 405, 'Method Not Allowed'],
  [ANSWER_SCHEME, 416, 'Unsupported URI Scheme'],
  [ANSWER_EXTENSION, 420, 'Bad Extension'],
  [ANSWER_TOO_BRIEF, 423, 'Interval Too Brief'],
  [ANSWER_CSEQ_ORDER, 500, 'CSeq Out Of Order'],
  [ANSWER_NOT_IMPLEMENTED, 501, 'Not Implemented'],
  [ANSWER_FULL, 503, 'Registrar Full'],
  [ANSWER_VERSION, 505, 'Version Not Supported'],
  [ANSWER_TOO_LARGE, 513, 'Message Too Large'],
  [ANSWER_CAPABILITIES, 200, 'OK'],
];

const STATUSES: Int32Array = Int32Array.from(LINES, (line) => line[1]);
const STATUS_LINES: readonly Uint8Array[] = LINES.map((line) => encodeAscii(`SIP/2.0 ${line[1]} ${line[2]}\r\n`));

for (let i = 0; i < LINES.length; i++) assert(LINES[i]![0] === i, 'an answer stands at its number');

export const statusOf = (answer: number): number => STATUSES[answer]!;
/** With its CRLF. */
export const statusLineOf = (answer: number): Uint8Array => STATUS_LINES[answer]!;
