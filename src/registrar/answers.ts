// The answers a registrar gives, each with its status and a phrase that says which rule it was. A client shows the phrase
// and a report counts it, so "400 Contact * Needs Expires 0 Alone" saves somebody an afternoon. RFC 3261 §7.2 leaves
// phrases to the server, §21.4.1 wants a 400 to tell what is wrong; §10.3 forbids it 6xx.

import {
  PARSE_CALL_ID,
  PARSE_CONTENT_LENGTH,
  PARSE_CSEQ,
  PARSE_CSEQ_METHOD,
  PARSE_DUPLICATE_HEADER,
  PARSE_FROM,
  PARSE_HEADER_LINE,
  PARSE_INCOMPLETE,
  PARSE_LINE_END,
  PARSE_START_LINE,
  PARSE_TO,
  PARSE_TOO_MANY_HEADERS,
  PARSE_TOO_MANY_ROWS,
  PARSE_TRUNCATED,
  PARSE_VERSION,
  PARSE_VIA,
} from '../sip/index.ts';
import { assert, encodeAscii } from '../std/index.ts';

export const ANSWER_OK = 0;
export const ANSWER_MALFORMED_URI = 1;
export const ANSWER_MALFORMED_TO = 2;
export const ANSWER_MALFORMED_CONTACT = 3;
export const ANSWER_WILDCARD = 4;
export const ANSWER_CHALLENGE = 5;
export const ANSWER_STALE = 6;
export const ANSWER_NOT_OWNER = 7;
export const ANSWER_TOO_MANY_CONTACTS = 8;
export const ANSWER_DOMAIN = 9;
export const ANSWER_ADDRESS = 10;
export const ANSWER_METHOD_NOT_ALLOWED = 11;
export const ANSWER_BODY = 12;
export const ANSWER_SCHEME = 13;
export const ANSWER_EXTENSION = 14;
export const ANSWER_TOO_BRIEF = 15;
export const ANSWER_CSEQ_ORDER = 16;
export const ANSWER_NOT_IMPLEMENTED = 17;
export const ANSWER_FULL = 18;
export const ANSWER_TOO_LARGE = 19;
/** To OPTIONS. */
export const ANSWER_CAPABILITIES = 20;
/** The operator's own, by a rule or for overload: its text is in the request under way. */
export const ANSWER_CUSTOM = 21;
/** Provisional: the one answer that is not final. */
export const ANSWER_TRYING = 22;
export const ANSWER_PROXY_CHALLENGE = 23;
export const ANSWER_PROXY_STALE = 24;
/** RFC 5626 §6: outbound was asked for, and the first hop does not do its part. */
export const ANSWER_FIRST_HOP = 25;
export const ANSWER_REG_IDS = 26;
/** RFC 3327 §5.3: a proxy wants Path, and the user agent does not say that it knows it. */
export const ANSWER_PATH = 27;
/** RFC 5627 §5.1: a contact that leads back to the address-of-record. */
export const ANSWER_LOOP = 28;
/** To what the parser refuses; those of MALFORMED_LINES follow it. */
const ANSWER_MALFORMED = 29;

