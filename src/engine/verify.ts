// @hot
// Verification: after the drain the registrar is asked for the bindings of some contexts (RFC 3261 §10.2.3, a REGISTER without
// Contact), and each of theirs must be among them. A registrar that answers 200 and stores nothing shows nowhere else.
//
// Asked are those that the sample holds, that believe to be bound, and whose binding was really granted: none of which the last
// word was a request without an answer, which may have changed or removed it. The registrar counts from when it took the request,
// the context from when the 200 came; so a binding is held to be there no longer than from the request's first send, less the
// second to which intervals are rounded.
//
// Left out on purpose: when an own binding ends, which registrars round as they like; how often that differs is no sign of one that
// loses bindings. The columns are in verify-table.ts.

import { addCounter, COUNTER_VERIFY_CHECKED, COUNTER_VERIFY_MISSING } from '../metrics/index.ts';
import { contextOfRow } from '../scenario/shares.ts';
import { US_PER_SECOND, uniformOf } from '../std/index.ts';
import { NOT_BOUND } from './contexts.ts';
import { beginFlow } from './flow.ts';
import { paced } from './pace.ts';
import type { Engine } from './state.ts';
import type { Verification } from './verify-table.ts';

/** The phase begins: how many contexts are to be asked. A whole-table loop. */
export function countSample(engine: Engine, verification: Verification): void {
  let total = 0;
  for (let context = 0; context < engine.contexts.count; context++) {
    if (isToAsk(engine, verification, context)) total++;
  }
  verification.total = total;
  verification.next = 0;
}

/** While verifying: asks for the bindings of those whose turn has come. */
export function releaseQueries(engine: Engine, verification: Verification): void {
  let allowed = paced(engine, verification.total) - engine.released;
  while (allowed > 0 && verification.next < engine.contexts.count) {
    const context = verification.next++;
    if (!isToAsk(engine, verification, context)) continue;
    allowed--;
    engine.released += 1;
    beginFlow(engine, context, engine.nowUs);
  }
}

/** The answer to a query lists the own binding with so many seconds left, or, less than one, not at all. */
export function compareBinding(engine: Engine, context: number, listedSeconds: number, receivedAtUs: number): void {
  const { metrics } = engine.options;
  if (receivedAtUs >= heldUntilUs(engine, engine.verification!, context)) return;
  addCounter(metrics, COUNTER_VERIFY_CHECKED, 1);
  if (listedSeconds <= 0) addCounter(metrics, COUNTER_VERIFY_MISSING, 1);
}

/** Who is in the sample follows from the seed and the identity alone. */
function isToAsk(engine: Engine, verification: Verification, context: number): boolean {
  const { options, nowUs } = engine;
  if (heldUntilUs(engine, verification, context) <= nowUs) return false;
  const identity = contextOfRow(context, options.workerIndex, options.workerCount);
  return uniformOf(verification.seed, identity, 0, 0) < verification.sampleShare;
}

/** Until then the registrar must have the binding; before any time where it need not. */
function heldUntilUs({ contexts }: Engine, { requestedUs, isUnsure }: Verification, context: number): number {
  if (contexts.boundUntilUs[context] === NOT_BOUND || isUnsure[context] === 1) return NOT_BOUND;
  return requestedUs[context]! + (contexts.grantedSeconds[context]! - 1) * US_PER_SECOND;
}
