// @hot
// What becomes of one datagram.
//
//   datagram -> keep-alive? response? -> nowhere to answer to? -> room in the outbox? -> retransmission? -> answer
//               (counted, ignored)       (dropped)                (dropped, nothing      (same bytes       (answer-request.ts,
//                                                                  was done)              again)            compose.ts)
//
// Answers are complete when takeDatagram() returns, unless a rule holds one back (misbehave.ts); draining and sending them is
// somebody else's turn.

import type { SipMessage } from '../sip/index.ts';
import { METHOD_ACK, mayBeStun, PARSE_EMPTY, PARSE_OK, parseMessage, rowEnd, rowStart } from '../sip/index.ts';
import { answerRequest } from './answer-request.ts';
import { commitAnswer, overwrittenBelow, reserveAnswer } from './answer-ring.ts';
import {
  ANSWER_CHALLENGE,
  ANSWER_CUSTOM,
  ANSWER_FULL,
  ANSWER_PROXY_CHALLENGE,
  ANSWER_PROXY_STALE,
  ANSWER_STALE,
  ANSWER_TOO_LARGE,
  ANSWER_TRYING,
  statusOf,
} from './answers.ts';
import { isDatagramDropped } from './choose-rule.ts';
import { composeAnswer, envelopeBytes } from './compose.ts';
import type { LiveCounters } from './counters.ts';
import { readExtensions } from './extensions.ts';
import { hashBegin, hashBytes, hashEnd, hashWord, PURPOSE_TRANSACTION } from './keyed-hash.ts';
import { meetRule, readAddressOfRecord, sendAsRuled, sendKept } from './misbehave.ts';
import type { Action } from './rule.ts';
import {
  closeBelow,
  closeOldest,
  findTransaction,
  fireTimersJ,
  isTransactionTableFull,
  openTransaction,
  setAnswer,
  stateOf,
  TRANSACTION_COMPLETED,
  TRANSACTION_TRYING,
} from './server-transactions.ts';
import { spoilAnswer } from './spoil.ts';
import type { Registrar } from './state.ts';
import { answerStun } from './stun.ts';
import { answerPort } from './top-via.ts';

const SPACE = 0x20;
const ASCII_ZERO = 0x30;
const ASCII_NINE = 0x39;
/** RFC 3261 §8.1.1.7: z9hG4bK, which says that the rest is unique. */
const COOKIE_BYTES = 7;

/** [start, end) of bytes, which are free again on return. */
export const takeDatagram = (
  registrar: Registrar,
  nowUs: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  peerAddress: number,
  peerPort: number,
): void => {
  const { counters, extensions, message, request } = registrar;
  counters.datagrams++;
  if (mayBeStun(bytes[start]!) && answerStun(registrar, bytes, start, end, peerAddress, peerPort)) return;
  const parsed = parseMessage(bytes, start, end, message);
  if (parsed === PARSE_EMPTY) {
    counters.keepAlives++;
    return;
  }
  if (message.isResponse) {
    counters.responses++;
    return;
  }
  counters.requests++;
  if (parsed !== PARSE_OK) counters.malformed++;
  request.nowUs = nowUs;
  request.bytes = bytes;
  request.peerAddress = peerAddress;
  request.peerPort = peerPort;
  if (extensions !== null) readExtensions(registrar, extensions, start);
  if (isAnswerable(registrar, start) && isThereRoom(registrar)) serve(registrar, parsed);
};

/** RFC 3261 §8.2.6: an answer repeats Via, From, To, Call-ID and CSeq, so these must have been found. */
const isAnswerable = (registrar: Registrar, start: number): boolean => {
  const { counters, message, request } = registrar;
  request.cseqStart = findCseqStart(request.bytes, start, message.cseqMethodStart);
  const hasAddresses = message.fromEnd > message.fromStart && message.toEnd > message.toStart;
  const hasCseq = request.cseqStart < message.cseqMethodStart && message.cseqMethodEnd > message.cseqMethodStart;
  if (message.viaSentByStart < 0 || !hasAddresses || !hasCseq || message.callIdEnd <= message.callIdStart) {
    counters.dropped++;
    counters.droppedUnanswerable++;
    return false;
  }
  // RFC 3261 §17.1.1.3: an ACK is never answered; nor is what would be one but for its first line.
  if (message.method === METHOD_ACK || message.cseqMethod === METHOD_ACK) {
    counters.dropped++;
    counters.droppedAcks++;
    return false;
  }
  return true;
};

