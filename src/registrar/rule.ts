// A rule as the hot path has it: what it asks of a request before it applies (choose-rule.ts), and what it then does to request
// and answer (misbehave.ts), as numbers and bytes. Made from the plan by actions.ts.

/** RULE_ANY stands for what a rule does not ask for. */
export const RULE_ANY = -1;
export const PROCEDURE_REGISTER = 0;
export const PROCEDURE_REFRESH = 1;
export const PROCEDURE_UNREGISTER = 2;
export const PROCEDURE_WILDCARD = 3;
export const PROCEDURE_QUERY = 4;
export const PROCEDURE_OPTIONS = 5;

export const FALSEHOOD_NONE = 0;
/** The contacts of the request are left out of its 200. */
export const FALSEHOOD_MISSING = 1;
/** Confirmed as asked for, and nothing was stored. */
export const FALSEHOOD_UNSTORED = 2;
/** Confirmed with an interval of 0, and nothing was stored. */
export const FALSEHOOD_ZERO = 3;

export const DELAY_NONE = 0;
export const DELAY_FIXED = 1;
export const DELAY_UNIFORM = 2;
export const DELAY_NORMAL = 3;
export const DELAY_EXPONENTIAL = 4;

/** An answer of the operator's: its first line, and header lines, each with its CRLF. */
export interface CustomAnswer {
  readonly status: number;
  readonly statusLine: Uint8Array;
  readonly headers: Uint8Array;
}

export interface Action {
  readonly isDropped: boolean;
  readonly isAnswerDropped: boolean;
  readonly isTrying: boolean;
  readonly isHung: boolean;
  /** DELAY_*, and what it is told: least and most, mean and deviation, or one time twice. */
  readonly delay: number;
  readonly delayFirstUs: number;
  readonly delaySecondUs: number;
  readonly copies: number;
  readonly isBranchWrong: boolean;
  readonly isCseqWrong: boolean;
  readonly isGarbage: boolean;
  readonly falsehood: number;
  readonly answer: CustomAnswer | null;
}

export interface Rule {
  readonly name: string;
  /** Draws of one rule have nothing to do with those of another. */
  readonly salt: number;
  readonly fromUs: number;
  readonly toUs: number;
  readonly procedure: number;
  /** 1 with, 0 without, RULE_ANY. */
  readonly credentials: number;
  /** Numbers at the end of the user part; RULE_ANY: not asked for. */
  readonly firstUser: number;
  readonly lastUser: number;
  /** With `*` and `?`; null: not asked for. */
  readonly pattern: Uint8Array | null;
  /** 1: all. */
  readonly userShare: number;
  readonly share: number;
  readonly isPerDatagram: boolean;
  readonly times: number;
  readonly action: Action;
  applied: number;
}

export interface Rules {
  readonly list: readonly Rule[];
  readonly seed: number;
  /** Requests that were looked at, for draws per datagram. */
  drawn: number;
  /** None applies any more (see behave). */
  areOver: boolean;
}

const SALTS_PER_RULE = 8;

export const saltOf = (index: number): number => (index + 1) * SALTS_PER_RULE;
