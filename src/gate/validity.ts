// Was it the registrar that was measured, or the generator at its own limit? Each rule looks at one signal, gives a
// sentence with its numbers, and says what the doubt taints: `timing` (latencies), `rates`, or `all`.
//
//   rule               suspect            invalid                   taints
//   achieved load      -                  < 99 % of what was due    rates timing
//   lag                -                  p99 > 10 ms               rates timing
//   missed starts      any                > 1 % of what was due     rates timing
//   receive overruns   -                  any                       all
//   send blocked       any                a timer fired first       rates timing; invalid: all
//   standstill         -                  1 s in one turn           all
//   clock steps        any                -                         timing
//
// Starts that fell on a busy context are the scenario's doing and count for neither side. A userland wire clock and a
// shared machine are notes of the result, no doubts. Lost workers have an exit code of their own (verdict.ts).

import {
  formatCount,
  formatCounted,
  formatShare,
  formatTime,
  type MergedHistogram,
  percentileUs,
  samplesNeeded,
  type ValidityReason,
  type ValidityVerdict,
} from '../metrics/index.ts';
import { US_PER_MS, US_PER_SECOND } from '../std/index.ts';

export const ACHIEVED_SHARE_MIN = 0.99;
export const LAG_P99_MAX_US = 10 * US_PER_MS;
export const MISSED_SHARE_MAX = 0.01;
export const STANDSTILL_US = US_PER_SECOND;

/** The signals that the rules look at. */
export interface ValidityFacts {
  /** Starts due in the measured window, those on busy contexts left out; and made in it. */
  readonly startsDue: number;
  readonly startsMade: number;
  /** Starts due in the whole run, and those that were late or found no slot. */
  readonly startsDueWholeRun: number;
  readonly missedLate: number;
  readonly missedNoSlot: number;
  /** Of the measured window, of the procedure that was worst off. */
  readonly lag: MergedHistogram;
  readonly receiveQueueOverruns: number;
  /** Flushes cut short because the send buffer, or the interface's queue, was full; and the longest wait of a message. */
  readonly sendNoRoom: number;
  readonly sendQueueFull: number;
  readonly sendWaitedUsMax: number;
  /** Timers E and F that fired for a request which had not left yet. */
  readonly overtaken: number;
  readonly clockSteps: number;
  readonly longestTurnUs: number;
}

export interface Validity {
  readonly verdict: ValidityVerdict;
  readonly reasons: readonly ValidityReason[];
}

export function judgeValidity(facts: ValidityFacts): Validity {
  const reasons = [
    achievedRule(facts),
    lagRule(facts),
    missedRule(facts),
    overrunRule(facts),
    sendBlockedRule(facts),
    standstillRule(facts),
    clockRule(facts),
  ].filter((reason) => reason !== null);
  if (reasons.some(({ severity }) => severity === 'invalid')) return { verdict: 'invalid', reasons };
  return { verdict: reasons.length > 0 ? 'suspect' : 'valid', reasons };
}

/** A run of few starts may have its last one made just after the window: one start is no shortfall. */
export function achievedRule({ startsDue, startsMade }: ValidityFacts): ValidityReason | null {
  const share = startsMade / startsDue;
  if (startsDue === 0 || share >= ACHIEVED_SHARE_MIN || startsDue - startsMade <= 1) return null;
  const made = `${formatCount(startsMade)} of ${formatCount(startsDue)} starts due were made in time`;
  return {
    reason: `${made}, ${formatShare(share)} (limit ${formatShare(ACHIEVED_SHARE_MIN)}): the load was lower than asked for`,
    taints: ['rates', 'timing'],
    severity: 'invalid',
  };
}

