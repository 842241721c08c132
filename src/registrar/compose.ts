// @hot
// Composes answers straight into the answer ring's slab (RFC 3261 §8.2.6).
//
//   status line
//   Via …            all of them, in order; the top one with received and rport (§18.2.1, RFC 3581 §4)
//   From To Call-ID CSeq        as they came; To with a tag
//   what the answer is about    Contact and Date, WWW-Authenticate, Allow, Accept, Unsupported or Min-Expires
//   Server Content-Length
//
// envelopeBytes() says beforehand, generously, how long everything but the contacts will be; so nothing here checks for
// room. The bytes of a header are copied as they stand, folding and all.
//
// Left out on purpose: a `received` that a client put into its own Via is left where it is.

import { rowEnd, rowStart } from '../sip/index.ts';
import { encodeAscii, writeDecimal, writeHex } from '../std/index.ts';
import {
  ANSWER_BODY,
  ANSWER_CAPABILITIES,
  ANSWER_CHALLENGE,
  ANSWER_CUSTOM,
  ANSWER_EXTENSION,
  ANSWER_METHOD_NOT_ALLOWED,
  ANSWER_NOT_IMPLEMENTED,
  ANSWER_OK,
  ANSWER_PATH,
  ANSWER_PROXY_CHALLENGE,
  ANSWER_PROXY_STALE,
  ANSWER_STALE,
  ANSWER_TOO_BRIEF,
  ANSWER_TRYING,
  statusLineOf,
} from './answers.ts';
import { writeChallenges } from './challenge-lines.ts';
import { writeContacts } from './contact-lines.ts';
import { DATE_BYTES, setDate } from './date-header.ts';
import { writeExtensions, writeForeignTags, writePathUnsupported } from './extension-lines.ts';
import { extensionBytes } from './extensions.ts';
import { writeInfo } from './info-lines.ts';
import { hashBegin, hashEnd, hashWord, PURPOSE_TO_TAG } from './keyed-hash.ts';
import { put, putLineEnd, putText } from './put-bytes.ts';
import type { Registrar } from './state.ts';
import { isReceivedNeeded, writeAddress } from './top-via.ts';

const VIA: Uint8Array = encodeAscii('Via: ');
const RPORT: Uint8Array = encodeAscii('rport=');
const RECEIVED: Uint8Array = encodeAscii(';received=');
const FROM: Uint8Array = encodeAscii('From: ');
const TO: Uint8Array = encodeAscii('\r\nTo: ');
const TAG: Uint8Array = encodeAscii(';tag=');
const CALL_ID: Uint8Array = encodeAscii('\r\nCall-ID: ');
const CSEQ: Uint8Array = encodeAscii('\r\nCSeq: ');
const DATE: Uint8Array = encodeAscii('Date: ');
const ALLOW: Uint8Array = encodeAscii('Allow: OPTIONS, REGISTER\r\n');
/** RFC 3261 §20.1: empty, no type of body is acceptable. */
const ACCEPT: Uint8Array = encodeAscii('Accept: \r\n');
const UNSUPPORTED: Uint8Array = encodeAscii('Unsupported: ');
const MIN_EXPIRES: Uint8Array = encodeAscii('Min-Expires: ');
const END: Uint8Array = encodeAscii('Server: regstorm\r\nContent-Length: 0\r\n\r\n');

/** More than all texts above, a status line, a Date, a To tag and the numbers need together. */
const FIXED_BYTES = 480;
const VIA_LINE_BYTES = 7;
const UNSUPPORTED_LINE_BYTES = 15;

/** How long an answer to this request is without contacts, at most. */
export const envelopeBytes = (registrar: Registrar): number => {
  const { message } = registrar;
  let bytes = FIXED_BYTES + registrar.extraBytes;
  const { extensions } = registrar;
  if (extensions !== null) bytes += extensionBytes(registrar, extensions);
  const { via, require } = message;
  for (let i = 0; i < via.count; i++) bytes += rowEnd(via, i) - rowStart(via, i) + VIA_LINE_BYTES;
  for (let i = 0; i < require.count; i++) bytes += rowEnd(require, i) - rowStart(require, i) + UNSUPPORTED_LINE_BYTES;
  bytes += message.fromEnd - message.fromStart + (message.toEnd - message.toStart);
  return bytes + (message.callIdEnd - message.callIdStart) + (message.cseqMethodEnd - registrar.request.cseqStart);
};

/** Composes at the ring's head, for the request under way, and returns the end. */
export const composeAnswer = (registrar: Registrar, answer: number): number => {
  const out = registrar.slab;
  const { custom } = registrar.request;
  const statusLine = answer === ANSWER_CUSTOM && custom !== null ? custom.statusLine : statusLineOf(answer);
  let at = put(out, registrar.ring.headOffset, statusLine, 0, statusLine.length);
  at = writeVias(registrar, at);
  at = writeDialog(registrar, at, answer !== ANSWER_TRYING);
  at = writeSubject(registrar, at, answer);
  return put(out, at, END, 0, END.length);
};

const writeVias = (registrar: Registrar, start: number): number => {
  const out = registrar.slab;
  const { bytes } = registrar.request;
  const { via } = registrar.message;
  const topVia = putText(out, start, VIA);
  registrar.request.viaOffset = topVia - registrar.ring.headOffset;
  let at = writeTopVia(registrar, topVia);
  for (let i = 1; i < via.count; i++) {
    at = putText(out, at, VIA);
    at = put(out, at, bytes, rowStart(via, i), rowEnd(via, i));
    at = putLineEnd(out, at);
  }
  return at;
};

