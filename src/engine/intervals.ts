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
/** Of a step: one for each Contact that it may list, and its Expires. */
export const INTERVALS_MOST = 17;
/** By so much a request may grow when it asks for longer: its Expires, and as many Contacts as a step may list. */
export const RAISED_BYTES_MOST = INTERVALS_MOST * EXPIRES_DIGITS_MOST;

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
  for (const step of attempts) if (mayRaise(step.procedure) && briefestSeconds(step, 0) > 0) return true;
  return false;
}

/** The context is another phone now, and was told nothing. */
export function forgetInterval({ leastSeconds }: IntervalTable, context: number): void {
  leastSeconds[context] = 0;
}

/** A wildcard whose Expires is not 0 breaks a rule on purpose, and stays as it was written. */
export const mayRaise = (procedure: AttemptStep['procedure']): boolean =>
  procedure === 'register' || procedure === 'refresh';

/** What the context has been told to ask for at least in a request of this step; 0: nothing. */
export function leastSecondsOf(intervals: IntervalTable | null, context: number, step: AttemptStep): number {
  if (intervals === null || intervals.raisedContexts === 0 || !mayRaise(step.procedure)) return 0;
  return intervals.leastSeconds[context]!;
}

/** An interval as it is asked for: one of 0 is not to begin. */
export const raisedTo = (least: number, seconds: number): number => (seconds > 0 ? Math.max(seconds, least) : seconds);

/** What the Expires of a request of this step says, as its context has learned. */
export function askedSeconds(intervals: IntervalTable | null, context: number, step: AttemptStep): number {
  return raisedTo(leastSecondsOf(intervals, context, step), step.expiresSeconds ?? 0);
}

/**
 * The briefest interval that a request of the step asks for: of its Contacts those with one of their own, of the others the
 * header's (RFC 3261 §10.2.1.1). 0: it asks for none.
 */
export function briefestSeconds({ contacts, expiresSeconds }: AttemptStep, least: number): number {
  const usual = raisedTo(least, expiresSeconds ?? 0);
  if (contacts === undefined) return usual;
  let briefest = 0;
  for (let i = 0; i < contacts.length; i++) {
    const own = contacts[i]!.expiresSeconds;
    const seconds = own === null ? usual : raisedTo(least, own);
    if (seconds > 0 && (briefest === 0 || seconds < briefest)) briefest = seconds;
  }
  return briefest;
}

/** How many intervals of the step, its header's among them, are below this: always its briefest ones. */
export function countBelow({ contacts, expiresSeconds }: AttemptStep, least: number): number {
  let count = isBelow(expiresSeconds, least) ? 1 : 0;
  if (contacts === undefined) return count;
  for (let i = 0; i < contacts.length; i++) if (isBelow(contacts[i]!.expiresSeconds, least)) count++;
  return count;
}

/** Whether the interval is raised. */
export const isBelow = (seconds: number | null, least: number): boolean =>
  seconds !== null && seconds > 0 && seconds < least;
