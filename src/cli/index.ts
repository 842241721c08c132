// What main.ts uses of the command line.

export { runCommandLine } from './command-line.ts';
export { processTerminal } from './terminal.ts';