const writeTopVia = (registrar: Registrar, start: number): number => {
  const out = registrar.slab;
  const { message, request } = registrar;
  const viaStart = rowStart(message.via, 0);
  const viaEnd = rowEnd(message.via, 0);
  let at = start;
  if (message.viaRportStart < 0) {
    at = put(out, at, request.bytes, viaStart, viaEnd);
  } else {
    // RFC 3581 §4: the empty rport is filled with the source port.
    at = put(out, at, request.bytes, viaStart, message.viaRportStart);
    at = putText(out, at, RPORT);
    at = writeDecimal(out, at, request.peerPort);
    request.rportGrowth = at - start - (message.viaRportEnd - viaStart);
    at = put(out, at, request.bytes, message.viaRportEnd, viaEnd);
  }
  if (isReceivedNeeded(message, request.bytes, request.peerAddress)) {
    at = putText(out, at, RECEIVED);
    at = writeAddress(out, at, request.peerAddress);
  }
  return putLineEnd(out, at);
};

/** RFC 3261 §8.2.6.2: a 100 needs no To tag, and has none here. */
const writeDialog = (registrar: Registrar, start: number, isTagged: boolean): number => {
  const out = registrar.slab;
  const { message, request } = registrar;
  const { bytes } = request;
  let at = putText(out, start, FROM);
  at = put(out, at, bytes, message.fromStart, message.fromEnd);
  at = putText(out, at, TO);
  at = put(out, at, bytes, message.toStart, message.toEnd);
  if (message.toTagStart < 0 && isTagged) at = writeToTag(registrar, at);
  at = putText(out, at, CALL_ID);
  at = put(out, at, bytes, message.callIdStart, message.callIdEnd);
  at = putText(out, at, CSEQ);
  request.cseqOffset = at - registrar.ring.headOffset;
  at = put(out, at, bytes, request.cseqStart, message.cseqMethodEnd);
  return putLineEnd(out, at);
};

/** RFC 3261 §8.2.6.2: the same in every answer of a transaction, so it is derived from what identifies that. */
const writeToTag = (registrar: Registrar, start: number): number => {
  const { hash, request, slab } = registrar;
  hashBegin(hash, PURPOSE_TO_TAG);
  hashWord(hash, request.keyHigh);
  hashWord(hash, request.keyLow);
  hashEnd(hash);
  const at = putText(slab, start, TAG);
  return writeHex(slab, writeHex(slab, at, hash.high, 8), hash.low, 8);
};

const writeSubject = (registrar: Registrar, start: number, answer: number): number => {
  const out = registrar.slab;
  switch (answer) {
    case ANSWER_OK:
      return writeSuccess(registrar, start);
    case ANSWER_CUSTOM:
      return registrar.request.custom === null ? start : putText(out, start, registrar.request.custom.headers);
    case ANSWER_CHALLENGE:
    case ANSWER_STALE:
      return writeChallenges(registrar, start, false, answer === ANSWER_STALE);
    case ANSWER_PROXY_CHALLENGE:
    case ANSWER_PROXY_STALE:
      return writeChallenges(registrar, start, true, answer === ANSWER_PROXY_STALE);
    case ANSWER_CAPABILITIES:
    case ANSWER_METHOD_NOT_ALLOWED:
    case ANSWER_NOT_IMPLEMENTED:
      return putText(out, start, ALLOW);
    case ANSWER_BODY:
      // RFC 3261 §8.2.3: Accept must be there.
      return putText(out, start, ACCEPT);
    case ANSWER_EXTENSION:
      return writeUnsupported(registrar, start);
    case ANSWER_PATH:
      return writePathUnsupported(registrar, start);
    case ANSWER_TOO_BRIEF:
      // RFC 3261 §21.4.17: Min-Expires must be there.
      return putLineEnd(out, writeDecimal(out, putText(out, start, MIN_EXPIRES), registrar.options.minExpiresSeconds));
    default:
      return start;
  }
};

const writeSuccess = (registrar: Registrar, start: number): number => {
  const { extensions } = registrar;
  let at = writeDate(registrar, writeContacts(registrar, start));
  if (extensions !== null) at = writeExtensions(registrar, extensions, at);
  return registrar.request.isAuthenticated && registrar.authenticator.hasInfo ? writeInfo(registrar, at) : at;
};

const writeDate = (registrar: Registrar, start: number): number => {
  const { date, request, slab } = registrar;
  setDate(date, request.nowUs);
  const at = put(slab, putText(slab, start, DATE), date.bytes, 0, DATE_BYTES);
  return putLineEnd(slab, at);
};

/** RFC 3261 §8.2.2.3: without extensions nothing that can be required is supported, so all of Require is listed. */
const writeUnsupported = (registrar: Registrar, start: number): number => {
  const out = registrar.slab;
  const { extensions } = registrar;
  if (extensions !== null) return writeForeignTags(registrar, extensions, start);
  const { require } = registrar.message;
  let at = start;
  for (let i = 0; i < require.count; i++) {
    if (rowStart(require, i) === rowEnd(require, i)) continue;
    at = putText(out, at, UNSUPPORTED);
    at = put(out, at, registrar.request.bytes, rowStart(require, i), rowEnd(require, i));
    at = putLineEnd(out, at);
  }
  return at;
};
