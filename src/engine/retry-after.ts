// @hot
// Retry-After in an answer that ends an attempt (RFC 3261 §20.33). Each one is counted once: as honoured or capped where the attempt
// is tried again for it (retry.ts), or its hold goes on (holds.ts), as malformed, or as ignored where nothing follows that it could put off.

import { addCounter, COUNTER_RETRY_AFTER_IGNORED, COUNTER_RETRY_AFTER_MALFORMED } from '../metrics/index.ts';
import type { SipMessage } from '../sip/index.ts';
import { NOTHING_TOLD } from './retries.ts';
import type { Engine } from './state.ts';

/** What the answer says, in seconds, before its attempt ends; NOTHING_TOLD: nothing, or not where it has a meaning. */
export function readTold(engine: Engine, message: SipMessage): number {
  if (!mayTell(message.status)) return NOTHING_TOLD;
  if (message.isRetryAfterMalformed) addCounter(engine.metrics, COUNTER_RETRY_AFTER_MALFORMED, 1);
  if (engine.retries !== null) engine.retries.toldSeconds = message.retryAfter;
  if (engine.holds !== null) engine.holds.toldSeconds = message.retryAfter;
  return message.retryAfter;
}

/** After the attempt has ended. */
export function closeTold(engine: Engine, toldSeconds: number): void {
  const { retries, holds, metrics } = engine;
  if (toldSeconds < 0) return;
  const isPassedOver = (retries === null || retries.toldSeconds >= 0) && (holds === null || holds.toldSeconds >= 0);
  if (isPassedOver) addCounter(metrics, COUNTER_RETRY_AFTER_IGNORED, 1);
  if (retries !== null) retries.toldSeconds = NOTHING_TOLD;
  if (holds !== null) holds.toldSeconds = NOTHING_TOLD;
}

/** RFC 3261 §20.33. */
function mayTell(status: number): boolean {
  switch (status) {
    case 404:
    case 413:
    case 480:
    case 486:
    case 500:
    case 503:
    case 600:
    case 603:
      return true;
    default:
      return false;
  }
}