/** With too few samples for a p99, the highest percentile that they support is held against the same limit. */
export function lagRule({ lag }: ValidityFacts): ValidityReason | null {
  const percentile = [99, 95, 90, 50].find((candidate) => lag.count >= samplesNeeded(candidate));
  if (percentile === undefined) return null;
  const lagUs = percentileUs(lag, percentile);
  if (lagUs === null || lagUs <= LAG_P99_MAX_US) return null;
  return {
    reason: `lag p${percentile} was ${formatTime(lagUs)} (limit ${formatTime(LAG_P99_MAX_US)}): the generator could not keep its schedule`,
    taints: ['rates', 'timing'],
    severity: 'invalid',
  };
}

export function missedRule(facts: ValidityFacts): ValidityReason | null {
  const { missedLate, missedNoSlot, startsDueWholeRun } = facts;
  const missed = missedLate + missedNoSlot;
  if (missed === 0) return null;
  const share = missed / startsDueWholeRun;
  const causes: string[] = [];
  if (missedLate > 0) causes.push(`${formatCount(missedLate)} too late`);
  if (missedNoSlot > 0) causes.push(`${formatCount(missedNoSlot)} without a free transaction slot`);
  const invalid = !(share <= MISSED_SHARE_MAX);
  return {
    reason: `${formatCounted(missed, 'start was', 'starts were')} not made (${causes.join(', ')}), ${formatShare(share)} of those due (limit ${formatShare(MISSED_SHARE_MAX)})`,
    taints: ['rates', 'timing'],
    severity: invalid ? 'invalid' : 'suspect',
  };
}

export function overrunRule({ receiveQueueOverruns }: ValidityFacts): ValidityReason | null {
  if (receiveQueueOverruns === 0) return null;
  const lost = formatCounted(receiveQueueOverruns, 'answer was', 'answers were');
  return {
    reason: `${lost} dropped because our receive queue was full: timeouts and retransmissions may be the generator's (raise net.core.rmem_max if a note says that the buffer is small, or take more --workers)`,
    taints: ['all'],
    severity: 'invalid',
  };
}

/**
 * Timers run from the turn in which a request is made. One that then waits in our queues as long as T1 is sent a second time
 * before it has left once, and may time out without ever having left: that is nobody's doing but ours.
 */
export function sendBlockedRule(facts: ValidityFacts): ValidityReason | null {
  const { sendNoRoom, sendQueueFull, sendWaitedUsMax, overtaken } = facts;
  const causes: string[] = [];
  if (sendNoRoom > 0) {
    causes.push(`the send buffer was full ${formatCounted(sendNoRoom, 'time')} (raise net.core.wmem_max)`);
  }
  if (sendQueueFull > 0) {
    const times = formatCounted(sendQueueFull, 'time');
    causes.push(`the interface's queue was full ${times} (\`ip link set dev NAME txqueuelen 10000\`)`);
  }
  if (causes.length === 0 && overtaken === 0) return null;
  const parts: string[] = [];
  if (overtaken > 0) {
    const times = formatCounted(overtaken, 'time');
    parts.push(
      `timers fired ${times} before their request had left, so timeouts and retransmissions are the generator's`,
    );
  }
  if (causes.length > 0) {
    const waited = `messages waited up to ${formatTime(sendWaitedUsMax)} for the kernel`;
    parts.push(`${waited}: ${causes.join(', ')}, or the rate is more than the line carries`);
  }
  return {
    reason: parts.join('; '),
    taints: overtaken > 0 ? ['all'] : ['rates', 'timing'],
    severity: overtaken > 0 ? 'invalid' : 'suspect',
  };
}

export function standstillRule({ longestTurnUs }: ValidityFacts): ValidityReason | null {
  if (longestTurnUs < STANDSTILL_US) return null;
  return {
    reason: `a worker stood still for ${formatTime(longestTurnUs)} (limit ${formatTime(STANDSTILL_US)}): the program was stopped or starved`,
    taints: ['all'],
    severity: 'invalid',
  };
}

export function clockRule({ clockSteps }: ValidityFacts): ValidityReason | null {
  if (clockSteps === 0) return null;
  return {
    reason: `the system clock jumped ${formatCounted(clockSteps, 'time')} during the run: times of answers near it are off`,
    taints: ['timing'],
    severity: 'suspect',
  };
}
