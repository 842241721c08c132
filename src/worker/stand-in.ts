// A stand-in for a registrar, for the rehearsal alone: it says what one would, out of the lines of the request, and
// understands nothing. The real one (src/registrar) would have to be loaded, and compiled while it answers, which cost more
// than all that the rehearsal is for; so does anything made of strings.
//
// It can rely on what no registrar can: that the request is ours, whole and in our spelling.

import { encodeAscii, equalBytes, putSpan, putText, writeHex } from '../std/index.ts';

export interface StandIn {
  /**
   * Writes the answer to a request at `at`: 200, or 401 where there is a password and the request has no credentials. Returns
   * where it ends; `out` has room for ANSWER_MOST_BYTES.
   */
  answer(request: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number;
}

/** More than a request's longest lines and ours. */
export const ANSWER_MOST_BYTES = 4_096;

const LINE_FEED = 10;
const CRLF_BYTES = 2;
/** One answer in so many has a header more than the others. */
const OTHER_EVERY = 50;
/** How many of them are alike in nothing but that. */
const OTHER_FORMS = 40;
const NONCE_DIGITS = 8;

const OK = encodeAscii('SIP/2.0 200 OK\r\n');
const UNAUTHORIZED = encodeAscii('SIP/2.0 401 Unauthorized\r\n');
const TAG = encodeAscii(';tag=stand-in');
const EXPIRES_PARAMETER = encodeAscii(';expires=');
const CRLF = encodeAscii('\r\n');
const END = encodeAscii('Server: stand-in\r\nContent-Length: 0\r\n\r\n');
const OTHERS = Array.from({ length: OTHER_FORMS }, (_, form) => encodeAscii(`Supported: ${'x'.repeat(form + 1)}\r\n`));

/** RFC 3261 §8.2.6.2: what a response copies from its request. To comes with a tag of its own. */
const COPIED = ['Via: ', 'From: ', 'Call-ID: ', 'CSeq: '].map(encodeAscii);
const TO = encodeAscii('To: ');
const CONTACT = encodeAscii('Contact: ');
const EXPIRES = encodeAscii('Expires: ');
const NO_EXPIRES = encodeAscii('Expires: 0\r\n');
const AUTHORIZATION = encodeAscii('Authorization: ');

export const createStandIn = (realm: string, withPassword: boolean): StandIn => {
  const challenge = encodeAscii(`WWW-Authenticate: Digest realm="${realm}", algorithm=MD5, qop="auth", nonce="`);
  const afterNonce = encodeAscii('"\r\n');
  let nonces = 0;
  let answers = 0;
  const challenges = (out: Uint8Array, at: number): number =>
    putText(out, writeHex(out, putText(out, at, challenge), ++nonces, NONCE_DIGITS), afterNonce);
  // Each new form is parsed as the first answer of a run is: what had only ever been compiled for known forms would be thrown
  // away there.
  const otherLine = (out: Uint8Array, at: number): number => {
    answers += 1;
    return answers % OTHER_EVERY === 0 ? putText(out, at, OTHERS[(answers / OTHER_EVERY) % OTHER_FORMS]!) : at;
  };
  return {
    answer: (request, start, end, out, at) => {
      const isRefused = withPassword && lineStart(request, start, end, AUTHORIZATION) < 0;
      let to = copyLines(request, start, end, out, putText(out, at, isRefused ? UNAUTHORIZED : OK));
      to = isRefused ? challenges(out, to) : putBinding(request, start, end, out, to);
      return putText(out, otherLine(out, to), END);
    },
  };
};

/** Where the line after the one at `at` begins. */
const nextLine = (request: Uint8Array, at: number, end: number): number => {
  let to = at;
  while (to < end && request[to] !== LINE_FEED) to++;
  return to + 1;
};

const begins = (request: Uint8Array, at: number, end: number, name: Uint8Array): boolean =>
  at + name.length <= end && equalBytes(request, at, at + name.length, name, 0, name.length);

const copyLines = (request: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number => {
  let to = at;
  for (let line = nextLine(request, start, end); line < end; line = nextLine(request, line, end)) {
    const lineEnd = nextLine(request, line, end);
    if (COPIED.some((name) => begins(request, line, end, name))) to = putSpan(out, to, request, line, lineEnd);
    else if (begins(request, line, end, TO)) {
      to = putText(out, putText(out, putSpan(out, to, request, line, lineEnd - CRLF_BYTES), TAG), CRLF);
    }
  }
  return to;
};

/** -1: there is no such line. */
const lineStart = (request: Uint8Array, start: number, end: number, name: Uint8Array): number => {
  for (let line = nextLine(request, start, end); line < end; line = nextLine(request, line, end)) {
    if (begins(request, line, end, name)) return line;
  }
  return -1;
};

/** RFC 3261 §10.3 step 8: the binding with what it was granted, which is what was asked for; none once it is removed. */
const putBinding = (request: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number => {
  const contact = lineStart(request, start, end, CONTACT);
  const expires = lineStart(request, start, end, EXPIRES);
  if (contact < 0 || expires < 0 || begins(request, expires, end, NO_EXPIRES)) return at;
  const to = putSpan(out, at, request, contact, nextLine(request, contact, end) - CRLF_BYTES);
  const seconds = expires + EXPIRES.length;
  return putSpan(out, putText(out, to, EXPIRES_PARAMETER), request, seconds, nextLine(request, expires, end));
};
