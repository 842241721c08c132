// When a device of libeXosip2 acts by itself, as docs/profiles.md has it: its automatic refresh, and when it tries again what has
// failed. It looks at a clock of whole seconds since its last request.
//
//   refresh   past 900 s, nine tenths of its period, or all but six seconds of it, whichever comes first
//   again     121 s after its last request, or at its refresh, if that is sooner; at its refresh where a 2xx lacked the binding
//   backoff   5, 10, 20, 40, 80, 80 … s after a transport failure, until a 2xx

import { US_PER_SECOND } from '../../std/index.ts';
import { isFleet } from './fleet.ts';
import type { Outcome } from './ledger.ts';
import type { Attempt, ContextPage, World } from './model.ts';
import type { Span } from './span.ts';

const AGAIN_SECONDS = 121;
const BACKOFF_SECONDS = 5;
const MOST_DOUBLINGS = 4;
const SLACK_SECONDS = 15;
const ANY_TIME: Span = { lowUs: 0, highUs: Number.POSITIVE_INFINITY };

/** libeXosip2 2.2: a shorter interval is believed only where it is more than 15 s shorter. */
export const periodOf = (asked: number, granted: number): number =>
  granted > asked || asked - granted > SLACK_SECONDS ? granted : asked;

/** libeXosip2 2.3. */
export function refreshSeconds(period: number): number {
  let second = 1;
  while (second <= 900 && second <= period - Math.floor(period / 10) && second <= period - 6) second++;
  return second;
}

const isTransport = (outcome: Outcome): boolean => outcome === 'unreachable' || outcome === 'send-error';

/** The attempt has ended in one of these ways. */
export function noteDeviceEnd({ device }: ContextPage, outcomes: readonly Outcome[]): void {
  if (outcomes.some(isTransport)) device.mostBackoffs = Math.min(device.mostBackoffs + 1, MOST_DOUBLINGS);
  if (outcomes.every(isTransport)) device.leastBackoffs = Math.min(device.leastBackoffs + 1, MOST_DOUBLINGS);
}

/** A 2xx has come, or may have come in time. */
export function forgetBackoffs({ device, otherwise }: ContextPage): void {
  device.leastBackoffs = 0;
  if (otherwise.length === 0) device.mostBackoffs = 0;
}

/** When the device tries again what has failed; before its end is noted. */
export function againSpan(attempt: Attempt, outcomes: readonly Outcome[], endUs: number | null): Span {
  if (endUs === null) return ANY_TIME;
  const spans = outcomes.map((outcome) => againAfter(attempt, outcome, endUs));
  return {
    lowUs: Math.min(...spans.map(({ lowUs }) => lowUs)),
    highUs: Math.max(...spans.map(({ highUs }) => highUs)),
  };
}

function againAfter({ page, isHeld, step }: Attempt, outcome: Outcome, endUs: number): Span {
  const { device, leastSeconds } = page;
  if (isTransport(outcome)) {
    const after = (doublings: number): number => endUs + BACKOFF_SECONDS * 2 ** doublings * US_PER_SECOND;
    return { lowUs: after(device.leastBackoffs), highUs: after(device.mostBackoffs) };
  }
  const asked = leastSeconds.length === 1 ? Math.max(step?.expiresSeconds ?? 0, leastSeconds[0]!) : null;
  const period = isHeld && device.period !== 0 ? device.period : asked;
  if (period === null) return { lowUs: endUs, highUs: Number.POSITIVE_INFINITY };
  const refresh = period > 0 ? refreshSeconds(period) : AGAIN_SECONDS;
  const seconds = outcome === 'binding-missing' ? refresh : Math.min(AGAIN_SECONDS, refresh);
  const atUs = Math.max(endUs, device.startedUs + seconds * US_PER_SECOND);
  return { lowUs: atUs, highUs: atUs };
}

/** Whether its next try would come when its hold is over: then it has not failed, and goes on. */
export function isPastHold(
  world: World,
  attempt: Attempt,
  outcomes: readonly Outcome[],
  endUs: number | null,
): 'yes' | 'no' | 'maybe' {
  const { page, isHeld, step } = attempt;
  if (!isFleet(world) || !isHeld || step?.retry === undefined) return 'no';
  const { lowUs, highUs } = againSpan(attempt, outcomes, endUs);
  const { heldUntilUs } = page;
  if (heldUntilUs === null) return 'maybe';
  if (lowUs >= heldUntilUs) return 'yes';
  return highUs < heldUntilUs ? 'no' : 'maybe';
}
