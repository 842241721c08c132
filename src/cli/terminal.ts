// The process as the commands see it: two streams, what they can do, the environment and the signals. Commands take this
// and never `process`, so that a test can hand them another one.
//
// A reader that goes away (`regstorm … | head`) is no error: what would have been written is dropped, the run goes on and its
// exit code stays. A stream that takes no more (a full disk) is: the run goes on, and the program ends as it does for any output that
// cannot be written.

import { readSync } from 'node:fs';
import type { StopSignal } from '../coordinator/index.ts';
import { UserError } from '../std/index.ts';
import type { ConsoleLimits } from './console-text.ts';
import { catchEarlySignals } from './early-signals.ts';
import { describeFailure } from './failure.ts';

export interface TextStream {
  write(text: string): void;
  readonly isTty: boolean;
  /** Characters per line. */
  readonly columns: number;
}

export interface Terminal {
  readonly out: TextStream;
  readonly err: TextStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The next bytes of standard input, put at the front of `into`; how many, 0 at its end. */
  readInput(into: Uint8Array): number;
  /** A read may take long or never end: SIGINT and SIGTERM end the program at once, until somebody listens. */
  beforeLongRead(): void;
  /** Calls the listener on SIGINT and SIGTERM; returns how to stop listening. */
  onSignal(listener: (signal: StopSignal) => void): () => void;
}

const COLUMNS_DEFAULT = 80;
const STDIN = 0;

/** `unwritable` is told once, unless the reader has gone away. */
const textStream = (stream: NodeJS.WriteStream, unwritable: (error: Error) => void): TextStream => {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (open && error.code !== 'EPIPE') unwritable(error);
    open = false;
  });
  return {
    write: (text) => {
      if (open) stream.write(text);
    },
    isTty: stream.isTTY === true,
    get columns() {
      return stream.columns ?? COLUMNS_DEFAULT;
    },
  };
};

/** Whatever the command's own exit code is by then: what it was asked to tell is not there. */
const endUnwritable = (exitCode: number): void => {
  process.once('exit', () => {
    process.exitCode = exitCode;
  });
};

const processStreams = (): Pick<Terminal, 'out' | 'err'> => {
  const err = textStream(process.stderr, () => undefined);
  const out = textStream(process.stdout, (error) => {
    const message = `standard output cannot be written: ${error.message}`;
    const { text, exitCode } = describeFailure(new UserError('OUTPUT_UNWRITABLE', { message }), false);
    err.write(text);
    endUnwritable(exitCode);
  });
  return { out, err };
};

export const processTerminal = (): Terminal => {
  const streams = processStreams();
  const early = catchEarlySignals((text, exitCode) => {
    streams.err.write(text);
    process.exit(exitCode);
  });
  return {
    ...streams,
    environment: process.env,
    readInput: (into) => {
      early.release();
      return readSync(STDIN, into);
    },
    beforeLongRead: early.release,
    onSignal: (listener) => {
      const onInterrupt = (): void => listener('SIGINT');
      const onTerminate = (): void => listener('SIGTERM');
      process.on('SIGINT', onInterrupt);
      process.on('SIGTERM', onTerminate);
      // Only now: a signal that has come and was not told yet is told to whoever listens when the event loop turns.
      early.release();
      return () => {
        process.off('SIGINT', onInterrupt);
        process.off('SIGTERM', onTerminate);
      };
    },
  };
};

export type ColorChoice = 'auto' | 'always' | 'never';

/** `auto`: a terminal, unless NO_COLOR is set or the terminal is dumb. */
export const wantsColor = (choice: ColorChoice, stream: TextStream, environment: Terminal['environment']): boolean => {
  if (choice !== 'auto') return choice === 'always';
  const { NO_COLOR, TERM } = environment;
  return stream.isTty && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb';
};

/** What a terminal can show; a pipe or a file gets the text as it is. */
export const limitsOf = ({ isTty, columns }: TextStream, environment: Terminal['environment']): ConsoleLimits => {
  if (!isTty) return { columns: null, isAscii: false };
  const { LC_ALL, LC_CTYPE, LANG } = environment;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((name) => name !== undefined && name !== '');
  return { columns, isAscii: locale === 'C' || locale === 'POSIX' };
};
