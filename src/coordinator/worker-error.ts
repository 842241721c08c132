// What a failed worker task means. Errors cross the thread boundary by structured clone, which keeps the message, the
// stack and `cause` but neither the class nor fields of one's own; so a worker sends an operator's mistake as
// `cause: { code, problems }`, and everything else that ends a worker early is a lost worker (exit code 24).

import type { ErrorCode, Problem } from '../std/index.ts';
import { ERROR_CODES, UserError } from '../std/index.ts';

/** Problems of one worker are few; a longer list is not one of ours. */
const PROBLEMS_MAX = 1000;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isProblem = (value: unknown): value is Problem => isRecord(value) && typeof value.message === 'string';

const fromCarrier = (carrier: unknown): UserError | null => {
  if (!isRecord(carrier)) return null;
  const { code, problems } = carrier;
  if (typeof code !== 'string' || !Object.hasOwn(ERROR_CODES, code)) return null;
  if (!Array.isArray(problems) || problems.length === 0 || problems.length > PROBLEMS_MAX) return null;
  if (!problems.every(isProblem)) return null;
  return new UserError(code as ErrorCode, problems as Problem[]);
};

/** The operator's mistake that a task ended with, as it was thrown in the worker; null when it was something else. */
export const userErrorIn = (error: unknown): UserError | null => {
  if (error instanceof UserError) return error;
  return isRecord(error) ? (fromCarrier(error.cause) ?? fromCarrier(error)) : null;
};

const describe = (error: unknown): string => {
  if (!isRecord(error)) return `ended with ${String(error)}`;
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') return 'ran out of memory';
  const message = typeof error.message === 'string' ? error.message : 'no reason given';
  const exited = /^worker exited with code: (\d+)$/.exec(message);
  return exited === null ? `failed: ${message}` : `exited with code ${exited[1]}`;
};

/** A lost worker as a problem to print. `who` names it, e.g. `worker 2 of 4`. */
export const workerLost = (error: unknown, who: string): UserError => {
  const lost = new UserError('WORKER_LOST', { message: `${who} ${describe(error)}` });
  if (error instanceof Error && error.stack !== undefined) lost.stack = error.stack;
  return lost;
};
