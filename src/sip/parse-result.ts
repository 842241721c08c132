// What parseMessage answers: PARSE_OK, or the first thing that was wrong. Integers, because a malformed message from a peer
// is an outcome to be counted and never an exception. After most errors the message still holds what was found, so that a
// server can answer (400, or 505 for PARSE_VERSION) if there is a Via to answer to.

export const PARSE_OK = 0;
/** Nothing but line ends: a keep-alive (RFC 5626 §4.4.1). */
export const PARSE_EMPTY = -1;
/** No blank line after the headers. */
export const PARSE_INCOMPLETE = -2;
/** The first line is neither a Request-Line nor a Status-Line. */
export const PARSE_START_LINE = -3;
/** SIP, but not version 2.0 (RFC 3261 §21.5.6). */
export const PARSE_VERSION = -4;
/** The status code is not three digits from 100 to 699. */
export const PARSE_STATUS = -5;
/** A CR or LF that is not part of a CRLF. */
export const PARSE_LINE_END = -6;
/** A header line without a name or without a colon. */
export const PARSE_HEADER_LINE = -7;
export const PARSE_TOO_MANY_HEADERS = -8;
/** More values of one header than a row table holds. */
export const PARSE_TOO_MANY_ROWS = -9;
/** Via, From, To, Call-ID or CSeq is missing (RFC 3261 §8.1.1). */
export const PARSE_MISSING_HEADER = -10;
/** A header that may appear only once appears again (RFC 4475 §3.3.8, §3.3.9). */
export const PARSE_DUPLICATE_HEADER = -11;
export const PARSE_VIA = -12;
export const PARSE_FROM = -13;
export const PARSE_TO = -14;
export const PARSE_CALL_ID = -15;
/** Not `number method`, or a number of 2^31 or more (RFC 3261 §8.1.1.5). */
export const PARSE_CSEQ = -16;
/** The method in CSeq is not that of the request (RFC 3261 §8.1.1.5). */
export const PARSE_CSEQ_METHOD = -17;
export const PARSE_CONTENT_LENGTH = -18;
/** Content-Length says more than the datagram holds (RFC 3261 §18.3: drop a response, answer a request with 400). */
export const PARSE_TRUNCATED = -19;

/** Index = -code. */
const PARSE_ERROR_NAMES: readonly string[] = [
  'ok',
  'empty',
  'incomplete',
  'start-line',
  'version',
  'status',
  'line-end',
  'header-line',
  'too-many-headers',
  'too-many-rows',
  'missing-header',
  'duplicate-header',
  'via',
  'from',
  'to',
  'call-id',
  'cseq',
  'cseq-method',
  'content-length',
  'truncated',
];

/** A word for a PARSE_* number, for logs and reports. */
export const parseErrorName = (result: number): string => PARSE_ERROR_NAMES[-result] ?? `unknown ${result}`;
