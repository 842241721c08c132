// The program before its commands are loaded. Node opens the files of all modules side by side, so a shell with a low limit
// on open files would see a module error from the loader's depths; it is asked for first, and told in a sentence.

import { readFileSync } from 'node:fs';
import { UserError } from '../std/index.ts';
import { describeFailure } from './failure.ts';
import type { Terminal } from './terminal.ts';
import { processTerminal } from './terminal.ts';

/** Loading took between 100 and 128 on Linux with Node 20, before it was a bundle; a run asks for what it needs itself. */
const OPEN_FILES_MIN = 192;

const checkRoomToLoad = (): void => {
  const limit = openFilesLimit();
  if (limit >= OPEN_FILES_MIN) return;
  throw new UserError('DESCRIPTORS', {
    message: `the limit on open files is ${limit}, and regstorm needs ${OPEN_FILES_MIN} to start`,
    hint: `raise it in this shell: ulimit -n ${OPEN_FILES_MIN}`,
  });
};

/** Linux tells; elsewhere nothing is known, and loading decides. */
const openFilesLimit = (): number => {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};

/** What is thrown in a callback reaches nobody: it ends the process, and its threads with it. */
const endOnStrayError = (terminal: Terminal, verbose: boolean): void => {
  process.once('uncaughtException', (error) => {
    const { text, exitCode } = describeFailure(error, verbose);
    terminal.err.write(text);
    process.exit(exitCode);
  });
};

/** Resolves to the exit code, always. */
export const runProgram = async (argv: readonly string[]): Promise<number> => {
  const terminal = processTerminal();
  const verbose = argv.includes('-v') || argv.includes('--verbose');
  // The program is bundled, so that stacks name chunks; with maps, which are read only for this, they name its sources.
  if (verbose) process.setSourceMapsEnabled(true);
  endOnStrayError(terminal, verbose);
  try {
    checkRoomToLoad();
    const { runCommandLine } = await import('./command-line.ts');
    return await runCommandLine(argv, terminal);
  } catch (error) {
    const { text, exitCode } = describeFailure(error, false);
    terminal.err.write(text);
    return exitCode;
  }
};
