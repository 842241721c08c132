// @hot
// What `profile: exosip2` does otherwise while holding: it refreshes when libeXosip2's automatic action would, polled by its
// application. That looks at a clock of whole seconds, e of them since the start of the last transaction, and refreshes at the first
// e with   e > 900   or   e > P - P/10   or   e > P - 6   (whole numbers), P being the period that it believes in.
//
// P is what was asked for, unless the answer grants more, or at least 15 s less: 15 s of difference it takes for rounding. So a
// device that asked for 60 s and was granted 50 refreshes after 55, when its binding has expired.
//
//  column         array         unit  meaning                                                 valid in
//  requestedUs    Float64Array  µs    first send of the request whose 200 granted the binding  bound
//  periodSeconds  Uint32Array   s     P                                                        bound

import type { MemoryPlan } from '../std/index.ts';
import { US_PER_SECOND } from '../std/index.ts';

export interface ExosipTable {
  readonly requestedUs: Float64Array;
  readonly periodSeconds: Uint32Array;
}

const MOST_SECONDS = 900;
const MARGIN_SECONDS = 6;
const SLACK_SECONDS = 15;
const RETRY_SECONDS = 120;

export function createExosipTable(memory: MemoryPlan, count: number): ExosipTable {
  return { requestedUs: memory.f64('holds', count), periodSeconds: memory.u32('holds', count) };
}

/** A 200 has granted a binding. When its request was sent is noted by who knows (confirmations.ts). */
export function notePeriod(table: ExosipTable, context: number, asked: number, granted: number): void {
  table.periodSeconds[context] = granted > asked || granted < asked - SLACK_SECONDS ? granted : asked;
}

/** When the context's binding is to be refreshed. */
export function exosipRefreshUs({ requestedUs, periodSeconds }: ExosipTable, context: number): number {
  return requestedUs[context]! + refreshAfterSeconds(periodSeconds[context]!) * US_PER_SECOND;
}

/** How long after a refresh that failed the device tries again: 120 s, or when it would have refreshed if that is sooner. */
export function exosipRetryUs({ periodSeconds }: ExosipTable, context: number): number {
  return Math.min(RETRY_SECONDS + 1, refreshAfterSeconds(periodSeconds[context]!)) * US_PER_SECOND;
}

/** The first whole second that is past what the device waits for; brief periods are refreshed each second. */
export function refreshAfterSeconds(period: number): number {
  const waited = Math.min(MOST_SECONDS, period - Math.trunc(period / 10), period - MARGIN_SECONDS);
  return Math.max(0, waited) + 1;
}
