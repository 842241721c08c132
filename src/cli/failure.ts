// What is printed when a command ends badly, and with which exit code. An operator's mistake is its own sentence, never a
// stack trace; an internal error is one line that says how to see more.

import { EXIT, UserError } from '../std/index.ts';

export interface Failure {
  readonly text: string;
  readonly exitCode: number;
}

const PREFIX = 'regstorm: ';

/** Problems with a place stand for themselves, as compilers print them; others get the program's name. */
const userErrorText = (error: UserError): string => {
  const placed = error.problems.some(({ place }) => place !== undefined);
  return placed ? error.message : PREFIX + error.message;
};

const internalText = (error: unknown, verbose: boolean): string => {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error && error.stack !== undefined ? error.stack : message;
  const line = `${PREFIX}internal error: ${message.split('\n')[0]}`;
  return verbose ? `${line}\n${stack}` : `${line}\n    run it again with -v to see where`;
};

/** `verbose` adds the stack of an error that is not the operator's. */
export const describeFailure = (error: unknown, verbose: boolean): Failure => {
  if (!(error instanceof UserError)) return { text: `${internalText(error, verbose)}\n`, exitCode: EXIT.INTERNAL };
  const lost = verbose && error.code === 'WORKER_LOST' && error.stack !== undefined;
  const text = lost ? `${userErrorText(error)}\n${error.stack}` : userErrorText(error);
  return { text: `${text}\n`, exitCode: error.exitCode };
};
