// The numbers that stand for procedures, outcomes and phases in shared memory, and their names in results.

/** Index = procedure number. The names are those of scenario steps (scenario/plan.ts); a test holds them equal. */
export const PROCEDURE_NAMES = ['register', 'refresh', 'unregister', 'wildcard', 'query'] as const;
export type ProcedureName = (typeof PROCEDURE_NAMES)[number];
export const PROCEDURE_COUNT = PROCEDURE_NAMES.length;
export const PROCEDURE_REGISTER = 0;
export const PROCEDURE_REFRESH = 1;
export const PROCEDURE_UNREGISTER = 2;
export const PROCEDURE_WILDCARD = 3;
export const PROCEDURE_QUERY = 4;

/**
 * Outcomes: how an attempt ends, exactly once. Numbers 100-699 are the final status that ended it (`status-NNN`);
 * those below are our own causes. OUTCOME_COUNT bounds the table.
 */
export const OUTCOME_SUCCEEDED = 0;
export const OUTCOME_TIMEOUT = 1;
export const OUTCOME_TIMEOUT_AFTER_PROVISIONAL = 2;
export const OUTCOME_AUTH_FAILED = 3;
export const OUTCOME_NO_CREDENTIALS = 4;
export const OUTCOME_SEND_ERROR = 5;
export const OUTCOME_UNREACHABLE = 6;
export const OUTCOME_BINDING_MISSING = 7;
export const OUTCOME_ABORTED = 8;
/** A challenge that cannot be answered: malformed, unknown algorithm or qop, or longer than we keep. */
export const OUTCOME_CHALLENGE_UNUSABLE = 9;
/** A 2xx that a step's `require` does not accept: one of our Contacts granted less, or another number of bindings. */
export const OUTCOME_GRANTED_LESS = 10;
export const OUTCOME_BINDING_COUNT = 11;
/** A 2xx whose server does not prove that it knows the secret (RFC 7616 §3.5), where the scenario wants a wrong proof to count. */
export const OUTCOME_RSPAUTH_WRONG = 12;
export const OUTCOME_COUNT = 700;

/** The cause of a failure that was a success, where the scenario expected something else. */
export const UNEXPECTED_SUCCESS = 'unexpected-success';

const OWN_NAMES = [
  'succeeded',
  'timeout',
  'timeout-after-provisional',
  'auth-failed',
  'no-credentials',
  'send-error',
  'unreachable',
  'binding-missing',
  'aborted',
  'challenge-unusable',
  'granted-less',
  'binding-count',
  'rspauth-wrong',
] as const;

/** The causes that have no status code, in the order of their numbers; `succeeded` first. */
export const OWN_OUTCOME_NAMES: readonly string[] = OWN_NAMES;

export const outcomeName = (outcome: number): string => OWN_NAMES[outcome] ?? `status-${outcome}`;

/** Which bank of numbers an event goes to: by the phase in which the attempt was due. Totals are both banks added. */
export const BANK_MEASURED = 0;
export const BANK_OTHER = 1;
export const BANK_COUNT = 2;

/** Digest algorithms in the order of their numbers, which are those of the sip folder; a test holds them equal. */
export const DIGEST_ALGORITHM_NAMES: readonly string[] = [
  'MD5',
  'MD5-sess',
  'SHA-256',
  'SHA-256-sess',
  'SHA-512-256',
  'SHA-512-256-sess',
];
