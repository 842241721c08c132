// @hot
// Carrying out what a rule says, once it was chosen: receive.ts asks here for each request when there are rules, and never
// when there are none. Every way leaves the books as they were promised (counters.ts): a request is answered or dropped.

import { METHOD_REGISTER } from '../sip/index.ts';
import { uniformOf } from '../std/index.ts';
import { findAddressOfRecord } from './answer-request.ts';
import { commitAgain, commitAnswer, keepAnswer, overwrittenBelow, reserveAnswer } from './answer-ring.ts';
import { chooseRule } from './choose-rule.ts';
import { dropHeld, dropHeldBelow, type HeldAnswers, holdAnswer, isHeldFull } from './held-answers.ts';
import type { Rule, Rules } from './rule.ts';
import { type Action, DELAY_EXPONENTIAL, DELAY_FIXED, DELAY_NONE, DELAY_NORMAL, FALSEHOOD_NONE } from './rule.ts';
import {
  answerEndOf,
  answerStartOf,
  closeBelow,
  isOpen,
  newestNumber,
  oldestNumber,
  rowOfNumber,
  setState,
  TRANSACTION_COMPLETED,
  TRANSACTION_PROCEEDING,
  TRANSACTION_TRYING,
} from './server-transactions.ts';
import type { Registrar } from './state.ts';
import { classifyUri, readUser, URI_FOREIGN, URI_OURS } from './uri-reader.ts';

const SALT_DELAY = 4;
const TWO_PI = 2 * Math.PI;

/** The rule for the well-formed request under way, or null. Leaves the user in the request, as far as there is one. */
export const meetRule = (registrar: Registrar, rules: Rules): Rule | null => {
  readAddressOfRecord(registrar);
  const rule = chooseRule(registrar, rules);
  const { request } = registrar;
  request.falsehood = rule === null ? FALSEHOOD_NONE : rule.action.falsehood;
  request.custom = rule === null ? null : rule.action.answer;
  return rule;
};

/** The user that rules ask for: that of To. */
export const readAddressOfRecord = (registrar: Registrar): void => {
  const { message, request, uris } = registrar;
  request.userLength = 0;
  request.address = 0;
  const found = classifyUri(uris, request.bytes, message.toUriStart, message.toUriEnd);
  if (found !== URI_OURS && found !== URI_FOREIGN) return;
  request.userLength = Math.max(0, readUser(uris, request.bytes, request.user));
  if (request.userLength > 0 && message.method === METHOD_REGISTER) findAddressOfRecord(registrar);
};

/**
 * The answer at the ring's head has a transaction that keeps it; here it is sent, once or more often, or held back, or lost.
 * `end` is where it ends.
 */
export const sendAsRuled = (registrar: Registrar, rules: Rules, rule: Rule, end: number, port: number): void => {
  const { action } = rule;
  const { counters, held, request, ring, transactions } = registrar;
  if (action.isAnswerDropped) {
    keepAnswer(ring, end);
    counters.answersWithheld++;
    return;
  }
  if (action.delay === DELAY_NONE || held === null) {
    commitAnswer(ring, end, request.peerAddress, port);
    for (let copy = 1; copy < action.copies; copy++) if (commitAgain(ring)) counters.duplicatesSent++;
    return;
  }
  keepAnswer(ring, end);
  const dueUs = request.nowUs + drawDelay(registrar, rules, rule);
  const number = newestNumber(transactions);
  if (isHeldFull(held)) counters.answersWithheld += dropHeldBelow(held, oldestNumber(transactions));
  holdAnswer(held, dueUs, number, request.peerAddress, port, action.copies);
  setState(
    transactions,
    rowOfNumber(transactions, number),
    action.isTrying ? TRANSACTION_PROCEEDING : TRANSACTION_TRYING,
  );
};

const drawDelay = (registrar: Registrar, rules: Rules, rule: Rule): number => {
  const { keyHigh, keyLow } = registrar.request;
  const { action } = rule;
  if (action.delay === DELAY_FIXED) return action.delayFirstUs;
  const drawn = uniformOf(rules.seed, rule.salt + SALT_DELAY, keyHigh, keyLow);
  if (action.delay === DELAY_EXPONENTIAL) return Math.round(-Math.log(1 - drawn) * action.delayFirstUs);
  if (action.delay === DELAY_NORMAL)
    return drawNormal(action, drawn, uniformOf(rules.seed, rule.salt + SALT_DELAY, keyLow, keyHigh));
  return Math.round(action.delayFirstUs + drawn * (action.delaySecondUs - action.delayFirstUs));
};

/** Box and Muller's; what would be below 0 is 0. */
const drawNormal = (action: Action, one: number, other: number): number => {
  const standard = Math.sqrt(-2 * Math.log(1 - one)) * Math.cos(TWO_PI * other);
  return Math.max(0, Math.round(action.delayFirstUs + standard * action.delaySecondUs));
};

/** Sends what is due, as long as the outbox has room. What the ring has run over since is lost, and counted. */
export const sendHeld = (registrar: Registrar, held: HeldAnswers, nowUs: number): void => {
  const { counters, ring, transactions } = registrar;
  while (held.count > 0 && held.dueUs[0]! <= nowUs) {
    if (!reserveAnswer(ring)) return;
    counters.transactionsOverwritten += closeBelow(transactions, overwrittenBelow(ring));
    const number = held.number[0]!;
    if (isOpen(transactions, number)) {
      const row = rowOfNumber(transactions, number);
      sendKept(registrar, row, held.address[0]!, held.port[0]!);
      for (let copy = 1; copy < held.copies[0]!; copy++) if (commitAgain(ring)) counters.duplicatesSent++;
      setState(transactions, row, TRANSACTION_COMPLETED);
    } else {
      counters.answersWithheld++;
    }
    dropHeld(held);
  }
};

/** The answer that a transaction keeps, once more; after reserveAnswer. */
export const sendKept = (registrar: Registrar, row: number, address: number, port: number): void => {
  const { ring, transactions } = registrar;
  const start = answerStartOf(transactions, row);
  const end = answerEndOf(transactions, row);
  ring.slab.copyWithin(ring.headOffset, start, end);
  commitAnswer(ring, ring.headOffset + end - start, address, port);
};
