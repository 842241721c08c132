// Runs without sockets. Other folders import from here.

export type { DryRunMessage, DryRunOptions } from './dry-run.ts';
export { DRY_RUN_ROUNDS, dryRun } from './dry-run.ts';
export type { SlowMessage } from './slow-parser.ts';
export { slowParse } from './slow-parser.ts';
