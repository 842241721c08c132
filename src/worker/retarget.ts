// A worker follows the target table: when the target has been looked up again, its sockets are connected anew where a slot leads
// somewhere else, and contexts choose anew. Between two editions this costs a turn one read of shared memory.
//
// DEVIATION (RFC 3263 §4): where a slot's target has gone, what is under way there is sent again to the one that took its place, byte
// for byte the same. The RFC sends retransmissions to the same host; but the socket leads nowhere else any more.

import type { Engine } from '../engine/index.ts';
import { flowsOfTarget, redirectFlow, renewTargets } from '../engine/index.ts';
import { UserError } from '../std/index.ts';
import type { UdpTransport } from '../transport/index.ts';
import type { Control } from './control.ts';
import { CTL_TARGETS } from './messages.ts';
import type { ClientSocket } from './sockets.ts';
import { readTargets, type SlotTarget } from './target-table.ts';

export interface RetargetOptions {
  readonly engine: Engine;
  readonly transport: UdpTransport;
  readonly control: Control;
  /** Null: the targets hold for the whole run. */
  readonly table: SharedArrayBuffer | null;
  readonly sockets: readonly Pick<ClientSocket, 'peer'>[];
  /** Told what could not be done, once each. */
  readonly warnings: Set<string>;
}

/** What is to be called once a turn; null when nothing is. */
export function followTargets(options: RetargetOptions): (() => void) | null {
  const { engine, control, table, sockets } = options;
  if (table === null) return null;
  const slotCount = engine.targets?.weights.count ?? 1;
  const places = sockets
    .filter((_, flow) => flow % engine.lines === 0)
    .slice(0, slotCount)
    .map(({ peer }) => ({ ...peer }));
  let seen = 0;
  return () => {
    const edition = Atomics.load(control.lanes, CTL_TARGETS);
    if (edition === seen) return;
    seen = edition;
    const slots = readTargets(table, edition);
    for (const [slot, target] of slots.entries()) {
      const place = places[slot];
      if (target === null || place === undefined) continue;
      if (target.address === place.address && target.port === place.port) continue;
      if (!redirectSlot(options, slot, target)) continue;
      place.address = target.address;
      place.port = target.port;
    }
    renewTargets(engine, slots);
  };
}

/** False when there is no way there: the sockets stay where they were. */
function redirectSlot({ engine, transport, warnings }: RetargetOptions, slot: number, target: SlotTarget): boolean {
  try {
    for (const flow of flowsOfTarget(engine, slot)) {
      transport.reconnect(flow, { address: target.address, port: target.port });
      redirectFlow(engine, flow, { address: target.address, port: target.port });
    }
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    warnings.add(`looked up again: ${error.message}`);
    return false;
  }
}
