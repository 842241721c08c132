// SIGINT and SIGTERM before a command listens for them: while modules are loaded and the plan is made. Nothing was sent by then, and
// the program says so and ends. A command that listens takes over for good, since from then on it has something to tell.
//
// A listener waits for the event loop, which does not turn while a file is read. So before a read that may take long or never
// end (standard input, a pipe, a table of users) the signals are given back to the system, which ends the program at once and
// without a word.

import type { StopSignal } from '../coordinator/index.ts';
import { EXIT } from '../std/index.ts';

export interface EarlySignals {
  /** From now on they are the system's, or the listener's who was added before. */
  release(): void;
}

/** `end` is given the sentence and the exit code, and does not return. */
export const catchEarlySignals = (end: (text: string, exitCode: number) => never): EarlySignals => {
  const ending = (signal: StopSignal) => (): never =>
    end(`regstorm: ${signal} before anything was sent; there is no result\n`, EXIT[signal]);
  const onInterrupt = ending('SIGINT');
  const onTerminate = ending('SIGTERM');
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    release: () => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
};
