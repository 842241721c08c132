// @hot
// Which Contact of a 3xx is followed, and what Request-URI it makes (RFC 3261 §8.1.3.4, §19.1.5):
//
//   the best q (§20.10; without one, or with one that is none, 1), of equals the first one
//   a sip: URI over UDP with a name or an IPv4 address, that of maddr if there is one (RFC 3263 §4: it says where to send)
//   to a place that is allowed (redirect-places.ts), and that the attempt has not been to
//
// The Request-URI is the Contact's without its headers and its `method` parameter, which stand for a request that somebody else was to
// make (§19.1.5), and without its user part: that of a REGISTER names a registrar and nobody's user (§10.2). So the redirects of a
// whole fleet, each with its own user, make one Request-URI.
//
// DEVIATION (RFC 3261 §8.1.3.4): one Contact of an answer is tried and no second one when that fails: what then remained of the
// first answer would have to be kept for each context.

import { CONTACT_FOUND, firstContact, nextContact, parseSipUri, sameUri, URI_OK } from '../sip/index.ts';
import { encodeAscii, equalsIgnoreCase, writeDecimal } from '../std/index.ts';
import { findWay, keepsHop, NEW_PLACE, UNUSABLE } from './redirect-places.ts';
import type { RedirectChoice, RedirectTable } from './redirect-table.ts';
import { REQUEST_URI_BYTES_MOST, STAYS, targetOfUri } from './redirect-table.ts';
import { authenticatorOf } from './speakers.ts';
import type { Engine } from './state.ts';
import { targetOfContext } from './targets.ts';

/** The attempt has been there. The most telling of the reasons in redirect-places.ts. */
export const VISITED = -6;

/** An answer may list any number of Contacts; those behind the first so many are not looked at. */
const MOST_CONTACTS_READ = 128;
const BEST_Q = 1000;
const Q_DIGITS = 3;
const USE_PROXY = 305;

const ONE = 0x31;
const ZERO = 0x30;
const NINE = 0x39;
const FULL_STOP = 0x2e;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const COLON = 0x3a;
const LEFT_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const LAST_VISIBLE = 0x7e;
const NONE = -1;

const SCHEME = encodeAscii('sip:');
const METHOD = encodeAscii('method');
const MADDR = encodeAscii('maddr');
const TRANSPORT = encodeAscii('transport');
const UDP = encodeAscii('udp');
const LONGEST_PORT_BYTES = 6;

/** Leaves the Contact to follow in `choice`, and returns where it leads; or the best of the reasons why there is none. */
export function chooseContact(engine: Engine, redirects: RedirectTable, context: number, bytes: Uint8Array): number {
  const { choice } = redirects;
  const { cursor } = choice;
  const { message } = engine.reader;
  choice.bestQ = NONE;
  let reason = UNUSABLE;
  let found = firstContact(message, bytes, cursor);
  for (let read = 0; found === CONTACT_FOUND && read < MOST_CONTACTS_READ; read++) {
    const q = readQ(bytes, cursor.qStart, cursor.qEnd);
    if (q > choice.bestQ) {
      const way = tryContact(engine, redirects, context, bytes);
      if (way >= NEW_PLACE) keepBest(choice, q, way);
      else reason = Math.min(reason, way);
    }
    found = nextContact(message, bytes, cursor);
  }
  return choice.bestQ === NONE ? reason : choice.bestTarget;
}

function keepBest(choice: RedirectChoice, q: number, target: number): void {
  choice.bestQ = q;
  choice.bestTarget = target;
  choice.bestAddress = choice.address;
  choice.bestPort = choice.port;
  choice.bestEnd = choice.textEnd;
  choice.best.set(choice.text);
}

/** The Contact at the cursor: where it leads, its Request-URI then in `choice.text`; or why it leads nowhere. */
function tryContact(engine: Engine, redirects: RedirectTable, context: number, bytes: Uint8Array): number {
  const { choice } = redirects;
  const { cursor, uri } = choice;
  if (cursor.isStar || parseSipUri(bytes, cursor.uriStart, cursor.uriEnd, uri) !== URI_OK) return UNUSABLE;
  if (uri.isSips || !isPlain(bytes, cursor.uriStart, cursor.uriEnd) || !mayBeReached(choice, bytes)) return UNUSABLE;
  const isProxy = engine.reader.message.status === USE_PROXY;
  choice.textEnd = isProxy ? writePresentUri(engine, redirects, context) : writeRequestUri(choice, bytes);
  if (choice.textEnd < 0) return UNUSABLE;
  const way = findWay(engine, redirects, context, bytes);
  // RFC 3261 §21.3.4: through the proxy; one that would be the hop anyway leads nowhere else.
  if (isProxy && way === STAYS) return keepsHop(engine, context) ? UNUSABLE : VISITED;
  return way > NEW_PLACE && wasVisited(engine, redirects, context, way) ? VISITED : way;
}

