// The process as the commands see it: two streams, what they can do, the environment and the signals. Commands take this
// and never `process`, so that a test can hand them another one.
//
// A reader that goes away (`regstorm … | head`) is no error: what would have been written is dropped, the run goes on and its
// exit code stays.

import { readFileSync } from 'node:fs';
import type { StopSignal } from '../coordinator/index.ts';

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
  /** All bytes of standard input. */
  readInput(): Uint8Array;
  /** Calls the listener on SIGINT and SIGTERM; returns how to stop listening. */
  onSignal(listener: (signal: StopSignal) => void): () => void;
}

const COLUMNS_DEFAULT = 80;
const STDIN = 0;

const textStream = (stream: NodeJS.WriteStream): TextStream => {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    open = false;
    if (error.code !== 'EPIPE') process.exitCode = 1;
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

export const processTerminal = (): Terminal => ({
  out: textStream(process.stdout),
  err: textStream(process.stderr),
  environment: process.env,
  readInput: () => readFileSync(STDIN),
  onSignal: (listener) => {
    const onInterrupt = (): void => listener('SIGINT');
    const onTerminate = (): void => listener('SIGTERM');
    process.on('SIGINT', onInterrupt);
    process.on('SIGTERM', onTerminate);
    return () => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    };
  },
});

export type ColorChoice = 'auto' | 'always' | 'never';

/** `auto`: a terminal, unless NO_COLOR is set or the terminal is dumb. */
export const wantsColor = (choice: ColorChoice, stream: TextStream, environment: Terminal['environment']): boolean => {
  if (choice !== 'auto') return choice === 'always';
  const { NO_COLOR, TERM } = environment;
  return stream.isTty && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb';
};