/** Back over the white space and the digits before the method; a CSeq too large to be a number is echoed all the same. */
const findCseqStart = (bytes: Uint8Array, start: number, methodStart: number): number => {
  let at = methodStart;
  while (at > start && bytes[at - 1]! <= SPACE) at--;
  const numberEnd = at;
  while (at > start && bytes[at - 1]! >= ASCII_ZERO && bytes[at - 1]! <= ASCII_NINE) at--;
  return at < numberEnd ? at : methodStart;
};

/** For the answer itself, and for one more in the outbox. */
const isThereRoom = (registrar: Registrar): boolean => {
  const { counters, options, request, ring, transactions } = registrar;
  request.envelopeBytes = envelopeBytes(registrar);
  if (request.envelopeBytes > options.answerBytesMax) {
    counters.dropped++;
    counters.droppedTooLong++;
    return false;
  }
  if (!reserveAnswer(ring)) {
    counters.dropped++;
    counters.droppedOutboxFull++;
    return false;
  }
  counters.transactionsOverwritten += closeBelow(transactions, overwrittenBelow(ring));
  return true;
};

const serve = (registrar: Registrar, parsed: number): void => {
  const { message, request, transactions } = registrar;
  fireTimersJ(transactions, request.nowUs);
  identify(registrar);
  const port = answerPort(message, request.peerPort);
  const known = findTransaction(transactions, request.keyHigh, request.keyLow);
  if (known >= 0) answerAgain(registrar, known, port);
  else if (request.isOverload) refuseOverload(registrar, port);
  else answerFirst(registrar, parsed, port);
};

/** RFC 3261 §17.2.2: in Completed, a retransmitted request gets the final response again. */
const answerAgain = (registrar: Registrar, known: number, port: number): void => {
  const { counters, request, rules, transactions } = registrar;
  if (request.isOverload) {
    drop(counters);
    counters.droppedQueueFull++;
    return;
  }
  if (rules !== null) {
    readAddressOfRecord(registrar);
    if (isDatagramDropped(registrar, rules)) {
      drop(counters);
      counters.droppedByRule++;
      return;
    }
    const state = stateOf(transactions, known);
    if (state !== TRANSACTION_COMPLETED) {
      answerPending(registrar, state, port);
      return;
    }
  }
  sendKept(registrar, known, request.peerAddress, port);
  counters.retransmissionsAnswered++;
};

/** The answer is held back: in Trying a retransmission is absorbed, in Proceeding it gets the provisional answer again. */
const answerPending = (registrar: Registrar, state: number, port: number): void => {
  const { counters, request, ring } = registrar;
  if (state === TRANSACTION_TRYING) {
    drop(counters);
    counters.absorbed++;
    return;
  }
  commitAnswer(ring, composeAnswer(registrar, ANSWER_TRYING), request.peerAddress, port);
  counters.retransmissionsAnswered++;
};

/** No transaction is kept for it: that would be work. */
const refuseOverload = (registrar: Registrar, port: number): void => {
  const { counters, request, ring } = registrar;
  request.custom = registrar.overload;
  commitAnswer(ring, composeAnswer(registrar, ANSWER_CUSTOM), request.peerAddress, port);
  counters.overloaded++;
  count(registrar, ANSWER_CUSTOM);
};

const answerFirst = (registrar: Registrar, parsed: number, port: number): void => {
  const { counters, request, ring, rules, transactions } = registrar;
  const rule = rules === null || parsed !== PARSE_OK ? null : meetRule(registrar, rules);
  if (rule?.action.isDropped) {
    drop(counters);
    counters.droppedByRule++;
    return;
  }
  if (rule?.action.isTrying && !rule.action.isHung && !sendTrying(registrar, port)) return;
  const answer = rule === null ? answerRequest(registrar, parsed) : answerAsRuled(registrar, rule.action, parsed);
  let answerEnd = composeAnswer(registrar, answer);
  if (rule !== null) answerEnd = spoilAnswer(registrar, rule.action, answerEnd);
  if (isTransactionTableFull(transactions)) {
    closeOldest(transactions);
    counters.transactionsOverwritten++;
  }
  const row = openTransaction(transactions, request.nowUs, request.keyHigh, request.keyLow);
  setAnswer(transactions, row, ring.headPosition, ring.headOffset, answerEnd);
  if (rule === null || rules === null) commitAnswer(ring, answerEnd, request.peerAddress, port);
  else sendAsRuled(registrar, rules, rule, answerEnd, port);
  count(registrar, answer);
};

