// 423 Interval Too Brief as the checkers see it (RFC 3261 §10.2.8): which answers ask for longer in a way that can be met, what a
// context's requests may ask for since, and what they must.

import type { AttemptStep } from '../../scenario/index.ts';
import type { SlowMessage } from '../slow-parser.ts';
import type { ContextPage, Transaction } from './model.ts';

/** The most that Expires can say; whatever is larger reads as this. */
const LONGEST_SECONDS = 4_294_967_295;

const asksForTime = (step: AttemptStep): boolean =>
  (step.procedure === 'register' || step.procedure === 'refresh') && (step.expiresSeconds ?? 0) > 0;

/** Whether the same attempt has to ask again. */
export function asksForLonger({ attempt, askedSeconds }: Transaction, { status, minExpires }: SlowMessage): boolean {
  if (status !== 423 || attempt.step === null || !asksForTime(attempt.step) || attempt.raises > 0) return false;
  return minExpires > askedSeconds && minExpires < LONGEST_SECONDS;
}

/** The context was told; where Timer F may have ended the attempt before, it may not have listened. */
export function tellLeast(page: ContextPage, seconds: number): void {
  page.leastSeconds = page.otherwise.length === 0 ? [seconds] : [...new Set([...page.leastSeconds, seconds])];
}

/** What the request of a step may ask for. */
export function mayAsk({ leastSeconds }: ContextPage, step: AttemptStep): readonly number[] {
  const asked = step.expiresSeconds ?? -1;
  return asksForTime(step) ? leastSeconds.map((least) => Math.max(asked, least)) : [asked];
}

/** A request tells what its context has learned. */
export function learnLeast(page: ContextPage, step: AttemptStep | null, told: number): void {
  if (step === null || !asksForTime(step) || page.leastSeconds.length === 1) return;
  const asked = step.expiresSeconds ?? -1;
  page.leastSeconds = page.leastSeconds.filter((least) => Math.max(asked, least) === told);
}
