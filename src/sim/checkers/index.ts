export type { Checkers } from './create-checkers.ts';
export { createCheckers } from './create-checkers.ts';
export type { End, Facts, WatchedWorker } from './model.ts';
export type { Tally } from './tally.ts';
