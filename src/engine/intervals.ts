// @hot
// How long contexts have been told to ask for at least (423, RFC 3261 §10.2.8): once told, all their later requests do. How
// it comes to that is in interval-too-brief.ts.
//
//  column         array         unit  meaning                                                        valid in
//  leastSeconds   Uint32Array   s     what its requests ask for at least; 0: as their steps say      every row
//  raised         Uint8Array    -     1: raised in the present attempt                               in an attempt
//
// There is no table for a plan in which nothing asks for a time.

import type { AttemptStep } from '../scenario/index.ts';
import type { MemoryPlan } from '../std/index.ts';
import type { Program } from './program.ts';

/** Of 2^32 - 1, the most that Expires can say (RFC 3261 §20.19). */
export const EXPIRES_DIGITS_MOST = 10;
/** By so much a request may grow when it asks for longer: its Expires, and as many Contacts as a step may list. */
export const RAISED_BYTES_MOST = 17 * EXPIRES_DIGITS_MOST;

export interface IntervalTable {
  /** How many contexts were ever told of a least interval: while it is 0, nobody looks into the columns. */
  raisedContexts: number;
  readonly leastSeconds: Uint32Array;
  readonly raised: Uint8Array;
}

export function createIntervalTable(memory: MemoryPlan, count: number): IntervalTable {
  return {
    raisedContexts: 0,
    leastSeconds: memory.u32('intervals', count),
    raised: memory.u8('intervals', count),
  };
}

/** Whether any request of the program can be answered 423. */
export function asksForTime({ attempts }: Program): boolean {
  for (const { procedure, expiresSeconds } of attempts) if (mayRaise(procedure) && expiresSeconds !== 0) return true;
  return false;
}

/** The context is another phone now, and was told nothing. */
export function forgetInterval({ leastSeconds }: IntervalTable, context: number): void {
  leastSeconds[context] = 0;
}

/** A wildcard whose Expires is not 0 breaks a rule on purpose, and stays as it was written. */
export const mayRaise = (procedure: AttemptStep['procedure']): boolean =>
  procedure === 'register' || procedure === 'refresh';

/** What a request of this step asks for, as its context has learned. */
export function askedSeconds(intervals: IntervalTable | null, context: number, step: AttemptStep): number {
  const seconds = step.expiresSeconds ?? 0;
  if (seconds === 0 || intervals === null || intervals.raisedContexts === 0 || !mayRaise(step.procedure))
    return seconds;
  return Math.max(seconds, intervals.leastSeconds[context]!);
}
