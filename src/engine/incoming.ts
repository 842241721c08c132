// @hot
// Requests that come in on a context's socket, answered as a stateless server does (RFC 3261 §8.2.7): OPTIONS 200, NOTIFY as the
// scenario says, others 405 with Allow; ACK and CANCEL never (§8.2.7). Each is counted by its method. The socket is connected, so it
// is the registrar or proxy that asks, and phones are asked by it: pings through a NAT, message waiting, a call.
//
//   Via, all of them (§8.2.6.2), the topmost with received and rport (§18.2.1, RFC 3581 §4)
//   From, To with a tag, Call-ID, CSeq                                                      then what the status asks for
//
// Stateless: the To tag is a hash of what names the transaction, so a retransmission gets the same answer, and no row is taken. Bounded:
// an answer that finds no room in the aside's share of the outbox is not made, and counts as unanswered. Two engines that face each
// other come to rest at once, since what answers is a response, which nobody answers; and a request with our own sent-by, our own
// that somebody sends back, is a stray.
//
// DEVIATION (RFC 3261 §18.2.2): the answer goes to the address and port that the request came from, rport or not. Only from there
// does a connected socket take anything.

import { ASIDE_PEER_KEEPALIVES, countAside } from '../metrics/index.ts';
import type { SipMessage } from '../sip/index.ts';
import { METHOD_ACK, METHOD_CANCEL, METHOD_NOTIFY, METHOD_OPTIONS, rowEnd, rowStart } from '../sip/index.ts';
import { encodeAscii, equalBytes, putSpan, putText, writeDecimal, writeHex } from '../std/index.ts';
import { isIpv4Address, writeIpv4 } from './ipv4.ts';
import { ASIDE_ANSWER, asideRoom, queueAside } from './outbox.ts';
import type { Engine } from './state.ts';
import { PHASE_OVER } from './state.ts';
import { NO_PEER, type TransportFlow } from './transport-flows.ts';

const STATUS_OK = 200;
const STATUS_METHOD_NOT_ALLOWED = 405;

const OK: Uint8Array = encodeAscii('SIP/2.0 200 OK\r\n');
const METHOD_NOT_ALLOWED: Uint8Array = encodeAscii('SIP/2.0 405 Method Not Allowed\r\n');
const NO_SUBSCRIPTION: Uint8Array = encodeAscii('SIP/2.0 481 Subscription Does Not Exist\r\n');
const VIA: Uint8Array = encodeAscii('Via: ');
const RPORT: Uint8Array = encodeAscii('rport=');
const RECEIVED: Uint8Array = encodeAscii(';received=');
const FROM: Uint8Array = encodeAscii('From: ');
const TO: Uint8Array = encodeAscii('\r\nTo: ');
const TAG: Uint8Array = encodeAscii(';tag=');
const CALL_ID: Uint8Array = encodeAscii('\r\nCall-ID: ');
const CSEQ: Uint8Array = encodeAscii('\r\nCSeq: ');
const ALLOW: Uint8Array = encodeAscii('Allow: OPTIONS, NOTIFY\r\n');
/** RFC 3261 §11.2: what a 200 to OPTIONS should tell. */
const CAPABILITIES: Uint8Array = encodeAscii(
  'Accept: */*\r\nAccept-Encoding: identity\r\nAccept-Language: en\r\nSupported: \r\n',
);
const CONTENT_LENGTH: Uint8Array = encodeAscii('Content-Length: 0\r\n\r\n');
const CRLF: Uint8Array = encodeAscii('\r\n');

/** More than all fixed texts, the tag, the numbers, received and rport need together. */
const FIXED_BYTES = 512;
const VIA_LINE_BYTES = 7;
const TAG_DIGITS = 8;
const FNV_PRIME = 0x01000193;
const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const PING_BYTES = 4;
const PONG_BYTES = 2;

/** Counts a datagram by which the peer keeps a mapping open (RFC 5626 §4.4.1; four zero bytes is what proxies use). False: it is none. */
export function takePeerKeepalive(engine: Engine, bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length !== PING_BYTES && length !== PONG_BYTES) return false;
  const isZero = length === PING_BYTES && bytes[start] === 0;
  for (let at = start; at < end; at++) {
    const expected = ((at - start) & 1) === 0 ? CR : LF;
    if (bytes[at] !== (isZero ? 0 : expected)) return false;
  }
  countAside(engine.options.metrics, ASIDE_PEER_KEEPALIVES);
  return true;
}

/** Counts and answers the request in the reader, which came on this flow. False: it is our own, come back. */
export function takeRequest(engine: Engine, flow: TransportFlow, bytes: Uint8Array): boolean {
  const { message } = engine.reader;
  const { sentBy, outbox } = flow;
  if (equalBytes(sentBy, 0, sentBy.length, bytes, message.viaSentByStart, message.viaSentByEnd)) return false;
  const { method } = message;
  countAside(engine.options.metrics, method);
  if (method === METHOD_ACK || method === METHOD_CANCEL || engine.phase === PHASE_OVER) return true;
  const start = asideRoom(outbox, answerBytes(message));
  if (start < 0) return true;
  const status = answerTo(engine, method);
  const end = composeAnswer(engine, flow, status, bytes, start);
  queueAside(outbox, start, end, ASIDE_ANSWER, status);
  return true;
}

