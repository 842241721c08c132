// An answer as a program wants to read it: status, any header, the bindings that it lists. Made once per attempt, from a copy of the
// datagram: cold, and it gives strings.

import type { ContactCursor, SipMessage } from '../sip/index.ts';
import {
  CONTACT_FOUND,
  canonicalHeaderName,
  createContactCursor,
  createSipMessage,
  firstContact,
  nextContact,
  PARSE_OK,
  parseMessage,
} from '../sip/index.ts';
import { assert, decodeUtf8 } from '../std/index.ts';

/** One binding as the registrar lists it (RFC 3261 §10.3, step 8). */
export interface Binding {
  /** Without angle brackets. */
  readonly uri: string;
  /** Null where neither a parameter nor the Expires header says it. */
  readonly expiresSeconds: number | null;
  /** As written. */
  readonly q: string | null;
  /** The Contact as it stands in the answer, parameters included. */
  readonly text: string;
}

export interface Response {
  readonly status: number;
  readonly reason: string;
  readonly text: string;
  readonly bindings: readonly Binding[];
  /** The values of a header's rows in order, whatever spelling or compact form they have; a comma is left as it is. */
  readonly header: (name: string) => readonly string[];
}

/** The answer in [start, end), which the engine has taken as one; what it lists is copied. */
export const readResponse = (bytes: Uint8Array, start: number, end: number): Response => {
  const message = createSipMessage();
  const parsed = parseMessage(bytes, start, end, message);
  assert(parsed === PARSE_OK, 'the engine takes only well-formed answers');
  const text = decodeUtf8(bytes, start, end);
  return {
    status: message.status,
    reason: decodeUtf8(bytes, message.phraseStart, message.phraseEnd),
    text,
    bindings: readBindings(message, bytes),
    header: (name) => headerValues(text, name),
  };
};

const readBindings = (message: SipMessage, bytes: Uint8Array): readonly Binding[] => {
  const cursor = createContactCursor();
  const bindings: Binding[] = [];
  let found = firstContact(message, bytes, cursor);
  for (; found === CONTACT_FOUND; found = nextContact(message, bytes, cursor)) {
    if (!cursor.isStar) bindings.push(readBinding(message, bytes, cursor));
  }
  return bindings;
};

const readBinding = (message: SipMessage, bytes: Uint8Array, cursor: ContactCursor): Binding => {
  const expires = cursor.expires >= 0 ? cursor.expires : message.expires;
  return {
    uri: decodeUtf8(bytes, cursor.uriStart, cursor.uriEnd),
    expiresSeconds: expires >= 0 ? expires : null,
    q: cursor.qStart < 0 ? null : decodeUtf8(bytes, cursor.qStart, cursor.qEnd),
    text: decodeUtf8(bytes, cursor.wholeStart, cursor.wholeEnd),
  };
};

const headerValues = (text: string, name: string): readonly string[] => {
  const wanted = canonicalHeaderName(name);
  const [head = ''] = text.split(/\r?\n\r?\n/, 1);
  // RFC 3261 §7.3.1: a line that begins with white space goes on with the one before it.
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  return lines.slice(1).flatMap((line) => {
    const colon = line.indexOf(':');
    if (colon < 0 || canonicalHeaderName(line.slice(0, colon).trim()) !== wanted) return [];
    return [line.slice(colon + 1).trim()];
  });
};