/** Index = ANSWER_*. */
const LINES: readonly (readonly [number, number, string])[] = [
  [ANSWER_OK, 200, 'OK'],
  [ANSWER_MALFORMED_URI, 400, 'Malformed Request-URI'],
  [ANSWER_MALFORMED_TO, 400, 'Malformed To'],
  [ANSWER_MALFORMED_CONTACT, 400, 'Malformed Contact'],
  [ANSWER_WILDCARD, 400, 'Contact * Needs Expires 0 Alone'],
  [ANSWER_CHALLENGE, 401, 'Unauthorized'],
  [ANSWER_STALE, 401, 'Unauthorized'],
  [ANSWER_NOT_OWNER, 403, 'Forbidden'],
  [ANSWER_TOO_MANY_CONTACTS, 403, 'Too Many Contacts'],
  [ANSWER_DOMAIN, 404, 'Domain Not Served'],
  [ANSWER_ADDRESS, 404, 'Not Found'],
  [ANSWER_METHOD_NOT_ALLOWED, 405, 'Method Not Allowed'],
  [ANSWER_BODY, 415, 'Unsupported Media Type'],
  [ANSWER_SCHEME, 416, 'Unsupported URI Scheme'],
  [ANSWER_EXTENSION, 420, 'Bad Extension'],
  [ANSWER_TOO_BRIEF, 423, 'Interval Too Brief'],
  [ANSWER_CSEQ_ORDER, 500, 'CSeq Out Of Order'],
  [ANSWER_NOT_IMPLEMENTED, 501, 'Not Implemented'],
  [ANSWER_FULL, 503, 'Registrar Full'],
  [ANSWER_TOO_LARGE, 513, 'Message Too Large'],
  [ANSWER_CAPABILITIES, 200, 'OK'],
  [ANSWER_CUSTOM, 0, 'Custom'],
  [ANSWER_TRYING, 100, 'Trying'],
  [ANSWER_PROXY_CHALLENGE, 407, 'Proxy Authentication Required'],
  [ANSWER_PROXY_STALE, 407, 'Proxy Authentication Required'],
  [ANSWER_FIRST_HOP, 439, 'First Hop Lacks Outbound Support'],
  [ANSWER_REG_IDS, 400, 'More Than One reg-id'],
  [ANSWER_PATH, 420, 'Bad Extension'],
  [ANSWER_LOOP, 403, 'Contact Leads Back'],
  [ANSWER_MALFORMED, 400, 'Bad Request'],
];

/** PARSE_* and the answer to it: what the parser refuses while there is still somebody to answer to. */
const MALFORMED_LINES: readonly (readonly [number, number, string])[] = [
  [PARSE_INCOMPLETE, 400, 'Headers Without End'],
  [PARSE_START_LINE, 400, 'Malformed Request-Line'],
  [PARSE_VERSION, 505, 'Version Not Supported'],
  [PARSE_LINE_END, 400, 'CR Or LF Alone'],
  [PARSE_HEADER_LINE, 400, 'Malformed Header Line'],
  [PARSE_TOO_MANY_HEADERS, 400, 'Too Many Headers'],
  [PARSE_TOO_MANY_ROWS, 400, 'Too Many Values Of A Header'],
  [PARSE_DUPLICATE_HEADER, 400, 'Repeated Header'],
  [PARSE_VIA, 400, 'Malformed Via'],
  [PARSE_FROM, 400, 'Malformed From'],
  [PARSE_TO, 400, 'Malformed To'],
  [PARSE_CALL_ID, 400, 'Malformed Call-ID'],
  [PARSE_CSEQ, 400, 'Malformed CSeq'],
  [PARSE_CSEQ_METHOD, 400, 'CSeq Method Differs'],
  [PARSE_CONTENT_LENGTH, 400, 'Malformed Content-Length'],
  [PARSE_TRUNCATED, 400, 'Body Shorter Than Content-Length'],
];

const ALL_LINES = [...LINES, ...MALFORMED_LINES];
const STATUSES: Int32Array = Int32Array.from(ALL_LINES, (line) => line[1]);
const STATUS_LINES: readonly Uint8Array[] = ALL_LINES.map((line) => encodeAscii(`SIP/2.0 ${line[1]} ${line[2]}\r\n`));
/** Index = -PARSE_*. */
const TO_MALFORMED: readonly number[] = Array.from({ length: 1 - PARSE_TRUNCATED }, (_, code) => {
  const row = MALFORMED_LINES.findIndex((line) => line[0] === -code);
  return row < 0 ? ANSWER_MALFORMED : LINES.length + row;
});

for (let i = 0; i < LINES.length; i++) assert(LINES[i]![0] === i, 'an answer stands at its number');

/** The answer to a message that parseMessage refused with `parsed`. */
export const answerToMalformed = (parsed: number): number => TO_MALFORMED[-parsed] ?? ANSWER_MALFORMED;

export const statusOf = (answer: number): number => STATUSES[answer]!;
/** With its CRLF. */
export const statusLineOf = (answer: number): Uint8Array => STATUS_LINES[answer]!;
