// @hot
// What a device of libeXosip2 does at once after an answer that is no 2xx (`profile: exosip2`): its request once more.
//
//   401, 407   with credentials, also those that were refused; without any where it has none that fit, or knows no algorithm of the challenge
//   606        as it was
//
// Three times in all, counted for 401, 407 and 606 together and beyond the end of an attempt, until a 2xx. After that it waits for its
// automatic action (exosip2.ts), and each of those requests has one answer and no repetition.
//
// DEVIATION (RFC 3261 §8.1.3.5, §21.6.4): a 606 says that the same request would be refused again.

import { ALGORITHM_MD5, ALGORITHM_SHA_256 } from '../sip/index.ts';
import { CONTEXT_REPEATING } from './contexts.ts';
import type { ExosipTable } from './exosip2-table.ts';
import { pushReady } from './ready-queue.ts';
import type { Engine } from './state.ts';
import { flowOf } from './transport-flows.ts';

const MOST_RESENDS = 3;

/** It knows neither -sess nor SHA-512-256, and passes over challenges with them. */
export const isFleetAlgorithm = (algorithm: number): boolean =>
  algorithm === ALGORITHM_MD5 || algorithm === ALGORITHM_SHA_256;

/** Whether there is a repetition left, which is then taken. */
export function mayResend({ resends }: ExosipTable, context: number): boolean {
  if (resends[context]! >= MOST_RESENDS) return false;
  resends[context] = resends[context]! + 1;
  return true;
}

/** The present attempt's request is sent once more, with what credentials it has. False: the attempt ends with this answer. */
export function sendAgain(engine: Engine, context: number): boolean {
  const { exosip, contexts } = engine;
  if (exosip === null || !exosip.isFleet || !mayResend(exosip, context)) return false;
  exosip.repeated[context] = 1;
  contexts.state[context] = CONTEXT_REPEATING;
  pushReady(flowOf(engine, context).ready, context);
  return true;
}
