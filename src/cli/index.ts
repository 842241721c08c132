// What main.ts uses of the command line.

export { runProgram } from './program.ts';
