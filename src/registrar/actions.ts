// What a rule does to a request and its answer, taken apart for the hot path: numbers and bytes made once from the plan.

import type { PlanAction, PlanDelay, PlanRule } from '../scenario/index.ts';
import { encodeAscii, encodeUtf8, hashText } from '../std/index.ts';
import {
  type Action,
  type CustomAnswer,
  DELAY_EXPONENTIAL,
  DELAY_FIXED,
  DELAY_NONE,
  DELAY_NORMAL,
  DELAY_UNIFORM,
  FALSEHOOD_MISSING,
  FALSEHOOD_NONE,
  FALSEHOOD_UNSTORED,
  FALSEHOOD_ZERO,
  PROCEDURE_OPTIONS,
  PROCEDURE_QUERY,
  PROCEDURE_REFRESH,
  PROCEDURE_REGISTER,
  PROCEDURE_UNREGISTER,
  PROCEDURE_WILDCARD,
  RULE_ANY,
  type Rule,
  type Rules,
  saltOf,
} from './rule.ts';

/** Null when there are none, so that a registrar without rules asks one question. */
export const createRules = (plan: readonly PlanRule[], seed: number): Rules | null =>
  plan.length === 0 ? null : { list: plan.map(createRule), seed: hashText(String(seed)), drawn: 0, areOver: false };

const PROCEDURES = {
  register: PROCEDURE_REGISTER,
  refresh: PROCEDURE_REFRESH,
  unregister: PROCEDURE_UNREGISTER,
  wildcard: PROCEDURE_WILDCARD,
  query: PROCEDURE_QUERY,
  options: PROCEDURE_OPTIONS,
} as const;

const createRule = ({ name, match, action }: PlanRule, index: number): Rule => {
  const { users, credentials, procedure } = match;
  return {
    name,
    salt: saltOf(index),
    fromUs: match.fromUs,
    toUs: match.toUs ?? Number.POSITIVE_INFINITY,
    procedure: procedure === null ? RULE_ANY : PROCEDURES[procedure],
    credentials: credentials === null ? RULE_ANY : Number(credentials),
    firstUser: users?.kind === 'range' ? users.first : RULE_ANY,
    lastUser: users?.kind === 'range' ? users.last : RULE_ANY,
    pattern: users?.kind === 'pattern' ? encodeUtf8(users.pattern) : null,
    userShare: match.userShare ?? 1,
    share: match.share ?? 1,
    isPerDatagram: match.per === 'datagram',
    times: match.times ?? Number.POSITIVE_INFINITY,
    action: createAction(action),
    applied: 0,
  };
};

const FALSEHOODS = {
  ownContactMissing: FALSEHOOD_MISSING,
  notStored: FALSEHOOD_UNSTORED,
  grantedZero: FALSEHOOD_ZERO,
} as const;

const createAction = (action: PlanAction): Action => {
  const [delay, delayFirstUs, delaySecondUs] = delayNumbers(action.delay);
  return {
    isDropped: action.drop === 'request',
    isAnswerDropped: action.drop === 'answer',
    isTrying: action.trying !== null,
    isHung: action.trying === 'hang',
    delay,
    delayFirstUs,
    delaySecondUs,
    copies: action.copies,
    isBranchWrong: action.wrongBranch,
    isCseqWrong: action.wrongCseq,
    isGarbage: action.garbage,
    falsehood: action.falsehood === null ? FALSEHOOD_NONE : FALSEHOODS[action.falsehood],
    answer: action.answer === null ? null : createCustomAnswer(action.answer),
  };
};

const delayNumbers = (delay: PlanDelay | null): readonly [number, number, number] => {
  switch (delay?.kind) {
    case undefined:
      return [DELAY_NONE, 0, 0];
    case 'fixed':
      return [DELAY_FIXED, delay.lengthUs, delay.lengthUs];
    case 'uniform':
      return [DELAY_UNIFORM, delay.leastUs, delay.mostUs];
    case 'normal':
      return [DELAY_NORMAL, delay.meanUs, delay.deviationUs];
    case 'exponential':
      return [DELAY_EXPONENTIAL, delay.meanUs, delay.meanUs];
  }
};

export interface AnswerText {
  readonly status: number;
  readonly phrase: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export const createCustomAnswer = ({ status, phrase, headers }: AnswerText): CustomAnswer => ({
  status,
  statusLine: encodeUtf8(`SIP/2.0 ${status} ${phrase}\r\n`),
  headers: encodeUtf8(headers.map(({ name, value }) => `${name}: ${value}\r\n`).join('')),
});

/** The most bytes that an answer of the operator's adds to what every answer has. */
export const customBytes = (answers: readonly (CustomAnswer | null)[]): number =>
  answers.reduce(
    (most, answer) => (answer === null ? most : Math.max(most, answer.statusLine.length + answer.headers.length)),
    0,
  );

/** Lines of one header, each with its CRLF. */
export const headerLines = (name: string, values: readonly string[]): Uint8Array =>
  encodeUtf8(values.map((value) => `${name}: ${value}\r\n`).join(''));

export const TRYING_LINE: Uint8Array = encodeAscii('SIP/2.0 100 Trying\r\n');