function answerTo(engine: Engine, method: number): number {
  if (method === METHOD_OPTIONS) return STATUS_OK;
  return method === METHOD_NOTIFY ? engine.options.plan.incoming.notify : STATUS_METHOD_NOT_ALLOWED;
}

/** How long the answer is at most. */
function answerBytes(message: SipMessage): number {
  const { via } = message;
  let bytes = FIXED_BYTES;
  for (let row = 0; row < via.count; row++) bytes += rowEnd(via, row) - rowStart(via, row) + VIA_LINE_BYTES;
  bytes += message.fromEnd - message.fromStart + (message.toEnd - message.toStart);
  return bytes + (message.callIdEnd - message.callIdStart) + (message.cseqMethodEnd - message.cseqMethodStart);
}

function composeAnswer(engine: Engine, flow: TransportFlow, status: number, bytes: Uint8Array, start: number): number {
  const { message } = engine.reader;
  const out = flow.outbox.slab;
  let at = putText(out, start, statusLineOf(status));
  at = putVias(flow, message, bytes, at);
  at = putSpan(out, putText(out, at, FROM), bytes, message.fromStart, message.fromEnd);
  at = putSpan(out, putText(out, at, TO), bytes, message.toStart, message.toEnd);
  if (message.toTagStart < 0) {
    at = writeHex(out, putText(out, at, TAG), tagOf(engine.fromTagSeed, message, bytes), TAG_DIGITS);
  }
  at = putSpan(out, putText(out, at, CALL_ID), bytes, message.callIdStart, message.callIdEnd);
  at = writeDecimal(out, putText(out, at, CSEQ), message.cseq);
  out[at] = SPACE;
  at = putSpan(out, at + 1, bytes, message.cseqMethodStart, message.cseqMethodEnd);
  at = putText(out, at, CRLF);
  // RFC 3261 §21.4.6: Allow must be there.
  if (status === STATUS_METHOD_NOT_ALLOWED || message.method === METHOD_OPTIONS) at = putText(out, at, ALLOW);
  if (message.method === METHOD_OPTIONS) at = putText(out, at, CAPABILITIES);
  return putText(out, at, CONTENT_LENGTH);
}

function statusLineOf(status: number): Uint8Array {
  if (status === STATUS_OK) return OK;
  return status === STATUS_METHOD_NOT_ALLOWED ? METHOD_NOT_ALLOWED : NO_SUBSCRIPTION;
}

/** RFC 3261 §8.2.6.2: the same Vias in the same order, a value a row. */
function putVias(flow: TransportFlow, message: SipMessage, bytes: Uint8Array, start: number): number {
  const out = flow.outbox.slab;
  const { via } = message;
  let at = start;
  for (let row = 0; row < via.count; row++) {
    at = putText(out, at, VIA);
    at =
      row === 0 ? putTopVia(flow, message, bytes, at) : putSpan(out, at, bytes, rowStart(via, row), rowEnd(via, row));
    at = putText(out, at, CRLF);
  }
  return at;
}

/** RFC 3581 §4: rport gets the source port, and received is added with it; else where sent-by is another host (§18.2.1). */
function putTopVia(flow: TransportFlow, message: SipMessage, bytes: Uint8Array, start: number): number {
  const out = flow.outbox.slab;
  const viaStart = rowStart(message.via, 0);
  const viaEnd = rowEnd(message.via, 0);
  const { peerAddress } = flow;
  if (peerAddress === NO_PEER) return putSpan(out, start, bytes, viaStart, viaEnd);
  let at = start;
  const isAsked = message.viaRportStart >= 0;
  if (isAsked) {
    at = putSpan(out, at, bytes, viaStart, message.viaRportStart);
    at = writeDecimal(out, putText(out, at, RPORT), flow.peerPort);
    at = putSpan(out, at, bytes, message.viaRportEnd, viaEnd);
  } else at = putSpan(out, at, bytes, viaStart, viaEnd);
  const isElsewhere = !isIpv4Address(bytes, message.viaHostStart, message.viaHostEnd, peerAddress);
  return isAsked || isElsewhere ? writeIpv4(out, putText(out, at, RECEIVED), peerAddress) : at;
}

/** §8.2.7: the same for the same request, without a memory of it. */
function tagOf(seed: number, message: SipMessage, bytes: Uint8Array): number {
  let hash = hashSpan(seed, bytes, rowStart(message.via, 0), rowEnd(message.via, 0));
  hash = hashSpan(hash, bytes, message.fromStart, message.fromEnd);
  return hashSpan(hash, bytes, message.callIdStart, message.callIdEnd);
}

function hashSpan(state: number, bytes: Uint8Array, start: number, end: number): number {
  let hash = state | 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, FNV_PRIME);
  return hash;
}
