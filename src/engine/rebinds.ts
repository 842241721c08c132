// @hot
// A NAT forgets a phone (`nat.rebind`): from then on the same phone, with its Call-ID, From tag, CSeq, nonce and instance, is seen at
// another port. Here it speaks from another socket, the spare one of the socket that it has always had, and knows nothing of it: Via
// still says what it did, and so does the Contact, until an answer tells by rport and received where it is seen now (mappings.ts).
// With `nat: off` nothing is made of that, and the old Contact stays.
//
// A context whose moment comes in the middle of an attempt is rebound when that ends. A NAT forgets a mapping over which nothing goes
// (RFC 4787 §4.3: after two minutes at the soonest); while requests and answers do it stays. So no retransmission leaves from
// another port than its request, and no answer is lost that the registrar has given: what fails after a rebind is not our doing.
//
// What waits for room waits with the socket that the context has always had, as where there are several targets (transport-flows.ts).

import { ASIDE_REBOUND, countAside } from '../metrics/index.ts';
import { NEVER_US } from '../std/index.ts';
import { isInAttempt } from './contexts.ts';
import { beginKeepalive } from './keepalive.ts';
import type { RebindTable } from './rebind-table.ts';
import { REBIND_DONE, REBIND_WAITS } from './rebind-table.ts';
import type { Engine } from './state.ts';
import { PHASE_OVER } from './state.ts';

/** Rebinds whose moment has come. */
export function makeRebinds(engine: Engine, rebinds: RebindTable): void {
  const { rows, dueUs } = rebinds;
  while (rebinds.next < rows.length && dueUs[rebinds.next]! <= engine.nowUs) {
    const context = rows[rebinds.next++]!;
    if (isInAttempt(engine.contexts.state[context]!)) rebinds.state[context] = REBIND_WAITS;
    else move(engine, rebinds, context);
  }
}

/** The context's attempt has ended. */
export function endAttemptOf(engine: Engine, rebinds: RebindTable, context: number): void {
  if (rebinds.state[context] === REBIND_WAITS) move(engine, rebinds, context);
}

/** When the next one is due. */
export function nextRebindUs({ phase }: Engine, { rows, dueUs, next }: RebindTable): number {
  return phase === PHASE_OVER || next >= rows.length ? NEVER_US : dueUs[next]!;
}

function move(engine: Engine, rebinds: RebindTable, context: number): void {
  rebinds.state[context] = REBIND_DONE;
  countAside(engine.options.metrics, ASIDE_REBOUND);
  const isBound = engine.contexts.boundUntilUs[context]! > engine.nowUs;
  if (engine.keepalive !== null && isBound) beginKeepalive(engine, engine.keepalive, context);
}
