// Errors that the operator can act on, and the exit codes of the command line. Three kinds of trouble are never mixed
// here: a bug is an `assert` (see assert.ts), the operator's mistake is a `UserError`, and what a peer does is an integer
// outcome that is counted (see metrics). docs/errors.md lists every code; a test holds the two equal.

/** Process exit codes, part of the public contract (README, "Exit codes"). */
export const EXIT = {
  PASS: 0,
  INTERNAL: 1,
  USAGE: 2,
  THRESHOLD: 20,
  REGRESSION: 21,
  INCONCLUSIVE: 22,
  UNREACHABLE: 23,
  WORKER_LOST: 24,
  NO_ANSWER: 25,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** Every UserError code, with the exit code it leads to. */
export const ERROR_CODES = {
  USAGE: EXIT.USAGE,
  FILE_UNREADABLE: EXIT.USAGE,
  YAML_SYNTAX: EXIT.USAGE,
  SCENARIO_INVALID: EXIT.USAGE,
  TARGET_UNRESOLVED: EXIT.USAGE,
  TARGET_TRANSPORT: EXIT.USAGE,
  DNS_FAILED: EXIT.USAGE,
  TARGET_PUBLIC: EXIT.USAGE,
  TARGET_HOSTLESS: EXIT.USAGE,
  TARGET_UNREACHABLE: EXIT.UNREACHABLE,
  PORT_IN_USE: EXIT.USAGE,
  ADDRESS_UNAVAILABLE: EXIT.USAGE,
  DESCRIPTORS: EXIT.USAGE,
  TRANSPORT_UNAVAILABLE: EXIT.USAGE,
  OUTPUT_UNWRITABLE: EXIT.USAGE,
  OUTPUT_FOREIGN: EXIT.USAGE,
  WORKER_LOST: EXIT.WORKER_LOST,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Where in a text a problem is. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with the operator's input. */
export interface Problem {
  readonly message: string;
  readonly place?: Place;
  readonly hint?: string;
}

/** `file:line:column: message` and the hint on a line of its own. */
export const formatProblem = (problem: Problem): string => {
  const { place, message, hint } = problem;
  const where = place === undefined ? '' : `${place.file}:${place.line}:${place.column}: `;
  return `${where}${message}${hint === undefined ? '' : `\n    ${hint}`}`;
};

/** The operator's mistake or environment: a clear sentence, a place where there is one, and what to do. */
export class UserError extends Error {
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, problems: Problem | readonly Problem[]) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(list.map(formatProblem).join('\n'));
    this.name = 'UserError';
    this.code = code;
    this.problems = list;
  }

  get exitCode(): number {
    return ERROR_CODES[this.code];
  }
}

/** By its name, for an error from code that was bundled apart and has a class of its own. */
export const isUserError = (error: unknown): error is UserError => error instanceof Error && error.name === 'UserError';