const answerAsRuled = (registrar: Registrar, action: Action, parsed: number): number => {
  if (action.isHung) return ANSWER_TRYING;
  return action.answer === null ? answerRequest(registrar, parsed) : ANSWER_CUSTOM;
};

/** 100 ahead of the answer; false when there is no room for that one any more, and nothing was done. */
const sendTrying = (registrar: Registrar, port: number): boolean => {
  const { counters, request, ring } = registrar;
  commitAnswer(ring, composeAnswer(registrar, ANSWER_TRYING), request.peerAddress, port);
  counters.provisionals++;
  return isThereRoom(registrar);
};

const drop = (counters: LiveCounters): void => {
  counters.dropped++;
};

/** RFC 3261 §17.2.3: branch, sent-by and method; without a real branch everything that RFC 2543 compared. */
const identify = (registrar: Registrar): void => {
  const { hash, message, request } = registrar;
  const { bytes } = request;
  hashBegin(hash, PURPOSE_TRANSACTION);
  if (hasUniqueBranch(bytes, message)) {
    hashField(registrar, message.viaBranchStart, message.viaBranchEnd);
    hashField(registrar, message.viaSentByStart, message.viaSentByEnd);
    hashField(registrar, message.methodStart, message.methodEnd);
  } else {
    hashField(registrar, message.requestUriStart, message.requestUriEnd);
    hashField(registrar, message.toTagStart, message.toTagEnd);
    hashField(registrar, message.fromTagStart, message.fromTagEnd);
    hashField(registrar, message.callIdStart, message.callIdEnd);
    hashField(registrar, request.cseqStart, message.cseqMethodEnd);
    hashField(registrar, rowStart(message.via, 0), rowEnd(message.via, 0));
  }
  hashEnd(hash);
  request.keyHigh = hash.high;
  request.keyLow = hash.low;
};

/** The cookie with something behind it (RFC 4475 §3.2.1: the cookie alone is unique to nobody). It ignores case. */
const hasUniqueBranch = (bytes: Uint8Array, message: SipMessage): boolean => {
  const at = message.viaBranchStart;
  if (at < 0 || message.viaBranchEnd - at <= COOKIE_BYTES) return false;
  if ((bytes[at]! | 0x20) !== 0x7a || bytes[at + 1] !== 0x39 || (bytes[at + 2]! | 0x20) !== 0x68) return false;
  if ((bytes[at + 3]! | 0x20) !== 0x67 || bytes[at + 4] !== 0x34) return false;
  return (bytes[at + 5]! | 0x20) === 0x62 && (bytes[at + 6]! | 0x20) === 0x6b;
};

/** With its length, so that bytes can't move from one field to the next. */
const hashField = (registrar: Registrar, start: number, end: number): void => {
  hashWord(registrar.hash, end - start);
  hashBytes(registrar.hash, registrar.request.bytes, start, end);
};

const count = (registrar: Registrar, answer: number): void => {
  const { counters, request } = registrar;
  const status = answer === ANSWER_CUSTOM && request.custom !== null ? request.custom.status : statusOf(answer);
  counters.answered++;
  counters.byStatus[status] = counters.byStatus[status]! + 1;
  const isStale = answer === ANSWER_STALE || answer === ANSWER_PROXY_STALE;
  if (isStale || answer === ANSWER_CHALLENGE || answer === ANSWER_PROXY_CHALLENGE) counters.challenges++;
  if (isStale) counters.staleChallenges++;
  if (answer === ANSWER_FULL) counters.full++;
  if (answer === ANSWER_TOO_LARGE) counters.tooLong++;
};
