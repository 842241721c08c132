export type { Checkers, End } from './create-checkers.ts';
export { createCheckers } from './create-checkers.ts';
export type { Facts, WatchedWorker } from './model.ts';
export type { Tally } from './tally.ts';