/** It will stand in a line and between quotes of ours: visible ASCII, and no backslash. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i]! > LAST_VISIBLE || bytes[i] === BACKSLASH) return false;
  return true;
}

/** No IPv6 address, no other transport than UDP. Where to send it is then in `choice`. */
function mayBeReached(choice: RedirectChoice, bytes: Uint8Array): boolean {
  const { hostStart, hostEnd, paramsStart, paramsEnd } = choice.uri;
  choice.hostStart = hostStart;
  choice.hostEnd = hostEnd;
  for (let at = paramsStart, end = 0; at >= 0 && at < paramsEnd; at = end + 1) {
    end = indexOf(bytes, at, paramsEnd, SEMICOLON);
    const nameEnd = indexOf(bytes, at, end, EQUALS);
    if (isWord(bytes, at, nameEnd, TRANSPORT) && !isWord(bytes, nameEnd + 1, end, UDP)) return false;
    if (!isWord(bytes, at, nameEnd, MADDR)) continue;
    choice.hostStart = Math.min(nameEnd + 1, end);
    choice.hostEnd = end;
  }
  return choice.hostStart < choice.hostEnd && bytes[choice.hostStart] !== LEFT_BRACKET;
}

/** The Request-URI that the URI in `choice.uri` makes, into `choice.text`; returns its end, -1 when it is too long. */
function writeRequestUri(choice: RedirectChoice, bytes: Uint8Array): number {
  const { hostStart, hostEnd, port, paramsStart, paramsEnd } = choice.uri;
  const paramsBytes = Math.max(0, paramsEnd - paramsStart) + 1;
  if (SCHEME.length + hostEnd - hostStart + LONGEST_PORT_BYTES + paramsBytes > REQUEST_URI_BYTES_MOST) return NONE;
  const { text } = choice;
  let end = copy(SCHEME, 0, SCHEME.length, text, 0);
  end = copy(bytes, hostStart, hostEnd, text, end);
  if (port >= 0) {
    text[end] = COLON;
    end = writeDecimal(text, end + 1, port);
  }
  for (let at = paramsStart, stop = 0; at >= 0 && at < paramsEnd; at = stop + 1) {
    stop = indexOf(bytes, at, paramsEnd, SEMICOLON);
    if (isWord(bytes, at, indexOf(bytes, at, stop, EQUALS), METHOD)) continue;
    text[end] = SEMICOLON;
    end = copy(bytes, at, stop, text, end + 1);
  }
  return end;
}

/** The Request-URI that the context's requests have now, into `choice.text`. */
function writePresentUri(engine: Engine, redirects: RedirectTable, context: number): number {
  const uri = textOfUri(engine, redirects, context, redirects.uri[context]!);
  return uri.length > REQUEST_URI_BYTES_MOST ? NONE : copy(uri, 0, uri.length, redirects.choice.text, 0);
}

/** Whether the attempt has sent a request with this Request-URI to this target, now or before. */
function wasVisited(engine: Engine, redirects: RedirectTable, context: number, target: number): boolean {
  const { uri, followed, visited, follow } = redirects;
  if (isUri(engine, redirects, context, uri[context]!, target)) return true;
  const first = context * follow;
  for (let i = 0; i < followed[context]!; i++) {
    if (isUri(engine, redirects, context, visited[first + i]!, target)) return true;
  }
  return false;
}

/** RFC 3261 §19.1.4: whether it is the Request-URI in `choice.text`. */
function isUri(engine: Engine, redirects: RedirectTable, context: number, number: number, target: number): boolean {
  const own = targetOfContext(engine, context);
  const known = targetOfUri(redirects, number);
  if ((known === STAYS ? own : known) !== (target === STAYS ? own : target)) return false;
  const { pair, text, textEnd } = redirects.choice;
  const other = textOfUri(engine, redirects, context, number);
  return sameUri(pair, other, 0, other.length, text, 0, textEnd);
}

function textOfUri(engine: Engine, { uris }: RedirectTable, context: number, number: number): Uint8Array {
  return number === 0 ? authenticatorOf(engine, context).requestUri : uris[number - 1]!.text;
}

/** RFC 3261 §25.1 qvalue, in thousandths. */
function readQ(bytes: Uint8Array, start: number, end: number): number {
  if (start < 0 || start >= end || bytes[start] === ONE) return BEST_Q;
  if (bytes[start] !== ZERO) return BEST_Q;
  if (start + 1 === end) return 0;
  if (bytes[start + 1] !== FULL_STOP || end - start - 2 > Q_DIGITS) return BEST_Q;
  let q = 0;
  for (let i = 0; i < Q_DIGITS; i++) {
    const digit = start + 2 + i < end ? bytes[start + 2 + i]! : ZERO;
    if (digit < ZERO || digit > NINE) return BEST_Q;
    q = q * 10 + digit - ZERO;
  }
  return q;
}

function isWord(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  return equalsIgnoreCase(bytes, start, end, word, 0, word.length);
}

/** The first place of a byte, or `end`. */
function indexOf(bytes: Uint8Array, start: number, end: number, byte: number): number {
  let at = start;
  while (at < end && bytes[at] !== byte) at++;
  return at;
}

function copy(from: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  for (let i = start; i < end; i++) out[at + i - start] = from[i]!;
  return at + end - start;
}
